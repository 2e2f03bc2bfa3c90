"""`codetour run`: the main job, in the terminal's screens or, without a terminal, as text or JSON."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import click

from codetour.cli import options
from codetour.cli.demo import NAME as DEMO

USUAL_BATCHES: Final = 20
"""after which a pass over the data ends, unless it is said otherwise"""


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for, as parsed."""

    repo: str
    entry: str | None = None
    arguments: tuple[str, ...] | None = None
    """after `--`, exactly these; None when there was no `--`"""
    python: str | None = None
    env: Literal["auto", "current", "create"] = "auto"
    cwd: Path | None = None
    variables: dict[str, str] = field(default_factory=dict[str, str])
    refused: frozenset[str] = frozenset()
    max_batches: int | None = None
    timeout: float | None = None
    sandbox: Literal["auto", "bwrap", "none"] = "auto"
    launcher: tuple[str, ...] = ()
    """starts the script in several processes: torchrun and its options, as words"""
    rank: int = 0
    attach: str | None = None
    """where a program runs already under debugpy"""
    maps: tuple[str, ...] = ()
    to_end: bool = False
    save: Path | None = None
    static: bool = False
    yes: bool = False
    ask: bool = True
    """somebody can answer a question"""
    quiet: bool = False
    output: Literal["screen", "plain", "json"] = "screen"
    prepare: bool = False
    """run the repository's own commands that make missing data"""

    @property
    def trusted(self) -> bool:
        """Consent is given by the command itself: `--yes`, or the demo, which is codetour's own code."""
        return self.yes or self.repo == DEMO


