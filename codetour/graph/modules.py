"""Import names -> files of the tree, as Python would find them from a script that is started there.

Search order: the script's folder, folders that the code adds to `sys.path` in literal form, folders between the
script and the root, the root, `src` and the like, and last a folder elsewhere in the tree that alone has the name.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable


class ModuleFinder:
    """Where modules of one tree are, seen from one entry."""

    def __init__(self, files: Iterable[str], entry: str) -> None:
        self._files = frozenset(f for f in files if f.endswith((".py", ".ipynb", ".pyx")))
        self._folders: set[str] = {""}
        self._named: defaultdict[str, list[str]] = defaultdict(list)
        for file in self._files:
            folder = posixpath.dirname(file)
            while folder and folder not in self._folders:
                self._folders.add(folder)
                self._named[posixpath.basename(folder)].append(folder)
                folder = posixpath.dirname(folder)
        self.paths: list[str] = []
        self._cache: dict[tuple[str, str], str | None] = {}
        start: str = posixpath.dirname(entry)
        self.add_path(start)
        while start:
            start = posixpath.dirname(start)
            self.add_path(start)
        for folder in ("src", "lib", "python", "source"):
            if folder in self._folders:
                self.add_path(folder)

    def add_path(self, folder: str) -> None:
        """Search `folder` too (literal `sys.path` edits)."""
        folder = posixpath.normpath(folder) if folder else ""
        folder = "" if folder == "." else folder
        if folder in self._folders and folder not in self.paths:
            self.paths.append(folder)
            self._cache.clear()

    def is_package(self, place: str) -> bool:
        """`place` is a folder, not a file."""
        return place in self._folders

    def file_of(self, place: str) -> str | None:
        """The file to run for a place: itself, or the folder's `__init__.py`."""
        if place in self._files:
            return place
        init = posixpath.join(place, "__init__.py")
        return init if init in self._files else None

    def child(self, folder: str, name: str) -> str | None:
        """The module or package `name` inside `folder`: a file, a folder, or None."""
        path = posixpath.join(folder, name)
        if path in self._folders and posixpath.join(path, "__init__.py") in self._files:
            return path
        for suffix in (".py", ".pyx"):
            if path + suffix in self._files:
                return path + suffix
        return path if path in self._folders else None

    def top(self, name: str, importer: str) -> str | None:
        """The place of the top-level module `name`, imported by file `importer`."""
        key = (name, posixpath.dirname(importer))
        if key not in self._cache:
            self._cache[key] = self._find_top(name, key[1])
        return self._cache[key]

    def _find_top(self, name: str, beside: str) -> str | None:
        weak: str | None = None
        for folder in self.paths:
            place = self.child(folder, name)
            if place is not None:
                if self.file_of(place):
                    return place
                weak = weak or place
        if weak is not None:
            return weak
        # a checkout that is meant to be installed, or a script that is started from its own folder
        place = self.child(beside, name)
        if place is not None and self.file_of(place):
            return place
        folders = [f for f in self._named.get(name, ()) if posixpath.join(f, "__init__.py") in self._files]
        outer = [f for f in folders if not self.file_of(posixpath.dirname(f) or ".")]
        return outer[0] if len(outer) == 1 else None


def node_of(file: str) -> str:
    """The node id of a file's module body: its dotted path from the root, as PyCG has it."""
    stem = file.rpartition(".")[0] if file.endswith((".py", ".pyx", ".ipynb")) else file
    return stem.removesuffix("/__init__").replace("/", ".")
