"""A window to write in: several lines, kept when it is closed; what is written there can be taken back later."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static, TextArea

from codetour.model.text import clean, clean_block

LONGEST = 20_000
MOST_WATCHES = 200
EVERY = 1.0
"""seconds between two looks at a text that is being written"""


class TextWindow(ModalScreen[str | None]):
    """Returns the text, None where it was given up; `typing` is told now and then what is there so far."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+s,f2", "keep", "Keep", priority=True),
        Binding("ctrl+c", "drop", "Give up", priority=True),
    ]
    DEFAULT_CSS = """
    TextWindow { align: center middle; }
    TextWindow #paper { width: 90%; max-width: 100; height: 70%; min-height: 8; padding: 0 1; border: round $primary;
        background: $surface; }
    TextWindow TextArea, TextWindow TextArea:focus { height: 1fr; border: none; }
    TextWindow #hint { height: auto; color: $text-muted; }
    """

    def __init__(
        self, title: str, text: str, *, hint: str = "", typing: Callable[[str], None] | None = None
    ) -> None:
        super().__init__()
        self._title, self._text, self._hint = title, clean_block(text, LONGEST), hint
        self._typing = typing
        self._next: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="paper"):
            yield TextArea(
                self._text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", id="words"
            )
            if self._hint:
                yield Static(self._hint, markup=False, id="hint")

    def on_mount(self) -> None:
        paper = self.query_one("#paper")
        paper.border_title = Content(clean(self._title, 120))
        paper.border_subtitle = Content.assemble(("Esc", "bold"), " keeps · ", ("^c", "bold"), " gives up")
        words = self.query_one("#words", TextArea)
        words.move_cursor(words.document.end)
        words.focus()

    def on_text_area_changed(self) -> None:
        if self._typing is not None and self._next is None and self._written() != self._text:
            self._next = self.set_timer(EVERY, self._tell)

    def _tell(self) -> None:
        self._next = None
        if self._typing is not None:
            self._typing(self._written())

    def _written(self) -> str:
        return clean_block(self.query_one("#words", TextArea).text, LONGEST).strip("\n")

    def action_keep(self) -> None:
        self._close(self._written())

    def action_drop(self) -> None:
        self._close(None)

    def _close(self, result: str | None) -> None:
        if self._next is not None:
            self._next.stop()
        self.dismiss(result)


class WatchWindow(ModalScreen[tuple[str, ...] | None]):
    """Names to tick, and a line for others; returns the ticked ones in their order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+s,f2", "keep", "Keep", priority=True),
        Binding("ctrl+c", "drop", "Give up", priority=True),
    ]
    DEFAULT_CSS = """
    WatchWindow { align: center middle; }
    WatchWindow #paper { width: 70; max-width: 95%; height: 70%; min-height: 10; padding: 0 1; border: round $primary;
        background: $surface; }
    WatchWindow OptionList, WatchWindow OptionList:focus { height: 1fr; border: none; }
    WatchWindow Input, WatchWindow Input:focus { border: none; height: 1; }
    """

    def __init__(self, watched: tuple[str, ...], names: dict[str, str]) -> None:
        """`names`: what can be watched, each with a word on what it was."""
        super().__init__()
        self._names = {**{name: names.get(name, "") for name in watched}, **names}
        self._ticked = dict.fromkeys(watched)
        self._list = OptionList(*(self._row(n) for n in self._names), id="names", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="paper"):
            yield self._list
            yield Input(placeholder="another name, Enter adds it", id="line")

    def _row(self, name: str) -> Content:
        told = self._names[name]
        # a tick, not only a colour
        mark = ("✓ ", "bold $text-accent") if name in self._ticked else ("· ", "dim")
        return Content.assemble(mark, clean(name, 60), (f"  {clean(told, 60)}" if told else "", "dim"))

    def on_mount(self) -> None:
        paper = self.query_one("#paper")
        paper.border_title = Content("What to watch at this stop")
        paper.border_subtitle = Content.assemble(
            ("Enter", "bold"), " ticks · ", ("Tab", "bold"), " another · ", ("Esc", "bold"), " keeps"
        )
        if self._names:
            self._list.highlighted = 0
        self.query_one("#names" if self._names else "#line").focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "space" and self.focused is self._list and self._list.highlighted is not None:
            event.stop()
            self._tick(self._list.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._tick(event.option_index)

    def _tick(self, index: int) -> None:
        name = list(self._names)[index]
        if name in self._ticked:
            del self._ticked[name]
        else:
            self._ticked[name] = None
        self._list.replace_option_prompt_at_index(index, self._row(name))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        name = clean(event.value.strip(), 200)
        if name and name not in self._names and len(self._names) < MOST_WATCHES:
            self._names[name] = ""
            self._list.add_option("")
        if name in self._names:
            self._ticked[name] = None
            index = list(self._names).index(name)
            self._list.replace_option_prompt_at_index(index, self._row(name))
            self._list.highlighted = index
        event.input.clear()

    def action_keep(self) -> None:
        self.dismiss(tuple(self._ticked))

    def action_drop(self) -> None:
        self.dismiss(None)
