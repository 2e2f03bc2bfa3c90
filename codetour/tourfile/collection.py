"""The tours of a repository: where CodeTour looks for them, in the order in which a reader wants them.

Nothing outside the repository is opened, also not through links; a file that is no tour is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codetour.errors import UsageProblem
from codetour.model.text import clean
from codetour.model.tour import Tour
from codetour.tourfile.links import following, number_of
from codetour.tourfile.read import load
from codetour.tourfile.when import holds

FOLDERS: Final = (".tours", ".vscode/tours", ".github/tours")
SINGLE: Final = (".tour", ".vscode/main.tour", "main.tour")
MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """One tour file."""

    path: Path
    tour: Tour | None
    """None where it cannot be read"""
    problem: str = ""
    """why it cannot be read"""
    offered: bool | None = True
    """its `when` holds here; None: it is not understood"""

    @property
    def title(self) -> str:
        """The tour's title, for a file that is none its name."""
        return self.tour.title if self.tour is not None and self.tour.title else self.path.name

    @property
    def primary(self) -> bool:
        """The author calls it the first one to take."""
        return self.tour is not None and self.tour.extra.get("isPrimary") is True

    @property
    def ours(self) -> bool:
        """Made (or anchored) by codetour."""
        return self.tour is not None and bool(self.tour.print or self.tour.entry)


def find(root: Path) -> list[Found]:
    """The tours of the repository at `root`: the primary one first, then by number and title, broken ones last."""
    order = open_all(_paths(root))
    first = primary(order)
    return order if first is None else [first, *(f for f in order if f is not first)]


def open_all(paths: Sequence[Path]) -> list[Found]:
    """The tours in these files, by number and title, broken ones last."""
    return sorted((_open(path) for path in paths), key=_order)


def primary(found: Sequence[Found]) -> Found | None:
    """The tour to begin with: the one that says so, else the one numbered 1, else the only one."""
    good = [f for f in found if f.tour is not None and f.offered is not False]
    said = next((f for f in good if f.primary), None)
    first = said or next((f for f in good if number_of(f.title) == 1), None)
    return first or (good[0] if len(good) == 1 else None)


def next_of(tour: Tour, found: Sequence[Found]) -> Found | None:
    """The tour that follows `tour`, by `nextTour` or by number."""
    good = [f for f in found if f.tour is not None]
    return following(tour, good, {i: f.title for i, f in enumerate(good)})


def titles(found: Sequence[Found]) -> list[str]:
    """The titles that links may name."""
    return [f.title for f in found if f.tour is not None]


def _order(found: Found) -> tuple[bool, int, str]:
    number = number_of(found.title)
    return found.tour is None, number if number is not None else 10**6, found.title.casefold()


def _paths(root: Path) -> list[Path]:
    inside = root.resolve()
    made: list[Path] = []
    for name in (*SINGLE, *FOLDERS):
        place = root / name
        if place.is_dir():
            made += sorted(place.rglob("*.tour"))[:MOST]
        elif place.suffix == ".tour" or place.name == ".tour":
            made.append(place)
    return [p for p in made if p.is_file() and inside in p.resolve().parents][:MOST]


def _open(path: Path) -> Found:
    try:
        tour = load(path)
    except UsageProblem as error:
        return Found(path, None, clean(error.message.replace("\n", " "), 300))
    when = tour.extra.get("when")
    return Found(path, tour, offered=holds(when) if isinstance(when, str) else True)
