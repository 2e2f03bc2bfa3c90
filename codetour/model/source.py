"""A checked-out repository and the text of its files.

Lines of a notebook are lines of the script that `codetour.source.notebook` makes from its code cells; `SourceText`
maps them back to cells. Everywhere in codetour `file` is a POSIX path relative to `Tree.root`, `line` is 1-based.
"""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import Literal, NamedTuple, Protocol


class Tree(NamedTuple):
    """A work tree at a commit: what a tour is about."""

    root: Path
    """absolute; a subdirectory of `top` when the tour is about a part of a larger repository"""
    name: str
    """`owner/name`, or the folder's name: for people"""
    commit: str | None = None
    """full hash; None outside git"""
    url: str | None = None
    """https address of the origin without credentials; for permalinks"""
    ref: str | None = None
    """the `@ref` that was asked for"""
    top: Path | None = None
    """the git top level; None outside git"""
    dirty: bool = False
    """files differ from the commit"""
    notes: tuple[str, ...] = ()
    """what could not be had, in words for people ("12 files are missing from the clone")"""

    @property
    def prefix(self) -> str:
        """`root` relative to `top`, POSIX, "" when they are the same."""
        if self.top is None or self.top == self.root:
            return ""
        return self.root.relative_to(self.top).as_posix()


class Cell(NamedTuple):
    """One code cell of a notebook."""

    index: int  # pyright: ignore[reportIncompatibleMethodOverride] - the tuple's own is of no use
    """into the notebook's `cells`"""
    first: int
    """its first line in the script"""
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] - the tuple's own is of no use
    """its number of lines in the script; line k of the cell is script line `first + k - 1`"""
    raw: int
    """the line of its first source line in the .ipynb text"""


class SourceText:
    """A file's text as codetour sees it: for a notebook, its script. Not to be changed."""

    __slots__ = ("_lines", "cells", "file", "kind", "text")

    def __init__(
        self,
        file: str,
        text: str,
        kind: Literal["python", "notebook", "text"] = "python",
        cells: tuple[Cell, ...] = (),
    ) -> None:
        self.file = file
        self.text = text
        self.kind = kind
        self.cells = cells
        self._lines: list[str] = []

    @property
    def lines(self) -> list[str]:
        """The lines without their ends; do not change it."""
        if not self._lines and self.text:
            # not splitlines(): form feeds and the like end no line for Python
            self._lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines

    def line(self, number: int) -> str:
        """Line `number` (1-based), or "" past the ends."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def cell_of(self, line: int) -> tuple[Cell, int] | None:
        """The cell that holds script line `line`, and the line inside it (1-based)."""
        at = bisect_right([c.first for c in self.cells], line) - 1
        if at < 0 or line >= self.cells[at].first + self.cells[at].count:
            return None
        return self.cells[at], line - self.cells[at].first + 1

    def place(self, line: int) -> str:
        """A line as a person finds it: "line 12", in a notebook "cell 3, line 2"."""
        found = self.cell_of(line)
        return f"cell {found[0].index}, line {found[1]}" if found else f"line {line}"


class Sources(Protocol):
    """Where a screen gets the text of a file: a work tree, or the files inside a bundle."""

    def read(self, file: str) -> SourceText | None:
        """The text, or None where there is none."""
        ...
