"""The card at each end of a tour: the map before it, and what was seen and where to go on after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codetour.model.naming import counted, has_chapters, name_of
from codetour.model.stage import STAGE_TITLES, Stage
from codetour.model.text import clean, clean_block
from codetour.model.tour import Extension, Tour
from codetour.ui.inline_code import with_code
from codetour.ui.keymap import Keymap

Part = str | tuple[str, str]
TOLD_ONE_BY_ONE = 5
"""stops that were not reached, each with its own reason, at most"""
MAP_WORDS = 42
"""cells for the stops of a chapter on the map, so that it stays on its line at 80 columns"""


def map_content(tour: Tour, *, problem: str) -> Content:
    """What is trained, on what, by which loss, launched how; the chapters, one line each."""
    parts: list[Part | Content] = []
    if problem:
        # what stands in the way is read first, on the smallest screen too
        parts.extend([with_code(f"! {clean(problem, 600)}\n").stylize("$text-warning"), "\n"])
    description = clean_block(tour.description, 6_000).strip()
    if description:
        parts.extend([with_code(description), "\n\n"])
    parts.append((f"{counted(len(tour.stops), 'stop')}\n", "bold"))
    number = 1
    several = has_chapters(tour)
    for stage, indices in tour.chapters():
        titles = clean(", ".join(name_of(tour.stops[i], 60) for i in indices), MAP_WORDS)
        span = f"{number}" if len(indices) == 1 else f"{number}-{number + len(indices) - 1}"
        chapter = f"{STAGE_TITLES[stage]}  " if several else ""
        parts.extend([(f"{span:>6}  ", "dim"), (chapter, "bold $text-accent"), f"{titles}\n"])
        number += len(indices)
    notes = [clean(n, 400) for n in tour.notes]
    if notes:
        parts.append("\n")
        parts.extend(with_code(f"! {n}\n").stylize("$text-warning") for n in notes)
    return Content.assemble(*parts)


class ClosingCard(VerticalScroll):
    """The last page: what was seen, what was not reached and why, where an idea of the reader's own would go."""

    class Jump(Message):
        """The reader wants to see where an idea would go."""

        def __init__(self, extension: Extension) -> None:
            super().__init__()
            self.extension = extension

    def __init__(self, tour: Tour, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.can_focus = False
        self._tour, self._keymap = tour, keymap
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
        how = f"\n{clean(extension.how, 300)}" if extension.how else ""
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
        width = max(self.app.size.width if self.size.width == 0 else self.size.width, 24)
        self._seen.update(seen_content(self._tour, reached, missed, ending, ran=ran, width=width - 2))
        parts: list[Part] = ["\n"]
        key = self._keymap.key
        if second:
            parts.extend([(key("second_tour"), "bold $text-accent"), f"  go on with: {clean(second, 120)}\n"])
        for name, words in (
            ("previous_stop", "  look back at any stop    "),
            ("save", "  save this tour    "),
            ("leave", "  leave"),
        ):
            parts.extend([(key(name), "bold $text-accent"), words])
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
    tour: Tour,
    reached: Collection[str],
    missed: Mapping[str, str],
    ending: str,
    *,
    ran: bool,
    width: int = 76,
) -> Content:
    """How many stops were reached, by chapter; then each one that was not, and why."""
    if not ran:
        return Content(
            f"You have seen the plan of this run: {len(tour.stops)} stops, no values. Nothing was executed.\n"
        )
    count = sum(1 for s in tour.stops if s.id in reached)
    parts: list[Part | Content] = [
        (f"You have seen {count} of {len(tour.stops)} stops with their values.\n", "bold")
    ]
    parts.append(f"{_filled(_stages(tour, reached), width)}\n")
    if ending:
        parts.extend(["\n", with_code(ending).stylize("$text-warning"), "\n"])
    for cause, stops in _lost(tour, reached, missed).items():
        # the ending has told that one already
        told = not cause or cause.lower() in ending.lower()
        parts.extend([("\nNot reached", "bold"), "\n" if told else with_code(f": {cause}\n")])
        if len(stops) > TOLD_ONE_BY_ONE:
            # each of them says why itself; the ideas below must not be pushed out of sight
            parts.append(f"{_filled([f'✗ {number} {title}' for number, title, _ in stops], width)}\n")
            continue
        for number, title, here in stops:
            parts.extend([f" ✗ {number} {title}", with_code(f"  {here}").stylize("dim"), "\n"])
    return Content.assemble(*parts)


def _filled(words: Sequence[str], width: int) -> str:
    """Lines of at most `width` cells; a word, blanks and all, is never broken."""
    lines = [""]
    for word in words:
        if len(lines[-1]) > 1 and cell_len(lines[-1]) + 3 + cell_len(word) > width:
            lines.append("")
        lines[-1] += f"{'   ' if lines[-1] else ' '}{word}"
    return "\n".join(lines)


def _stages(tour: Tour, reached: Collection[str]) -> list[str]:
    """Each stage once, however many chapters it has: seen, seen in part, not seen."""
    found: dict[Stage, list[bool]] = {}
    for stop in tour.stops:
        found.setdefault(stop.stage, []).append(stop.id in reached)
    signs: dict[Stage, str] = {
        s: "✓" if all(seen) else "◐" if any(seen) else "✗" for s, seen in found.items()
    }
    return [f"{sign} {STAGE_TITLES[stage]}" for stage, sign in signs.items()]


def _lost(
    tour: Tour, reached: Collection[str], missed: Mapping[str, str]
) -> dict[str, list[tuple[int, str, str]]]:
    """Cause -> (number, title, why here) of the stops that were not reached for it."""
    causes: dict[str, list[tuple[int, str, str]]] = {}
    for number, stop in enumerate(tour.stops, 1):
        if stop.id not in reached:
            # "line 12 was never reached; the program crashed": the second half is the cause that stops share
            here, _, cause = missed.get(stop.id, "the program was not taken that far").partition("; ")
            told = (number, name_of(stop), clean(here, 300))
            causes.setdefault(clean(cause, 300), []).append(told)
    return causes
