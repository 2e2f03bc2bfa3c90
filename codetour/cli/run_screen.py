"""`codetour run` in the terminal's screens: prepare, choose, agree, tour, and the evaluation after the training.

The screens know nothing of the layers below; they get callables from here (`codetour.ui.prepared`).
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codetour.cli.environment import creation_text, environment_plan
from codetour.cli.interpreter import choose_interpreter
from codetour.cli.kept_points import with_kept_points
from codetour.cli.output import fail
from codetour.cli.own_tours import at_their_place, offered, own_or_run
from codetour.cli.pipeline import Planned, find_report, find_tree, plan_entry
from codetour.cli.prepare_run import attach_options, launch_options, planned_command
from codetour.cli.recording import recording_of, static_recording
from codetour.cli.saving import save_run
from codetour.cli.work_copy import Snapshot, snapshot, tell_written, written_since
from codetour.environment.data_steps import data_steps
from codetour.environment.doctor import Report
from codetour.errors import EnvironmentProblem
from codetour.model.driver import Driver
from codetour.model.entry import EntryPoint, EntryReport
from codetour.model.source import Tree
from codetour.progress import Progress
from codetour.record.replay import RecordedDriver
from codetour.source.reading import TreeSources
from codetour.ui.prepared import Choice, Decision, Execution, Option, Outcome, Prepared, Second, entry_options
from codetour.ui.room import require_room

if TYPE_CHECKING:
    from codetour.cli.run import Request
    from codetour.environment.create import EnvironmentPlan
    from codetour.environment.data_steps import Step

_CLOSE: float = 0.08
"""entry points whose scores differ by less are the reader's to choose between"""
_MOST_CHOICES: int = 100
"""the list is narrowed by typing, so it may be long"""


def run_on_screen(request: Request) -> int:
    """Open the screens; the exit code."""
    require_room()
    from codetour.ui.app import CodetourApp

    began: dict[Path, Snapshot] = {}
    theme = os.environ.get("CODETOUR_THEME", "dark")
    farewell = CodetourApp(
        request.repo, lambda progress: _prepare(request, began, progress), theme=theme
    ).run()
    for root, before in began.items():
        tell_written(written_since(before, root), root, quiet=request.quiet)
    if farewell is None:
        return 0
    if farewell.error is not None:
        fail(farewell.error)
    return farewell.code


def _prepare(request: Request, began: dict[Path, Snapshot], progress: Progress) -> Outcome:
    tree = find_tree(request.repo, progress, to_run=not request.static and request.attach is None)
    began.setdefault(tree.root, snapshot(tree.root))
    own = offered(tree) if request.entry is None and request.attach is None else []
    if not own:
        return _where(request, tree, progress)
    return own_or_run(tree, own, lambda p: _where(request, tree, p))


def _where(request: Request, tree: Tree, progress: Progress) -> Outcome:
    """Which entry point: the best one, or the reader's choice among equals."""
    report = find_report(tree, progress)
    if request.entry in {None, "train", "eval"}:
        role = "eval" if request.entry == "eval" else "train"
        equals = _equals(report.of(role))
        if len(equals) > 1:
            return Choice(
                f"Where to begin? {tree.name} has several good places",
                entry_options(equals),
                then=lambda i, p: _entry(request, tree, report, equals[i].symbol, p),
            )
    return _entry(request, tree, report, request.entry, progress)


def _equals(entries: tuple[EntryPoint, ...]) -> tuple[EntryPoint, ...]:
    """Entry points as good as the best one."""
    return tuple(e for e in entries if entries[0].score - e.score < _CLOSE)[:_MOST_CHOICES]


def _entry(
    request: Request, tree: Tree, report: EntryReport, wanted: str | None, progress: Progress
) -> Outcome:
    planned = plan_entry(tree, report, wanted, progress, arguments=request.arguments)
    if request.static:
        return _static(request, planned, "")
    if request.attach is not None:
        return _attached(request, planned)
    if request.env == "create":
        plan = environment_plan(planned.tree, planned.entry, planned.graph, request.python)
        if not plan.ready:
            question = _ask_for_environment(request, planned, plan, creation_text(plan))
            return question.then(0, progress) if request.yes else question
    return _interpreted(request, planned, progress)


def _ask_for_environment(
    request: Request, planned: Planned, plan: EnvironmentPlan, text: str, *, failed: bool = False
) -> Choice:
    """Nothing is downloaded before the reader has seen the commands; a failure asks again."""
    from codetour.environment.create import make_environment

    def then(index: int, progress: Progress) -> Outcome:
        if index == 1:
            return _interpreted(replace(request, env="auto"), planned, progress)
        if index == 2:
            return _static(request, planned, "no environment was made; `--env create` makes one")
        try:
            make_environment(plan, progress)
        except EnvironmentProblem as problem:
            told = f"{problem.message}\nNext: {problem.hint}"
            return _ask_for_environment(request, planned, plan, told, failed=True)
        return _interpreted(request, planned, progress)

    options = (
        Option("Try again" if failed else "Make it", f"in {plan.folder}"),
        Option("Use what is there", "the interpreter that fits best"),
        Option("Static tour only", "every stop, no values; nothing is executed"),
    )
    question = "The environment could not be made" if failed else "Make an environment for it?"
    return Choice(question, options, then, text)


