"""A tour as Markdown that GitHub renders: a heading per stop, code with its line marked, permalinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codetour.model.tour import Tour
from codetour.share.card import MARKS, Card, block_of, line_of
from codetour.share.languages import language
from codetour.share.neighbours import Neighbours
from codetour.share.permalink import address, permalink
from codetour.share.words import longest_ticks, markdown, plain_line, quoted_code
from codetour.tourfile.links import Link


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs: for its links."""

    prefix: str = ""
    """folder of the tour inside the repository"""
    neighbours: Neighbours = field(default_factory=Neighbours)


def write(tour: Tour, cards: Sequence[Card], place: Place | None = None) -> str:
    """The document."""
    place = place or Place()
    writer = StopWriter(tour, len(cards), place)
    made = [f"# {plain_line(line_of(tour.title) or 'Tour')}", "", *writer.opening()]
    made += [f"{c.number}. [{plain_line(c.name)}](#stop-{c.number})" for c in cards]
    made += [""]
    chapter = ""
    for card in cards:
        if card.chapter != chapter:
            chapter = card.chapter
            made += [f"## {chapter}", ""]
        made += writer.stop(card)
    made += writer.closing()
    return "\n".join(made).rstrip() + "\n"


class StopWriter:
    """Writes the parts of a tour as Markdown; also for the cells of a notebook."""

    def __init__(self, tour: Tour, count: int, place: Place) -> None:
        self._tour, self._count, self._place = tour, count, place

    def words(self, text: str) -> list[str]:
        """An author's words."""
        return [markdown(text, self._target, self._place.neighbours.titles), ""] if text.strip() else []

    def _target(self, link: Link) -> str:
        return self._place.neighbours.target(link, "stop-", self._count)

    def opening(self) -> list[str]:
        """What the tour is about."""
        tour = self._tour
        made = self.words(block_of(tour.description))
        if tour.repo:
            at = f" at {quoted_code(line_of(tour.commit)[:12])}" if tour.commit else ""
            made += [f"Repository: {plain_line(line_of(tour.repo))}{at}.", ""]
        return made

    def closing(self) -> list[str]:
        """Where an idea of the reader's own would go, and the tour that follows."""
        made: list[str] = []
        if self._tour.extensions:
            made += ["## Where your own idea would go", ""]
            for e in self._tour.extensions:
                where = self._linked(
                    f"{e.file}:{e.line}", address(self._tour, e.file, e.line, self._place.prefix)
                )
                made.append(f"- {plain_line(line_of(e.kind))}: {where} {plain_line(line_of(e.how))}".rstrip())
            made.append("")
        if following := self._place.neighbours.next_tour:
            page, name = self._place.neighbours.page(following), plain_line(following)
            made += [f"Next tour: [{name}]({page})" if page else f"Next tour: {name}", ""]
        return made

    def stop(self, card: Card) -> list[str]:
        """One stop."""
        made = [f'### <a id="stop-{card.number}"></a>{card.number}. {plain_line(card.title)}', ""]
        made += [part for value in (card.idea, card.look) for part in self.words(value)]
        made += [f"{label}: {quoted_code(value)}  " for label, value in card.facts]
        made += [""] if card.facts else []
        if card.file:
            made += [self._where(card), ""]
        if card.code:
            made += _code(card)
        if card.missed:
            made += [f"Not reached: {plain_line(card.missed)}", ""]
        made += _values(card)
        made += ["Changed since the last stop:", ""] if card.changes else []
        made += [f"- {_changed(*change)}" for change in card.changes]
        made += [""] if card.changes else []
        if len(card.path) > 1:
            made += ["Call path: " + " → ".join(quoted_code(c.symbol) for c in card.path), ""]
        if card.note:
            made += ["A reader’s note:", "", *self.words(card.note)]
        return made

    def _where(self, card: Card) -> str:
        text = f"{card.file}:{card.line}"
        if card.cell is not None:
            text = f"{card.file}, cell {card.cell[0]}, line {card.cell[1]}"
        place = self._linked(text, permalink(self._tour, card, self._place.prefix))
        return place if card.symbol in ("", "<module>") else f"{place} in {quoted_code(card.symbol)}"

    @staticmethod
    def _linked(text: str, link: str) -> str:
        shown = quoted_code(line_of(text))
        return f"[{shown}]({link})" if link else shown


def _changed(mark: str, name: str, text: str) -> str:
    said = f"{quoted_code(mark)} {MARKS.get(mark, '')} {quoted_code(name)}"
    return f"{said}: {plain_line(text)}" if text else said


def _values(card: Card) -> list[str]:
    if not card.values:
        return []
    made = [f"Values at this stop ({plain_line(card.seen)}):", ""] if card.seen else []
    made += ["| name | type | shape | value |", "|---|---|---|---|"]
    made += [
        f"| {' | '.join(plain_line(c) for c in (v.name, v.type, v.shape, v.value))} |" for v in card.values
    ]
    made.append("")
    return [*made, plain_line(card.axes), ""] if card.axes else made


def _code(card: Card) -> list[str]:
    fence = "`" * max(3, longest_ticks("\n".join(card.code)) + 1)
    lines = [
        f"{'>' if card.first + n == card.line else ' '} {card.first + n:5} {code}"
        for n, code in enumerate(card.code)
    ]
    return [f"{fence}{language(card.file)}", *lines, fence, ""]
