"""The search window: a line to type, and under headings what was found; Enter shows it, escape goes back.

What is at hand is searched with each letter; the files of the repository are read beside it, newest wish first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from codetour.model.text import clean
from codetour.ui.background import in_thread
from codetour.ui.dialogs import CLOSE
from codetour.ui.finding import MOST, TITLES, Match

Near = Callable[[str], list[Match]]
Far = Callable[[str, Callable[[], bool]], Iterator[Match]]
PATIENCE = 0.25
"""seconds without a key before files are read"""
SHORTEST = 2
"""characters for which files are read"""


class SearchScreen(ModalScreen[tuple[Sequence[Match], int] | None]):
    """Returns all that was found and which of it to show."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CLOSE,
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
    ]

    def __init__(self, text: str, near: Near, far: Far, preview: Callable[[str, Match | None], None]) -> None:
        """`preview(text, match)` shows a match behind the window while the reader still chooses."""
        super().__init__()
        self._text, self._near, self._far, self._preview = text, near, far, preview
        self._matches: list[Match] = []
        self._rows: list[int | None] = []
        """per row of the list: the match, None for a heading"""
        self._timer: Timer | None = None
        self._stopped = threading.Event()

    def compose(self) -> ComposeResult:
        with Vertical(id="search") as window:
            window.border_title = Content("Search the tour, its values and its code")
            window.border_subtitle = Content("↑ ↓ choose · Enter shows it · Esc closes")
            yield Input(self._text, placeholder="words of an idea, a name, a value, code", id="line")
            yield OptionList(id="found", markup=False)

    def on_mount(self) -> None:
        self.query_one("#line", Input).focus()
        self._search(self._text)

    def on_unmount(self) -> None:
        self._stopped.set()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, text: str) -> None:
        self._stopped.set()
        if self._timer is not None:
            self._timer.stop()
        self._text = text
        wanted = text.strip()
        self._show(self._near(wanted) if wanted else [])
        self._preview(wanted, self._matches[0] if self._matches else None)
        if len(wanted) >= SHORTEST:
            self._timer = self.set_timer(PATIENCE, lambda: self.run_worker(self._search_files(wanted)))

    async def _search_files(self, wanted: str) -> None:
        stopped = self._stopped = threading.Event()
        self._say("reading the other files…")
        found = await in_thread(lambda: list(islice(self._far(wanted, stopped.is_set), MOST)), "search")
        if not stopped.is_set() and self.is_attached:
            self._show([*(m for m in self._matches if m.kind != "elsewhere"), *found], keep=True)

    def _say(self, text: str) -> None:
        self.query_one("#search").border_title = Content(f"Search: {text}")

    def _show(self, matches: list[Match], *, keep: bool = False) -> None:
        at = self._chosen() if keep else None
        self._matches, self._rows = matches, []
        rows: list[Option] = []
        kind = ""
        for i, match in enumerate(matches):
            if match.kind != kind:
                kind = match.kind
                count = sum(m.kind == kind for m in matches)
                more = " or more" if count >= MOST else ""
                rows.append(
                    Option(
                        Content(f"{TITLES[match.kind]}  {count}{more}").stylize("bold $text-accent"),
                        disabled=True,
                    )
                )
                self._rows.append(None)
            rows.append(Option(self._row(match)))
            self._rows.append(i)
        found = self.query_one("#found", OptionList)
        found.clear_options()
        found.add_options(rows)
        found.display = bool(rows)
        if matches:
            found.highlighted = self._rows.index(at if at is not None and at < len(matches) else 0)
        self._say(f"{len(matches)} found" if self._text.strip() else "the tour, its values and its code")

    def _row(self, match: Match) -> Content:
        wanted = self._text.strip()
        text = Content(clean(match.text, 120))
        at = match.text.lower().find(wanted.lower())
        if at >= 0:
            text = text.stylize("bold underline", at, at + len(wanted))
        return Content.assemble((f"  {clean(match.where, 40):<12}  ", "dim"), text)

    def _chosen(self) -> int | None:
        at = self.query_one("#found", OptionList).highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def action_move(self, by: int) -> None:
        """Over the headings; stays at the ends."""
        if not self._matches:
            return
        at = min(max((self._chosen() or 0) + by, 0), len(self._matches) - 1)
        self.query_one("#found", OptionList).highlighted = self._rows.index(at)
        self._preview(self._text.strip(), self._matches[at])

    def on_input_submitted(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.dismiss((self._matches, chosen))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        chosen = self._rows[event.option_index]
        if chosen is not None:
            self.dismiss((self._matches, chosen))

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)
