"""What the debugger costs a loop of pure Python that holds no stop, per interpreter, against bare Python.

    python tests/benchmarks/tracing_cost.py EXE [EXE ...]

Up to Python 3.11 the debugger is called at each call of every function (`sys.settrace`); from 3.12 on only lines
that carry a breakpoint cost anything (`sys.monitoring`). C-heavy work (PyTorch, NumPy) is the second column: there
each call does enough for the difference to be small. Ratios of one run; the machine should be idle.
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


def python_heavy(count):
    total = 0
    for i in range(count):
        total += small(i)
    return total


def c_heavy(count):
    data = list(range(20_000))
    total = 0
    for i in range(count):
        total += len(sorted(data, key=abs))
    return total


def main():
    for work, count in ((python_heavy, 2_000_000), (c_heavy, 300)):
        began = time.perf_counter()
        work(count)
        print(work.__name__, time.perf_counter() - began, flush=True)
    end = True
    return end


main()
"""


def seconds(text: str) -> dict[str, float]:
    rows = [line.split() for line in text.splitlines() if line.startswith(("python_heavy", "c_heavy"))]
    return {name: float(value) for name, value in rows}


async def toured(python: str, folder: Path) -> dict[str, float]:
    line = next(i for i, text in enumerate(PROGRAM.split("\n"), 1) if "end = True" in text)
    tour = Tour("t", (Stop("s", "model", "s", Anchor("loop.py", line)),), entry=TourEntry("train", "loop.py"))
    driver = LiveDriver(Tree(folder, "t"), tour, LaunchOptions(Path(python)))
    await drive(driver, timeout=300)
    assert driver.seen, driver.finished
    return seconds("\n".join(driver.output))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("python", nargs="+")
    print(f"{'':40} {'pure Python':>14} {'C-heavy':>14}")
    for python in options.parse_args().python:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "loop.py").write_text(PROGRAM)
            done = subprocess.run([python, "loop.py"], cwd=folder, check=True, capture_output=True, text=True)
            bare, held = seconds(done.stdout), asyncio.run(toured(python, folder))
        ratios = [f"x{held[name] / bare[name]:.2f}" for name in ("python_heavy", "c_heavy")]
        print(f"{python[-40:]:40} {ratios[0]:>14} {ratios[1]:>14}")


if __name__ == "__main__":
    main()
