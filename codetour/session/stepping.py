"""Steps by statement: a call over five lines is one step, not five and back again.

The debugger stops at each physical line. A stop at another line of the statement where the step began goes on by
itself; a stop at the same line is a new turn of a loop.
"""

from __future__ import annotations

from collections.abc import Callable

from codetour.model.source import SourceText
from codetour.session.bind import Unbindable, bind

BREAK = "breakpoint("
OWN_LINES = 4
"""the debugger stands at the line after the call"""
STEPS = frozenset({"next", "stepIn"})


class Stepping:
    """The step under way."""

    def __init__(self, read: Callable[[str], SourceText | None]) -> None:
        self._read = read
        self.how = ""
        self._place: tuple[str, str] = ("", "")
        self._lines = range(0)
        self._last = 0

    def begin(self, how: str, file: str | None, name: str, line: int) -> None:
        """The program goes on from `line` of the function `name`."""
        self.how = how if how in STEPS and file is not None else ""
        self._place, self._last = (file or "", name), line
        self._lines = self._statement(file, line) if self.how and file is not None else range(0)

    def goes_on(self, file: str | None, name: str, line: int) -> bool:
        """Whether this stop is still inside the statement where the step began."""
        inside = bool(self.how) and (file, name) == self._place and line in self._lines
        if inside and line != self._last:
            self._last = line
            return True
        self.how = ""
        return False

    def own_break(self, file: str | None, line: int) -> str:
        """Why the program stands here by its own will, after a call of `breakpoint()`; else ""."""
        source = self._read(file) if file is not None else None
        lines = source.text.split("\n")[max(line - OWN_LINES, 0) : line] if source is not None else []
        return "the program's own breakpoint()" if any(BREAK in text for text in lines) else ""

    def _statement(self, file: str, line: int) -> range:
        source = self._read(file)
        if source is None or source.kind == "text":
            return range(0)
        try:
            found = bind(source.text, line)
        except Unbindable:
            return range(0)
        return range(found.line, found.last + 1)
