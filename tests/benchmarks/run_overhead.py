"""Wall time of a toured run up to its last stop, against bare Python to the program's end, in the same run.

    python tests/benchmarks/run_overhead.py [--python EXE] [REPO ENTRY [ARGS...]]

Without arguments the demo is used. The goal is at most 1.25 x bare + 4 s.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--python", default=sys.executable)
    options.add_argument("repo", nargs="?")
    options.add_argument("entry", nargs="?", default="train.py")
    options.add_argument("args", nargs=argparse.REMAINDER)
    given = options.parse_args()
    bare, toured, reached = [], [], ""
    with tempfile.TemporaryDirectory() as scratch:
        repo = Path(given.repo).absolute() if given.repo else demo(Path(scratch))
        for _ in range(ROUNDS):
            began = time.perf_counter()
            subprocess.run(
                [given.python, given.entry, *given.args], cwd=repo, check=True, capture_output=True
            )
            bare.append(time.perf_counter() - began)
            command = [
                sys.executable,
                "-m",
                "codetour",
                "run",
                str(repo),
                "--entry",
                given.entry,
                "--headless",
            ]
            command += ["--json", "--yes", "--quiet", "--python", given.python, "--", *given.args]
            done = subprocess.run(command, cwd=repo, check=True, capture_output=True, text=True)
            document = json.loads(done.stdout)
            toured.append(document["timing"]["last_stop"])
            stops = document["stops"]
            reached = f"{sum(s['status'] == 'reached' for s in stops)} of {len(stops)} stops"
    a, b = statistics.median(toured), statistics.median(bare)
    print(
        f"bare {b:.2f} s; to the last stop {a:.2f} s ({reached}); ratio {a / b:.2f}; limit {1.25 * b + 4:.2f} s"
    )


def demo(scratch: Path) -> Path:
    import shutil

    import codetour

    target = scratch / "demo"
    shutil.copytree(Path(codetour.__file__).parent / "demo", target)
    return target


if __name__ == "__main__":
    main()
