"""The call path and the program's output."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import Log, OptionList
from textual.widgets.option_list import Option

from codetour.model.text import clean, clean_block
from codetour.ui.scene import Row, Scene

OUTPUT_LINES = 5_000
WAITING = 200_000
"""characters of output that wait for the next paint; a flood is cut, its end is kept"""


class PathPane(OptionList):
    """The call path from the entry down to here; Enter or a click shows a row's line."""

    class Chosen(Message):
        """A row was chosen."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._rows: tuple[Row, ...] = ()
        self._row = -1
        self._width = 0
        self._scene: Scene | None = None

    def show(self, scene: Scene) -> None:
        """Paint the rows of `scene`."""
        self._scene = scene
        if (scene.rows, scene.row, self.size.width) == (self._rows, self._row, self._width):
            return
        self._rows, self._row, self._width = scene.rows, scene.row, self.size.width
        self.border_title = Content("How we got here")
        self.clear_options()
        room = max(self.size.width - 1, 16)
        self.add_options([Option(self._line(i, row, room), disabled=row.place is None) for i, row in enumerate(self._rows)])
        if 0 <= scene.row < len(self._rows):
            self.highlighted = scene.row

    def on_resize(self) -> None:
        """Rows are laid out for a width."""
        if self._scene is not None:
            self.show(self._scene)

    def _line(self, i: int, row: Row, room: int) -> Content:
        lead = "  " * min(i, 6) + ("└ " if i else "")
        symbol = "main level" if row.symbol == "<module>" else clean(row.symbol, 80)
        here = " ◀" if i == self._row else ""
        place = f"{row.place.file.rpartition('/')[2]}:{row.place.line}" if row.place is not None else ""
        place = clean(place, 40)
        left = f"{lead}{symbol}{here}"
        if len(left) + len(place) + 1 > room:
            left = left[: max(room - len(place) - 2, 8)] + "…"
        gap = " " * max(room - len(left) - len(place), 1)
        line = Content.assemble((left, "bold" if i == self._row else ""), gap, (place, "dim"))
        if row.reason:
            lead = "  " * min(i + 1, 7) + "⤷ "
            line = Content.assemble(line, "\n", (lead + clean(row.reason, max(room - len(lead), 8)), "dim"))
        return line

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell the screen."""
        if 0 <= event.option_index < len(self._rows):
            self.post_message(self.Chosen(self._rows[event.option_index]))


class OutputPane(Log):
    """What the program wrote, bounded; a flood is painted ten times a second at most."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(max_lines=OUTPUT_LINES, id=id)
        self._waiting: deque[str] = deque()
        self._waiting_size = 0
        self._started = False

    def on_mount(self) -> None:
        self.border_title = Content("Output")
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
