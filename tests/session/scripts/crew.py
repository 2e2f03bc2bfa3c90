"""A main process and two workers, all of which have something to do: `crew.py fork|spawn|script`."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time


def work(number, until):
    turns = 0
    while not os.path.exists(until):
        turns += 1
        doubled = turns * 2
        time.sleep(0.02)
    return doubled


def idle():
    nap = 0.01
    for _ in range(100_000):
        time.sleep(nap)


def main(how, until):
    if how == "script":
        command = [sys.executable, __file__, "inner", until]
        crew = [subprocess.Popen(command) for _ in range(2)]
    else:
        context = multiprocessing.get_context(how)
        crew = [context.Process(target=work, args=(n, until)) for n in range(2)]
        for one in crew:
            one.start()
    threading.Thread(target=idle, name="idler", daemon=True).start()
    time.sleep(0.3)
    begun = True
    count = 0
    while count < 3:
        count += 1
    with open(until, "w"):
        pass
    for one in crew:
        one.wait() if how == "script" else one.join()
    end = begun
    return end


if __name__ == "__main__":
    if sys.argv[1] == "inner":
        work(0, sys.argv[2])
    else:
        main(*sys.argv[1:])
