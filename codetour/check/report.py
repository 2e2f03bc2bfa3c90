"""What a check found, as plain values.

Named tuples: most checks last a tenth of a second, and a dataclass takes several times as long to define.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

from codetour.model.check import Resolution
from codetour.tourfile.document import Document
from codetour.tourfile.problems import Problem

TourStatus = Literal["ok", "moved", "changed", "lost", "invalid"]
WORST: tuple[TourStatus, ...] = ("invalid", "lost", "changed", "moved", "ok")
ORDER = ("lost", "changed", "moved", "ok")
"""verdicts on a stop, the worst first"""


class StopReport(NamedTuple):
    """One stop: where it was, where it is, and where the tour says so."""

    id: str
    index: int  # pyright: ignore[reportIncompatibleMethodOverride] - the tuple's own is of no use
    """of the step in the file, from 0"""
    title: str
    was_file: str
    was_line: int
    now: Resolution
    cell: tuple[int, int] | None = None
    """of a notebook: the cell and the line inside it"""
    live: str | None = None
    """after a run: why the stop was not reached, "" where it was; None where nothing was run"""


class TourReport(NamedTuple):
    """One tour file."""

    path: str
    title: str = ""
    stops: tuple[StopReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    """why it is no valid tour"""
    message: str = ""
    """for a file that could not even be read"""
    warnings: tuple[Problem, ...] = ()
    """dead links, unknown ref: the tour opens all the same"""
    unchanged: int = 0
    """stops that were not looked at: their files are as they were"""
    run: str = ""
    """why the tour could not be run, or not to its end, where that was asked for"""
    document: Document | None = None

    def line_of(self, stop: StopReport) -> int:
        """The line of a step in the tour file; found only when asked for, since it costs a second reading."""
        return 1 if self.document is None else self.document.position(("steps", stop.index))[0]

    @property
    def status(self) -> TourStatus:
        """The worst of its stops."""
        if self.problems or self.message:
            return "invalid"
        found = {s.now.status for s in self.stops}
        return next(w for w in WORST if w in found or w == "ok")


class Report(NamedTuple):
    """All tours."""

    tours: tuple[TourReport, ...] = ()
    fixed: tuple[str, ...] = ()
    """tour files that were rewritten"""
    folder: str = ""
    """of the repository as seen from where the command stands, with its slash; "" where that is the same"""

    def counts(self) -> Counter[str]:
        """Stops per verdict."""
        return Counter(stop.now.status for tour in self.tours for stop in tour.stops)

    def missed(self) -> int:
        """Stops that a run has not reached."""
        return sum(bool(stop.live) for tour in self.tours for stop in tour.stops)

    def exit_code(self, *, strict: bool) -> int:
        """2 for an invalid tour, 1 for a lost or missed stop (or a changed one when strict), else 0."""
        if any(t.status == "invalid" for t in self.tours):
            return 2
        counts = self.counts()
        return 1 if counts["lost"] or self.missed() or (strict and counts["changed"]) else 0
