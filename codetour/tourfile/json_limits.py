"""What the two readers of JSON share: how much is read, the error, and how a place in the text is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Path = tuple[str | int, ...]
Span = tuple[int, int]

DEPTH: Final = 64
"""levels of lists and objects; the deepest public tour has 5"""
DIGITS: Final = 400
"""of one number; longer ones cost quadratic time to convert"""


class JsonError(ValueError):
    """The text is no JSON that we read; `at` is the offset."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.text = text
        self.at = at


def line_column(text: str, at: int) -> tuple[int, int]:
    """1-based line and column (in characters) of an offset."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def show_path(path: Path) -> str:
    """`steps[1].line`."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def nested(value: Any, limit: int = DEPTH) -> bool:
    """Whether `value` has more than `limit` levels; never recurses deeper than that."""
    level: list[Any] = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()  # pyright: ignore[reportUnknownVariableType]
    elif isinstance(value, list):
        yield from value  # pyright: ignore[reportUnknownVariableType]
