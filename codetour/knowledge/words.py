"""What may be taken for granted about a default run on a laptop, when the program itself leaves it open."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from codetour.knowledge.tables import read_toml


@cache
def _assumptions() -> tuple[tuple[re.Pattern[str], bool], ...]:
    table = cast("dict[str, list[str]]", read_toml("words")["assume"])
    return tuple((re.compile(p), key == "true") for key in ("false", "true") for p in table[key])


def assumed_truth(name: str) -> bool | None:
    """Is the condition called `name` (dotted) taken for true or false? None: nothing is assumed."""
    return next((value for pattern, value in _assumptions() if pattern.search(name)), None)
