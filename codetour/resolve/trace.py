"""Following one line through every commit: what the two ends alone leave open is mostly small steps.

One `git log -p` for a file that has open stops. In each commit a line is untouched, or in a hunk; there the one
added line that is much more like it than the others is its next form. Where there is none, the same commit is
searched for the line in another place, with its neighbours; else the trail ends, and whether it was deleted or
only cannot be told from others is part of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from codetour.resolve.history import git
from codetour.resolve.likeness import likeness
from codetour.resolve.statements import logical, tokens

LARGEST: Final = 24 * 2**20
"""of all diffs together; beyond, nothing is followed"""
ENOUGH: Final = 0.65
ENOUGH_SHORT: Final = 0.75
"""likeness of a line to its next form; of lines with fewer than ten words"""
LEAD: Final = 0.15
"""over the second best form"""
UNLIKE: Final = 0.45
"""below, nothing in a hunk has anything to do with a line that it removed"""
TOGETHER: Final = 2
"""neighbours that must have moved with a line"""
AROUND: Final = 3
LONGEST: Final = 40
"""lines of one statement"""
LEAPS: Final = 6
"""moves to another place that one line may make"""
_DIFF: Final = ("-p", "-U0", "-w", "-M40%", "--no-ext-diff", "--no-color", "--no-textconv", "--relative",
                "--diff-algorithm=histogram")  # fmt: skip
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change of one file in one commit."""

    old: int
    removed: tuple[str, ...]
    new: int
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one commit did to one file."""

    commit: str
    old: str
    new: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """Where following a line has led."""

    end: Literal["here", "gone", "unclear"]
    file: str = ""
    line: int = 0
    edits: int = 0


class Trails:
    """The changes since one commit, read file by file and only for lines that are asked for."""

    def __init__(self, root: Path, commit: str) -> None:
        self._root = root
        self._since = commit
        self._steps: dict[tuple[str, frozenset[str]], list[Step] | None] = {}
        self._whole: dict[str, list[Step]] = {}

    def follow(self, file: str, line: int, names: Callable[[str], set[str]]) -> Trail:
        """The trail of `file:line`; `names(file)` are all names that a file has had since."""
        since, edits = self._since, 0
        for _ in range(LEAPS):
            steps = self._read(since, frozenset(names(file)))
            if steps is None:
                return Trail("unclear")
            trail, step, hunk = _along(steps, file, line)
            edits += trail.edits
            if step is None or hunk is None:
                return Trail(trail.end, trail.file, trail.line, edits)
            if trail.end == "unclear":
                return trail
            found = self._elsewhere(step.commit, hunk, trail.line)
            if isinstance(found, str):
                return Trail("gone" if found == "gone" else "unclear")
            since, (file, line) = step.commit, found
        return Trail("unclear")

    def _read(self, since: str, files: frozenset[str]) -> list[Step] | None:
        key = (since, files)
        if key not in self._steps:
            self._steps[key] = read_steps(self._root, since, files)
        return self._steps[key]

    def _elsewhere(self, commit: str, hunk: Hunk, line: int) -> tuple[str, int] | Literal["gone", "unclear"]:
        """Where the same commit has added the line that `hunk` removed."""
        if commit not in self._whole:
            out = git(
                self._root, "show", "--first-parent", "-m", *_DIFF, "--format=%x01%H", commit, "--", "*.py"
            )
            self._whole[commit] = [] if out is None or len(out) > LARGEST else list(_steps(out))
        at = line - hunk.old
        text = hunk.removed[at].strip()
        around = [x.strip() for x in hunk.removed[max(0, at - AROUND) : at + AROUND + 1]]
        mine = {x for x in around if len(x) > 3 and x != text}
        scored: list[tuple[int, str, int]] = []
        for step in self._whole[commit]:
            for other in step.hunks:
                for n, added in enumerate(other.added):
                    if added.strip() == text:
                        near = other.added[max(0, n - AROUND - 1) : n + AROUND + 2]
                        scored.append((len(mine & {x.strip() for x in near}), step.new, other.new + n))
        if not scored:
            return "gone"
        scored.sort(reverse=True)
        together, file, place = scored[0]
        if together < TOGETHER or (len(scored) > 1 and scored[1][0] == together):
            return "unclear"
        return file, place


def read_steps(root: Path, commit: str, files: frozenset[str]) -> list[Step] | None:
    """The changes of some files since `commit`, oldest first; None when they cannot be had."""
    out = git(
        root, "log", "--first-parent", "-m", "--reverse", *_DIFF, "--format=%x01%H", f"{commit}..HEAD", "--",
        *sorted(files),
    )  # fmt: skip
    return None if out is None or len(out) > LARGEST else list(_steps(out))


def _steps(text: str) -> Iterator[Step]:
    for block in text.split("\x01")[1:]:
        commit, _, rest = block.partition("\n")
        for part in re.split(r"^diff --git ", rest, flags=re.MULTILINE)[1:]:
            if (step := _step(commit.strip(), part)) is not None:
                yield step


def _step(commit: str, part: str) -> Step | None:
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
    return Step(commit, old, new, tuple(hunks)) if old or new else None


def _along(steps: list[Step], file: str, line: int) -> tuple[Trail, Step | None, Hunk | None]:
    """As far as the steps lead; where the line was removed, the step and the hunk that did it."""
    edits = 0
    for step in steps:
        if step.old != file:
            continue
        moved = _through(step.hunks, line)
        if isinstance(moved, Hunk):
            best = max((_likest(moved, line - moved.old, n) for n in range(len(moved.added))), default=0.0)
            return Trail("gone" if best < UNLIKE else "unclear", file, line, edits), step, moved
        line, edited = moved
        edits += edited
        file = step.new
        if not file:
            return Trail("unclear"), None, None
    return Trail("here", file, line, edits), None, None


def _through(hunks: tuple[Hunk, ...], line: int) -> tuple[int, bool] | Hunk:
    offset = 0
    for hunk in hunks:
        count = len(hunk.removed)
        if count and hunk.old <= line < hunk.old + count:
            found = _next_form(hunk, line - hunk.old)
            return hunk if found is None else (hunk.new + found, True)
        if (hunk.old if count else hunk.old + 1) > line:
            break
        offset += len(hunk.added) - count
    return line + offset, False


def _next_form(hunk: Hunk, at: int) -> int | None:
    """The added line of the hunk that a removed line became, None when none or several may be it."""
    mine = _whole_at(hunk.removed, at)
    scored = sorted(((_likest(hunk, at, n), n) for n in range(len(hunk.added))), reverse=True)
    if not scored:
        return None
    score, found = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    if score < (ENOUGH if len(tokens(mine)) >= 10 else ENOUGH_SHORT) or score - second < LEAD:
        return None
    rivals = (_likest(hunk, n, found) for n in range(len(hunk.removed)) if n != at)
    return found if max(rivals, default=0.0) < score else None


def _likest(hunk: Hunk, old: int, new: int) -> float:
    """Likeness of two lines, or of the statements that begin in them, whichever is more."""
    left, right = hunk.removed[old], hunk.added[new]
    if not left.strip() or not right.strip():
        return 0.0
    lines = _like(left, right)
    whole_left, whole_right = _whole_at(hunk.removed, old), _whole_at(hunk.added, new)
    if lines == 1.0 or (whole_left == left.strip() and whole_right == right.strip()):
        return lines
    return max(lines, _like(whole_left, whole_right))


@lru_cache(maxsize=8192)
def _whole_at(lines: tuple[str, ...], at: int) -> str:
    """The statement that begins in a line, as far as the hunk holds it."""
    first = next(iter(logical(list(lines[at : at + LONGEST]))), None)
    return first.text if first is not None and first.line == 1 else lines[at].strip()


@lru_cache(maxsize=8192)
def _like(left: str, right: str) -> float:
    mine, theirs = tokens(left.strip()), tokens(right.strip())
    if not mine or not theirs:
        return 0.0
    return likeness(mine, theirs)
