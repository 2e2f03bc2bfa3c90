"""The files of a work tree as the resolver needs them: text, statements, and which hold some lines; each once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from codetour.errors import SourceError
from codetour.model.source import SourceText
from codetour.resolve.statements import MODULE, Index, digest
from codetour.source.reading import read_source

PYTHON: Final = (".py", ".pyi", ".pyw", ".ipynb")
SEARCHED: Final = 4000
"""Python files looked through for a stop that has left its file"""


class Files:
    """A work tree, read lazily and never twice."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, SourceText | None] = {}
        self._indexes: dict[str, Index | None] = {}
        self._hashes: dict[str, frozenset[int]] = {}
        self._lines: dict[str, frozenset[str]] = {}
        self._names: tuple[str, ...] | None = None
        self._python: tuple[str, ...] | None = None

    def read(self, file: str) -> SourceText | None:
        """The text of a file, None where it cannot be had."""
        if file not in self._texts:
            try:
                self._texts[file] = read_source(self.root, file)
            except SourceError:
                self._texts[file] = None
        return self._texts[file]

    def index(self, file: str) -> Index | None:
        """The statements of a file."""
        if file not in self._indexes:
            source = self.read(file)
            self._indexes[file] = (
                None if source is None else Index(source.lines, python=source.kind != "text")
            )
        return self._indexes[file]

    def names(self) -> tuple[str, ...]:
        """All files of the tree."""
        if self._names is None:
            from codetour.source.files import list_files  # only a stop that has left its file asks

            self._names = list_files(self.root).files
        return self._names

    def python(self) -> tuple[str, ...]:
        """The Python files and notebooks, bounded."""
        if self._python is None:
            self._python = tuple(f for f in self.names() if f.endswith(PYTHON))[:SEARCHED]
        return self._python

    def like(self, file: str) -> Iterable[str]:
        """The files among which `file` may have been renamed: of its own kind."""
        if file.endswith(PYTHON):
            notebook = file.endswith(".ipynb")
            return [f for f in self.python() if f.endswith(".ipynb") == notebook]
        suffix = file[file.rfind(".") :] if "." in file.rsplit("/", 1)[-1] else file.rsplit("/", 1)[-1]
        return [f for f in self.names() if f.endswith(suffix)][:SEARCHED]

    def holding(self, line: str, like: str) -> list[str]:
        """The files of the kind of `like` in whose text `line` occurs."""
        return [f for f in self.like(like) if (source := self.read(f)) is not None and line in source.text]

    def has_scope(self, file: str, symbol: str) -> bool:
        """Whether a file seems to define a scope of that name, and the class round it."""
        headers = headers_of(symbol)
        source = self.read(file) if headers else None
        return source is not None and all(header in source.text for header in headers)

    def lines(self, file: str) -> frozenset[str]:
        """The lines of a file without the white space round them."""
        if file not in self._lines:
            source = self.read(file)
            self._lines[file] = frozenset(map(str.strip, source.lines)) if source else frozenset()
        return self._lines[file]

    def hashes(self, file: str) -> frozenset[int]:
        """Fingerprints of the longer lines of a file."""
        if file not in self._hashes:
            source = self.read(file)
            self._hashes[file] = line_hashes(source.lines) if source else frozenset()
        return self._hashes[file]


@lru_cache(maxsize=256)
def headers_of(symbol: str) -> tuple[str, ...]:
    """What a file must hold that has the scope under its name."""
    if symbol == MODULE:
        return ()
    parts = [name for name in symbol.split(".")[-2:] if name]
    return tuple(f"class {name}" if name[0].isupper() else f"def {name}" for name in parts)


def line_hashes(lines: Iterable[str]) -> frozenset[int]:
    """Fingerprints of the lines that say more than a bracket."""
    return frozenset(digest(line) for line in map(str.strip, lines) if len(line) > 8)
