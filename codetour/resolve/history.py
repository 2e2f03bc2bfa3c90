"""What git knows between the commit of a tour and now: renamed files, and lines that no diff has touched.

Without git, or without the commit, nothing is known.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from codetour.resolve.git import COMMIT, git
from codetour.resolve.renames import Renames, Unknown

_HUNK: Final = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

Hunk = tuple[int, int, int, int]


class History:
    """From a commit to HEAD; every question is asked at most once per file."""

    def __init__(self, root: Path, commit: str | None, files: tuple[str, ...] = ()) -> None:
        self._root = root
        self._files = files
        known = commit if commit and COMMIT.fullmatch(commit) and _has_git(root) else None
        self._commit = known
        self._renames = None if known is None else Renames(root, known, files)
        self._hunks: dict[str, list[Hunk] | None] = {}

    def follow(self, file: str) -> str | None:
        """Where a file that is not there any more went, commit by commit; None when it was deleted or is unknown."""
        try:
            return self._renames.follow(file) if self._renames is not None else None
        except Unknown:
            self._commit = self._renames = None
            return None

    def line(self, file: str, new: str, line: int) -> int | None:
        """The number of an untouched line of the old `file` in `new`; None when a diff touches it or is not had.

        A renamed file has none: following its lines commit by commit costs no more and says more.
        """
        if self._commit is None or file != new:
            return None
        if file not in self._hunks:
            self._hunks |= self._read_hunks(file)
        hunks = self._hunks[file]
        return None if hunks is None else shift(hunks, line)

    @property
    def commit(self) -> str | None:
        """The commit from which git knows the way, None where it does not."""
        return self._commit

    def names(self, files: set[str]) -> set[str]:
        """These files and all that they were called since, also for a while."""
        try:
            return self._renames.names(files) if self._renames is not None and files else files
        except Unknown:
            self._commit = self._renames = None
            return files

    def _read_hunks(self, file: str) -> dict[str, list[Hunk] | None]:
        """One process for all files of the tour."""
        files = self._files if file in self._files else (file,)
        found = self._diff("--no-renames", str(self._commit), "HEAD", "--relative", "--", *files)
        return dict.fromkeys(files) if found is None else {**_by_file(found, files)}

    def _diff(self, *what: str) -> str | None:
        quiet = ("-U0", "-w", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=histogram")
        return git(self._root, "diff", *quiet, *what)


def _hunks(text: str) -> list[Hunk]:
    return [
        (int(a), 1 if b is None else int(b), int(c), 1 if d is None else int(d))
        for a, b, c, d in (m.groups() for m in _HUNK.finditer(text))
    ]


def _by_file(text: str, files: tuple[str, ...]) -> dict[str, list[Hunk]]:
    """Hunks per file; a file without any is untouched, one that only one side has is left out by the caller."""
    made: dict[str, list[Hunk]] = {file: [] for file in files}
    for part in re.split(r"^diff --git ", text, flags=re.MULTILINE)[1:]:
        name = part.split("\n", 1)[0]
        file = next((f for f in files if name == f"a/{f} b/{f}"), None)
        if file is not None:
            made[file] = _hunks(part)
    return made


def shift(hunks: list[Hunk], line: int) -> int | None:
    """The new number of an old line, None when a hunk covers it."""
    offset = 0
    for old, removed, new, added in hunks:
        if removed and old <= line < old + removed:
            return None
        if (old if removed else old + 1) > line:
            break
        offset = (new + added if added else new + 1) - (old + removed if removed else old + 1)
    return line + offset


def _has_git(root: Path) -> bool:
    return any((folder / ".git").exists() for folder in (root, *root.parents))
