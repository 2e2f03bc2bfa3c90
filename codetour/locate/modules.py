"""Which file of the repository a dotted module name means, seen from a given file.

Python's own rule needs a search path; a reader has none. Tried in turn: the importing file's folder (a script's
folder is on the path), the root, folders that act as roots (`src/`), and at last a unique ending.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator


class ModuleIndex:
    """Dotted names to files, for one list of files."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = {f for f in files if f.endswith(".py")}
        self._by_tail: dict[str, list[str]] = defaultdict(list)
        for file in sorted(self._files, key=lambda f: (f.count("/"), f)):
            self._by_tail[self.last_part(file)].append(file)
        # what an absolute import can begin with: no look-up for `torch`
        self._heads = {part.removesuffix(".py") for f in self._files for part in f.split("/")}
        self._memo: dict[tuple[str, str], tuple[str, str] | None] = {}

    @staticmethod
    def last_part(file: str) -> str:
        """The last part of the module name of `file`."""
        folder, name = posixpath.split(file)
        return posixpath.basename(folder) if name == "__init__.py" else name.removesuffix(".py")

    def find(self, name: str, importer: str) -> tuple[str, str] | None:
        """(file, rest) for dotted `name` imported by `importer`: `rest` names something inside the file."""
        key = (name, posixpath.dirname(importer) if not name.startswith(".") else importer)
        if key not in self._memo:
            self._memo[key] = self._find(name, importer)
        return self._memo[key]

    def _find(self, name: str, importer: str) -> tuple[str, str] | None:
        if name.startswith("."):
            return self._relative(name, importer)
        parts = name.split(".")
        if parts[0] not in self._heads:
            return None
        folder = posixpath.dirname(importer)
        for at in dict.fromkeys([folder, "", "src", *_above(folder)]):
            found = self._below(at, parts, whole=False)
            if found is not None and found[0] != importer:
                return found
        return self._by_ending(parts)

    def _relative(self, name: str, importer: str) -> tuple[str, str] | None:
        rest = name.lstrip(".")
        folder = posixpath.dirname(importer)
        for _ in range(len(name) - len(rest) - 1):
            folder = posixpath.dirname(folder)
        return self._below(folder, rest.split(".") if rest else [], whole=True)

    def _below(self, folder: str, parts: list[str], *, whole: bool) -> tuple[str, str] | None:
        """The longest prefix of `parts` that is a file or package below `folder`."""
        for length in range(len(parts), -1 if whole else 0, -1):
            path = "/".join([folder, *parts[:length]] if folder else parts[:length])
            if length and f"{path}.py" in self._files:
                return f"{path}.py", ".".join(parts[length:])
            package = f"{path}/__init__.py" if path else "__init__.py"
            if package in self._files:
                return package, ".".join(parts[length:])
        return None

    def _by_ending(self, parts: list[str]) -> tuple[str, str] | None:
        """A package somewhere below, when only one file can be meant."""
        for length in range(len(parts), 1, -1):
            tail = "/".join(parts[:length])
            hits = [
                f
                for f in self._by_tail.get(parts[length - 1], ())
                if f.endswith((f"/{tail}.py", f"/{tail}/__init__.py"))
            ]
            if len(hits) == 1:
                return hits[0], ".".join(parts[length:])
        return None


def _above(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder
