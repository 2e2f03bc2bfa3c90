"""Following one line through every commit: what the two ends alone leave open is mostly small steps.

One `git log -p` for a file that has open stops. In each commit a line is untouched, or in a hunk; there the one
added line that is much more like it than the others is its next form. Where there is none, the same commit is
searched for the line in another place, with its neighbours; else the trail ends, and whether it was deleted or
only cannot be told from others is part of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from codetour.resolve.git import git, kinds
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
MOST_COMMITS: Final = 100
LEAPS: Final = 6
"""moves to another place that one line may make"""
NOTEBOOK: Final = ".ipynb"
_DIFF: Final = ("-p", "-U0", "-w", "-M40%", "--no-ext-diff", "--no-color", "--no-textconv", "--relative",
                "--diff-algorithm=histogram")  # fmt: skip
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Hunk(NamedTuple):
    """One change of one file in one commit."""

    old: int
    removed: tuple[str, ...]
    new: int
    added: tuple[str, ...]


class Step(NamedTuple):
    """What one commit did to one file."""

    commit: str
    old: str
    new: str
    hunks: tuple[Hunk, ...]


class Trail(NamedTuple):
    """Where following a line has led."""

    end: Literal["here", "gone", "unclear"]
    file: str = ""
    line: int = 0
    edits: int = 0
    text: str | None = None
    """of the line as it is now, None where no edit has touched it"""


class Trails:
    """The changes since one commit: of the files in `names` at once, of others when a line has moved there."""

    def __init__(
        self,
        root: Path,
        commit: str,
        names: frozenset[str],
        starts: Sequence[tuple[str, int]],
        names_of: Callable[[set[str]], set[str]],
    ) -> None:
        self._root = root
        self._since = commit
        self._names = names
        self._starts = starts
        """lines that will be asked for: what they have in common is read once"""
        self._names_of = names_of
        """all names that files have had since; asking costs a process"""
        self._steps: dict[tuple[str, frozenset[str]], list[Step] | None] = {}
        self._parts: dict[str, list[str]] = {}
        """what whole commits have done, file by file, as git prints it"""

    def follow(self, file: str, line: int) -> Trail:
        """The trail of `file:line`."""
        since, edits, text = self._since, 0, None
        for _ in range(LEAPS):
            steps = self._read(since, {file})
            if steps is None:
                return Trail("unclear")
            trail, end = _along(steps, file, line)
            # a file that is there no more, or was not for a while, had other names
            if end is not None and not end[0].new and len(others := self._names_of({file})) > 1:
                steps = self._read(since, others)
                trail, end = _along(steps or [], file, line)
            edits += trail.edits
            text = trail.text if trail.text is not None else text
            if end is None:
                return trail._replace(edits=edits, text=text)
            if trail.end == "unclear":
                return trail
            step, hunk = end
            found = self._elsewhere(step, hunk, trail.line)
            if isinstance(found, str):
                return Trail("gone" if found == "gone" else "unclear")
            since, (file, line) = step.commit, found
        return Trail("unclear")

    def _read(self, since: str, files: set[str]) -> list[Step] | None:
        """The changes of `files` after the commit `since`."""
        if not files <= self._names:
            return self._read_all(since, frozenset(files))
        every = self._read_all(self._since, self._names)
        if every is None or since == self._since:
            return every
        return every[max((n for n, s in enumerate(every, 1) if s.commit == since), default=0) :]

    def _read_all(self, since: str, files: frozenset[str]) -> list[Step] | None:
        key = (since, files)
        if key not in self._steps:
            if any(file.endswith(NOTEBOOK) for file in files):
                from codetour.resolve.notebook_steps import (
                    notebook_steps,  # few tours have stops in notebooks
                )

                self._steps[key] = notebook_steps(self._root, since, files)
            else:
                self._steps[key] = read_steps(self._root, since, files)
        return self._steps[key]

    def _ends(self) -> set[str]:
        """The commits that removed a line of the start."""
        steps = self._read_all(self._since, self._names) or []
        trails = (_along(steps, file, line) for file, line in self._starts)
        return {end[0].commit for trail, end in trails if end is not None and trail.end == "gone"}

    def _elsewhere(self, step: Step, hunk: Hunk, line: int) -> tuple[str, int] | Literal["gone", "unclear"]:
        """Where the same commit has added the line that `hunk` removed."""
        if step.old.endswith(NOTEBOOK) and not step.new:
            return "unclear"  # it may go on as a script, of which its own versions say nothing
        at = line - hunk.old
        text = hunk.removed[at].strip()
        around = [x.strip() for x in hunk.removed[max(0, at - AROUND) : at + AROUND + 1]]
        mine = {x for x in around if len(x) > 3 and x != text}
        scored: list[tuple[int, str, int]] = []
        for there in self._holding(step, text):
            for other in there.hunks:
                for n, added in enumerate(other.added):
                    if added.strip() == text:
                        near = other.added[max(0, n - AROUND - 1) : n + AROUND + 2]
                        scored.append((len(mine & {x.strip() for x in near}), there.new, other.new + n))
        if not scored:
            return "gone"
        scored.sort(reverse=True)
        together, file, place = scored[0]
        if together < TOGETHER or (len(scored) > 1 and scored[1][0] == together):
            return "unclear"
        return file, place

    def _holding(self, step: Step, text: str) -> Iterator[Step]:
        """What the commit of a step has done to files of the same kind, where it may have added a line."""
        if step.old.endswith(NOTEBOOK):
            yield step
            return
        if step.commit not in self._parts:
            self._show(step.commit, step.old)
        for part in self._parts[step.commit]:
            if text in part and (there := _step(step.commit, part)) is not None:
                yield there

    def _show(self, commit: str, file: str) -> None:
        """Read all that a commit has done to files of this kind; those where other lines end come with it."""
        wanted = [commit, *sorted(self._ends() - self._parts.keys() - {commit})][:MOST_COMMITS]
        out = git(
            self._root, "show", "--first-parent", "-m", "-l400", *_DIFF, "--format=%x01%H", *wanted, "--",
            *kinds((file,)),
        )  # fmt: skip
        self._parts |= {c: [] for c in wanted}
        for shown, parts in _by_commit(out) if out is not None and len(out) <= LARGEST else ():
            self._parts[shown] = parts


def read_steps(root: Path, commit: str, files: frozenset[str]) -> list[Step] | None:
    """The changes of some files since `commit`, oldest first; None when they cannot be had."""
    out = git(
        root, "log", "--first-parent", "-m", "--reverse", *_DIFF, "--format=%x01%H", f"{commit}..HEAD", "--",
        *sorted(files),
    )  # fmt: skip
    return None if out is None or len(out) > LARGEST else list(steps_in(out))


def steps_in(text: str) -> Iterator[Step]:
    """The steps in what git prints, commit by commit."""
    for commit, parts in _by_commit(text):
        for part in parts:
            if (step := _step(commit, part)) is not None:
                yield step


def _by_commit(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each commit in what git prints, with what it says of each file."""
    for block in text.split("\x01")[1:]:
        commit, _, rest = block.partition("\n")
        yield commit.strip(), f"\n{rest}".split("\ndiff --git ")[1:]


