"""`codetour check --live`: each tour is run without screens, and the stops that are no longer reached are named.

The stops are those of the tour file, at the places where they are now. What would be executed is shown first, and
nothing runs without consent.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from codetour.check.report import Report, StopReport, TourReport
from codetour.cli.output import ConsoleProgress, fail, note
from codetour.cli.pipeline import Planned, find_report, plan_entry
from codetour.cli.run import USUAL_BATCHES, Request
from codetour.cli.run_headless import make_driver, walk
from codetour.errors import CodetourError, Interrupted, SessionError
from codetour.model.entry import EntryReport, Launch
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.tourfile.read import tour_of


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
    entries: EntryReport | None = None
    made: list[TourReport] = []
    code = 0
    for tour in report.tours:
        if tour.document is None or not any(_place(s) for s in tour.stops):
            made.append(tour)
            continue
        entries = entries or find_report(tree, progress)
        try:
            made.append(_run(tour, tree, entries, options, progress))
        except Interrupted:
            raise
        except CodetourError as error:
            fail(error)
            made.append(tour._replace(run=error.message))
            code = code or error.exit_code
    return report._replace(tours=tuple(made)), code


def _run(
    report: TourReport, tree: Tree, entries: EntryReport, options: LiveOptions, progress: ConsoleProgress
) -> TourReport:
    assert report.document is not None
    tour = tour_of(report.document)
    wanted = f"{tour.entry.file}:{tour.entry.qualname}" if tour.entry is not None else None
    if wanted is None:
        note(f"{report.path} names no entry point; the repository's best one is run.")
    planned = plan_entry(tree, entries, wanted, progress)
    planned = replace(planned, tour=_as_it_is_now(tour, report, planned))
    driver = make_driver(planned, _request(tree, wanted, options), progress)
    progress.begin(f"Running {planned.entry.file} for {report.title}")
    end = asyncio.run(walk(driver, _request(tree, wanted, options), progress))
    progress.end(end.message)
    if not driver.seen and end.how == "failed":
        raise SessionError(end.message, hint=end.mend or "Run `codetour doctor` to see what is missing.")
    seen, missed = {found.stop for found in driver.seen}, driver.missed
    crashed = end.how == "crashed"
    if crashed:
        # "main was never called; the program crashed at ...": the second half is said once, for the tour
        missed = {stop: why.partition("; ")[0] for stop, why in missed.items()}
    return report._replace(
        run=end.message if crashed else "",
        stops=tuple(
            replace(s, live="" if s.id in seen else missed.get(s.id, "the program ended first"))
            if _place(s)
            else s
            for s in report.stops
        ),
    )


def _as_it_is_now(tour: Tour, report: TourReport, planned: Planned) -> Tour:
    """The tour's own stops where they are now, with its own launch where it has one."""
    now = {s.index: place for s in report.stops if (place := _place(s)) is not None}
    stops = tuple(
        replace(stop, anchor=replace(stop.anchor, file=now[i][0], line=now[i][1]))
        for i, stop in enumerate(tour.stops)
        if i in now
    )
    launch = tour.launch if tour.entry is not None and tour.launch != Launch() else planned.tour.launch
    return replace(tour, stops=stops, entry=tour.entry or planned.tour.entry, launch=launch)


def _place(stop: StopReport) -> tuple[str, int] | None:
    """Where a stop is, None for one that is lost or stands at no line."""
    if stop.now.status == "lost" or stop.now.file is None or stop.now.line is None:
        return None
    return stop.now.file, stop.now.line


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
