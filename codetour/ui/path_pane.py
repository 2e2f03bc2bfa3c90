"""The call path from the entry down to here; painted by line, since it changes with each step."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from codetour.model.text import clean
from codetour.ui.scene import Row, Scene

TALLEST = 14
"""lines of the pane, its border included"""
DEEPEST = 6
"""steps of indentation; further down the rows stay under one another"""


class PathPane(ScrollView, can_focus=True):
    """Enter or a click shows a row's line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("enter", "choose", "Show", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"path--here"}

    class Chosen(Message):
        """A row was chosen."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()
        self._row = -1
        self._cursor = -1
        self._lines: list[tuple[int, bool]] = []
        """per line: the row, and whether it is the row's reason"""

    def on_mount(self) -> None:
        self.border_title = Content("How we got here")

    def show(self, scene: Scene) -> None:
        """Paint the rows of `scene`."""
        if (scene.rows, scene.row) == (self._rows, self._row):
            return
        self._rows, self._row = scene.rows, scene.row
        self._cursor = scene.row
        lines = [
            (i, part)
            for i, row in enumerate(self._rows)
            for part in ((False, True) if row.reason else (False,))
        ]
        if len(lines) != len(self._lines):
            self.styles.height = min(max(len(lines) + 2, 4), TALLEST)
            self.virtual_size = Size(0, len(lines))
        self._lines = lines
        self._reveal(self._row)
        self.refresh()

    def _reveal(self, row: int) -> None:
        at = next((y for y, (i, _) in enumerate(self._lines) if i == row), 0)
        # before the first layout the size is unknown: then the pane is as tall as it will be
        height = self.size.height or TALLEST - 2
        if not self.scroll_offset.y <= at < self.scroll_offset.y + height:
            self.scroll_to(y=max(at - height + 1, 0), animate=False)

    def render_line(self, y: int) -> Strip:
        number, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        base = self.rich_style
        if number >= len(self._lines):
            return Strip.blank(width, base)
        i, is_reason = self._lines[number]
        row = self._rows[i]
        if is_reason:
            lead = " " * min(i + 1, DEEPEST) + "⤷ "
            text = lead + clean(row.reason, max(width - cell_len(lead), 8))
            segments = [Segment(set_cell_size(text, width), Style(dim=True))]
        else:
            segments = self._row_line(i, row, width)
        if i == self._cursor and self.has_focus:
            base += self.get_component_rich_style("path--here", partial=True)
        return Strip(segments, width).apply_style(base)

    def _row_line(self, i: int, row: Row, width: int) -> list[Segment]:
        lead = " " * min(i, DEEPEST) + ("└ " if i else "")
        symbol = "main level" if row.symbol == "<module>" else clean(row.symbol.replace(".<locals>", ""), 80)
        here = " ◀" if i == self._row else ""
        place = f"{row.place.file.rpartition('/')[2]}:{row.place.line}" if row.place is not None else ""
        place = clean(place, 30)
        room = max(width - cell_len(place) - 1, 4)
        left = f"{lead}{symbol}{here}"
        if cell_len(left) > room:
            left = lead + _cut(symbol, max(room - cell_len(lead) - cell_len(here), 3)) + here
        style = Style(bold=True) if i == self._row else Style(dim=True) if row.place is None else None
        return [
            Segment(set_cell_size(left, room), style),
            Segment(" "),
            Segment(set_cell_size(place, width - room - 1), Style(dim=True)),
        ]

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self.scroll_offset.y + offset.y >= len(self._lines):
            return
        self._cursor = self._lines[self.scroll_offset.y + offset.y][0]
        self.action_choose()

    def action_move(self, by: int) -> None:
        at = self._cursor + by
        while 0 <= at < len(self._rows) and self._rows[at].place is None:
            at += by
        if 0 <= at < len(self._rows):
            self._cursor = at
            self._reveal(at)
            self.refresh()

    def action_choose(self) -> None:
        if 0 <= self._cursor < len(self._rows):
            self.post_message(self.Chosen(self._rows[self._cursor]))


def _cut(symbol: str, width: int) -> str:
    """`GraphAttentionLayer.forward` as `GraphAt….forward`: the name that is called says most."""
    if cell_len(symbol) <= width:
        return symbol
    owner, dot, name = symbol.rpartition(".")
    room = width - cell_len(name) - 2
    if dot and room >= 3:
        return f"{set_cell_size(owner, room)}….{name}"
    return set_cell_size(name, width - 1) + "…" if cell_len(name) > width else name
