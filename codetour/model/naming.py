"""What a stop is called. Other players' tours rarely give titles; then its words, its code or its file name it."""

from __future__ import annotations

import re
from typing import Final

from codetour.model.text import clean
from codetour.model.tour import Stop, Tour

_LINK: Final = re.compile(r"!?\[([^\]\n]{0,200})\](?:\([^)\n]{0,500}\))?")
_MARKS: Final = re.compile(r"^(?:[#>\s]|[-+*]\s|\d{1,3}[.)]\s)+|[*`~]")


def heading_of(stop: Stop, limit: int = 80) -> str:
    """The words above a stop's own text: its title, the text's first heading, its line of code, its place."""
    first = stop.idea.lstrip()[:1000].split("\n", 1)[0]
    heading = _plain(first) if first.startswith("#") else ""
    others = (stop.extra.get(key) for key in ("directory", "uri", "view"))
    place = stop.anchor.file or next((o for o in others if isinstance(o, str)), "")
    return next(
        (made for text in (stop.title, heading, stop.anchor.text, place) if (made := clean(text, limit))), ""
    )


def name_of(stop: Stop, limit: int = 80) -> str:
    """A stop in a list, where its text is not beside it: the first words of that text before a bare file name."""
    if stop.title.strip() or stop.anchor.text:
        return heading_of(stop, limit)
    lines = (_plain(line) for line in stop.idea[:2000].split("\n"))
    return clean(next((line for line in lines if line), ""), limit) or heading_of(stop, limit)


def has_chapters(tour: Tour) -> bool:
    """Whether chapters divide it: in other players' tours all stops are in one, which says nothing."""
    return len({stop.stage for stop in tour.stops}) > 1


def counted(number: int, thing: str) -> str:
    """A number with its noun: 1 stop, 1,200 stops."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _plain(line: str) -> str:
    """A line of Markdown as words."""
    return clean(_MARKS.sub("", _LINK.sub(r"\1", line))).strip()
