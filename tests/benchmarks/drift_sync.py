"""What a CI job that mends tours is worth: `check --fix` at every tenth commit, scored at some of them.

    python tests/benchmarks/drift_sync.py --repos CLONES --truth TRUTH.json [--every 10]

CLONES holds clones named owner+name. TRUTH has, per repository, `base`, `commits` (distance -> hash) and `anchors`:
`file`, `line` and `truth` (distance -> {"file", "line"}, null for a deleted line, "dropped" where it cannot be told).
A stop is right at the true statement, or lost where the line was deleted; wrong anywhere else; lost when reported so.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

TOOL = [sys.executable, "-m", "codetour"]


def git(tree: Path, *args: str) -> str:
    return subprocess.run(["git", "-C", str(tree), *args], capture_output=True, text=True, check=True).stdout


def check_out(tree: Path, commit: str) -> None:
    """A partial clone lacks large files, which no stop is in; git then says no and does the rest."""
    subprocess.run(["git", "-C", str(tree), "checkout", "-qf", commit], capture_output=True, check=False)


def statement(tree: Path, file: str, line: int) -> tuple[str, int]:
    """The first line of the innermost statement (of a compound one: its header) that covers the line."""
    try:
        module = ast.parse((tree / file).read_text(encoding="utf-8-sig"))
    except (OSError, SyntaxError, ValueError):
        return file, line
    covering = [
        (end - node.lineno, node.lineno)
        for node in ast.walk(module)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (end := header_end(node))
    ]
    return file, min(covering, default=(0, line))[1]


def header_end(node: ast.stmt) -> int:
    body: list[ast.stmt] = getattr(node, "body", [])
    if body and body[0].lineno > node.lineno:
        return body[0].lineno - 1
    return node.end_lineno or node.lineno


def touching(tree: Path, base: str, last: str, files: set[str]) -> list[str]:
    """The first-parent commits that touch one of the files, which are followed through renames."""
    out = git(tree, "log", "--first-parent", "-m", "--raw", "-M40%", "-l2000", "--reverse", "--no-abbrev",
              "--format=%x01%H", f"{base}..{last}", "--", "*.py")  # fmt: skip
    current, made = set(files), list[str]()
    for block in out.split("\x01")[1:]:
        lines = block.split("\n")
        fields = [x.split("\t") for x in lines[1:] if x.startswith(":")]
        if any(f[1] in current for f in fields):
            made.append(lines[0].strip())
            current |= {f[-1] for f in fields if f[1] in current}
    return made


def score(report: dict[str, Any], tree: Path, anchors: list[dict[str, Any]], distance: str) -> Counter[str]:
    made: Counter[str] = Counter()
    for anchor, stop in zip(anchors, report["tours"][0]["stops"], strict=True):
        true = anchor["truth"].get(distance, "dropped")
        if true == "dropped":
            continue
        lost = stop["status"] == "lost"
        if true is None or lost:
            made["right" if true is None and lost else "lost" if lost else "wrong"] += 1
        else:
            same = statement(tree, stop["file"], stop["line"]) == statement(tree, true["file"], true["line"])
            made["right" if same else "wrong"] += 1
    return made


def walk(repo: dict[str, Any], source: Path, work: Path, every: int) -> dict[str, Counter[str]]:
    """Check and mend one repository's tour along its history."""
    tree, tour = work / "tree", work / "t.tour"
    subprocess.run(["git", "clone", "-q", "--no-checkout", "--shared", str(source), str(tree)], check=True)
    check_out(tree, repo["base"])
    anchors = repo["anchors"]
    places = [w for a in anchors for w in ("--at", f"{a['file']}:{a['line']}")]
    subprocess.run([*TOOL, "new", str(tour), "--repo", str(tree), *places], check=True, capture_output=True)
    distances = {commit: distance for distance, commit in repo["commits"].items()}
    last = max(repo["commits"].values(), key=lambda c: int(git(tree, "rev-list", "--count", c)))
    made: dict[str, Counter[str]] = {}
    for number, commit in enumerate(touching(tree, repo["base"], last, {a["file"] for a in anchors}), 1):
        if commit not in distances and number % every:
            continue
        check_out(tree, commit)
        # what is reported with --fix is the verdict before the repair
        mend = [*TOOL, "check", str(tour), "--repo", str(tree), "--fix", "--json"]
        done = subprocess.run(mend, capture_output=True, text=True, check=False)
        if commit in distances:
            made[distances[commit]] = score(json.loads(done.stdout), tree, anchors, distances[commit])
    return made


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    ask.add_argument("--repos", type=Path, required=True)
    ask.add_argument("--truth", type=Path, required=True)
    ask.add_argument("--every", type=int, default=10)
    given = ask.parse_args()
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for repo in json.loads(given.truth.read_text())["repos"]:
        source = given.repos / repo["repo"].replace("/", "+")
        source = source / "repo" if (source / "repo").is_dir() else source
        with tempfile.TemporaryDirectory() as work:
            for distance, counts in walk(repo, source, Path(work), given.every).items():
                table[distance if distance in ("10", "50") else "far"] += counts
                table["all"] += counts
    for distance, counts in table.items():
        total = counts.total()
        shares = "  ".join(f"{k} {100 * counts[k] / total:5.1f} %" for k in ("right", "wrong", "lost"))
        print(f"{distance:>4}  n={total:4}  {shares}")


if __name__ == "__main__":
    main()
