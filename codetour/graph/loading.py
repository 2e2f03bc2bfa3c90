"""Files of the tree -> operations, within a budget; what could not be read is said and skipped."""

from __future__ import annotations

from pathlib import Path

from codetour.errors import SourceError
from codetour.graph.lowering import Op, lower
from codetour.graph.modules import ModuleFinder
from codetour.graph.syntax import parse
from codetour.model.text import clean
from codetour.source.reading import read_source


class Loader:
    """Operations of the files that are reached."""

    def __init__(self, root: Path, finder: ModuleFinder, *, most_files: int) -> None:
        self.root = root
        self.finder = finder
        self.notes: list[str] = []
        self._most = most_files
        self._loaded: dict[str, list[Op] | None] = {}
        self._lines: dict[str, int] = {}

    def operations(self, file: str) -> list[Op] | None:
        """The operations of `file`, or None when it cannot be read or the budget of files is used up."""
        if file not in self._loaded:
            if len(self._loaded) == self._most:
                self.notes.append(f"Stopped reading after {self._most} files; calls into further files are missing.")
            self._loaded[file] = self._load(file) if len(self._loaded) < self._most else None
        return self._loaded[file]

    def lines(self, file: str) -> int:
        """Number of lines of a file that was read."""
        return self._lines.get(file, 1)

    def _load(self, file: str) -> list[Op] | None:
        try:
            source = read_source(self.root, file)
            self._lines[file] = len(source.lines)
            return lower(parse(source.text))
        except SourceError as error:
            self.notes.append(f"Skipped {clean(file)}: {clean(error.message)}")
        except (SyntaxError, RecursionError, ValueError) as error:
            self.notes.append(f"Skipped {clean(file)}: it does not parse ({clean(str(error))})")
        return None
