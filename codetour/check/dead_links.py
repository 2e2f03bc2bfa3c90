"""What is wrong with a tour that opens all the same: links that lead nowhere, a `ref` that is no commit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from codetour.check.titles import Titles
from codetour.model.tour import Stop, Tour
from codetour.tourfile.document import Document
from codetour.tourfile.problems import Problem

_PERHAPS: Final = re.compile(r"#\d{1,6}\]")


def warnings(tour: Tour, document: Document, root: Path, titles: Titles) -> tuple[Problem, ...]:
    """All of them, where they stand in the tour file."""
    made: list[Problem] = []
    following, ref = tour.extra.get("nextTour"), tour.extra.get("ref")
    if isinstance(following, str) and titles.stops(following) is None:
        made.append(document.problem(("nextTour",), f"no tour here has the title {following!r}"))
    if isinstance(ref, str):
        from codetour.check.since import known_commit

        if known_commit(root, ref) is None:
            made.append(document.problem(("ref",), f"{ref!r} is no branch, tag or commit of this repository"))
    for index, stop in enumerate(tour.stops):
        made += [
            document.problem(("steps", index, "description"), text) for text in _dead(stop, tour, titles)
        ]
    return tuple(made)


def _dead(stop: Stop, tour: Tour, titles: Titles) -> list[str]:
    """A sentence for each link of a stop that leads nowhere."""
    text = f"{stop.idea}\n{stop.look}"
    if not _PERHAPS.search(text):
        return []
    from codetour.tourfile.links import links

    made: dict[str, None] = {}
    for tour_name, step in sorted({(link.tour, link.step) for link in links(text, None)}):
        count = titles.linked(tour_name) if tour_name else len(tour.stops)
        if count is None:
            made[f"link to step #{step} of {tour_name!r}, but no tour here has that title"] = None
        elif not 1 <= step <= count:
            has = f" of {tour_name!r}, which has {count}" if tour_name else f", but there are {count}"
            made[f"link to step #{step}{has}"] = None
    return list(made)