class _ExactArguments(click.Command):
    """Tells `-- ` with nothing after it (no arguments) from no `--` at all (codetour's proposal)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.obj = "--" in args
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as error:
            from codetour.errors import UsageProblem

            raise UsageProblem(
                "Which repository shall be toured?",
                hint="codetour run demo, codetour run owner/name, or codetour run . for the one you are in;"
                " codetour run --help says more.",
            ) from error


@click.command(
    cls=_ExactArguments, epilog="Keys of the screen: ? shows them all; space goes to the next stop."
)
@options.repository
@options.entry
@click.option(
    "--python", metavar="EXE", help="Interpreter that can run the repository. Default: found (see doctor)."
)
@click.option(
    "--env",
    type=click.Choice(["auto", "current", "create"]),
    default="auto",
    show_default=True,
    help="auto: the repository's own environment, else the active one; current: the active one; "
    "create: make one, with uv or pip, from the repository's requirements (asks first; --python: made with that one).",
)
@click.option("--static", is_flag=True, help="Execute nothing: ideas, code and call paths, without values.")
@click.option(
    "--headless",
    is_flag=True,
    help="No screens: walk every stop, then print (the default without a terminal).",
)
@click.option("--plain", is_flag=True, help="Headless, as linear text; also for screen readers.")
@options.json_output
@click.option(
    "--max-batches",
    type=click.IntRange(min=0),
    default=USUAL_BATCHES,
    show_default=True,
    metavar="N",
    help="Cut each pass over the data short, from inside: data loaders, Lightning, Hugging Face, Keras, and ranges "
    "over the batches of an epoch. 0: whole epochs.",
)
@click.option(
    "--prepare",
    is_flag=True,
    help="First run the repository's own commands that make missing data; they are shown and asked for.",
)
@click.option(
    "--timeout", type=click.FloatRange(min=1), metavar="S", help="End a headless run after S seconds."
)
@click.option(
    "--to-end", is_flag=True, help="Let the program finish after the last stop instead of ending it."
)
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "bwrap", "none"]),
    default="none",
    show_default=True,
    help="bwrap: no network, read-only repository; auto: bwrap where it is installed.",
)
@click.option(
    "--launcher",
    metavar="COMMAND",
    help="Start it through a launcher: 'torchrun --nproc_per_node=2', 'accelerate launch', 'deepspeed', "
    "'-m MODULE ARGUMENTS'.",
)
@click.option(
    "--rank",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Of several ranks, the one that the tour follows; on the screen T stands in any other.",
)
@click.option(
    "--attach",
    metavar="HOST:PORT",
    help="Start nothing: tour the program that runs already under `debugpy --listen HOST:PORT`, and leave it running.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="REMOTE=LOCAL",
    help="With --attach: a folder of that program, and the folder of REPO that it is. Default: found out.",
)
@click.option(
    "--cwd", type=click.Path(file_okay=False, path_type=Path), help="Working directory of the program."
)
@click.option(
    "--set", "variables", multiple=True, metavar="NAME=VALUE", help="Environment variable for the program."
)
@click.option(
    "--refuse", multiple=True, metavar="NAME", help="Do without a proposed override (its name is shown)."
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the tour there, its recording beside it in .codetour/ (at most 64 kB a stop and 2 MB in all;"
    " with CODETOUR_RECORD=full in the environment, all of it).",
)
@click.option("--yes", "-y", is_flag=True, help="I have read what will be executed, or trust the repository.")
@click.option("--no-input", is_flag=True, help="Ask nothing; what would need an answer is left out.")
@options.quiet
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS...]")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    repo: str,
    entry: str | None,
    args: tuple[str, ...],
    python: str | None,
    env: Literal["auto", "current", "create"],
    static: bool,
    headless: bool,
    plain: bool,
    as_json: bool,
    max_batches: int,
    timeout: float | None,
    to_end: bool,
    prepare: bool,
    sandbox: Literal["auto", "bwrap", "none"],
    launcher: str | None,
    rank: int,
    attach: str | None,
    maps: tuple[str, ...],
    cwd: Path | None,
    variables: tuple[str, ...],
    refuse: tuple[str, ...],
    save: Path | None,
    yes: bool,
    no_input: bool,
    quiet: bool,
) -> int:
    """Tour REPO: find its training script, run it under a debugger, stop where it matters.

    REPO is owner/name[@ref], a git URL, or a path; `demo` is a small repository that ships with codetour. What will
    be executed is shown first, and nothing runs before you agree. ARGS after `--` replace the arguments that codetour
    found or proposes.

    \b
    Examples:
      codetour run demo
      codetour run karpathy/nanoGPT
      codetour run . --entry eval
      codetour run . --entry train.py --python .venv/bin/python -- --epochs 1
      codetour run owner/name --static --plain
      codetour run . --launcher "torchrun --nproc_per_node=2" --rank 1
      codetour run . --attach node7:5678 --map /workspace=.
    """
    _check_attach(
        attach,
        maps,
        {
            "--static": static,
            "--env create": env == "create",
            "--python": bool(python),
            "--launcher": bool(launcher),
        },
    )
    terminal = sys.stdout.isatty() and sys.stdin.isatty()
    screen = terminal and not (headless or plain or as_json)
    request = Request(
        repo=repo,
        entry=entry,
        arguments=args if args or ctx.obj else None,
        python=os.path.expanduser(python) if python else None,  # noqa: PTH111 - a bare name must stay bare
        env=env,
        cwd=cwd,
        variables=dict(_assignment(text) for text in variables),
        refused=frozenset(refuse),
        max_batches=max_batches or None,
        timeout=timeout,
        sandbox=sandbox,
        launcher=_words(launcher),
        rank=rank,
        attach=attach,
        maps=maps,
        to_end=to_end,
        prepare=prepare,
        save=save,
        static=static,
        yes=yes,
        ask=terminal and not no_input,
        quiet=quiet,
        output="json" if as_json else "screen" if screen else "plain",
    )
    if screen:
        from codetour.cli.run_screen import run_on_screen

        return run_on_screen(request)
    from codetour.cli.run_headless import run_headless

    return run_headless(request)


def _check_attach(attach: str | None, maps: tuple[str, ...], others: dict[str, bool]) -> None:
    """Options that start or change a program have no meaning for one that runs already."""
    if attach is None:
        if maps:
            raise click.UsageError("--map belongs to --attach.")
        return
    from codetour.session.remote import Address

    Address.of(attach)
    for name, given in others.items():
        if given:
            raise click.UsageError(f"{name} and --attach exclude each other: that program runs already.")


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    return name, value


def _words(text: str | None) -> tuple[str, ...]:
    """The words of a command, as a shell takes it."""
    try:
        return tuple(shlex.split(text)) if text else ()
    except ValueError as error:
        raise click.BadParameter(f"{text!r} cannot be read: {error}", param_hint="--launcher") from error
