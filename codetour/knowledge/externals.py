"""The rules of externals.toml: calls that hand the training to a library, and the stages that happen inside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from codetour.knowledge.tables import read_toml
from codetour.model.stage import Stage


@dataclass(frozen=True, slots=True)
class External:
    """One kind of call."""

    call: re.Pattern[str]
    uses: re.Pattern[str] | None
    stages: tuple[Stage, ...]
    concept: str
    if_text: dict[Stage, re.Pattern[str]] = field(default_factory=dict[Stage, re.Pattern[str]])

    def inside(self, call: str, text: str, imported: Iterable[str]) -> tuple[Stage, ...]:
        """The stages inside such a call, () when it is none."""
        if not self.call.search(call):
            return ()
        if self.uses and not any(self.uses.search(name) for name in imported):
            return ()
        return (*self.stages, *(stage for stage, pattern in self.if_text.items() if pattern.search(text)))


@cache
def external_rules() -> tuple[External, ...]:
    """All rules, in the order of the file; the first that fits counts."""
    return tuple(_rule(row) for row in cast("list[dict[str, Any]]", read_toml("externals")["external"]))


def _rule(row: dict[str, Any]) -> External:
    return External(
        re.compile(row["call"]),
        re.compile(row["uses"]) if "uses" in row else None,
        tuple(row["stages"]),
        row["concept"],
        {stage: re.compile(pattern) for stage, pattern in row.get("if_text", {}).items()},
    )
