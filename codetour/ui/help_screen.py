"""The help: first how to go on from here, then every key; Enter on a line does it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codetour.ui.keys import ACTIONS
from codetour.ui.scene import Scene


def how_to_go_on(scene: Scene, *, busy: bool) -> str:
    """One sentence for where the reader is."""
    if busy:
        return "The program runs on to the next stop. t shows its output, P pauses it; backspace looks back meanwhile."
    if scene.closing:
        return (
            "This is the end. Enter on a line shows where an idea of your own would go; backspace looks back."
        )
    if scene.mode.startswith("◇"):
        return "You are stepping freely: n runs a line, s goes into a call. c brings you back to the tour."
    if scene.tone == "past" and "c returns" in scene.mode:
        return "You are looking back. space goes forward stop by stop, c jumps to where the program stands."
    if scene.tone == "trouble":
        return "The program crashed. Look at the values and the path (u goes up); space shows the stops that are left."
    return "Press space: it takes you to the next place worth seeing. Read the idea, then the code, then the values."


class HelpScreen(ModalScreen[str | None]):
    """Returns the name of the action that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "close", "Close", priority=True)
    ]

    def __init__(self, scene: Scene, *, busy: bool) -> None:
        super().__init__()
        self._lead = how_to_go_on(scene, busy=busy)
        self._names: list[str | None] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = Content("Help on the tour")
            window.border_subtitle = Content("Enter does it · ? closes")
            yield Static(Content.assemble((self._lead, "bold")), id="lead")
            yield OptionList(*self._options(), id="rows", markup=False)

    def _options(self) -> list[Option]:
        options: list[Option] = []
        group = ""
        for action in ACTIONS:
            if action.group != group:
                group = action.group
                self._names.append(None)
                options.append(Option(Content.assemble((group, "bold $text-accent")), disabled=True))
            self._names.append(action.name)
            text = Content.assemble(
                (f"  {action.shown:<8}", "bold"), f" {action.title.rstrip('…'):<27}", (action.help, "dim")
            )
            options.append(Option(text))
        return options

    def on_mount(self) -> None:
        self.query_one("#rows", OptionList).highlighted = 1
        self.query_one("#rows").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._names[event.option_index])

    def action_close(self) -> None:
        self.dismiss(None)
