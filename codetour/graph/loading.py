"""Files of the tree -> operations, within a budget; what could not be read is said and skipped."""

from __future__ import annotations

from pathlib import Path

from codetour.errors import SourceError
from codetour.graph import cache
from codetour.graph.lowering import Op, lower
from codetour.graph.modules import ModuleFinder
from codetour.graph.syntax import parse
from codetour.model.text import clean
from codetour.source.reading import read_source


def operations_of(text: str) -> list[Op] | str:
    """The operations of a file's text, from the cache when it was seen before; or why there are none."""
    name = cache.digest(cache.code_digest(whole=False).encode(), text.encode("utf-8", "surrogatepass"))
    kept: list[Op] | str | None = cache.read("facts", name)
    if isinstance(kept, list | str):
        return kept
    try:
        made: list[Op] | str = lower(parse(text))
    except (SyntaxError, RecursionError, ValueError) as error:
        made = clean(str(error))
    cache.write("facts", name, made)
    return made


class Loader:
    """Operations of the files that are reached."""

    def __init__(self, root: Path, finder: ModuleFinder, *, most_files: int) -> None:
        self.root = root
        self.finder = finder
        self.notes: list[str] = []
        self.read: dict[str, None] = {}
        """every file that was looked into, configuration among them"""
        self._most = most_files
        self._loaded: dict[str, list[Op] | None] = {}
        self._lines: dict[str, int] = {}

    def operations(self, file: str) -> list[Op] | None:
        """The operations of `file`, or None when it cannot be read or the budget of files is used up."""
        if file not in self._loaded:
            if len(self._loaded) == self._most:
                self.notes.append(
                    f"Stopped reading after {self._most} files; calls into further files are missing."
                )
            self._loaded[file] = self._load(file) if len(self._loaded) < self._most else None
        return self._loaded[file]

    def lines(self, file: str) -> int:
        """Number of lines of a file that was read."""
        return self._lines.get(file, 1)

    def _load(self, file: str) -> list[Op] | None:
        self.read[file] = None
        try:
            source = read_source(self.root, file)
        except SourceError as error:
            self.notes.append(f"Skipped {clean(file)}: {clean(error.message)}")
            return None
        self._lines[file] = len(source.lines)
        made = operations_of(source.text)
        if isinstance(made, str):
            self.notes.append(f"Skipped {clean(file)}: it does not parse ({clean(made)})")
            return None
        return made
