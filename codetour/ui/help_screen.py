"""The help: first how to go on from here, then every key; Enter on a line does it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codetour.places import config_dir
from codetour.ui.keymap import FILE, Keymap
from codetour.ui.scene import Scene


def how_to_go_on(scene: Scene, keymap: Keymap, *, busy: bool) -> str:
    """One sentence for where the reader is."""
    onward, back, go_on = (keymap.key(n) for n in ("next_stop", "previous_stop", "continue"))
    if busy:
        return (
            f"The program runs on to the next stop. {keymap.key('output')} shows its output,"
            f" {keymap.key('pause')} pauses it; {back} looks back meanwhile."
        )
    if scene.closing:
        return (
            f"This is the end. Enter on a line shows where an idea of your own would go; {back} looks back."
        )
    if scene.mode.startswith("◇"):
        over, into = keymap.key("step_over"), keymap.key("step_in")
        return (
            f"You are stepping freely: {over} runs a line, {into} goes into a call."
            f" {go_on} brings you back to the tour."
        )
    if scene.tone == "past" and "returns" in scene.mode:
        return f"You are looking back. {onward} goes forward stop by stop, {go_on} jumps to where the program stands."
    if scene.tone == "trouble":
        return (
            f"The program crashed. Look at the values and the path ({keymap.key('up')} goes up);"
            f" {onward} shows the stops that are left."
        )
    return (
        f"Press {onward}: it takes you to the next place worth seeing."
        " Read the idea, then the code, then the values."
    )


class HelpScreen(ModalScreen[str | None]):
    """Returns the name of the action that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "close", "Close", priority=True)
    ]

    def __init__(self, scene: Scene, keymap: Keymap, *, busy: bool) -> None:
        super().__init__()
        self._keymap = keymap
        self._lead = how_to_go_on(scene, keymap, busy=busy)
        self._names: list[str | None] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="window") as window:
            window.border_title = Content("Help on the tour")
            window.border_subtitle = Content("Enter does it · ? closes")
            own = f"\nKeys of your own: {_shown(config_dir() / FILE)}"
            problems = "".join(f"\n! {p}" for p in self._keymap.problems)
            lead = Content.assemble((self._lead, "bold"), (own, "dim"), (problems, "$text-warning"))
            yield Static(lead, id="lead", markup=False)
            yield OptionList(*self._options(), id="rows", markup=False)

    def _options(self) -> list[Option]:
        options: list[Option] = []
        group = ""
        for action in self._keymap.actions:
            if action.group != group:
                group = action.group
                self._names.append(None)
                options.append(Option(Content.assemble((group, "bold $text-accent")), disabled=True))
            self._names.append(action.name)
            text = Content.assemble(
                (f"  {action.shown:<8}", "bold"), f" {action.title.rstrip('…'):<27}", (action.help, "dim")
            )
            options.append(Option(text))
        self._names.append(None)
        where = f'Other keys: {config_dir() / FILE}, lines such as  step_over = "f8"'
        options.append(Option(Content.assemble((where, "dim")), disabled=True))
        for problem in self._keymap.problems:
            self._names.append(None)
            options.append(Option(Content.assemble((problem, "$text-warning")), disabled=True))
        return options

    def on_mount(self) -> None:
        self.query_one("#rows", OptionList).highlighted = 1
        self.query_one("#rows").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._names[event.option_index])

    def action_close(self) -> None:
        self.dismiss(None)


def _shown(path: Path) -> str:
    """A path as people write it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if home in path.parents else str(path)
