"""Threads, asyncio tasks, a class and a table of numbers, to ask about while the program stands or runs."""

import asyncio
import hashlib
import sys
import threading
import time


class Model:
    """Doubles what it gets."""

    def __init__(self, width):
        self.width = width

    def double(self, x, *, times=1):
        """Twice x."""
        return 2 * x * times


def waits(event, begun):
    begun.set()
    event.wait()


async def holder(lock, ready):
    async with lock:
        ready.set()
        await asyncio.sleep(600)


async def wants(lock):
    async with lock:
        return 1


async def main():
    lock, ready = asyncio.Lock(), asyncio.Event()
    held = asyncio.create_task(holder(lock, ready), name="holds")
    await ready.wait()
    wanting = asyncio.create_task(wants(lock), name="wants")
    await asyncio.sleep(0)
    model = Model(4)
    table = {"rows": [[0.0, 1.0], [2.0, 3.0]]}
    total = 0.0
    for number in range(5):
        total += model.double(number)
        loss = 10.0 - number
        print("loss", loss, flush=True)
    here = total
    held.cancel()
    wanting.cancel()
    return here


if __name__ == "__main__":
    done, begun = threading.Event(), threading.Event()
    thread = threading.Thread(target=waits, args=(done, begun), name="waiter", daemon=True)
    thread.start()
    begun.wait()
    if len(sys.argv) > 1:
        hashlib.pbkdf2_hmac("sha256", b"x", b"y", 10**9)
    asyncio.run(main())
    done.set()
