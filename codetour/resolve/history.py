"""What git knows between the commit of a tour and now: renamed files, and lines that no diff has touched.

Only `git` itself, only commit against commit (filters of a work tree could run programs), with everything a
repository's own configuration could start switched off. Without git, or without the commit, nothing is known.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_SAFE: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false",
                "-c", "diff.external=", "-c", "log.showSignature=false")  # fmt: skip
_TIMEOUT: Final = 20
LARGEST: Final = 4 * 2**20
"""bytes of one file of the past"""
_HUNK: Final = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")

Hunk = tuple[int, int, int, int]


def git(root: Path, *args: str) -> str | None:
    """The output of a git command in `root`, None when it fails, is missing, or takes too long."""
    done = _run(root, args)
    return None if done is None else done.decode("utf-8", "replace")


def blobs(
    root: Path, wanted: Iterable[tuple[str, str]], *, largest: int = LARGEST
) -> dict[tuple[str, str], bytes]:
    """(commit, file relative to `root`) -> its bytes at that commit; what is missing or too large is left out."""
    asked = [(c, f) for c, f in sorted(set(wanted)) if _COMMIT.fullmatch(c) and "\n" not in f]
    sizes = (_run(root, ("cat-file", "--batch-check"), _lines(asked)) or b"").splitlines() if asked else []
    fit = [item for item, row in zip(asked, sizes, strict=False) if 0 <= _size(row) <= largest]
    rest = (_run(root, ("cat-file", "--batch"), _lines(fit)) or b"") if fit else b""
    made: dict[tuple[str, str], bytes] = {}
    for item in fit:
        row, _, rest = rest.partition(b"\n")
        size = _size(row)
        if size < 0:
            break
        made[item], rest = rest[:size], rest[size + 1 :]
    return made


def _lines(asked: list[tuple[str, str]]) -> bytes:
    return "".join(f"{commit}:./{file}\n" for commit, file in asked).encode("utf-8", "surrogatepass")


def _size(row: bytes) -> int:
    """Of `<name> blob <size>`; -1 for any other answer."""
    fields = row.split()
    return int(fields[2]) if len(fields) == 3 and fields[1] == b"blob" else -1


def _run(root: Path, args: tuple[str, ...], given: bytes = b"") -> bytes | None:
    import subprocess  # most checks need no git, and this costs a tenth of one

    keep = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment = keep | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            ["git", "-C", os.fspath(root), *_SAFE, *args],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
            input=given,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None


def head(root: Path) -> str | None:
    """The commit of the work tree, None outside git."""
    found = git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return found.strip() if found else None


class History:
    """From a commit to HEAD; every question is asked at most once per file."""

    def __init__(self, root: Path, commit: str | None, files: tuple[str, ...] = ()) -> None:
        self._root = root
        self._files = files
        known = commit if commit and _COMMIT.fullmatch(commit) and _has_git(root) else None
        self._commit = known
        self._renames: list[tuple[str, str | None]] | None = None
        self._hunks: dict[str, list[Hunk] | None] = {}

    def follow(self, file: str) -> str | None:
        """Where a file that is not there any more went, commit by commit; None when it was deleted or is unknown."""
        if self._commit is None:
            return None
        if self._renames is None:
            self._renames = self._read_renames()
        for old, new in self._renames:
            if old == file:
                if new is None:
                    return None
                file = new
        return file

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

    def names(self, file: str) -> set[str]:
        """All names that `file` has had since."""
        if self._renames is None:
            self._renames = self._read_renames() if self._commit else []
        made = {file}
        for old, new in self._renames:
            if old in made and new is not None:
                made.add(new)
        return made

    def _read_renames(self) -> list[tuple[str, str | None]]:
        # commit by commit: between the two ends a fork of a file may be more like it than what it became
        out = git(
            self._root, "log", "--first-parent", "-m", "--reverse", "-M40%", "-l2000", "--no-ext-diff", "--relative",
            "-z", "--diff-filter=RD", "--name-status", "--format=", f"{self._commit}..HEAD", "--", *kinds(self._files),
        )  # fmt: skip
        if out is None:
            self._commit = None
            return []
        made: list[tuple[str, str | None]] = []
        fields = iter(out.split("\0"))
        for status in fields:
            if status.startswith("R"):
                made.append((next(fields, ""), next(fields, "")))
            elif status.startswith("D"):
                made.append((next(fields, ""), None))
        return made

    def _read_hunks(self, file: str) -> dict[str, list[Hunk] | None]:
        """One process for all files of the tour."""
        files = self._files if file in self._files else (file,)
        found = self._diff("--no-renames", str(self._commit), "HEAD", "--relative", "--", *files)
        return dict.fromkeys(files) if found is None else {**_by_file(found, files)}

    def _diff(self, *what: str) -> str | None:
        quiet = ("-U0", "-w", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=histogram")
        return git(self._root, "diff", *quiet, *what)


def kinds(files: tuple[str, ...]) -> list[str]:
    """Pathspecs for files of these kinds; [] for all: git must not compare pictures to find a renamed script."""
    names = [file.rsplit("/", 1)[-1] for file in files]
    return sorted({f"*.{n.rsplit('.', 1)[1]}" for n in names}) if all("." in n for n in names) else []


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
