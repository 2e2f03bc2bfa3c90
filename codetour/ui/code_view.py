"""The code pane: one file, an arrow where the program stands, marks for stops and breakpoints, shapes beside lines.

A `ScrollView` that keeps one strip per line and repaints only the lines that change: a step costs two lines, 2 ms,
where a `TextArea` takes 45 to 75. Nothing scrolls with an animation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from codetour.model.source import SourceText
from codetour.model.text import clean
from codetour.ui.code_colours import CLASSES, Colouring

ArrowKind = Literal["live", "frame", "recorded", "static"]
"""live: the program stands here · frame: a caller further up · recorded: it stood here · static: it would"""
ARROWS: dict[ArrowKind, str] = {"live": "▶", "frame": "▷", "recorded": "▷", "static": "▷"}
LINE_LIMIT = 2_000
KEPT_FILES = 12
NOTE_ROOM = 14
"""cells that a note beside a line needs at least: a cut shape says nothing"""


class CodeView(ScrollView, can_focus=True):
    """Shows `SourceText`; posts `Clicked` for a click in the gutter."""

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Cursor up", show=False),
        Binding("down,j", "cursor(1)", "Cursor down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "cursor_to(1)", "First line", show=False),
        Binding("end", "cursor_to(-1)", "Last line", show=False),
        Binding("left", "sideways(-8)", "Left", show=False),
        Binding("right", "sideways(8)", "Right", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "code--gutter",
        "code--mark",
        "code--break",
        "code--arrow",
        "code--current",
        "code--cursor",
        "code--note",
        "code--found",
        *(f"code--{name}" for name in CLASSES),
    }

    class Clicked(Message):
        """The gutter of a line was clicked: set or clear a breakpoint."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.source: SourceText | None = None
        self.arrow: int = 0
        self.arrow_kind: ArrowKind = "static"
        self.cursor: int = 1
        self._lines: list[str] = []
        self._kept: dict[str, tuple[SourceText, list[str], Colouring]] = {}
        self._colouring: Colouring | None = None
        self._strips: dict[int, Strip] = {}
        self._stops: Mapping[int, str] = {}
        self._points: Mapping[int, bool] = {}
        self._notes: Mapping[int, str] = {}
        self._found = ""
        self._digits = 3
        self._styles: dict[str, Style] = {}

    # -- what is shown

    @property
    def line_count(self) -> int:
        return len(self._lines)

    @property
    def plain_lines(self) -> list[str]:
        """The lines as shown; do not change the list."""
        return self._lines

    def show(self, source: SourceText) -> None:
        """Show another file; the arrow is taken away."""
        if self.source is source:
            return
        kept = self._kept.pop(source.file, None)
        if kept is None or kept[0] is not source:
            lines = [_shown(line) for line in source.lines]
            if len(lines) > 1 and not lines[-1]:
                lines.pop()  # what follows the last line's end is no line
            kept = (source, lines, Colouring(source.file, source.kind, lines))
        self._kept[source.file] = kept
        while len(self._kept) > KEPT_FILES:
            del self._kept[next(iter(self._kept))]
        self.source, self._lines, self._colouring = kept
        self.arrow, self.cursor = 0, 1
        self._strips.clear()
        self._stops, self._points, self._notes, self._found = {}, {}, {}, ""
        self._digits = max(2, len(str(len(self._lines))))
        widest = max((cell_len(line) for line in self._lines), default=0)
        self.virtual_size = Size(self._gutter_width + widest + 1, len(self._lines))
        # at once: `reveal` decides by where the new file stands, not by where the old one stood
        self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self.refresh()
        self._colour_on()

    def point(self, line: int, kind: ArrowKind) -> None:
        """Move the arrow (and the cursor) to `line` and bring it into sight."""
        changed = {self.arrow, self.cursor, line}
        self.arrow, self.arrow_kind, self.cursor = line, kind, line
        self._refresh(changed)
        self.reveal(line)

    def mark(
        self,
        *,
        stops: Mapping[int, str] | None = None,
        points: Mapping[int, bool] | None = None,
        notes: Mapping[int, str] | None = None,
    ) -> None:
        """Set stop marks, breakpoints (verified or not) and the words beside lines; only changes are repainted."""
        changed: set[int] = set()
        if stops is not None and stops != self._stops:
            changed |= self._stops.keys() ^ stops.keys()
            self._stops = stops
        if points is not None and points != self._points:
            changed |= self._points.keys() | points.keys()
            self._points = points
        if notes is not None and notes != self._notes:
            changed |= self._notes.keys() | notes.keys()
            self._notes = notes
        self._refresh(changed)

    def reveal(self, line: int) -> None:
        """Scroll only when `line` is out of sight or at the very edge; then put it a third from the top."""
        height = max(self.size.height, 1)
        margin = 2 if height > 8 else 0
        top = self.scroll_offset.y
        if top + margin < line <= top + height - margin or (line <= margin and top == 0):
            return
        self.scroll_to(y=max(line - 1 - height // 3, 0), animate=False, force=True)

    # -- finding text

    def highlight(self, text: str) -> None:
        """Mark `text` wherever it stands; "" takes the marks away."""
        if text != self._found:
            self._found = text
            self.refresh()

    def find(self, text: str, *, start: int, step: int = 1) -> int:
        """The next line from `start` that holds `text` (case does not matter), marked; 0 when there is none."""
        self.highlight(text)
        wanted, count = text.lower(), len(self._lines)
        if not wanted:
            return 0
        for k in range(count):
            number = (start - 1 + k * step) % count + 1
            if wanted in self._lines[number - 1].lower():
                self.move_cursor(number)
                return number
        return 0

    # -- cursor

    def move_cursor(self, line: int) -> None:
        """Put the cursor on `line` and bring it into sight."""
        line = min(max(line, 1), max(len(self._lines), 1))
        changed = {self.cursor, line}
        self.cursor = line
        self._refresh(changed)
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if line <= top:
            self.scroll_to(y=line - 1, animate=False)
        elif line > top + height:
            self.scroll_to(y=line - height, animate=False)

    def action_cursor(self, by: int) -> None:
        self.move_cursor(self.cursor + by)

    def action_cursor_to(self, line: int) -> None:
        self.move_cursor(line if line > 0 else len(self._lines))

    def action_page(self, by: int) -> None:
        self.move_cursor(self.cursor + by * max(self.size.height - 1, 1))

    def action_sideways(self, by: int) -> None:
        self.scroll_to(x=max(self.scroll_offset.x + by, 0), animate=False, force=True)

    def on_resize(self, event: events.Resize) -> None:
        """The idea above may take more rows at any stop: the line that is meant must stay in sight."""
        self.reveal(self.cursor)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = self.scroll_offset.y + offset.y + 1
        if line > len(self._lines):
            return
        self.move_cursor(line)
        if offset.x < self._gutter_width - 1:
            self.post_message(self.Clicked(line))

    # -- selection with the mouse

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract("\n".join(self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    # -- painting

    @property
    def _gutter_width(self) -> int:
        return self._digits + 3

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self.get_component_rich_style(f"code--{name}", partial=True)
            self._styles[name] = style
        return style

    def _refresh(self, lines: set[int]) -> None:
        for line in lines:
            if line > 0:
                self.refresh_line(line - 1)

    def _colour_on(self) -> None:
        """Colour a few milliseconds' worth, then let the loop do other work."""
        colouring = self._colouring
        if colouring is None or colouring.done:
            return
        before = colouring.made
        colouring.make(len(self._lines), 0.006)
        for number in range(before + 1, colouring.made + 1):
            self._strips.pop(number, None)
        top = self.scroll_offset.y
        if before <= top + self.size.height and colouring.made > top:
            self.refresh()
        self.set_timer(0.004, self._colour_on)

    def render_line(self, y: int) -> Strip:
        scroll_x, scroll_y = self.scroll_offset
        number, width = scroll_y + y + 1, self.scrollable_content_region.width
        base = self.rich_style
        if number > len(self._lines):
            return Strip.blank(width, base)
        room = max(width - self._gutter_width, 0)
        text = self._text_strip(number)
        if self._found:
            text = self._marked(text, number)
        text = self._noted(text, number, scroll_x + room)
        cut = text.cell_length > scroll_x + room > 0
        text = text.crop_extend(scroll_x, scroll_x + room - cut, None).apply_offsets(scroll_x, number - 1)
        if cut:
            text = Strip([*text, Segment("…", self._style("gutter"))])
        strip = Strip.join([self._gutter(number), text])
        if number == self.arrow and self.app.native_ansi_color:
            # sixteen colours on a coloured ground cannot all be read: the line has one
            strip = _restyled(strip, 0, strip.cell_length, self._style("current"))
        elif number == self.arrow:
            base += self._style("current")
        elif number == self.cursor and self.has_focus:
            base += self._style("cursor")
        return strip.apply_style(base)

    def _gutter(self, number: int) -> Strip:
        if number in self._points:
            left = Segment("●" if self._points[number] else "○", self._style("break"))
        else:
            left = Segment("◆" if number in self._stops else " ", self._style("mark"))
        if number == self.arrow:
            arrow = Segment(ARROWS[self.arrow_kind], self._style("arrow"))
        elif number == self.cursor and self.has_focus:
            arrow = Segment("›", self._style("gutter"))
        else:
            arrow = Segment(" ")
        style = self._style("arrow") if number == self.arrow else self._style("gutter")
        return Strip(
            [left, arrow, Segment(f"{self._number(number):>{self._digits}} ", style)], self._gutter_width
        )

    def _number(self, number: int) -> int:
        """A notebook counts its lines cell by cell, as its readers see them."""
        cell = self.source.cell_of(number) if self.source is not None and self.source.cells else None
        return cell[1] if cell else number

    def _text_strip(self, number: int) -> Strip:
        strip = self._strips.get(number)
        if strip is None:
            runs = self._colouring.runs(number) if self._colouring is not None else None
            if runs is None:
                runs = [(self._lines[number - 1], "")]
            strip = Strip([Segment(text, self._style(css) if css else None) for text, css in runs])
            self._strips[number] = strip
        selection = self.text_selection
        span = selection.get_span(number - 1) if selection is not None else None
        if span is None:
            return strip
        start, end = span
        length = strip.cell_length
        return _restyled(
            strip,
            start,
            length if end == -1 else end,
            self.screen.get_component_rich_style("screen--selection", partial=True),
        )

    def _marked(self, strip: Strip, number: int) -> Strip:
        line, wanted = self._lines[number - 1].lower(), self._found.lower()
        at = line.find(wanted)
        while at >= 0:
            start = cell_len(line[:at])
            strip = _restyled(strip, start, start + cell_len(wanted), self._style("found"))
            at = line.find(wanted, at + len(wanted))
        return strip

    def _noted(self, strip: Strip, number: int, edge: int) -> Strip:
        note = self._notes.get(number)
        if not note:
            return strip
        text = f"   ⟵ {note}"
        room = edge - strip.cell_length
        if room < NOTE_ROOM:
            return strip
        if cell_len(text) > room:
            text = text[: room - 1] + "…"
        return Strip([*strip, Segment(text, self._style("note"))])


def _restyled(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """`strip` with `style` laid over the cells from `start` to `end`."""
    end = min(end, strip.cell_length)
    if end <= start:
        return strip
    before, middle, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end)
    over = [Segment(s.text, (s.style or Style.null()) + style, s.control) for s in middle]
    return Strip([*before, *over, *after], strip.cell_length)


def _shown(line: str) -> str:
    if line.isascii() and line.isprintable() and len(line) < LINE_LIMIT:
        return line
    return clean(line.expandtabs(4), LINE_LIMIT)
