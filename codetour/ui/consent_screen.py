"""Consent: exactly what would be executed, where, with what added; nothing of a repository ran before this."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codetour.model.entry import Need, Override
from codetour.model.text import clean
from codetour.model.tour import Tour
from codetour.ui.dialogs import Ask
from codetour.ui.prepared import Decision, Execution, command_of, decide

Part = str | tuple[str, str]
Answer = Decision | Literal["static", "quit"]
LABEL = 8
"""cells of the column of labels"""
CHOICES = (
    ("Run it", "under the debugger, and show live values"),
    ("Static tour only", "every stop, no values; nothing is executed"),
    ("Quit", ""),
)


class ConsentScreen(Screen[Answer]):
    """Returns what the reader agreed to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run_it", "Run", show=False),
        Binding("s", "static", "Static tour only", show=False),
        Binding("q,escape,ctrl+c", "quit_it", "Quit", show=False, priority=True),
        Binding("space", "refuse", "Refuse or take", show=False, priority=True),
        Binding("e", "edit", "Edit", show=False),
        Binding("m", "remember", "Remember", show=False),
        Binding("pageup", "read(-1)", "Scroll", show=False, priority=True),
        Binding("pagedown", "read(1)", "Scroll", show=False, priority=True),
    ]
    AUTO_FOCUS = "#answers"

    def __init__(self, tour: Tour, execution: Execution) -> None:
        super().__init__()
        self._tour, self._execution = tour, execution
        self._overrides = execution.launch.overrides
        self._changed: dict[Override, str | None] = {}
        self._remember = False

    def compose(self) -> ComposeResult:
        with Vertical(id="consent") as box:
            name = clean(self._tour.repo or self._tour.title, 60)
            box.border_title = Content.assemble((f"Before anything of {name} runs", "bold"))
            with VerticalScroll(id="what", can_focus=False):
                yield Static(markup=False, id="command")
            yield OptionList(*self._options(), id="answers", markup=False)
        yield Static(self._foot(), id="foot", markup=False)

    def on_mount(self) -> None:
        self.query_one("#answers", OptionList).highlighted = 0
        self._draw()

    def _decision(self) -> Decision:
        return decide(self._execution.launch, self._changed, remember=self._remember)

    def _draw(self) -> None:
        width = self.query_one("#what").scrollable_content_region.width or self.size.width - 5
        content = consent_content(self._tour, self._execution, self._decision(), width)
        self.query_one("#command", Static).update(content)
        answers = self.query_one("#answers", OptionList)
        for i, override in enumerate(self._overrides):
            answers.replace_option_prompt_at_index(i + len(CHOICES) + 1, self._override_line(override))

    def on_resize(self) -> None:
        """The command is wrapped under its label, so its width counts."""
        self.call_after_refresh(self._draw)

    def _options(self) -> list[Option]:
        options = [
            Option(Content.assemble((f"{word:<18}", "bold"), (why, "dim")), id=word) for word, why in CHOICES
        ]
        if self._overrides:
            title = ("Changed by codetour so that it runs here", "bold $text-accent")
            options.append(
                Option(Content.assemble(title, ("  space refuses, e edits", "dim")), disabled=True)
            )
        options.extend(
            Option(self._override_line(o), id=f"override-{i}") for i, o in enumerate(self._overrides)
        )
        return options

    def _override_line(self, override: Override) -> Content:
        text = self._changed.get(override, override.arg)
        mark, word = ("[ ]", "refused: ") if text is None else ("[x]", "")
        shown = clean(override.arg if text is None else text, 80)
        line = f"{mark} {word}{shown}  {clean(override.why, 200)}"
        indent = " " * (len(mark) + 1)
        wrapped = "\n".join(
            textwrap.wrap(
                line, max(self.app.size.width - 6, 20), subsequent_indent=indent, break_on_hyphens=False
            )
        )
        start = len(mark) + 1 + len(word)
        end = start + len(shown)
        content = Content(wrapped).stylize("dim" if text is None else "bold", start, end)
        return content.stylize("dim", end)

    def _foot(self) -> Content:
        parts: list[Part] = []
        keys = [("r", "Run"), ("s", "Static tour only"), ("q", "Quit")]
        if self._overrides:
            keys.extend([("space", "Refuse"), ("e", "Edit")])
        box = "[x]" if self._remember else "[ ]"
        keys.append(("m", f"{box} do not ask again"))
        for key, word in keys:
            parts.extend([(f" {key} ", "bold $text-accent"), (f"{word} ", "dim")])
        return Content.assemble(*parts)

    def _highlighted(self) -> Override | None:
        row = self.query_one("#answers", OptionList).highlighted
        at = (row or 0) - len(CHOICES) - 1
        return self._overrides[at] if 0 <= at < len(self._overrides) else None

    def _change(self, override: Override, text: str | None) -> None:
        self._changed[override] = text
        self._draw()

    def action_refuse(self) -> None:
        override = self._highlighted()
        if override is None:
            return
        refused = self._changed.get(override, override.arg) is None
        self._change(override, override.arg if refused else None)

    def action_edit(self) -> None:
        override = self._highlighted()
        if override is None:
            return

        def answer(text: str, _tell: object) -> bool:
            self._change(override, text.strip() or None)
            return False

        self.app.push_screen(Ask(f"Instead of {override.arg}", answer, hint=override.arg))

    def action_remember(self) -> None:
        self._remember = not self._remember
        self.query_one("#foot", Static).update(self._foot())

    def action_read(self, by: int) -> None:
        what = self.query_one("#what")
        what.scroll_relative(y=by * max(what.size.height - 1, 1), animate=False)

    def action_run_it(self) -> None:
        self.dismiss(self._decision())

    def action_static(self) -> None:
        self.dismiss("static")

    def action_quit_it(self) -> None:
        self.dismiss("quit")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        word = event.option_id
        if word == CHOICES[0][0]:
            self.action_run_it()
        elif word == CHOICES[1][0]:
            self.action_static()
        elif word == CHOICES[2][0]:
            self.action_quit_it()
        else:
            self.action_refuse()