@lru_cache(maxsize=4096)
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
            removed = tuple([x[1:] for x in lines[at : at + b]])
            at += b
            at += lines[at : at + 1] == ["\\ No newline at end of file"]  # no newline at the end of what was
            hunks.append(Hunk(a, removed, c, tuple([x[1:] for x in lines[at : at + d]])))
            at += d
    return Step(commit, old, new, tuple(hunks)) if old or new else None


def _along(steps: list[Step], file: str, line: int) -> tuple[Trail, tuple[Step, Hunk] | None]:
    """As far as the steps lead; where the line was removed, the step and the hunk that did it."""
    edits, text = 0, None
    for step in steps:
        if step.old != file:
            continue
        moved = _through(step.hunks, line)
        if isinstance(moved, Hunk):
            at = line - moved.old
            best = max((_likest(moved, at, n, UNLIKE) for n in range(len(moved.added))), default=0.0)
            return Trail("gone" if best < UNLIKE else "unclear", file, line, edits, text), (step, moved)
        line, edited = moved
        edits += edited is not None
        text = edited if edited is not None else text
        file = step.new
        if not file:
            return Trail("unclear"), None
    return Trail("here", file, line, edits, text), None


def _through(hunks: tuple[Hunk, ...], line: int) -> tuple[int, str | None] | Hunk:
    offset = 0
    for hunk in hunks:
        count = len(hunk.removed)
        if count and hunk.old <= line < hunk.old + count:
            found = _next_form(hunk, line - hunk.old)
            return hunk if found is None else (hunk.new + found, hunk.added[found])
        if (hunk.old if count else hunk.old + 1) > line:
            break
        offset += len(hunk.added) - count
    return line + offset, None


def _next_form(hunk: Hunk, at: int) -> int | None:
    """The added line of the hunk that a removed line became, None when none or several may be it."""
    mine = _whole_at(hunk.removed, at)
    score, second, found = 0.0, 0.0, -1
    for n in range(len(hunk.added)):
        # what is neither like it nor a rival to the best so far need not be compared to the end
        this = _likest(hunk, at, n, max(UNLIKE, score - LEAD))
        if this >= score:
            score, second, found = this, score, n
        else:
            second = max(second, this)
    if score < (ENOUGH if len(_words(mine)) >= 10 else ENOUGH_SHORT) or score - second < LEAD:
        return None
    return (
        None
        if any(_likest(hunk, n, found, score) >= score for n in range(len(hunk.removed)) if n != at)
        else found
    )


def _likest(hunk: Hunk, old: int, new: int, least: float) -> float:
    """Likeness of two lines, or of the statements that begin in them, whichever is more; less than `least` is any."""
    left, right = hunk.removed[old], hunk.added[new]
    if not left.strip() or not right.strip():
        return 0.0
    lines = _like(left, right, least)
    whole_left, whole_right = _whole_at(hunk.removed, old), _whole_at(hunk.added, new)
    if lines == 1.0 or (whole_left == left.strip() and whole_right == right.strip()):
        return lines
    return max(lines, _like(whole_left, whole_right, max(least, lines)))


@lru_cache(maxsize=8192)
def _whole_at(lines: tuple[str, ...], at: int) -> str:
    """The statement that begins in a line, as far as the hunk holds it."""
    first = next(iter(logical(list(lines[at : at + LONGEST]))), None)
    return first.text if first is not None and first.line == 1 else lines[at].strip()


_words = lru_cache(maxsize=8192)(tokens)


@lru_cache(maxsize=8192)
def _like(left: str, right: str, least: float) -> float:
    mine, theirs = _words(left.strip()), _words(right.strip())
    return likeness(mine, theirs, least=least) if mine and theirs else 0.0
