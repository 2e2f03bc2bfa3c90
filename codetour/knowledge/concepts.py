"""Concept cards (concepts.toml): what a place means, in words for a newcomer."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from codetour.knowledge.tables import read_toml

_SOURCE_LIMIT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Card:
    """One concept."""

    key: str
    title: str
    idea: str
    look: str
    names: re.Pattern[str] | None = None
    source: re.Pattern[str] | None = None
    rank: float = 0.5
    """how much such a part of a model teaches"""


@cache
def cards() -> dict[str, Card]:
    """All cards by key, in the order of the file."""
    return {key: _card(key, row) for key, row in read_toml("concepts").items()}


def card(key: str) -> Card:
    """The card `key`; the one of the forward pass for an unknown key."""
    return cards().get(key) or cards()["forward"]


def _card(key: str, row: dict[str, Any]) -> Card:
    patterns = {name: re.compile(row[name]) for name in ("names", "source") if name in row}
    return Card(key, row["title"], row["idea"], row["look"], rank=row.get("rank", 0.5), **patterns)


def concept_of(name: str, definition: ast.AST | None) -> str:
    """Key of the card that a part of a model called `name` is an instance of, or ""."""
    for found in cards().values():
        if found.names and found.names.search(name):
            return found.key
    if definition is None:
        return ""
    try:
        text = ast.unparse(definition)[:_SOURCE_LIMIT]
    except RecursionError:
        return ""
    return next((c.key for c in cards().values() if c.source and c.source.search(text)), "")