def consent_content(tour: Tour, execution: Execution, decision: Decision, width: int) -> Content:
    """The facts, one per line; the command as a shell would take it."""
    launch = decision.launch
    command = clean(shlex.join(command_of(execution, launch)), 4_000)
    rows: list[tuple[str, str]] = [("Runs", command), ("In", clean(execution.cwd, 300))]
    if execution.place:
        rows.append(("", clean(execution.place, 300)))
    rows.extend(_lacking(launch.needs))
    rows.extend(
        ("Adds" if i == 0 else "", clean(f"{k}={v}", 300)) for i, (k, v) in enumerate(launch.env.items())
    )
    rows.extend(("Limits" if i == 0 else "", clean(text, 200)) for i, text in enumerate(execution.limits))
    if launch.source:
        rows.append(("Why so", clean(launch.source, 200)))
    if tour.commit:
        rows.append(("Commit", clean(tour.commit, 12)))
    if execution.python:
        rows.append(("Python", clean(execution.python, 40)))
    width = max(width - LABEL, 20)
    parts: list[Part] = ["Nothing has been executed yet. For live values, exactly this would run:\n\n"]
    for label, text in rows:
        style = "bold" if label == "Runs" else "$text-warning" if label == "Missing" else ""
        lines = textwrap.wrap(text, width, break_on_hyphens=False) or [""]
        parts.append((f"{label:<{LABEL}}", "dim"))
        parts.append((f"\n{'':<{LABEL}}".join(lines) + "\n", style))
    return Content.assemble(*parts)


def _lacking(needs: Sequence[Need]) -> list[tuple[str, str]]:
    """What is missing, before anything less urgent, and each command that mends some of it once."""
    rows: list[tuple[str, str]] = []
    for i, need in enumerate(needs):
        rows.append(("Missing", clean(f"{need.what}: {need.why}", 400)))
        if need.mend and need.mend not in {n.mend for n in needs[i + 1 :]}:
            rows.append(("Mend", clean(need.mend, 400)))
            if need.what.startswith("package "):
                rows.append(("", "or add --env create: codetour makes an environment for this repository"))
    return rows
