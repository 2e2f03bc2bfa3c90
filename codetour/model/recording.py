"""A recording: what was seen at each stop of one run, enough to replay the tour without running anything."""

from __future__ import annotations

from dataclasses import dataclass, field

from codetour.model.events import Ended
from codetour.model.value import Seen


@dataclass(frozen=True, slots=True)
class Recording:
    """Plain data; `codetour.record` writes and reads it."""

    tour: str
    """title of the tour"""
    anchors: dict[str, str] = field(default_factory=dict[str, str])
    """stop id -> line and hash of the text of its anchor when it was recorded (`codetour.record.freshness`)"""
    repo: str = ""
    commit: str | None = None
    python: str = ""
    """version of the interpreter that ran"""
    command: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    """in the order reached"""
    missed: dict[str, str] = field(default_factory=dict[str, str])
    """stop id -> why"""
    output: str = ""
    """the end of what the program wrote, bounded"""
    end: Ended | None = None
    timing: dict[str, float] = field(default_factory=dict[str, float])
    """seconds: first_stop, last_stop, end, ..."""

    def of(self, stop: str) -> Seen | None:
        """What was seen at a stop, or None."""
        return next((s for s in self.seen if s.stop == stop), None)
