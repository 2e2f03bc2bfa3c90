"""How commands speak: results on stdout, progress and errors on stderr, one JSON document for machines."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import click

from codetour.errors import CodetourError, Interrupted
from codetour.model.text import clean, clean_block
from codetour.progress import Silent

_EVERY: Final = 0.1
"""seconds between two repaints of a progress line"""


def emit_json(document: dict[str, Any]) -> None:
    """Print ONE document; its first key is `schema`."""
    assert "schema" in document
    click.echo(json.dumps(document, indent=2, ensure_ascii=True))


def exit_with(work: Callable[[], object]) -> int:
    """Run a command and turn every ending into an exit code and, where it failed, one message on stderr."""
    try:
        result = work()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show(sys.stderr)
        return 2
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except CodetourError as error:
        fail(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        fail(Interrupted("Interrupted; nothing is left running."))
        return Interrupted.exit_code
    except BrokenPipeError:
        # the reader of a pipe has gone (`codetour ... | head`): Python must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def fail(error: CodetourError) -> None:
    """The one function that prints an error: what happened, then what to do."""
    click.secho(f"codetour: {clean_block(error.message, 8000)}", err=True, fg="red")
    if error.hint:
        click.echo(f"  next: {clean_block(error.hint, 4000)}", err=True)


def note(text: str, *, quiet: bool = False) -> None:
    """A line for people on stderr."""
    if not quiet:
        click.echo(clean(text, 2000), err=True)


class ConsoleProgress(Silent):
    """Phases on stderr: a line that moves on a terminal, one line per finished phase elsewhere."""

    def __init__(self, *, quiet: bool = False) -> None:
        super().__init__()
        self._quiet = quiet
        self._moving = sys.stderr.isatty() and not quiet and os.environ.get("TERM") != "dumb"
        self._phase = ""
        self._began = self._shown = 0.0

    def begin(self, phase: str) -> None:
        if self._phase:
            self.end()
        self._phase, self._began, self._shown = clean(phase, 100), time.monotonic(), 0.0
        self.advance(0)

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None:
        now = time.monotonic()
        if not self._moving or now - self._shown < _EVERY:
            return
        self._shown = now
        share = f" {done}/{total}" if total else ""
        line = f"{self._phase}{share} {clean(detail, 40)} {now - self._began:.1f}s"
        click.echo(f"\r\x1b[K{line[:78]}", err=True, nl=False)

    def end(self, note: str = "") -> None:
        if not self._phase:
            return
        took = time.monotonic() - self._began
        if self._moving:
            click.echo("\r\x1b[K", err=True, nl=False)
        if not self._quiet:
            tail = f": {clean(note, 200)}" if note else ""
            click.echo(f"{self._phase}{tail} ({took:.1f}s)", err=True)
        self._phase = ""
