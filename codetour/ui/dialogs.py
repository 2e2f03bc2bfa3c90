"""Small windows over the tour: one line to type, a list to choose from, a card to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from codetour.model.text import clean, clean_block

Tell = Callable[[str], None]
"""shows one more line above the input"""
CLOSE: list[BindingType] = [
    Binding("escape", "close", "Close"),
    Binding("ctrl+c", "close", "Close", priority=True),
]


class Card(ModalScreen[bool]):
    """Something to read; space, Enter, escape and `q` close it, and so does `key`, which opened it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CLOSE,
        Binding("q", "close", show=False),
        Binding("space,enter", "go", "Go on", priority=True),
    ]

    def __init__(self, title: str, content: Content, *, key: str = "", go_on: str = "closes") -> None:
        """`go_on` says what the space key does."""
        super().__init__()
        self._title, self._content, self._key, self._go_on = title, content, key, go_on

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="window") as window:
            window.border_title = Content(clean(self._title, 120))
            window.border_subtitle = Content.assemble(("space", "bold $text-accent"), f" {self._go_on}")
            yield Static(self._content, markup=False)

    def on_key(self, event: events.Key) -> None:
        if self._key and event.key == self._key:
            self.dismiss(False)

    def action_close(self) -> None:
        self.dismiss(False)

    def action_go(self) -> None:
        self.dismiss(True)


class Ask(ModalScreen[None]):
    """One line to type at the bottom of the screen; stays open until escape, so that one can go on asking.

    `answer(text)` runs for each Enter; what it returns is shown above the line, None closes the window.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *CLOSE,
        Binding("up", "older", show=False),
        Binding("down", "newer", show=False),
    ]

    def __init__(
        self,
        prompt: str,
        answer: Callable[[str, Tell], bool],
        *,
        hint: str = "",
        typing: Callable[[str], None] | None = None,
        history: list[str] | None = None,
    ) -> None:
        """`answer(text, tell)` may call `tell` later with a line to show; it returns whether to stay open."""
        super().__init__()
        self._prompt, self._answer, self._hint, self._typing = prompt, answer, hint, typing
        self._history = history if history is not None else []
        self._at = len(self._history)
        self._told: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(markup=False, id="told")
            yield Input(placeholder=self._hint, id="line")

    def on_mount(self) -> None:
        self.query_one("#ask").border_title = Content(clean(self._prompt, 120))
        self.query_one("#ask").border_subtitle = Content("Enter · Esc closes")
        self.query_one("#told").display = False

    def tell(self, line: str) -> None:
        """Show a line above the input; the last six stay."""
        if not self.is_attached:
            return
        self._told = [*self._told, clean(line, 600)][-6:]
        told = self.query_one("#told", Static)
        told.update(Content("\n".join(self._told)))
        told.display = True

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._typing is not None:
            self._typing(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value
        if text.strip():
            self._history.append(text)
        self._at = len(self._history)
        if not self._answer(text, self.tell):
            self.dismiss(None)
            return
        if self._typing is None:
            event.input.clear()

    def action_close(self) -> None:
        self.dismiss(None)

    def action_older(self) -> None:
        self._recall(-1)

    def action_newer(self) -> None:
        self._recall(1)

    def _recall(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), len(self._history))
        line = self.query_one("#line", Input)
        line.value = self._history[self._at] if self._at < len(self._history) else ""
        line.cursor_position = len(line.value)


class Chooser(ModalScreen[int | None]):
    """A list with a line that narrows it by words, or under a text to read; returns the index of the row taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CLOSE,
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "read(-1)", show=False, priority=True),
        Binding("pagedown", "read(1)", show=False, priority=True),
    ]

    def __init__(
        self, title: str, rows: Sequence[Content], *, at: int = 0, hint: str = "", text: str = ""
    ) -> None:
        """With a `text` there is nothing to narrow: it is a question with a few answers."""
        super().__init__()
        self._title, self._rows, self._start, self._hint, self._text = title, rows, at, hint, text
        self._shown = list(range(len(rows)))

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = Content(clean(self._title, 120))
            window.border_subtitle = Content("Enter takes it · Esc closes")
            if self._text:
                with VerticalScroll(id="text", can_focus=False):
                    yield Static(Content(clean_block(self._text, 20_000)), markup=False)
            else:
                yield Input(placeholder=self._hint, id="line")
            yield OptionList(*[Option(row) for row in self._rows], id="rows", markup=False)

    def on_mount(self) -> None:
        self.query_one("#rows" if self._text else "#line").focus()
        if self._rows:
            self.query_one("#rows", OptionList).highlighted = min(self._start, len(self._rows) - 1)

    def on_input_changed(self, event: Input.Changed) -> None:
        words = event.value.lower().split()
        plain = [row.plain.lower() for row in self._rows]
        self._shown = [i for i, text in enumerate(plain) if all(w in text for w in words)]
        # a bare number means that stop, whatever else contains its digits
        if len(words) == 1 and words[0].isdecimal() and 0 < int(words[0]) <= len(plain):
            number = int(words[0]) - 1
            self._shown = [number, *[i for i in self._shown if i != number]]
        rows = self.query_one("#rows", OptionList)
        rows.clear_options()
        rows.add_options([Option(self._rows[i]) for i in self._shown])
        if self._shown:
            rows.highlighted = 0

    def on_input_submitted(self) -> None:
        rows = self.query_one("#rows", OptionList)
        if rows.highlighted is not None and rows.highlighted < len(self._shown):
            self.dismiss(self._shown[rows.highlighted])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index])

    def on_key(self, event: events.Key) -> None:
        if self._text and event.key == "q":
            self.dismiss(None)

    def action_read(self, by: int) -> None:
        for text in self.query("#text"):
            text.scroll_relative(y=by * max(text.size.height - 1, 1), animate=False)

    def action_move(self, by: int) -> None:
        rows = self.query_one("#rows", OptionList)
        if self._shown:
            rows.highlighted = ((rows.highlighted or 0) + by) % len(self._shown)

    def action_close(self) -> None:
        self.dismiss(None)
