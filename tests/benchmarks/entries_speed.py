"""How long `codetour entries` takes, cold and the second time, on trees of your choice.

    python tests/benchmarks/entries_speed.py TREE [TREE ...]

Cold: an empty cache. Again: nothing changed. Beside it, the time that parsing every Python file of the tree takes (the
least that a reader of all of it would need), so that machines can be compared. CPU seconds, start-up included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

PARSE = """
import ast, pathlib, sys, warnings
warnings.simplefilter("ignore")
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, OSError):
        pass
"""


def measure(command: list[str], home: str) -> tuple[float, float]:
    """CPU seconds and the largest resident set in MiB of one run."""
    process = subprocess.Popen(
        command,
        env={**os.environ, "CODETOUR_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command}: exit {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    rows: list[tuple[float, float, float]] = []
    print("| tree | cold s | again s | cold / parsing it all | MiB |\n|---|--:|--:|--:|--:|")
    for tree in sys.argv[1:]:
        entries = [sys.executable, "-m", "codetour", "entries", tree, "--json"]
        with tempfile.TemporaryDirectory() as home:
            cold, memory = measure(entries, home)
            again, _ = measure(entries, home)
            parse, _ = measure([sys.executable, "-c", PARSE, tree], home)
        rows.append((cold, again, memory))
        print(
            f"| {Path(tree).name} | {cold:.2f} | {again:.2f} | {cold / parse:.1f} | {memory:.0f} |",
            flush=True,
        )
    if rows:
        cold, again, memory = zip(*rows, strict=True)
        print(f"\nmedian {median(cold):.2f} s, largest {max(cold):.2f} s, again {median(again):.2f} s")
        print(f"largest resident set {max(memory):.0f} MiB")


if __name__ == "__main__":
    main()
