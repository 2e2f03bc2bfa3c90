"""The card at each end of a tour: the map before it, and what was seen and where to go on after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean, clean_block
from codetour.model.tour import Extension, Tour

Part = str | tuple[str, str]
MAP_WORDS = 42
"""cells for the stops of a chapter on the map, so that it stays on its line at 80 columns"""


def map_content(tour: Tour, *, problem: str) -> Content:
    """What is trained, on what, by which loss, launched how; the chapters, one line each."""
    parts: list[Part | Content] = []
    description = clean_block(tour.description, 6_000).strip()
    if description:
        parts.extend([description, "\n\n"])
    parts.append((f"{len(tour.stops)} stops\n", "bold"))
    number = 1
    for stage, indices in tour.chapters():
        titles = clean(", ".join(clean(tour.stops[i].title, 60) for i in indices), MAP_WORDS)
        span = f"{number}" if len(indices) == 1 else f"{number}-{number + len(indices) - 1}"
        parts.extend(
            [(f"{span:>6}  ", "dim"), (f"{STAGE_TITLES[stage]}  ", "bold $text-accent"), f"{titles}\n"]
        )
        number += len(indices)
    notes = [clean(n, 400) for n in (*tour.notes, *((problem,) if problem else ()))]
    if notes:
        parts.append("\n")
        parts.extend((f"! {n}\n", "$text-warning") for n in notes)
    return Content.assemble(*parts)


class ClosingCard(VerticalScroll):
    """The last page: what was seen, what was not reached and why, where an idea of the reader's own would go."""

    class Jump(Message):
        """The reader wants to see where an idea would go."""

        def __init__(self, extension: Extension) -> None:
            super().__init__()
            self.extension = extension

    def __init__(self, tour: Tour, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.can_focus = False
        self._tour = tour
        self._seen = Static(markup=False, id="closing-seen")
        self._where = OptionList(*map(self._option, tour.extensions), id="closing-where", markup=False)
        self._after = Static(markup=False, id="closing-after")

    def compose(self) -> ComposeResult:
        self.border_title = Content("The end of the tour")
        yield self._seen
        if self._tour.extensions:
            yield Static(
                Content.assemble(("Where your own idea would go", "bold"), ("  Enter shows it", "dim"))
            )
            yield self._where
        yield self._after

    def _option(self, extension: Extension) -> Option:
        place = f"{extension.file}:{extension.line}"
        how = f"\n  {clean(extension.how, 300)}" if extension.how else ""
        return Option(
            Content.assemble(
                (f"a new {clean(extension.kind, 40)}  ", "bold"),
                (clean(place, 120), "$text-accent"),
                f"  {clean(extension.symbol, 80)}" if extension.symbol != "<module>" else "",
                (how, "dim"),
            )
        )

    def show(
        self, reached: Collection[str], missed: Mapping[str, str], ending: str, second: str, *, ran: bool
    ) -> None:
        """Paint; `ran` tells whether a program was run or recorded at all."""
        self._seen.update(seen_content(self._tour, reached, missed, ending, ran=ran))
        parts: list[Part] = ["\n"]
        if second:
            parts.extend([("E", "bold $text-accent"), f"  go on with: {clean(second, 120)}\n"])
        parts.extend([("⌫", "bold $text-accent"), "  look back at any stop    "])
        parts.extend(
            [("S", "bold $text-accent"), "  save this tour    ", ("q", "bold $text-accent"), "  leave"]
        )
        self._after.update(Content.assemble(*parts))

    def take_focus(self) -> None:
        """Put the keyboard where Enter does something."""
        if self._tour.extensions:
            self._where.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell the screen."""
        event.stop()
        self.post_message(self.Jump(self._tour.extensions[event.option_index]))


def seen_content(
    tour: Tour, reached: Collection[str], missed: Mapping[str, str], ending: str, *, ran: bool
) -> Content:
    """How many stops were reached, by chapter; then each one that was not, and why."""
    if not ran:
        return Content(
            f"You have seen the plan of this run: {len(tour.stops)} stops, no values. Nothing was executed.\n"
        )
    count = sum(1 for s in tour.stops if s.id in reached)
    parts: list[Part] = [(f"You have seen {count} of {len(tour.stops)} stops with their values.\n", "bold")]
    for stage, indices in tour.chapters():
        done = sum(1 for i in indices if tour.stops[i].id in reached)
        sign = "✓" if done == len(indices) else "✗" if not done else "◐"
        parts.append(f" {sign} {STAGE_TITLES[stage]} ")
    parts.append("\n")
    if ending:
        parts.append((f"\n{ending}\n", "$text-warning"))
    lost = [s for s in tour.stops if s.id not in reached]
    if lost:
        parts.append(("\nNot reached\n", "bold"))
    for stop in lost:
        why = missed.get(stop.id) or "the program was not taken that far"
        parts.extend([f" ✗ {clean(stop.title, 80)}", (f"  {clean(why, 300)}\n", "dim")])
    return Content.assemble(*parts)
