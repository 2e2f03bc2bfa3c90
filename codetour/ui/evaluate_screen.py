"""Where expressions are typed: several lines, Tab completes, up and down recall; stays open until escape.

Enter runs what is complete and opens a new line in what is not, as the interpreter's own prompt does; an empty last
line ends a block. `name?` tells what a name is for.
"""

from __future__ import annotations

import asyncio
import codeop
import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from codetour.model.text import clean
from codetour.ui.dialogs import CLOSE, Tell

Complete = Callable[[str], Awaitable[tuple[str, Sequence[str]]]]
SHOWN = 12
"""endings told at once"""
KEPT = 8
"""answers above the input"""


class Typed(TextArea):
    """The lines being typed."""

    DEFAULT_CSS = """
    Typed { height: auto; max-height: 10; border: none; padding: 0; background: $panel; }
    """

    def __init__(self, screen: EvaluateScreen) -> None:
        super().__init__(id="typed", soft_wrap=True, compact=True)
        self._evaluate = screen

    async def _on_key(self, event: events.Key) -> None:
        row, _ = self.cursor_location
        taken = True
        if event.key == "enter":
            taken = self._evaluate.enter()
        elif event.key == "tab":
            self._evaluate.complete()
        elif event.key == "up" and row == 0:
            self._evaluate.recall(-1)
        elif event.key == "down" and row == self.document.line_count - 1:
            self._evaluate.recall(1)
        else:
            taken = False
        if taken:
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)


class EvaluateScreen(ModalScreen[None]):
    """`run(text, tell)` is called for each thing that was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [*CLOSE, Binding("ctrl+j", "new_line", show=False, priority=True)]

    def __init__(
        self, prompt: str, run: Callable[[str, Tell], None], complete: Complete, history: list[str]
    ) -> None:
        super().__init__()
        self._prompt, self._run_text, self._complete, self._history = prompt, run, complete, history
        self._at = len(history)
        self._told: list[str] = []
        self._work: set[asyncio.Task[None]] = set()

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(markup=False, id="told")
            yield Typed(self)

    def on_mount(self) -> None:
        ask = self.query_one("#ask")
        ask.border_title = Content(clean(self._prompt, 120))
        ask.border_subtitle = Content("Enter runs · Tab completes · ^J new line · name? explains · Esc")
        self.query_one("#told").display = False
        self.lines.focus()

    @property
    def lines(self) -> Typed:
        return self.query_one("#typed", Typed)

    def tell(self, line: str) -> None:
        """Show a line above the input; the last ones stay."""
        if not self.is_attached:
            return
        self._told = [*self._told, *(clean(part, 600) for part in line.split("\n")[:12])][-KEPT:]
        told = self.query_one("#told", Static)
        told.update(Content("\n".join(self._told)))
        told.display = True

    def enter(self) -> bool:
        """Run what was typed; False when it goes on in another line."""
        text = self.lines.text
        if not text.strip():
            return True
        if not is_complete(text):
            return False
        self._history.append(text.rstrip())
        self._at = len(self._history)
        self.lines.clear()
        self._run_text(text.rstrip(), self.tell)
        return True

    def complete(self) -> None:
        """Finish the word before the cursor, as far as it is certain."""
        before = self.lines.get_text_range((0, 0), self.lines.cursor_location)
        if not before.rpartition("\n")[2].strip():
            self.lines.insert("    ")
            return
        task = asyncio.create_task(self._finish(before))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _finish(self, before: str) -> None:
        try:
            word, names = await self._complete(before)
        except Exception as no:  # noqa: BLE001 - a driver's answer must not take the window with it
            self.tell(str(no))
            return
        if not self.is_attached or not names:
            return
        common = shared_start(names)
        if len(common) > len(word):
            self.lines.insert(common[len(word) :])
        if len(names) > 1:
            more = f"  … {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            self.tell("  ".join(names[:SHOWN]) + more)

    def recall(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), len(self._history))
        text = self._history[self._at] if self._at < len(self._history) else ""
        self.lines.load_text(text)
        self.lines.move_cursor(self.lines.document.end)

    def action_new_line(self) -> None:
        self.lines.insert("\n")

    def action_close(self) -> None:
        self.dismiss(None)


def shared_start(names: Sequence[str]) -> str:
    """What all of them begin with."""
    first, last = min(names), max(names)
    same = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[:same]


def is_complete(text: str) -> bool:
    """Whether there is nothing more to wait for: a whole statement, a closed block, or something that is wrong."""
    last = text.rpartition("\n")[2]
    if text.rstrip().endswith("?"):
        return True
    if "\n" in text and last.startswith((" ", "\t")) and last.strip():
        return False  # a block goes on until a line is left empty
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return (
                codeop.compile_command(text, symbol="exec" if "\n" in text.strip() else "single") is not None
            )
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return True
