"""Between the static tour and a running program: arguments, environment, options, consent."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codetour.cli.demo import is_demo
from codetour.cli.pipeline import Planned
from codetour.environment.probe import Interpreter
from codetour.errors import SessionError
from codetour.model.text import clean

if TYPE_CHECKING:
    from codetour.cli.run import Request
    from codetour.session.command import Command
    from codetour.session.options import LaunchOptions


def launch_options(planned: Planned, request: Request, interpreter: Interpreter) -> LaunchOptions:
    """What the session is told, from the request and what was found."""
    from codetour.session.options import LaunchOptions

    return LaunchOptions(
        python=interpreter.path,
        argv=request.arguments,
        cwd=request.cwd or _here(planned.tree.root),
        env=request.variables,
        refused=request.refused,
        launcher=request.launcher,
        rank=request.rank,
        # the demo is small as it is
        max_batches=None if is_demo(planned.tree) else request.max_batches,
        sandbox=request.sandbox,
        # the demo's evaluation needs the checkpoint that training writes at its end
        to_end=request.to_end or is_demo(planned.tree),
    )


def attach_options(planned: Planned, request: Request) -> LaunchOptions:
    """What the session is told of a program that runs already. Raises UsageProblem."""
    from codetour.session.options import LaunchOptions
    from codetour.session.remote import Address, Mapping

    assert request.attach is not None
    root = Path(os.path.realpath(planned.tree.root))
    return LaunchOptions(
        python=Path("python"),
        argv=request.arguments,
        attach=Address.of(request.attach),
        maps=tuple(Mapping.of(text, root) for text in request.maps),
        rank=request.rank,
        to_end=request.to_end,
    )


def _here(root: Path) -> Path | None:
    """Who stands in a folder below the repository's root means that one, as with `python ../train.py`."""
    here = Path(os.path.realpath(Path.cwd()))
    return here if Path(os.path.realpath(root)) in here.parents else None


def agreed(planned: Planned, request: Request, options: LaunchOptions) -> None:
    """Return when what will be executed was agreed to; raises `SessionError` when it was not."""
    from codetour.session.consent import describe, is_trusted, trust

    if request.trusted:
        return
    command = planned_command(planned, options)
    if is_trusted(planned.tree, command):
        return
    click.echo(f"codetour will execute code of {clean(planned.tree.name)}:", err=True)
    for line in describe(command):
        click.echo("  " + clean(line, 2000), err=True)
    if not request.ask:
        raise SessionError(
            "Nothing was run: nobody was there to agree to the command above.",
            hint="Add --yes when you trust the repository, or --static to see the tour without running it.",
        )
    answer = click.prompt("Run it? (y)es, (a)lways this command at this commit, (n)o", default="n", err=True)
    if str(answer).strip().lower()[:1] not in {"y", "a"}:
        raise SessionError(
            "Nothing was run: you did not agree.", hint="--static shows the tour without running it."
        )
    if str(answer).strip().lower().startswith("a"):
        trust(planned.tree, command)


def planned_command(planned: Planned, options: LaunchOptions) -> Command:
    """The exact command of a run, for the question."""
    from codetour.session.command import make_command

    with tempfile.TemporaryDirectory() as scratch:
        return make_command(planned.tree, planned.tour, options, python=options.python, scratch=Path(scratch))
