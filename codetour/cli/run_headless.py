"""`codetour run` without screens: walk every stop as it comes, then print the tour as text or as one JSON document.

Whatever stands in the way (no interpreter, no consent, a crash, time), the tour is printed all the same, with what
was seen and one sentence on what to do.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from codetour.cli.environment import agree_to_environment
from codetour.cli.interpreter import choose_interpreter
from codetour.cli.outcome import exit_code, run_document
from codetour.cli.output import ConsoleProgress, emit_json, fail, note
from codetour.cli.pipeline import Planned, plan_repository
from codetour.cli.preparation import prepare_data
from codetour.cli.prepare_run import agreed, attach_options, launch_options, planned_command
from codetour.cli.recording import recording_of, static_recording
from codetour.cli.saving import save_run
from codetour.cli.work_copy import MOST_TOLD, snapshot, tell_written, written_since
from codetour.errors import CodetourError, EnvironmentProblem, Interrupted
from codetour.model.events import Ended
from codetour.model.recording import Recording
from codetour.model.source import Tree
from codetour.source.reading import TreeSources

if TYPE_CHECKING:
    from codetour.cli.run import Request
    from codetour.session.live import LiveDriver


def run_headless(request: Request) -> int:
    """The exit code: 0 when something live was seen (or nothing was to be run), else that of the obstacle."""
    progress = ConsoleProgress(quiet=request.quiet)
    planned = plan_repository(
        request.repo,
        request.entry,
        progress,
        arguments=request.arguments,
        to_run=not request.static and request.attach is None,
    )
    root = planned.tree.root
    _tell_own_tours(planned.tree, request)
    before = snapshot(root)
    recording, code = _record(planned, request, progress)
    written = written_since(before, root)
    sources = TreeSources(root)
    tour_file, recording_file = save_run(planned, recording, request.save)
    if request.output == "json":
        document = run_document(planned.tree, planned.tour, recording, sources, tour_file, recording_file)
        emit_json({**document, "written": written[:MOST_TOLD]})
    else:
        from codetour.record.plain import plain_tour

        print(plain_tour(planned.tour, recording, sources))
        tell_written(written, root, quiet=request.quiet)
        note(f"Saved: {tour_file}", quiet=request.quiet)
    return code


def _tell_own_tours(tree: Tree, request: Request) -> None:
    """A repository that brings tours is told from one that does not."""
    from codetour.cli.own_tours import offered

    if found := offered(tree):
        what = f"{len(found)} tours" if len(found) > 1 else "a tour"
        note(f"{tree.name} brings {what} of its own: codetour tours {request.repo}", quiet=request.quiet)


def _record(planned: Planned, request: Request, progress: ConsoleProgress) -> tuple[Recording, int]:
    """The recording of the run, or of its absence, and the exit code."""
    if request.static:
        return static_recording(planned, "nothing was run (--static)", "cancelled"), 0
    try:
        driver = make_driver(planned, request, progress)
        progress.begin(f"Running {planned.entry.file}")
        end = asyncio.run(walk(driver, request, progress))
        progress.end(end.message)
    except Interrupted:
        raise
    except CodetourError as error:
        fail(error)
        recording = static_recording(planned, error.message, "failed", error.hint)
        return recording, error.exit_code
    recording = recording_of(planned, driver)
    return recording, exit_code(recording)


def make_driver(planned: Planned, request: Request, progress: ConsoleProgress) -> LiveDriver:
    """A driver that may run. Raises `EnvironmentProblem` or `SessionError` when there is none, or no consent."""
    from codetour.session.live import LiveDriver

    if request.attach is not None:
        return LiveDriver(planned.tree, planned.tour, attach_options(planned, request))
    if request.env == "create":
        agree_to_environment(planned, request, progress)
    report = choose_interpreter(planned, python=request.python, mode=request.env)
    if report.interpreter is None:
        raise EnvironmentProblem(report.needs[0].why, hint=report.mend)
    for need in report.needs:
        note(
            f"missing: {need.what}: {need.why}" + (f" ({need.mend})" if need.mend else ""),
            quiet=request.quiet,
        )
    prepare_data(planned, request, report.interpreter.path, progress)
    options = launch_options(planned, request, report.interpreter)
    agreed(planned, request, options)
    if request.sandbox != "none":
        note(planned_command(planned, options).isolation, quiet=request.quiet)
    return LiveDriver(planned.tree, planned.tour, options)


async def walk(driver: LiveDriver, request: Request, progress: ConsoleProgress) -> Ended:
    """Walk all stops; a signal ends the program first and then lets us print what was seen."""
    from codetour.session.endings import Outcome
    from codetour.session.headless import drive

    loop = asyncio.get_running_loop()
    ending: set[asyncio.Task[None]] = set()

    def stop() -> None:
        ending.add(loop.create_task(driver.end(Outcome("cancelled", "The run was stopped from outside."))))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return await drive(driver, timeout=request.timeout, progress=progress)
