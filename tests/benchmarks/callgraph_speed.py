"""How long a call graph takes, cold and warm, on trees of your choice: ratios and CPU seconds.

    python tests/benchmarks/callgraph_speed.py TREE:ENTRY [TREE:ENTRY ...]

Cold: an empty cache. Linked: the operations of each file are kept, the graph is not (one file was edited). Warm:
nothing changed. Each in a process of its own; CPU seconds of the process and its children, start-up included.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def measure(tree: str, entry: str, home: str) -> tuple[float, float]:
    """CPU seconds and the largest resident set in MiB of one run."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "codetour",
            "graph",
            "-q",
            f"{tree}/{entry}",
            "--root",
            tree,
            "--json",
            os.devnull,
        ],
        env={**os.environ, "CODETOUR_HOME": home},
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{tree}/{entry}: exit {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    print("| entry | cold s | linked s | warm s | cold / warm | MiB |\n|---|--:|--:|--:|--:|--:|")
    for spec in sys.argv[1:]:
        tree, _, entry = spec.partition(":")
        with tempfile.TemporaryDirectory() as home:
            cold, memory = measure(tree, entry, home)
            shutil.rmtree(Path(home, "cache", "graph", "graphs"))
            linked, _ = measure(tree, entry, home)
            warm, _ = measure(tree, entry, home)
        name = f"{Path(tree).name}/{entry}"
        print(
            f"| {name} | {cold:.1f} | {linked:.1f} | {warm:.2f} | {cold / warm:.0f} | {memory:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
