"""How commands speak: results on stdout, progress and errors on stderr, one JSON document for machines."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from codetour.errors import CodetourError, Interrupted
from codetour.model.text import clean, clean_block
from codetour.progress import Silent

_EVERY: Final = 0.1
"""seconds between two repaints of a progress line"""
_SIGN_OF_LIFE: Final = 15.0
"""seconds between two lines where nothing can be repainted: a log must not look like a hang"""


def emit_json(document: dict[str, Any]) -> None:
    """Print ONE document; its first key is `schema`."""
    assert "schema" in document
    print(json.dumps(document, indent=2, ensure_ascii=True), flush=True)


def say(text: str, *, err: bool = False, colour: str | None = None, end: str = "\n") -> None:
    """A text for people, without colour where it is not wanted or not to be had."""
    import click  # 15 ms: a check that speaks to machines does without

    click.secho(text + end, err=err, fg=colour, nl=False)


def exit_with(work: Callable[[], object]) -> int:
    """Run a command and turn every ending into an exit code and, where it failed, one message on stderr."""
    with contextlib.suppress(ValueError):  # only the main thread may
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        result = work()
        return result if isinstance(result, int) else 0
    except CodetourError as error:
        fail(error)
        return error.exit_code
    except KeyboardInterrupt:
        fail(Interrupted("Interrupted; nothing is left running."))
        return Interrupted.exit_code
    except BrokenPipeError:  # the reader of a pipe has gone: `codetour ... | head`
        _drop_output()
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _drop_output()
        where = f" at {error.filename}" if error.filename else ""
        fail(
            CodetourError(
                f"The disk is full{where}: not all could be written.", hint="Make room and try again."
            )
        )
        return CodetourError.exit_code


def _drop_output() -> None:
    """What could not be written must not be tried again at exit, where Python would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(_number: int, _frame: object) -> None:
    """Being asked to end is the same as Ctrl-C: what was begun is taken back, what was started is ended."""
    raise KeyboardInterrupt


def fail(error: CodetourError) -> None:
    """The one function that prints an error: what happened, then what to do."""
    say(f"codetour: {clean_block(error.message, 8000)}", err=True, colour="red")
    if error.hint:
        say(f"  next: {clean_block(error.hint, 4000)}", err=True)


def note(text: str, *, quiet: bool = False) -> None:
    """A line for people on stderr."""
    if not quiet:
        say(clean(text, 2000), err=True)


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
        self._phase, self._began = clean(phase, 100), time.monotonic()
        self._shown = 0.0 if self._moving else self._began
        self.advance(0)

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None:
        now = time.monotonic()
        if now - self._shown < (_EVERY if self._moving else _SIGN_OF_LIFE) or self._quiet:
            return
        self._shown = now
        if not self._moving:
            say(f"{self._phase}… {clean(detail, 200)} ({now - self._began:.0f}s)", err=True)
            return
        share = f" {done}/{total}" if total else ""
        line = f"{self._phase}{share} {clean(detail, 40)} {now - self._began:.1f}s"
        say(f"\r\x1b[K{line[:78]}", err=True, end="")

    def end(self, note: str = "") -> None:
        if not self._phase:
            return
        took = time.monotonic() - self._began
        if self._moving:
            say("\r\x1b[K", err=True, end="")
        if not self._quiet:
            tail = f": {clean(note, 200)}" if note else ""
            say(f"{self._phase}{tail} ({took:.1f}s)", err=True)
        self._phase = ""