def _interpreted(request: Request, planned: Planned, progress: Progress) -> Outcome:
    progress.begin("Looking for an interpreter")
    found = choose_interpreter(planned, python=request.python, mode=request.env)
    progress.end(found.interpreter.text if found.interpreter is not None else "none")
    if found.interpreter is None:
        need = found.needs[0]
        shown = _static(request, planned, f"It cannot be run: {need.why} {need.mend}".strip())
        return replace(shown, failure=EnvironmentProblem(need.why, hint=need.mend))
    steps = data_steps(planned.tree, planned.entry.launch, found.interpreter.path)
    if steps:
        question = _ask_for_data(request, planned, found, steps)
        return question.then(0, progress) if request.prepare and request.yes else question
    return _runnable(request, planned, found)


def _ask_for_data(
    request: Request, planned: Planned, found: Report, steps: tuple[Step, ...], failed: str = ""
) -> Choice:
    """The repository can make data that the run would miss; nothing of it runs before the reader agrees."""
    from codetour.cli.preparation import step_environment, step_text
    from codetour.environment.data_steps import take

    def then(index: int, progress: Progress) -> Outcome:
        if index == 2:
            return _static(request, planned, "data is missing; `--prepare` makes it")
        if index == 0:
            try:
                for step in steps:
                    take(step, step_environment(request), progress)
            except EnvironmentProblem as problem:
                return _ask_for_data(
                    request, planned, found, steps, f"{problem.message}\nNext: {problem.hint}"
                )
        return _runnable(request, planned, found)

    options = (
        Option("Try again" if failed else "Make it", "runs the commands above"),
        Option("Go on without", "the run may end where it looks for the data"),
        Option("Static tour only", "every stop, no values; nothing is executed"),
    )
    text = failed or "\n".join(step_text(step) for step in steps)
    return Choice(
        "The data could not be made" if failed else "Data is missing. Make it first?", options, then, text
    )


def _static(request: Request, planned: Planned, problem: str) -> Prepared:
    """The tour without a program."""
    prepared = Prepared(
        tour=planned.tour,
        sources=TreeSources(planned.tree.root),
        static=lambda: RecordedDriver(planned.tour, message=problem),
        problem=problem,
        root=planned.tree.root,
        save=lambda driver: _save(request, planned, driver),
        graph=lambda: planned.graph,
        second=_second(request, planned),
    )
    return with_kept_points(at_their_place(prepared, planned.tree.root), planned.tree.name, planned.tree.root)


def _runnable(request: Request, planned: Planned, found: Report) -> Prepared:
    from codetour.session.consent import is_trusted, trust
    from codetour.session.live import LiveDriver

    interpreter = found.interpreter
    assert interpreter is not None
    options = launch_options(planned, request, interpreter)
    command = planned_command(planned, options)

    def live(decision: Decision, _progress: Progress) -> Driver:
        tour = planned.tour._replace(launch=decision.launch)
        if decision.remember:
            trust(planned.tree, command)
        refused = {o.arg.partition("=")[0] for o in command.environment.overrides}
        refused -= {o.arg.partition("=")[0] for o in decision.launch.overrides}
        chosen = replace(
            options, argv=decision.launch.argv, refused=options.refused | refused, interactive=True
        )
        return LiveDriver(planned.tree, tour, chosen)

    needs = ", ".join(f"{n.what} ({n.why})" for n in found.needs)
    problem = f"missing: {needs}. `codetour doctor {request.repo}` tells how to mend it." if needs else ""
    # what the session changes in the environment is shown, and refused, like any other override
    launch = planned.tour.launch._replace(
        overrides=(*planned.tour.launch.overrides, *command.environment.overrides),
        needs=(*planned.tour.launch.needs, *(n for n in found.needs if n not in planned.tour.launch.needs)),
    )
    return replace(
        _static(request, planned, problem),
        live=live,
        execution=Execution(
            interpreter=str(interpreter.path),
            # as the program is really started: from its own folder
            script=os.path.relpath(planned.tree.root / planned.entry.file, command.cwd),
            launch=launch,
            cwd=str(command.cwd),
            python=interpreter.text,
            place=f"what it writes goes below {command.cwd}",
            limits=(
                *((command.isolation,) if command.isolation else ()),
                *(f"{n} (hidden: looks like a secret)" for n in command.environment.hidden),
            ),
        ),
        agreed=request.trusted or is_trusted(planned.tree, command),
    )


def _attached(request: Request, planned: Planned) -> Prepared:
    """A program that runs already: there is nothing to agree to."""
    from codetour.session.live import LiveDriver

    options = attach_options(planned, request)

    def live(_decision: Decision, _progress: Progress) -> Driver:
        return LiveDriver(planned.tree, planned.tour, options)

    return replace(_static(request, planned, ""), live=live, agreed=True)


def _second(request: Request, planned: Planned) -> Second | None:
    """The evaluation tour, offered where the training tour ends."""
    if planned.entry.role != "train":
        return None
    other = next((e for e in planned.report.of("eval") if e.file != planned.entry.file), None)
    if other is None:
        return None
    rest = replace(request, entry=other.symbol, arguments=None)
    return Second(
        f"Evaluation tour ({other.file})",
        lambda progress: _entry(rest, planned.tree, planned.report, other.symbol, progress),
    )


def _save(request: Request, planned: Planned, driver: Driver) -> str:
    from codetour.session.live import LiveDriver

    if isinstance(driver, LiveDriver):
        recording = recording_of(planned, driver)
    elif isinstance(driver, RecordedDriver) and driver.recording.seen:
        recording = driver.recording
    else:
        recording = static_recording(planned, "nothing was run", "cancelled")
    tour_file, _ = save_run(planned, recording, request.save)
    return f"Saved: {tour_file}"


def prepared_run(request: Request, planned: Planned, progress: Progress) -> Outcome:
    """A run of a tour that is there already, for the editor."""
    return _interpreted(request, planned, progress)
