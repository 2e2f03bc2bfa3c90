"""Links between stops and tours, as CodeTour writes them: `[#2]`, `[words][#2]`, `[Tour]`, `[words][Tour#3]`.

A tour links to the one that follows it by `nextTour`, or by the number in its title (`1 - Basics`, `2 - Details`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from codetour.model.tour import Tour

# as in CodeTour's player, with bounds
_LINK: Final = re.compile(
    r"(?:\[([^\[\]\n]{1,300})\])?\[(?=[^\S\n]*[^\]\s])([^\[\]#\n]{1,300})?(?:#(\d{1,6}))?\](?!\()"
)
_NUMBER: Final = re.compile(r"#?(\d{1,6})\s+-")
_NUMBERED: Final = re.compile(r"#?\d{1,6}\s-")
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Link:
    """A reference in the words of a stop."""

    start: int
    end: int
    """where it stands in the text"""
    label: str
    """what is to be shown"""
    tour: str
    """title of another tour, "" for this one"""
    step: int
    """1-based number of a stop, 0 for the beginning"""


def links(text: str, titles: Iterable[str] | None = ()) -> list[Link]:
    """The links in `text`. A name in brackets is one only where a tour has that title: `[B, T, C]` is none; with
    None for the titles every name counts that has a number behind it.

    Code in back ticks holds no links: `x[#1]` is an index.
    """
    if "[" not in text:
        return []
    known = None if titles is None else {bare(t) for t in titles}
    code = [(m.start(), m.end()) for m in _CODE.finditer(text)]
    made: list[Link] = []
    for match in _LINK.finditer(text):
        label, tour, step = match[1] or "", (match[2] or "").strip(), int(match[3] or 0)
        unknown = not step if known is None else tour not in known
        if (tour and unknown) or not (tour or step):
            continue
        if any(a <= match.start() < b for a, b in code):
            continue
        shown = label or (f"{tour}, stop {step}" if tour and step else tour or f"stop {step}")
        made.append(Link(match.start(), match.end(), shown, tour, step))
    return made


def bare(title: str) -> str:
    """The title by which other tours refer to a numbered one: `2 - Details` is `Details`."""
    return title.split("-", 1)[1].strip() if _NUMBERED.match(title) else title


def number_of(title: str) -> int | None:
    """The number in front of a title."""
    found = _NUMBER.match(title)
    return int(found[1]) if found else None


def following(tour: Tour, tours: Sequence[T], title: dict[int, str]) -> T | None:
    """The tour to go on with. `title` maps the index of each of `tours` to its title."""
    wanted = tour.extra.get("nextTour")
    if isinstance(wanted, str) and wanted:
        return next((t for i, t in enumerate(tours) if title[i] == wanted), None)
    number = number_of(tour.title)
    if number is None:
        return None
    after = re.compile(rf"#?{number + 1}\s+[-:]")
    return next((t for i, t in enumerate(tours) if after.match(title[i])), None)


def shown(text: str, titles: Iterable[str] = ()) -> str:
    """`text` with its links as words: `the loss (stop 2)`."""
    return _rewritten(text, titles, _as_words)


def _as_words(link: Link) -> str:
    where = f"tour {link.tour}" if link.tour else ""
    where = ", ".join(part for part in (where, f"stop {link.step}" if link.step else "") if part)
    return (
        where
        if link.label in (where, link.tour, f"{link.tour}, stop {link.step}")
        else f"{link.label} ({where})"
    )


def renumbered(text: str, now: Mapping[int, int | None]) -> str:
    """`text` with the links to stops of its own tour after these have got other numbers; None: the stop is gone."""

    def write(link: Link) -> str:
        number = now.get(link.step, link.step) if not link.tour else link.step
        if number is None:
            return link.label
        if link.tour or number == link.step:
            return text[link.start : link.end]
        label = "" if link.label == f"stop {link.step}" else f"[{link.label}]"
        return f"{label}[#{number}]"

    return _rewritten(text, (), write)


def _rewritten(text: str, titles: Iterable[str], write: Callable[[Link], str]) -> str:
    made: list[str] = []
    at = 0
    for link in links(text, titles):
        made += [text[at : link.start], write(link)]
        at = link.end
    return "".join((*made, text[at:]))
