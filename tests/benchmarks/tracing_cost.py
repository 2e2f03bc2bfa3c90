"""What the debugger costs a loop of pure Python, per interpreter, against bare Python, in CPU time.

    python tests/benchmarks/tracing_cost.py EXE [EXE ...]

Up to Python 3.11 a debugger is called at each call of every function (`sys.settrace`); from 3.12 on only lines that
carry a breakpoint cost anything (`sys.monitoring`). So up to 3.11 the program runs untraced, and the places where the
tour may stop carry a hook. The columns: before the first stop, in the function of a stop that is still to come, between
two stops, in the function of a stop that was served, after the last stop, and C-heavy work (PyTorch, NumPy), where each
call does enough for all of this to be small. `traced` is the same with tracing left on (CODETOUR_TRACE_ALWAYS=1).
Ratios of one run; the machine should be idle.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import tempfile
from pathlib import Path

from codetour.model.source import Tree
from codetour.model.tour import Anchor, Stop, Tour, TourEntry
from codetour.session.headless import drive
from codetour.session.live import LiveDriver
from codetour.session.options import LaunchOptions

PROGRAM = """
import time


def small(x):
    y = x + 1
    return y


def passed(x, late=False):
    if late:
        y = x + 2  # stop: inside
    return x + 1


def python_heavy(count):
    total = 0
    for i in range(count):
        total += small(i)
    return total


def with_place(count):
    total = 0
    for i in range(count):
        total += passed(i)
    return total


def served(x):
    y = x + 1  # stop: served
    return y


def with_served(count):
    total = 0
    for i in range(count):
        total += served(i)
    return total


def c_heavy(count):
    data = list(range(20_000))
    total = 0
    for i in range(count):
        total += len(sorted(data, key=abs))
    return total


def timed(name, work, count):
    best = 1e9
    for _ in range(3):
        began = time.process_time()
        work(count)
        best = min(best, time.process_time() - began)
    print("seconds", name, best, flush=True)


def main():
    timed("before", python_heavy, 1_000_000)
    timed("to come", with_place, 1_000_000)
    first = True  # stop: first
    served(1)
    timed("between", python_heavy, 1_000_000)
    timed("served", with_served, 1_000_000)
    passed(1, late=True)
    last = True  # stop: last
    timed("after", python_heavy, 1_000_000)
    timed("C-heavy", c_heavy, 100)


main()
"""
COLUMNS = ("before", "to come", "between", "served", "after", "C-heavy")


def seconds(text: str) -> dict[str, float]:
    rows = [line.split() for line in text.splitlines() if line.startswith("seconds ")]
    return {" ".join(row[1:-1]): float(row[-1]) for row in rows}


async def toured(python: str, folder: Path, env: dict[str, str]) -> dict[str, float]:
    lines = [i for i, text in enumerate(PROGRAM.split("\n"), 1) if "# stop: " in text]
    stops = tuple(Stop(f"s{n}", "model", f"s{n}", Anchor("loop.py", n)) for n in lines)
    tour = Tour("t", stops, entry=TourEntry("train", "loop.py"))
    driver = LiveDriver(Tree(folder, "t"), tour, LaunchOptions(Path(python), to_end=True, env=env))
    await drive(driver, timeout=600)
    assert len(driver.seen) == len(stops), driver.missed
    return seconds("\n".join(driver.output))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("python", nargs="+")
    print(f"{'':28}" + "".join(f"{name:>10}" for name in COLUMNS))
    for python in options.parse_args().python:
        version = subprocess.run(
            [python, "-c", "import platform; print(platform.python_version())"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "loop.py").write_text(PROGRAM)
            done = subprocess.run([python, "loop.py"], cwd=folder, check=True, capture_output=True, text=True)
            bare = seconds(done.stdout)
            for name, env in (("", {}), (" traced", {"CODETOUR_TRACE_ALWAYS": "1"})):
                held = asyncio.run(toured(python, folder, env))
                ratios = "".join(f"{f'x{held[c] / bare[c]:.2f}':>10}" for c in COLUMNS)
                print(f"{version + name:28}{ratios}")


if __name__ == "__main__":
    main()
