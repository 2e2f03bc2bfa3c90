"""The regular files of a tree: bounded, sorted, and never outside it.

Repositories hold link loops, virtual environments, a million data files and names that are no text. What is left
out is said in the notes.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

SKIPPED: Final = frozenset(
    {
        ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "__pycache__", "node_modules", "site-packages",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", ".eggs", ".idea", ".codetour",
    }
)  # fmt: skip
"""folders that are never the repository's own source"""

_DEEPEST: Final = 40
_LARGEST_FOLDER: Final = 20_000


class FileList(NamedTuple):
    """The regular files of a tree, bounded."""

    files: tuple[str, ...]
    """POSIX, relative, sorted; links that leave the tree, virtual environments and `.git` are left out"""
    notes: tuple[str, ...] = ()
    """what was skipped and why"""


def list_files(root: Path, *, limit: int = 50_000) -> FileList:
    """The regular files below `root`, at most `limit`, nearest to the root first when the limit cuts.

    Links to folders are not followed; links to files are kept when they stay inside the tree.
    """
    skipped: Counter[str] = Counter()
    found: list[str] = []
    level = [""]
    real_root = os.path.realpath(root)
    for _depth in range(_DEEPEST):
        below: list[str] = []
        for folder in level:
            _list_folder(root, real_root, folder, found, below, skipped)
            if len(found) >= limit:
                skipped["over the limit of files"] += 1
                return FileList(tuple(sorted(found[:limit])), _notes(skipped))
        if not below:
            break
        level = below
    else:
        skipped["folders deeper than 40 levels"] += len(level)
    return FileList(tuple(sorted(found)), _notes(skipped))


def _list_folder(
    root: Path, real_root: str, folder: str, found: list[str], below: list[str], skipped: Counter[str]
) -> None:
    try:
        with os.scandir(root / folder) as entries:
            rows = sorted(entries, key=lambda e: e.name)
    except OSError:
        skipped["unreadable folders"] += 1
        return
    if len(rows) > _LARGEST_FOLDER:
        skipped[f"files past the first {_LARGEST_FOLDER} of a folder"] += len(rows) - _LARGEST_FOLDER
        rows = rows[:_LARGEST_FOLDER]
    for entry in rows:
        name = f"{folder}/{entry.name}" if folder else entry.name
        if not _is_text(entry.name):
            skipped["names that are not valid text"] += 1
        elif entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED and not _is_environment(entry.path):
                below.append(name)
        elif entry.is_symlink():
            target = os.path.realpath(entry.path)
            if target.startswith(real_root + os.sep) and os.path.isfile(target):  # noqa: PTH113 - target is str
                found.append(name)
            else:
                skipped["links that lead outside or nowhere"] += 1
        elif entry.is_file(follow_symlinks=False):
            found.append(name)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_environment(path: str) -> bool:
    return os.path.exists(os.path.join(path, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - hot loop over every folder


def _notes(skipped: Counter[str]) -> tuple[str, ...]:
    return tuple(f"left out: {count} {what}" for what, count in sorted(skipped.items()))
