"""The verdict on a stop: does it still resolve?"""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["ok", "moved", "changed", "lost"]


class Resolution(NamedTuple):
    """Where an anchor is now."""

    status: Verdict
    file: str | None
    """None when lost"""
    line: int | None
    confidence: float
    reason: str
    """in words for people"""
