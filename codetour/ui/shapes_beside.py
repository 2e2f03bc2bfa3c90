"""Shapes beside the lines that just ran: which line made which value, guessed from the text alone.

Only assignments above the arrow in the same function, and only names that have a shape now; anything cleverer
would be wrong more often than it helped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codetour.model.value import Value
from codetour.model.value_text import shape_text

_ASSIGNED = re.compile(r"^\s*([A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*)\s*(?:[-+*/@]|//)?=(?!=)")
_DEF = re.compile(r"^(\s*)(?:async\s+)?def\s")
REACH = 60
"""lines above the arrow that are looked at"""


def beside(lines: Sequence[str], at: int, values: Sequence[Value]) -> dict[int, str]:
    """Line number -> shapes, for the lines above line `at` that assign one of `values`."""
    shaped = {v.name: v for v in values if v.shape is not None}
    notes: dict[int, str] = {}
    for number in range(min(at - 1, len(lines)), max(at - REACH, 0), -1):
        line = lines[number - 1]
        if _DEF.match(line):
            break
        match = _ASSIGNED.match(line)
        if match is None:
            continue
        names = [n.strip() for n in match[1].split(",")]
        shapes = [_shape(shaped.pop(n)) for n in names if n in shaped]
        if shapes:
            notes[number] = shapes[0] if len(set(shapes)) == 1 else ", ".join(shapes)
    return notes


def _shape(value: Value) -> str:
    """A value without dimensions is more telling than the word for it."""
    if value.shape == () and isinstance(value.scalar, int | float):
        return f"{value.scalar:.4g}"
    return shape_text(value, named=False)
