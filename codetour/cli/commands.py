"""The commands by name. Each is a module beside this one with a click command named `command`, imported when it is
called, so that `codetour --help` costs no more than click.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Final

import click

from codetour import __version__

COMMANDS: Final = {
    "run": "Tour a repository: find its training script, run it under a debugger, stop where it matters.",
    "entries": "List the entry points of a repository, with the evidence and how to launch each.",
    "graph": "Print the static call graph from an entry point.",
    "plan": "Write a static tour to a file; nothing is executed.",
    "replay": "Walk through a saved tour; no repository and no GPU needed for a bundle.",
    "tours": "List the tours that a repository has, the one to begin with first.",
    "new": "Make a tour from lines that you choose.",
    "edit": "Write a tour in the terminal: add, move, delete and reword stops, record it again.",
    "check": "Check that every stop of every tour still resolves; for CI.",
    "share": "Turn a tour into one file to give away: HTML, Markdown, notebook, VS Code tour or bundle.",
    "doctor": "Say what is missing to run a repository, and the command that mends it.",
}
"""name -> the line that `codetour --help` shows; kept here so that help imports no command"""


class LazyGroup(click.Group):
    """Knows its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = importlib.import_module(f"codetour.cli.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if meant := _meant(args[0]):
                raise click.UsageError(
                    f"No such command {args[0]!r}. Did you mean `codetour {meant}`?", ctx
                ) from error
            raise


def _meant(word: str) -> str | None:
    """What somebody may have wanted: a command spelled otherwise, or a repository to run."""
    import os

    if near := _nearest(word):
        return near
    is_repository = word == "demo" or "/" in word or os.path.isdir(word)  # noqa: PTH112 - start-up is measured
    return f"run {word}" if is_repository and word.isprintable() else None


def _nearest(word: str) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, COMMANDS, n=1, cutoff=0.6)), None)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with:  codetour run demo      then:  codetour run karpathy/nanoGPT",
)
@click.version_option(__version__, "-V", "--version", prog_name="codetour")
def group() -> None:
    """Understand a machine-learning repository that you did not write.

    codetour finds where training starts, runs the real script under a real debugger, and stops at the places that
    matter: data, model, forward, loss, backward, step, evaluation. Each stop shows the idea, the code and the live
    values.
    """


def run_command(words: Sequence[str] | None = None) -> int:
    """Run what a command line asks for; the exit code. Raises CodetourError and KeyboardInterrupt."""
    try:
        result: object = group.main(words, standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return result if isinstance(result, int) else 0
