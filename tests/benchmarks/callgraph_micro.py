"""Any call graph tool against PyCG's micro-benchmark: exact snippets, recall and precision of edges.

    python tests/benchmarks/callgraph_micro.py PyCG/micro-benchmark/snippets
    python tests/benchmarks/callgraph_micro.py SNIPPETS "othertool {entry} --root {root} -o {out}"

Each snippet is a folder with `main.py` and the truth, `callgraph.json`: `{"caller": ["callee", ...]}`. The tool writes
the same form to {out}. Numbers of lambdas are ignored, as they differ between tools.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

OURS = f"{shlex.quote(sys.executable)} -m codetour graph -q {{entry}} --root {{root}} --json {{out}}"
LAMBDA = re.compile(r"<lambda\d*>")


def edges(graph: dict[str, list[str]]) -> set[tuple[str, str]]:
    return {
        (LAMBDA.sub("<lambda>", a), LAMBDA.sub("<lambda>", b)) for a, called in graph.items() for b in called
    }


def found_by(command: str, entry: Path) -> set[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "graph.json"
        fields = {"entry": entry, "root": entry.parent, "out": out}
        filled = command.format(**{name: shlex.quote(str(path)) for name, path in fields.items()})
        done = subprocess.run(shlex.split(filled), capture_output=True, timeout=300)
        return edges(json.loads(out.read_text())) if done.returncode == 0 and out.exists() else set()


def main() -> None:
    command = sys.argv[2] if len(sys.argv) > 2 else OURS
    total: Counter[str] = Counter()
    for truth in sorted(Path(sys.argv[1]).rglob("callgraph.json")):
        wanted = edges(json.loads(truth.read_text()))
        found = found_by(command, truth.parent / "main.py")
        total.update(snippets=1, exact=wanted == found, hit=len(wanted & found),
                     wanted=len(wanted), found=len(found))  # fmt: skip
        if wanted != found:
            print(f"{truth.parent}: missed {sorted(wanted - found)}, too many {sorted(found - wanted)}")
    print(f"exact {total['exact']} of {total['snippets']}, recall {100 * total['hit'] / total['wanted']:.1f} %,"
          f" precision {100 * total['hit'] / max(1, total['found']):.1f} %")  # fmt: skip


if __name__ == "__main__":
    main()
