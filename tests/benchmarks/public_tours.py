"""`check` on tours of other people, against what `git blame --reverse` says of each of their lines.

    python tests/benchmarks/public_tours.py CLONE...      (folders of git repositories with history)

For a step that is a file and a line: the commit that last set the number (blame of the tour file, or the tour's
`ref`), then the line followed from there to now by `git blame --reverse`, which knows nothing of codetour. Where that
line still stands, `check` must name its place; where it does not, it must not say "ok" or "moved".
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

HEADER = re.compile(r"^([0-9a-f]{40}) (\d+) (\d+)", re.MULTILINE)


def git(tree: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", str(tree), *args], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def set_at(tree: Path, tour: str, document: dict[str, Any]) -> list[str | None]:
    """For each step the commit that its line number is of, None for a step without one."""
    head = git(tree, "rev-parse", "HEAD").strip()
    pinned = git(tree, "rev-parse", "--verify", "-q", f"{document.get('ref') or 'none'}^{{commit}}").strip()
    found = HEADER.findall(git(tree, "blame", "-w", "--porcelain", "HEAD", "--", tour))
    blamed = {int(line): commit for commit, _, line in found}
    numbers = [
        n for n, text in enumerate((tree / tour).read_text("utf-8-sig").split("\n"), 1) if '"line":' in text
    ]
    made: list[str | None] = []
    at = iter(numbers)
    for step in document["steps"]:
        # a selection has two further `line`s before or after the step's own
        count = len(re.findall(r'"line":', json.dumps(step, indent=1)))
        own = [next(at) for _ in range(count)]
        keys = [k for k in step if k in ("line", "selection")]
        mine = None if "line" not in step else own[0] if keys[0] == "line" else own[-1]
        if mine is None or not step.get("file"):
            made.append(None)
        else:
            made.append(pinned if pinned and pinned != head else blamed.get(mine))
    return made


def stands(tree: Path, commit: str, file: str, line: int) -> tuple[str, int] | str | None:
    """(file, line) where the line is now, None where it is gone, "" where blame cannot tell."""
    head = git(tree, "rev-parse", "HEAD").strip()
    old = git(tree, "show", f"{commit}:{file}").replace("\r\n", "\n").split("\n")
    if not 1 <= line <= len(old) or not old[line - 1].strip():
        return ""
    if commit == head:
        return file, line
    out = git(
        tree, "blame", "-w", "--reverse", "--porcelain", "-L", f"{line},{line}", f"{commit}..HEAD", "--", file
    )
    if not (found := HEADER.search(out)):
        return ""
    if found[1] != head:
        return None
    name = re.search(r"^filename (.*)$", out, re.MULTILINE)
    return (name[1] if name else file), int(found[2])


def compare(tree: Path, document: dict[str, Any], tour: str, stops: list[dict[str, Any]]) -> Counter[str]:
    made: Counter[str] = Counter()
    for step, stop, commit in zip(document["steps"], stops, set_at(tree, tour, document), strict=True):
        if commit is None:
            made["no line"] += 1
            continue
        now = stands(tree, commit, step["file"].removeprefix("./"), step["line"])
        said = stop["status"]
        if isinstance(now, str):
            made["blame cannot tell"] += 1
        elif now is None:
            verdict = "right" if said in ("changed", "lost") else "WRONG"
            made[f"gone for blame, {said}: {verdict}"] += 1
            if verdict == "WRONG":
                print(f"    {tour} {step['file']}:{step['line']} is gone, check says {stop}")
        else:
            same = (stop["file"], stop["line"]) == now
            kept = (
                "kept its number"
                if now == (step["file"].removeprefix("./"), step["line"])
                else "stands elsewhere"
            )
            made[f"{kept}, {said}: {'right' if same else 'not found' if said == 'lost' else 'WRONG'}"] += 1
            if not same:
                print(f"    {tour} {step['file']}:{step['line']} is at {now}, check says {stop}")
    return made


def main() -> None:
    table: Counter[str] = Counter()
    tours = repositories = invalid = 0
    for clone in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            tree = Path(scratch) / "tree"
            subprocess.run(
                ["git", "clone", "-q", "--shared", clone, str(tree)], capture_output=True, check=False
            )
            check = [sys.executable, "-m", "codetour", "check", "--json"]
            checked = subprocess.run(check, cwd=tree, capture_output=True, text=True, check=False)
            report = json.loads(checked.stdout)
            name = clone.removesuffix("/repo").rsplit("/", 1)[-1]
            print(f"{name}: exit {checked.returncode}, {report['summary']}")
            repositories += bool(report["tours"])
            for one in report["tours"]:
                tours += 1
                if one["status"] == "invalid":
                    invalid += 1
                    print(f"    {one['path']}: {one.get('problems') or one.get('message')}")
                    continue
                document = json.loads((tree / one["path"]).read_text("utf-8-sig"))
                table += compare(tree, document, one["path"], one["stops"])
    print(f"{repositories} repositories, {tours} tours ({invalid} invalid), {table.total()} steps")
    for kind, count in sorted(table.items()):
        print(f"{count:5}  {kind}")


if __name__ == "__main__":
    main()
