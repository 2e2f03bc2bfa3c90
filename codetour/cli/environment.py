"""`--env create`: which environment a repository would get, the question before it is made, and its making."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from codetour.cli.interpreter import modules_of
from codetour.errors import SessionError
from codetour.model.entry import EntryPoint
from codetour.model.graph import CallGraph
from codetour.model.source import Tree
from codetour.model.text import clean
from codetour.progress import Progress

if TYPE_CHECKING:
    from codetour.cli.pipeline import Planned
    from codetour.cli.run import Request
    from codetour.environment.create import EnvironmentPlan


def environment_plan(tree: Tree, entry: EntryPoint, graph: CallGraph, python: str | None) -> EnvironmentPlan:
    """The environment for a run of `entry`, whether it is there or not; `python` is the one to make it with."""
    from codetour.environment.create import plan_environment
    from codetour.environment.find import find_interpreter
    from codetour.environment.requirements import read_requirements
    from codetour.knowledge.distributions import distribution_of

    base = sys.executable
    if python is not None:
        base = str(find_interpreter(tree, python=python).path)
    needed = [distribution_of(m) for m in modules_of(tree, entry, graph)]
    return plan_environment(tree, read_requirements(tree, entry.file), needed, base=base)


def creation_text(plan: EnvironmentPlan) -> str:
    """For people, before they agree: the exact commands, where the packages are named, what is left out."""
    lines = [shlex.join(command) for command in plan.commands]
    if plan.sources:
        lines.append(f"Packages: as {', '.join(plan.sources)} and the imports of the code name them.")
    else:
        lines.append("Packages: as the imports of the code name them; the repository lists none.")
    if plan.left_out:
        lines.append(f"Left out, because they are links or options: {'; '.join(plan.left_out[:6])}")
    lines.append("Packages are downloaded, and some run code of their own while they are installed.")
    return "\n".join(clean(line, 6_000) for line in lines)


def agree_to_environment(planned: Planned, request: Request, progress: Progress) -> None:
    """Ask for, then make, the repository's environment where it is not there yet."""
    from codetour.environment.create import make_environment

    plan = environment_plan(planned.tree, planned.entry, planned.graph, request.python)
    if plan.ready:
        return
    click.echo("To make an environment codetour will run:", err=True)
    for line in creation_text(plan).splitlines():
        click.echo("  " + line, err=True)
    if not request.yes and not (request.ask and click.confirm("Run them?", err=True)):
        raise SessionError("No environment was made.", hint="Add --yes to agree, or name one with --python.")
    make_environment(plan, progress)
