"""Processes: fork pool, spawn, subprocess of the same interpreter."""

import multiprocessing
import os
import subprocess
import sys


def work(number):
    here = number * 2
    return here


def main():
    how = sys.argv[1]
    if how in ("fork", "spawn"):
        with multiprocessing.get_context(how).Pool(2) as pool:
            print(pool.map(work, range(4)))
    elif how == "subprocess":
        if os.environ.get("INNER"):
            print(work(3))
        else:
            subprocess.run([sys.executable, __file__, how], env={**os.environ, "INNER": "1"}, check=True)
    elif how == "ranks":
        if "RANK" in os.environ:
            print(work(int(os.environ["RANK"])))
            return
        children = [
            subprocess.Popen([sys.executable, __file__, how], env={**os.environ, "RANK": str(rank)})
            for rank in (1, 0)
        ]
        for child in children:
            child.wait()
    elif how == "grandchildren":
        if os.environ.get("INNER"):
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(pool.map(work, range(4)))
        else:
            subprocess.run([sys.executable, __file__, how], env={**os.environ, "INNER": "1"}, check=True)
    elif how == "again" and not os.environ.get("AGAIN"):
        os.environ["AGAIN"] = "1"
        os.execv(sys.executable, [sys.executable, __file__, how])
    elif how == "again":
        print(work(5))
    end = True
    return end


if __name__ == "__main__":
    main()
