"""Missing data and the repository's own commands that make it: told, asked for, run before the tour."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codetour.cli.output import note
from codetour.environment.data_steps import Step, data_steps, take
from codetour.model.text import clean
from codetour.progress import Progress

if TYPE_CHECKING:
    from codetour.cli.pipeline import Planned
    from codetour.cli.run import Request


def step_text(step: Step) -> str:
    """A step for people."""
    return clean(f"{shlex.join(step.words)}   (in {step.folder}; makes {', '.join(step.makes)})", 2_000)


def prepare_data(planned: Planned, request: Request, python: Path, progress: Progress) -> None:
    """Run the steps that were agreed to: with `--prepare`, or in answer to a question. None are left to say otherwise.

    Raises `EnvironmentProblem` when one fails.
    """
    steps = data_steps(planned.tree, planned.entry.launch, python)
    if not steps or not (request.prepare or request.ask):
        return
    click.echo(f"Data is missing that {clean(planned.tree.name)} can make itself:", err=True)
    for step in steps:
        click.echo("  " + step_text(step), err=True)
    agreed = (request.prepare and request.yes) or (request.ask and click.confirm("Run that first?", err=True))
    if not agreed:
        note("Nothing was made" + ("" if request.ask else ": add --yes to agree"), quiet=request.quiet)
        return
    for step in steps:
        take(step, step_environment(request), progress)


def step_environment(request: Request) -> dict[str, str]:
    """The environment of a step: without variables that look like secrets, with those that the user gave."""
    from codetour.session.overrides import KEPT, SECRET

    kept = {k: v for k, v in os.environ.items() if not SECRET.search(k) or k in KEPT}
    return {**kept, **request.variables}
