"""Each process says which of the debugger's preparations it has."""

import multiprocessing
import subprocess
import sys


def told(who):
    here = sorted(m for m in sys.modules if m.startswith("_codetour_"))
    print(who, *here, flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        told("inner")
    elif sys.argv[1] == "spawn":
        child = multiprocessing.get_context("spawn").Process(target=told, args=("inner",))
        child.start()
        child.join()
    elif sys.argv[1] == "code":
        subprocess.run([sys.executable, "-c", "import prepared; prepared.told('inner')"], check=True)
    else:
        subprocess.run([sys.executable, __file__, "script", "again"], check=True)
    told("outer")
