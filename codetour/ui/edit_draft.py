"""A tour being written: every change is a new `Tour`, so that undo is going back to an old one.

Numbers in links between stops (`[#3]`) follow the stops when these are added, moved or deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from codetour.model.stage import Stage
from codetour.model.tour import Anchor, Stop, Tour
from codetour.tourfile.links import renumbered

MOST: Final = 500
"""changes that can be taken back"""
LONGEST: Final = 20_000
"""characters of a stop's words"""


@dataclass(frozen=True, slots=True)
class State:
    """The tour, the stop that is worked at, and what led here."""

    tour: Tour
    at: int
    what: str = ""


class Draft:
    """The tour and its past. Indices are those of `tour.stops`."""

    def __init__(self, tour: Tour, at: int = 0) -> None:
        self._now = State(tour, self._inside(tour, at))
        self._past: list[State] = []
        self._future: list[State] = []

    @staticmethod
    def _inside(tour: Tour, at: int) -> int:
        return min(max(at, 0), max(len(tour.stops) - 1, 0))

    @property
    def tour(self) -> Tour:
        return self._now.tour

    @property
    def at(self) -> int:
        """Index of the stop that is worked at."""
        return self._now.at

    @property
    def stop(self) -> Stop | None:
        """The stop that is worked at; None while the tour has none."""
        return self.tour.stops[self.at] if self.tour.stops else None

    def look_at(self, index: int) -> None:
        """Work at another stop; this is no change."""
        self._now = replace(self._now, at=self._inside(self.tour, index))

    # -- changes

    def add(self, anchor: Anchor, *, stage: Stage | None = None) -> None:
        """A stop after the one that is worked at."""
        here = self.stop
        index = self.at + 1 if here is not None else 0
        title = anchor.text[:60] or f"{anchor.file}:{anchor.line}"
        made = Stop(self._new_id(), stage or (here.stage if here is not None else "start"), title, anchor)
        stops = self.tour.stops
        self._rearrange((*stops[:index], made, *stops[index:]), index, "adding a stop")

    def delete(self) -> None:
        """Take the stop away."""
        if self.stop is not None:
            stops = self.tour.stops
            self._rearrange((*stops[: self.at], *stops[self.at + 1 :]), self.at, "deleting a stop")

    def move(self, by: int) -> bool:
        """The stop `by` places on; whether there was room."""
        to = self.at + by
        if self.stop is None or not 0 <= to < len(self.tour.stops):
            return False
        stops = list(self.tour.stops)
        stops.insert(to, stops.pop(self.at))
        self._rearrange(tuple(stops), to, "moving a stop")
        return True

    def place(self, anchor: Anchor) -> None:
        """The stop at another line; what CodeTour remembers of the old one goes."""
        if self.stop is not None:
            kept = {
                k: v
                for k, v in self.stop.extra.items()
                if k not in ("line", "pattern", "selection", "contents")
            }
            # a path that was planned for another line would be wrong
            path = self.stop.path if anchor.symbol == self.stop.anchor.symbol else ()
            self._reword("placing a stop", anchor=anchor, extra=kept, path=path)

    def reword(
        self,
        *,
        title: str | None = None,
        idea: str | None = None,
        look: str | None = None,
        watch: tuple[str, ...] | None = None,
        stage: Stage | None = None,
        hit: int | None = None,
    ) -> None:
        """Other words, watches, chapter or pass for the stop."""
        given: dict[str, Any] = {
            "title": title,
            "idea": idea,
            "look": look,
            "watch": watch,
            "stage": stage,
            "hit": hit,
        }
        changes = {k: v[:LONGEST] if isinstance(v, str) else v for k, v in given.items() if v is not None}
        if self.stop is not None and any(getattr(self.stop, k) != v for k, v in changes.items()):
            self._reword(f"the {'/'.join(changes)}", **changes)

    def describe(self, what: str, *, extra: Mapping[str, Any] | None = None, **changes: Any) -> None:
        """Title and description of the tour; `extra` are CodeTour's keys, None takes one away."""
        tour = self.tour
        if extra is not None:
            merged = {**tour.extra, **extra}
            changes["extra"] = {k: v for k, v in merged.items() if v is not None}
        if any(getattr(tour, k) != v for k, v in changes.items()):
            self._change(tour._replace(**changes), self.at, what)

    def take(self, tour: Tour, what: str) -> None:
        """Another version of the whole tour; the one before is a step back."""
        here = self.stop
        at = next((i for i, s in enumerate(tour.stops) if here is not None and s.id == here.id), self.at)
        self._change(tour, at, what)

    def _reword(self, what: str, **changes: Any) -> None:
        assert self.stop is not None
        stops = list(self.tour.stops)
        stops[self.at] = self.stop._replace(**changes)
        self._change(self.tour._replace(stops=tuple(stops)), self.at, what)

    def _rearrange(self, stops: tuple[Stop, ...], at: int, what: str) -> None:
        """Stops in a new order, with the links between them as they were meant."""
        new = {stop.id: n for n, stop in enumerate(stops, 1)}
        now = {n: new.get(stop.id) for n, stop in enumerate(self.tour.stops, 1)}
        linked = tuple(
            s._replace(idea=renumbered(s.idea, now), look=renumbered(s.look, now))
            if "#" in s.idea + s.look
            else s
            for s in stops
        )
        self._change(self.tour._replace(stops=linked), at, what)

    def _new_id(self) -> str:
        taken = {s.id for s in self.tour.stops}
        # a stop that was deleted may come back by undo: its name is not given away
        taken |= {s.id for state in (*self._past, *self._future) for s in state.tour.stops}
        number = len(self.tour.stops) + 1
        while f"stop-{number}" in taken:
            number += 1
        return f"stop-{number}"

    def _change(self, tour: Tour, at: int, what: str) -> None:
        self._past = [*self._past, self._now][-MOST:]
        self._future = []
        self._now = State(tour, self._inside(tour, at), what)

    # -- back and forth

    def undo(self) -> str:
        """Take the last change back; what it was, "" when there is none."""
        if not self._past:
            return ""
        what = self._now.what
        self._future.append(self._now)
        before = self._past.pop()
        self._now = before
        return what

    def redo(self) -> str:
        """Make the change again that was taken back last."""
        if not self._future:
            return ""
        self._past.append(self._now)
        self._now = self._future.pop()
        return self._now.what

    def saved_as(self, tour: Tour) -> None:
        """What was written has fresh anchors; this is no change."""
        if [s.id for s in tour.stops] == [s.id for s in self.tour.stops]:
            self._now = replace(self._now, tour=tour)
