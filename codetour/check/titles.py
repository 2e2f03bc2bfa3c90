"""The titles to which a tour may link: of the tours that are checked, and of those that lie beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from codetour.model.tour import Tour


class Titles:
    """Tours by title, with their numbers of stops."""

    def __init__(self, root: Path, checked: Iterable[Tour]) -> None:
        self._root = root
        self._stops = {tour.title: len(tour.stops) for tour in checked}
        self._all = False

    def stops(self, title: str) -> int | None:
        """How many stops the tour of this title has; None where there is no such tour."""
        if title not in self._stops:
            self._read_all()
        return self._stops.get(title)

    def linked(self, name: str) -> int | None:
        """The same for a link, which leaves the number of a title out: `Details` for `2 - Details`."""
        from codetour.tourfile.links import bare

        if name not in map(bare, self._stops):
            self._read_all()
        return next((count for title, count in self._stops.items() if bare(title) == name), None)

    def _read_all(self) -> None:
        """The tours of the repository, when only some of them are checked; once."""
        if self._all:
            return
        self._all = True
        from codetour.tourfile.collection import find

        found = [f.tour for f in find(self._root) if f.tour is not None]
        self._stops = {tour.title: len(tour.stops) for tour in found} | self._stops
