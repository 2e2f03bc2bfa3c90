"""Where a program stands still, and when things happened on the way there."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from codetour.model.value import Seen
from codetour.session.itinerary import Place
from codetour.session.messages import StackFrame
from codetour.session.program import Halt


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the program stands still."""

    kind: Literal["stop", "pause", "crash"]
    halt: Halt
    top: StackFrame
    seen: Seen
    place: Place | None = None
    due: tuple[Place, ...] = ()
    """further stops of the tour at the same line, still to be shown"""

    @property
    def words(self) -> str:
        """Where, for people."""
        frame = next((f for f in self.seen.frames if f.inside), None)
        return f"{frame.file}:{frame.line}" if frame is not None else "a library's code"


@dataclass(slots=True)
class Clock:
    """When things happened, in seconds since the start."""

    started: float = field(default_factory=time.monotonic)
    news: float = 0.0
    """the last time something new was seen: a stop, a place on the way to one, a pass that is counted"""
    heard: float = float("-inf")
    """the last time the program wrote something"""
    marks: dict[str, float] = field(default_factory=dict[str, float])
    """first_stop, last_stop, end"""

    def now(self) -> float:
        return time.monotonic() - self.started

    def mark(self, name: str) -> None:
        self.marks[name] = round(self.now(), 3)
