"""Where files have gone since a commit: the commits that took them away, and what each of these made of them.

Commit by commit: between the two ends a fork of a file may be more like it than what it became. Only the commits that
took a file away are looked at as a whole, for to compare all files that ever came and went is what costs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from codetour.resolve.git import by_commit, git, kinds

MOST_HOPS: Final = 12
_QUIET: Final = ("--first-parent", "-m", "--no-ext-diff", "--relative", "-z", "--format=%x01%H")


class Unknown(Exception):
    """git does not say: the commit is not there."""


class Renames:
    """From one commit to HEAD; what is asked for again costs nothing."""

    def __init__(self, root: Path, commit: str, files: tuple[str, ...]) -> None:
        self._root = root
        self._commit = commit
        self._files = files
        self._became: dict[str, dict[str, str]] = {}
        """commit -> old name -> new name"""
        self._taken: dict[str, list[str]] = {}
        """file -> the commits that took it away, oldest first"""
        self._asked: set[str] = set()
        self._every = False
        """whether `_taken` knows all files"""

    def follow(self, file: str) -> str | None:
        """The last name of `file`, None where it was deleted. Raises Unknown."""
        self._read({file, *(f for f in self._files if self._is_gone(f))})
        passed: set[str] = set()
        while file not in passed and (commits := self._taken.get(file)):
            passed.add(file)
            # what came back and went again went for good the last time
            commit = commits[-1 if self._is_gone(file) else 0]
            new = self._became.get(commit, {}).get(file)
            if new is None or not self._is_gone(new):
                return new
            file = new
        return file

    def names(self, files: set[str]) -> set[str]:
        """These files and all that they were called since, also for a while. Raises Unknown."""
        self._read(files)
        made, fresh = set[str](), set(files)
        while fresh:
            made |= fresh
            fresh = {new for file in fresh for new in self._new_names(file)} - made
        return made

    def _new_names(self, file: str) -> set[str]:
        found = (self._became.get(commit, {}).get(file) for commit in self._taken.get(file, ()))
        return {new for new in found if new is not None}

    def _is_gone(self, file: str) -> bool:
        return not (self._root / file).exists()

    def _read(self, files: set[str]) -> None:
        """Ask for many files at once, and for what they became if that is gone, too."""
        for _ in range(MOST_HOPS):
            files = files - self._asked
            if not files:
                return
            self._ask(files)
            files = {new for file in files for new in self._new_names(file) if self._is_gone(new)}

    def _ask(self, files: set[str]) -> None:
        if not self._every:
            # to ask for one more file costs half of asking for all of them
            self._every = bool(self._asked)
            gone = self._git(
                "log", "--reverse", *_QUIET, "--no-renames", "--diff-filter=D", "--name-only",
                f"{self._commit}..HEAD", "--", *(() if self._every else sorted(files)),
            )  # fmt: skip
            self._taken = {}
            for commit, names in by_commit(gone):
                for name in names:
                    self._taken.setdefault(name, []).append(commit)
        self._asked |= files
        commits = {c for file in files for c in self._taken.get(file, ())} - self._became.keys()
        if not commits:
            return
        shown = self._git(
            "show", *_QUIET, "-M40%", "-l2000", "--diff-filter=R", "--name-status", *sorted(commits), "--",
            *kinds((*self._files, *files)),
        )  # fmt: skip
        for commit, fields in by_commit(shown):
            self._became[commit] = dict(zip(fields[1::3], fields[2::3], strict=False))

    def _git(self, *args: str) -> str:
        out = git(self._root, *args)
        if out is None:
            raise Unknown
        return out
