"""1,000 tours of 15 stops in one call of `check`, after years of change; the goal is 60 s on two cores.

    python tests/benchmarks/check_many.py CLONE [--from COMMIT] [--to COMMIT] [--tours 1000]

CLONE is a git repository with history. The stops are random statements of its Python files at `--from` (default:
200 commits before), checked at `--to` (default: its HEAD). Printed: wall time, CPU time with the git processes, and
the CPU time of one call of `check` for one of the tours against that of a Python that does nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codetour.model.tour import Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.tourfile.write import save

REPEATS = 9
"""the least of so many is told: others' work on the machine only adds"""


def git(tree: Path, *args: str) -> str:
    return subprocess.run(
        ["git", "-C", str(tree), *args], capture_output=True, text=True, check=True
    ).stdout.strip()


def write_tours(tree: Path, commit: str, folder: Path, count: int) -> None:
    files = Files(tree)
    chance = random.Random(1)
    indexes = {f: files.index(f) for f in files.python() if f.endswith(".py")}
    places = {
        f: [s.line for s in i.statements]
        for f, i in indexes.items()
        if i is not None and len(i.statements) > 30
    }
    for number in range(count):
        some = chance.sample(sorted(places), min(4, len(places)))
        spots = [(f := chance.choice(some), chance.choice(places[f])) for _ in range(15)]
        stops = tuple(
            Stop(f"s{k}", "start", "t", make(files, f, n), "idea") for k, (f, n) in enumerate(spots)
        )
        save(
            complete(Tour(f"T{number}", stops, commit=commit), files),
            folder / f"{number}.tour",
            sources=files,
        )


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def nothing() -> float:
    """CPU seconds that Python takes to start and end."""
    before = cpu()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return cpu() - before


def check(tree: Path, tours: Path) -> tuple[float, float, dict[str, int]]:
    """Seconds of wall and of CPU, and the summary."""
    began, before = time.perf_counter(), cpu()
    command = [sys.executable, "-m", "codetour", "check", str(tours), "--repo", str(tree), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return time.perf_counter() - began, cpu() - before, json.loads(done.stdout)["summary"]


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    ask.add_argument("clone", type=Path)
    ask.add_argument("--from", dest="old")
    ask.add_argument("--to", dest="new", default="HEAD")
    ask.add_argument("--tours", type=int, default=1000)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tree, tours = Path(scratch) / "tree", Path(scratch) / "tours"
        tours.mkdir()
        subprocess.run(
            ["git", "clone", "-q", "--shared", str(given.clone), str(tree)], capture_output=True, check=False
        )
        new = git(tree, "rev-parse", given.new)
        old = git(tree, "rev-parse", given.old or f"{new}~200")
        git(tree, "checkout", "-qf", old)
        write_tours(tree, old, tours, given.tours)
        git(tree, "checkout", "-qf", new)
        wall, used, summary = check(tree, tours)
        print(
            f"{given.tours} tours, {summary['stops']} stops: {wall:.1f} s wall, {used:.1f} s CPU; {summary}"
        )
        one = min(check(tree, tours / "0.tour")[1] for _ in range(REPEATS))
        bare = min(nothing() for _ in range(REPEATS))
        print(f"one tour of 15 stops: {one * 1000:.0f} ms CPU, {one / bare:.1f} times Python's own start")


if __name__ == "__main__":
    main()
