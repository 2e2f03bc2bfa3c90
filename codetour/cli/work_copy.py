"""Where a program runs and what it leaves: a clone runs in a copy, and the files that a run wrote are told.

The clone in the cache stays as it was fetched. The copy is kept, one per commit, so that an evaluation finds the
checkpoint that training wrote.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from codetour.cli.output import note
from codetour.model.source import Tree
from codetour.places import cache_dir
from codetour.source.files import list_files

MOST_TOLD: Final = 200
Snapshot = dict[str, tuple[int, int]]
"""file -> (time of change in ns, size)"""


def work_copy(tree: Tree) -> Tree:
    """The tree to run: a copy for a clone of the cache, the tree itself for a local path."""
    clones = cache_dir() / "clones"
    if clones not in tree.root.parents:
        return tree
    root = cache_dir() / "work" / tree.root.relative_to(clones)
    if not root.exists():
        part = root.with_name(root.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(tree.root, part, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        part.rename(root)
    return tree._replace(root=root, top=root)


def snapshot(root: Path) -> Snapshot:
    """The files below `root` as they are now."""
    found: Snapshot = {}
    for file in list_files(root).files:
        try:
            info = (root / file).stat()
        except OSError:
            continue
        found[file] = (info.st_mtime_ns, info.st_size)
    return found


def written_since(before: Snapshot, root: Path) -> list[str]:
    """Files that are new or have changed since `before`."""
    return sorted(file for file, state in snapshot(root).items() if before.get(file) != state)


def tell_written(files: list[str], root: Path, *, quiet: bool = False) -> None:
    """One line for people: what a run has written, and where."""
    if files:
        more = f" and {len(files) - 6} more" if len(files) > 6 else ""
        note(f"Written by the run: {', '.join(files[:6])}{more}, in {root}", quiet=quiet)
