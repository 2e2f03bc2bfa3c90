"""Files of the tree -> operations, within a budget; what could not be read is said and skipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from codetour.errors import SourceError
from codetour.graph import cache
from codetour.graph.lowering import Op, lower
from codetour.graph.modules import ModuleFinder
from codetour.graph.syntax import parse
from codetour.model.text import clean
from codetour.source.reading import read_source

AHEAD_AFTER: Final = 40
"""files that were made here, one after the other, before others are read ahead: workers take time to start"""


def operations_of(text: str) -> tuple[list[Op] | str, bool]:
    """The operations of a file's text, or why there are none; and whether they had to be made."""
    name = _name_of(text)
    kept: list[Op] | str | None = cache.read("facts", name)
    if isinstance(kept, list | str):
        return kept, False
    try:
        made: list[Op] | str = lower(parse(text))
    except (SyntaxError, RecursionError, ValueError) as error:
        made = clean(str(error))
    cache.write("facts", name, made)
    return made, True


def is_kept(text: str) -> bool:
    """The operations of a file's text are in the cache."""
    return cache.has("facts", _name_of(text))


def _name_of(text: str) -> str:
    return cache.digest(cache.code_digest(whole=False).encode(), text.encode("utf-8", "surrogatepass"))


class Loader:
    """Operations of the files that are reached."""

    def __init__(self, root: Path, finder: ModuleFinder, *, most_files: int) -> None:
        self.root = root
        self.finder = finder
        self.notes: list[str] = []
        self.read: dict[str, None] = {}
        """every file that was looked into, configuration among them"""
        self.most_files = most_files
        self.ahead: Callable[[dict[str, list[Op] | None]], None] = lambda _loaded: None
        """called with what is loaded each time that many files in a row had to be made: time to share the work"""
        self.spent = 0.0
        """CPU seconds of other processes that worked for this one"""
        self._loaded: dict[str, list[Op] | None] = {}
        self._lines: dict[str, int] = {}
        self._made = 0

    def operations(self, file: str) -> list[Op] | None:
        """The operations of `file`, or None when it cannot be read or the budget of files is used up."""
        if file not in self._loaded:
            if len(self._loaded) == self.most_files:
                plural = "" if self.most_files == 1 else "s"
                self.notes.append(
                    f"Stopped reading after {self.most_files} file{plural}; calls into further files are missing."
                )
            self._loaded[file] = self._load(file) if len(self._loaded) < self.most_files else None
        return self._loaded[file]

    def lines(self, file: str) -> int:
        """Number of lines of a file that was read."""
        return self._lines.get(file, 1)

    def _load(self, file: str) -> list[Op] | None:
        if self._made >= AHEAD_AFTER:
            self._made = 0
            self.ahead(self._loaded)
        self.read[file] = None
        try:
            source = read_source(self.root, file)
        except SourceError as error:
            self.notes.append(f"Skipped {clean(file)}: {clean(error.message)}")
            return None
        self._lines[file] = len(source.lines)
        made, fresh = operations_of(source.text)
        self._made += fresh
        if isinstance(made, str):
            self.notes.append(f"Skipped {clean(file)}: it does not parse ({clean(made)})")
            return None
        return made
