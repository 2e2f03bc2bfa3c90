"""Following one line through every commit: what the two ends alone leave open is mostly small steps.

One `git log -p` for all files that still have open stops. In each commit a line is untouched, or in a hunk; there
the one added line that is much more like it than the others is its next form, else the trail ends.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codetour.resolve.history import git
from codetour.resolve.likeness import ratio
from codetour.resolve.statements import tokens

LARGEST: Final = 24 * 2**20
"""of all diffs together; beyond, nothing is followed"""
ENOUGH: Final = 0.65
ENOUGH_SHORT: Final = 0.75
LEAD: Final = 0.15
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change of one file in one commit."""

    old: int
    removed: tuple[str, ...]
    new: int
    added: tuple[str, ...]


Step = tuple[str, str, list[Hunk]]
"""(old name, new name, hunks) of one file in one commit"""


def read_steps(root: Path, commit: str, files: Iterable[str]) -> list[Step] | None:
    """The changes of some files since `commit`, oldest first; None when they cannot be had."""
    out = git(
        root, "log", "--first-parent", "-m", "-p", "-U0", "-w", "-M40%", "--reverse", "--no-ext-diff", "--no-color",
        "--no-textconv", "--relative", "--format=", f"{commit}..HEAD", "--", *sorted(files),
    )  # fmt: skip
    if out is None or len(out) > LARGEST:
        return None
    return [step for part in re.split(r"^diff --git ", out, flags=re.MULTILINE)[1:] if (step := _step(part))]


def _step(part: str) -> Step | None:
    old = new = ""
    hunks: list[Hunk] = []
    lines = part.split("\n")
    at = 1
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith(("rename from ", "--- a/")):
            old = line.split(" a/" if line[0] == "-" else "rename from ", 1)[1].rstrip("\t")
        elif line.startswith(("rename to ", "+++ b/")):
            new = line.split(" b/" if line[0] == "+" else "rename to ", 1)[1].rstrip("\t")
        elif match := _HUNK.match(line):
            a, b, c, d = (1 if g is None else int(g) for g in match.groups())
            removed, added = lines[at : at + b], lines[at + b :]
            added = [x for x in added[: d + 1] if not x.startswith("\\")][:d]
            hunks.append(Hunk(a, tuple(x[1:] for x in removed), c, tuple(x[1:] for x in added)))
            at += b
    return (old, new, hunks) if old and new else None


def follow(steps: list[Step], file: str, line: int) -> tuple[str, int, int] | None:
    """(file, line, edits) where a line is now; None where its trail ends."""
    by_file: dict[str, list[int]] = defaultdict(list)
    for number, (old, _, _) in enumerate(steps):
        by_file[old].append(number)
    edits = at = 0
    while True:
        number = next((n for n in by_file.get(file, ()) if n >= at), None)
        if number is None:
            return file, line, edits
        _, file, hunks = steps[number]
        moved = _through(hunks, line)
        if moved is None:
            return None
        line, edited = moved
        edits += edited
        at = number + 1


def _through(hunks: list[Hunk], line: int) -> tuple[int, bool] | None:
    offset = 0
    for hunk in hunks:
        count = len(hunk.removed)
        if count and hunk.old <= line < hunk.old + count:
            found = _next_form(hunk, line - hunk.old)
            return None if found is None else (hunk.new + found, True)
        if (hunk.old if count else hunk.old + 1) > line:
            break
        offset += len(hunk.added) - count
    return line + offset, False


def _next_form(hunk: Hunk, at: int) -> int | None:
    """The added line of the hunk that a removed line became, None when none or several may be it."""
    mine = tokens(hunk.removed[at].strip())
    scored = sorted(
        ((_like(mine, tokens(text.strip())), n) for n, text in enumerate(hunk.added) if text.strip()),
        reverse=True,
    )
    if not scored:
        return None
    score, found = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    if score < (ENOUGH if len(mine) >= 10 else ENOUGH_SHORT) or score - second < LEAD:
        return None
    theirs = tokens(hunk.added[found].strip())
    rivals = (_like(tokens(text.strip()), theirs) for n, text in enumerate(hunk.removed) if n != at)
    return found if max(rivals, default=0.0) < score else None


def _like(left: list[str], right: list[str]) -> float:
    return (ratio(left, right) + ratio("".join(left), "".join(right))) / 2
