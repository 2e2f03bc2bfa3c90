"""The verdict on a stop: does it still resolve?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "moved", "changed", "lost"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where an anchor is now."""

    status: Verdict
    file: str | None
    """None when lost"""
    line: int | None
    confidence: float
    reason: str
    """in words for people"""
