"""Runs under a debugger that listens: waits at its own start, or is met in its loop."""

import sys
import time
from multiprocessing import get_context


def step(number):
    square = number * number
    return square


def work(number):
    here = number + 1
    print("child", here, flush=True)


def main():
    how = sys.argv[1]
    print("ready", flush=True)
    total = 0
    for number in range(3 if how != "loop" else 10**9):
        total += step(number)
        if how == "loop":
            time.sleep(0.02)
    if how == "child":
        child = get_context("spawn").Process(target=work, args=(4,))
        child.start()
        child.join()
    last = total
    print("end", last, flush=True)
    if how == "stay":
        time.sleep(1)
        print("alone", flush=True)
    return last


if __name__ == "__main__":
    main()
