"""Recording a tour again from the editor: its own stops, its own launch, the same consent as `codetour run`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from codetour.cli.pipeline import Planned, find_report
from codetour.cli.run import USUAL_BATCHES, Request
from codetour.cli.tour_run import planned_run, wanted_entry
from codetour.errors import EnvironmentProblem
from codetour.model.recording import Recording
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.progress import Progress
from codetour.ui.edit_desk import Rehearsal
from codetour.ui.prepared import Decision, Prepared


@dataclass(frozen=True, slots=True)
class _Ready:
    planned: Planned
    prepared: Prepared


def rehearse(tour: Tour, root: Path, python: str | None, progress: Progress) -> Rehearsal:
    """What would be run for `tour`: its own entry point, else the best one. Raises `CodetourError`."""
    from codetour.cli.run_screen import prepared_run
    from codetour.source.checkout import local_tree

    tree = local_tree(root)
    entries = find_report(tree, progress)
    planned = planned_run(tour, tree, entries, progress)
    outcome = prepared_run(_request(tree, wanted_entry(tour, tree, entries), python), planned, progress)
    if not isinstance(outcome, Prepared) or outcome.live is None or outcome.execution is None:
        problem = outcome.problem if isinstance(outcome, Prepared) else "more has to be chosen first"
        raise EnvironmentProblem(problem, hint="Name an interpreter with --python.")
    return Rehearsal(planned.tour, outcome.execution, outcome.agreed, _Ready(planned, outcome))


async def record(ready: Rehearsal, decision: Decision, tour_file: Path) -> Recording:
    """Run it to its last stop and keep the recording beside the tour."""
    from codetour.cli.recording import recording_of
    from codetour.progress import Silent
    from codetour.record.store import recording_path, save
    from codetour.session.headless import drive
    from codetour.session.live import LiveDriver

    plan = cast("_Ready", ready.plan)
    assert plan.prepared.live is not None
    proposed = plan.prepared.live(decision, Silent())
    assert isinstance(proposed, LiveDriver)
    # nobody sits at its keyboard
    driver = LiveDriver(plan.planned.tree, proposed.tour, replace(proposed.options, interactive=False))
    await drive(driver)
    recording = recording_of(plan.planned, driver)
    save(recording, recording_path(tour_file))
    return recording


def _request(tree: Tree, entry: str | None, python: str | None) -> Request:
    return Request(repo=str(tree.root), entry=entry, python=python, quiet=True, max_batches=USUAL_BATCHES)
