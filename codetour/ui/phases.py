"""The progress of a preparation as data that a screen can draw: each phase with its time, and a way to cancel.

Written by a worker thread through `codetour.progress.Progress`, read by the event loop; drawing is throttled by
the reader, so the calls here only store.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from codetour.errors import Interrupted


@dataclass(slots=True)
class Phase:
    """One phase, running while `ended` is None."""

    text: str
    started: float
    ended: float | None = None
    done: int = 0
    total: int | None = None
    detail: str = ""
    note: str = ""


class Phases:
    """A `Progress` that remembers. Phases may nest: the innermost open one is meant."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._phases: list[Phase] = []
        self._open: list[Phase] = []

    def begin(self, phase: str) -> None:
        self.check()
        with self._lock:
            made = Phase(phase, self._clock())
            self._phases.append(made)
            self._open.append(made)

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None:
        self.check()
        if self._open:
            phase = self._open[-1]
            phase.done, phase.total, phase.detail = done, total, detail

    def end(self, note: str = "") -> None:
        with self._lock:
            if self._open:
                phase = self._open.pop()
                phase.ended, phase.note, phase.detail = self._clock(), note, ""

    def check(self) -> None:
        if self._cancelled.is_set():
            raise Interrupted

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def snapshot(self) -> list[tuple[Phase, float]]:
        """Every phase with the seconds it took, or has taken up to now."""
        with self._lock:
            now = self._clock()
            return [(p, (p.ended if p.ended is not None else now) - p.started) for p in self._phases]
