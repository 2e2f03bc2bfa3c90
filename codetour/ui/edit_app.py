"""The editor's app: opens the tour beside the first frame, leaves when what was written is saved."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from codetour.errors import CodetourError
from codetour.model.tour import Tour
from codetour.ui.background import in_thread
from codetour.ui.dress import WIDTHS, dress, plain_colours
from codetour.ui.edit_desk import Desk
from codetour.ui.edit_keys import EDITS
from codetour.ui.edit_screen import EditScreen

HEIGHTS = ((0, "-short"), (20, "-middle"), (32, "-tall"))
"""three panes below each other need more lines than the tour's two"""
PATIENCE = 10.0
"""seconds that writing the file gets when the app is left"""


class EditApp(App[CodetourError | None]):
    """`EditApp(open_desk).run()`: the error that ended it, or None."""

    TITLE = "codetour edit"
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [*WIDTHS]  # pyright: ignore[reportIncompatibleVariableOverride]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [*HEIGHTS]  # pyright: ignore[reportIncompatibleVariableOverride]
    CSS_PATH = "screens.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # without priority: in a window that is written in, this key gives the text up
        Binding("ctrl+c", "leave", "Leave", show=False),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True),
    ]

    def __init__(self, open_desk: Callable[[], Desk], *, theme: str = "dark") -> None:
        super().__init__(ansi_color=plain_colours())
        self._open = open_desk
        self.editor: EditScreen | None = None
        self._leaving = False
        self._given_up: Tour | None = None
        """what was not saved when the writer wanted to leave"""
        dress(self, theme)

    def on_mount(self) -> None:
        self.call_after_refresh(lambda: self.run_worker(self._begin()))

    async def _begin(self) -> None:
        try:
            desk = await in_thread(self._open, "opening")
        except CodetourError as problem:
            self.exit(problem)
            return
        self.editor = EditScreen(desk)
        await self.push_screen(self.editor)

    async def action_leave(self) -> None:
        """Save what is not saved yet, then go; a second time goes at once."""
        editor = self.editor
        if self._leaving or editor is None:
            self.exit(None)
            return
        self._leaving = True
        with contextlib.suppress(Exception):
            await asyncio.wait_for(editor.settled(), PATIENCE)
        if editor.trouble and self._given_up is not editor.draft.tour:
            self._leaving = False
            self._given_up = editor.draft.tour
            editor.say("It is not saved. q again leaves without.", "error")
            if editor.outside:
                editor.ask_whose()
            return
        if editor.recording_now:
            editor.say("The program is being ended…")
        self.exit(None)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the editor by its name, then the themes."""
        if screen is self.editor:
            for action in EDITS:
                if action.name != "palette":
                    name = action.name
                    yield SystemCommand(
                        f"{action.title.rstrip('…')}  ({action.shown})",
                        action.help or action.title,
                        lambda name=name: self.call_later(screen.run_action, name),
                    )
        yield SystemCommand("Theme", "dark, light, ansi and others", self.action_change_theme)
