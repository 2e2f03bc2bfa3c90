"""The rules of landmarks.toml: what in the code gives a stage away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from codetour.knowledge.tables import read_toml
from codetour.model.stage import Stage

PATTERNS = ("call", "text", "assign", "over", "enter", "inside", "file", "unless")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; the conditions that are given must all hold."""

    stage: Stage
    slot: str
    weight: float
    concept: str
    call: re.Pattern[str] | None = None
    text: re.Pattern[str] | None = None
    assign: re.Pattern[str] | None = None
    over: re.Pattern[str] | None = None
    enter: re.Pattern[str] | None = None
    inside: re.Pattern[str] | None = None
    file: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    loop: bool = False
    project: bool | None = None


@cache
def landmark_rules() -> tuple[Rule, ...]:
    """All rules, in the order of the file."""
    return tuple(_rule(row) for row in cast("list[dict[str, Any]]", read_toml("landmarks")["rule"]))


def _rule(row: dict[str, Any]) -> Rule:
    given: dict[str, Any] = {k: re.compile(_flags_first(v)) if k in PATTERNS else v for k, v in row.items()}
    return Rule(**given)


def _flags_first(pattern: str) -> str:
    """`a|(?i)b` would be refused by Python 3.11: flags stand first."""
    return "(?i)" + pattern.replace("(?i)", "") if "|(?i)" in pattern else pattern
