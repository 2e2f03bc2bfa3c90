"""What the reader asked of a running program, as text: distributions, pictures, tables, stacks, curves.

Without colours blocks and shades alone carry the meaning; with them a picture has twice the rows and 256 greys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from textual.content import Content

from codetour.model.explore import Detail, Histogram, History
from codetour.model.text import clean
from codetour.model.value import Value
from codetour.model.value_text import details, stats_text

BARS: Final = " ▁▂▃▄▅▆▇█"
SHADES: Final = " ░▒▓█"
HIGH: Final = 3
"""rows of a histogram"""
NARROW: Final = 36
"""columns of a picture up to which each point is two cells wide, as points are on paper"""
CURVE: Final = 60
"""numbers of a curve that are drawn"""


def detail_card(detail: Detail, *, colours: bool = False) -> Content:
    """A close look: the value in words, then whatever can be drawn of it; in shades of grey with `colours`."""
    value = detail.value
    parts: list[Content | str | tuple[str, str]] = [details(value), "\n"]
    if stats := stats_text(value):
        parts += [stats, "\n"]
    for name, text in list(value.facts.items())[:12]:
        parts += [(f"{clean(name, 40)}: ", "dim"), clean(text, 300), "\n"]
    if detail.histogram is not None:
        parts += ["\n", histogram_text(detail.histogram), "\n"]
    if detail.picture:
        drawn = picture_greys(detail.picture) if colours else [picture_text(detail.picture)]
        parts += ["\n", *drawn, "\n"]
    if detail.rows:
        parts += ["\n", table_text(detail.columns, detail.rows), "\n"]
    elif value.items:
        parts += ["\n", *_items(value.items, "")]
    return Content.assemble(*parts)


def _items(values: Sequence[Value], indent: str) -> list[str]:
    lines: list[str] = []
    for value in values[:40]:
        lines.append(f"{indent}{clean(value.name, 60)}  {details(value)}\n")
        lines += _items(value.items, indent + "  ") if len(indent) < 6 else []
    return lines


def histogram_text(found: Histogram) -> str:
    """Bars of three rows, the smallest and the largest number under their ends."""
    most = max(found.counts) or 1
    levels = [math.ceil(c / most * 8 * HIGH) for c in found.counts]
    rows = [
        "".join(BARS[min(max(level - 8 * row, 0), 8)] for level in levels) for row in reversed(range(HIGH))
    ]
    low, high = f"{found.low:.4g}", f"{found.high:.4g}"
    room = max(len(levels) - len(low) - len(high), 1)
    return "\n".join((*rows, low + " " * room + high))


def picture_text(rows: Sequence[Sequence[int | None]]) -> str:
    """Shades from dark to bright; `·` where a number is not finite."""
    wide = 2 if rows and len(rows[0]) <= NARROW else 1
    return "\n".join("".join(_shade(point) * wide for point in row) for row in rows)


def picture_greys(rows: Sequence[Sequence[int | None]]) -> list[str | tuple[str, str]]:
    """Two points in a cell, the upper and the lower half of it, in 256 greys; red where a number is not finite."""
    parts: list[str | tuple[str, str]] = []
    for upper, lower in zip(rows[::2], (*rows[1::2], ()), strict=False):
        for i, point in enumerate(upper):
            below = f" on {_grey(lower[i])}" if i < len(lower) else ""
            parts.append(("▀", _grey(point) + below))
        parts.append("\n")
    return parts[:-1]


def _grey(point: int | None) -> str:
    return "rgb(200,60,60)" if point is None else f"rgb({point},{point},{point})"


def _shade(point: int | None) -> str:
    return "·" if point is None else SHADES[min(point * len(SHADES) // 256, len(SHADES) - 1)]


def table_text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need be; those that are empty everywhere are left out."""
    shown = [i for i in range(len(columns)) if any(i < len(r) and r[i] for r in rows)]
    cells = [[r[i] if i < len(r) else "" for i in shown] for r in ([*columns], *rows)]
    widths = [min(max(len(row[i]) for row in cells), 40) for i in range(len(shown))]
    return "\n".join(
        "  ".join(cell[:width].ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def curve_text(history: History) -> str:
    """One line: the curve of the last numbers, first and last of them, how many there were."""
    numbers = [n for n in history.numbers if math.isfinite(n)]
    if not numbers:
        return f"{history.name}  at {history.place}  no number yet"
    step = max(len(numbers) // CURVE, 1)
    drawn = numbers[::step][-CURVE:]
    low, high = min(drawn), max(drawn)
    bars = "".join(BARS[1 + round((n - low) / (high - low) * 7) if high > low else 4] for n in drawn)
    lost = len(history.numbers) - len(numbers)
    odd = f", {lost} not finite" if lost else ""
    return (
        f"{history.name}  at {history.place}, {history.count} times{odd}\n"
        f"  {bars}\n  {numbers[0]:.4g} → {numbers[-1]:.4g}  between {min(numbers):.4g} and {max(numbers):.4g}"
    )
