"""How long work reports itself and is cancelled: one small protocol that every layer takes.

A layer calls `begin`, `advance` and `end` around each phase and `check` inside loops; the command line, the
screen and tests decide what is shown. Calls must be cheap: implementations throttle.
"""

from __future__ import annotations

import threading
from typing import Protocol

from codetour.errors import Interrupted


class Progress(Protocol):
    """Where a stage reports. May be called from a worker thread."""

    def begin(self, phase: str) -> None:
        """A phase starts; `phase` is a short present participle for people ("Cloning karpathy/nanoGPT")."""
        ...

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None:
        """Inside the phase, `done` of `total` (None: unknown) are finished."""
        ...

    def end(self, note: str = "") -> None:
        """The phase is over; `note` is what came of it ("36 files, 2 skipped")."""
        ...

    def check(self) -> None:
        """Raise `Interrupted` when the user has asked to stop."""
        ...


class Silent:
    """Reports nothing; can be cancelled from another thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def begin(self, phase: str) -> None: ...

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None: ...

    def end(self, note: str = "") -> None: ...

    def check(self) -> None:
        if self._cancelled.is_set():
            raise Interrupted

    def cancel(self) -> None:
        """Ask the work to stop; the next `check` raises."""
        self._cancelled.set()
