"""The first screen: painted before any work begins, one line per phase with its time; errors say what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from codetour.errors import CodetourError
from codetour.model.text import clean, clean_block
from codetour.ui.panes import SPINNER
from codetour.ui.phases import Phase, Phases

Part = str | tuple[str, str]


class PreparationScreen(Screen[None]):
    """Draws a `Phases`; `on_retry` runs when the reader wants to try again after an error."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+c", "leave", "Cancel", priority=True),
        Binding("r", "retry", "Try again", show=False),
    ]

    def __init__(self, title: str, on_retry: Callable[[], None]) -> None:
        super().__init__()
        self._title = clean(title, 80)
        self._on_retry = on_retry
        self.phases: Phases | None = None
        self.error: CodetourError | None = None
        self.stopping = False
        self._lines = Static(markup=False, id="phases")
        self._foot = Static(markup=False, id="foot")

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="preparation", can_focus=False) as box:
            box.border_title = Content.assemble((f"codetour · {self._title}", "bold"))
            yield self._lines
        yield self._foot

    def on_mount(self) -> None:
        self.draw()
        self.set_interval(0.1, self.draw)

    def draw(self) -> None:
        """Paint what the phases say now."""
        if self.app.screen is not self:
            return
        width = max(self.size.width - 6, 12)
        parts: list[Part] = []
        found = self.phases.snapshot() if self.phases is not None else []
        for phase, seconds in found[-40:]:
            parts.extend(phase_line(phase, seconds, width, failed=self.error is not None))
        if not found and self.error is None:
            parts.append(("Getting ready…\n", "dim"))
        if self.error is not None:
            parts.extend(error_lines(self.error))
        self._lines.update(Content.assemble(*parts))
        self._foot.update(self._foot_line())

    def _foot_line(self) -> Content:
        if self.stopping:
            return Content(" Stopping…  (q again leaves at once)")
        keys = [("r", "Try again"), ("q", "Leave")] if self.error is not None else [("q", "Cancel")]
        parts: list[Part] = []
        for key, word in keys:
            parts.extend([(f" {key} ", "bold $text-accent"), (f"{word}  ", "dim")])
        if self.error is None:
            parts.append(("nothing of the repository is executed here", "dim"))
        return Content.assemble(*parts)

    def action_retry(self) -> None:
        if self.error is not None:
            self._on_retry()

    async def action_leave(self) -> None:
        await self.app.run_action("leave")


def phase_line(phase: Phase, seconds: float, width: int, *, failed: bool) -> list[Part]:
    """`✓ Cloning karpathy/nanoGPT  36 files     1.2 s`."""
    running = phase.ended is None
    if running and failed:
        mark: Part = ("✗ ", "$text-error")
    elif running:
        mark = (f"{SPINNER[int(seconds * 10) % len(SPINNER)]} ", "$text-accent")
    else:
        mark = ("✓ ", "$text-success")
    note = phase.note or phase.detail
    if running and phase.total:
        note = f"{phase.done:,} of {phase.total:,} ({100 * phase.done // phase.total} %)  {phase.detail}"
    elif running and phase.done:
        note = f"{phase.done:,}  {phase.detail}"
    clock = f"{seconds:.1f} s"
    text = clean(phase.text, 100)
    left = clean(note, max(width - len(text) - len(clock) - 6, 8)) if note else ""
    gap = " " * max(width - len(text) - len(left) - len(clock) - 4, 1)
    return [mark, (text, "bold" if running else ""), "  ", (left, "dim"), gap, (f"{clock}\n", "dim")]


def error_lines(error: CodetourError) -> list[Part]:
    """What happened, and the next step."""
    parts: list[Part] = ["\n", (f"{clean_block(error.message, 2_000)}\n", "bold $text-error")]
    if error.hint:
        parts.extend([("Next: ", "bold"), f"{clean(error.hint, 1_000)}\n"])
    return parts
