"""`codetour check --live`: each tour is run without screens, and the stops that are no longer reached are named.

The stops are those of the tour file, at the places where they are now; those that no run can reach (a README, a line
after the last statement) are left out, and so are those that the recording beside the tour did not reach either. What
would be executed is shown first, and nothing runs without consent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codetour.check.report import Report, TourReport
from codetour.cli.output import ConsoleProgress, fail, note
from codetour.cli.pipeline import find_report
from codetour.cli.run import USUAL_BATCHES, Request
from codetour.cli.run_headless import make_driver, walk
from codetour.cli.tour_run import has_entry, planned_run, wanted_entry
from codetour.errors import CodetourError, Interrupted, SessionError
from codetour.model.entry import EntryReport
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.record.store import load_beside
from codetour.resolve.files import Files
from codetour.session.bind import Unbindable, bind
from codetour.tourfile.read import tour_of

Places = Mapping[int, tuple[str, int]]
"""index of a step -> file and line"""
_WHOLE: Final = ("finished", "all-stops")
"""endings after which it is known what a run reaches"""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How the tours are run."""

    python: str | None
    timeout: float | None
    yes: bool
    ask: bool
    """somebody can answer a question"""


def run_tours(report: Report, root: Path, options: LiveOptions) -> tuple[Report, int]:
    """The report with what each run has reached, and the exit code of the first run that could not be."""
    from codetour.source.checkout import local_tree

    progress = ConsoleProgress()
    tree = local_tree(root)
    files = Files(root)
    entries: EntryReport | None = None
    made: list[TourReport] = []
    code = 0
    for tour in report.tours:
        places = _places(tour, files)
        if tour.document is None or not places:
            made.append(tour)
            continue
        entries = entries or find_report(tree, progress)
        try:
            made.append(_run(tour, places, tree, entries, options, progress))
        except Interrupted:
            raise
        except CodetourError as error:
            fail(error)
            made.append(tour._replace(run=error.message))
            code = code or error.exit_code
    return report._replace(tours=tuple(made)), code


def _run(
    report: TourReport,
    places: Places,
    tree: Tree,
    entries: EntryReport,
    options: LiveOptions,
    progress: ConsoleProgress,
) -> TourReport:
    assert report.document is not None
    tour = _as_it_is_now(tour_of(report.document), places)
    planned = planned_run(tour, tree, entries, progress)
    if not has_entry(tour, tree):
        why = "names no entry point" if tour.entry is None else f"starts {tour.entry.file}, which is gone"
        note(f"{report.path} {why}; {planned.entry.file} is run.")
    request = _request(tree, wanted_entry(tour, tree, entries), options)
    driver = make_driver(planned, request, progress)
    progress.begin(f"Running {planned.entry.file} for {report.title}")
    end = asyncio.run(walk(driver, request, progress))
    progress.end(end.message)
    if end.how == "cancelled":
        raise Interrupted
    if not driver.seen and end.how == "failed":
        raise SessionError(end.message, hint=end.mend or "Run `codetour doctor` to see what is missing.")
    seen, missed = {found.stop for found in driver.seen}, driver.missed
    cut = end.how not in _WHOLE
    if cut:
        # "main was never called; the program crashed at ...": the second half is said once, for the tour
        missed = {stop: why.partition("; ")[0] for stop, why in missed.items()}
    live = {
        s.id: "" if s.id in seen else missed.get(s.id, "the program ended first")
        for s in report.stops
        if s.index in places
    }
    for stop in _missed_before(report) & {s for s, why in live.items() if why}:
        note(f"{report.path}: {stop} was not reached when the tour was recorded either.")
        del live[stop]
    return report._replace(
        run=end.message if cut else "",
        stops=tuple(s._replace(live=live.get(s.id)) for s in report.stops),
    )


def _missed_before(report: TourReport) -> set[str]:
    """The stops of which a whole run, recorded beside the tour, says that they were not reached."""
    try:
        kept = load_beside(Path(report.path))
    except CodetourError:
        return set()
    if kept is None or kept.end is None or kept.end.how not in _WHOLE:
        return set()
    return {s.id for s in report.stops if s.id in kept.missed and not kept.of(s.id)}


def _as_it_is_now(tour: Tour, places: Places) -> Tour:
    """The tour's stops that can be run, where they are now."""
    stops = tuple(
        stop._replace(anchor=stop.anchor._replace(file=places[i][0], line=places[i][1]))
        for i, stop in enumerate(tour.stops)
        if i in places
    )
    return tour._replace(stops=stops)


def _places(report: TourReport, files: Files) -> Places:
    """Where the stops are that a run can reach: none that is lost, stands at no line, or at one that never runs."""
    found = {s.index: (s.now.file, s.now.line) for s in report.stops if s.now.status != "lost"}
    return {
        index: (file, line)
        for index, (file, line) in found.items()
        if file is not None and line is not None and _runs(files, file, line)
    }


def _runs(files: Files, file: str, line: int) -> bool:
    source = files.read(file)
    if source is None or source.kind == "text":
        return False
    try:
        bind(source.text, line)
    except Unbindable as error:
        # a file that cannot be parsed is no reason to pass its stops over
        return error.__cause__ is not None
    return True


def _request(tree: Tree, entry: str | None, options: LiveOptions) -> Request:
    return Request(
        repo=str(tree.root),
        entry=entry,
        python=options.python,
        max_batches=USUAL_BATCHES,
        timeout=options.timeout,
        sandbox="none",
        yes=options.yes,
        ask=options.ask,
        output="plain",
    )
