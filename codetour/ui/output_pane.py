"""The program's own output, always at hand and always bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Log

from codetour.model.text import clean_block

OUTPUT_LINES = 5_000
WAITING = 200_000
"""characters of output that wait for the next paint; a flood is cut, its end is kept"""


class OutputPane(Log):
    """What the program wrote, bounded; a flood is painted ten times a second at most."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(max_lines=OUTPUT_LINES, id=id)
        self._waiting: deque[str] = deque()
        self._waiting_size = 0
        self._started = False

    def on_mount(self) -> None:
        self.border_title = Content("Output")
        self.border_subtitle = Content("nothing yet")
        self.set_interval(0.1, self._pour)

    def fill(self, lines: Sequence[str]) -> None:
        """Start with the lines that were there before."""
        if lines:
            self.hear("\n".join(lines) + "\n")

    def hear(self, text: str) -> None:
        """Text as the program wrote it, in any pieces."""
        self._waiting.append(text)
        self._waiting_size += len(text)
        while self._waiting_size > WAITING and len(self._waiting) > 1:
            self._waiting_size -= len(self._waiting.popleft())

    def last(self, count: int) -> list[str]:
        """The last lines, newest at the end."""
        return [line for line in list(self.lines)[-count - 1 :] if line.strip()][-count:]

    def _pour(self) -> None:
        if not self._waiting:
            return
        self.border_subtitle = ""
        text = "".join(self._waiting)[-WAITING:]
        self._waiting.clear()
        self._waiting_size = 0
        self.write(clean_block(_without_rewrites(text)))


def _without_rewrites(text: str) -> str:
    """Progress bars rewrite their line with carriage returns: only what stood at the end counts."""
    if "\r" not in text:
        return text
    text = text.replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
