"""A tour as cards: per stop the words, the code round the line, the values, the changes and the call path.

Everything is text that has been cleaned and redacted; writers escape it for their format. By default values are
shapes, kinds and numbers; texts and statistics of the data come only on request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from codetour.model.recording import Recording
from codetour.model.source import Sources, SourceText
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean, clean_block
from codetour.model.tour import Stop, Tour
from codetour.model.value import Value
from codetour.record.redact import redact

BEFORE: Final = 7
AFTER: Final = 12
MOST_VALUES: Final = 24
WIDEST: Final = 400


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value in words."""

    name: str
    type: str
    shape: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """One stop, ready to be laid out."""

    number: int
    id: str
    chapter: str
    title: str
    idea: str
    look: str
    file: str
    line: int
    symbol: str
    first: int
    """number of the first code line"""
    code: tuple[str, ...]
    values: tuple[ValueRow, ...]
    changes: tuple[tuple[str, str, str], ...]
    """(mark, name, text)"""
    path: tuple[tuple[str, str, int, str], ...]
    """(symbol, file, line, reason), from the entry"""
    missed: str


def cards(tour: Tour, recording: Recording | None, sources: Sources, *, content: bool = False) -> list[Card]:
    """The stops of a tour, in order."""
    return [_card(n, stop, recording, sources, content=content) for n, stop in enumerate(tour.stops, 1)]


def line_of(text: str, limit: int = WIDEST) -> str:
    """One cleaned and redacted line."""
    return redact(clean(text, limit))


def block_of(text: str) -> str:
    """Cleaned and redacted text of several lines."""
    return redact(clean_block(text, 20_000))


def _card(number: int, stop: Stop, recording: Recording | None, sources: Sources, *, content: bool) -> Card:
    anchor = stop.anchor
    source = sources.read(anchor.file) if anchor.file else None
    first, code = _code(source, anchor.line)
    seen = recording.of(stop.id) if recording is not None else None
    frame = seen.frames[0] if seen is not None and seen.frames else None
    values = _ordered(frame.values, stop.watch)[:MOST_VALUES] if frame is not None else []
    return Card(
        number=number,
        id=stop.id,
        chapter=STAGE_TITLES[stop.stage],
        title=line_of(stop.title) or line_of(anchor.text) or f"Stop {number}",
        idea=block_of(stop.idea),
        look=block_of(stop.look),
        file=line_of(anchor.file),
        line=anchor.line,
        symbol=line_of(anchor.symbol),
        first=first,
        code=code,
        values=tuple(_row(v, content=content) for v in values),
        changes=tuple((c.mark, line_of(c.name), line_of(c.text)) for c in seen.changes)
        if seen is not None
        else (),
        path=tuple((line_of(c.symbol), line_of(c.file), c.line, line_of(c.reason)) for c in stop.path),
        missed=line_of(recording.missed.get(stop.id, "")) if recording is not None else "",
    )


def _code(source: SourceText | None, line: int) -> tuple[int, tuple[str, ...]]:
    if source is None or line < 1:
        return 1, ()
    first = max(1, line - BEFORE)
    kept = source.lines[first - 1 : line + AFTER]
    return first, tuple(redact(clean_block(text, WIDEST)).replace("\n", " ") for text in kept)


def _ordered(values: tuple[Value, ...], watch: tuple[str, ...]) -> list[Value]:
    """The watched names first, in their order."""
    rank = {name: n for n, name in enumerate(watch)}
    return sorted(values, key=lambda v: rank.get(v.name, len(rank)))


def _row(value: Value, *, content: bool) -> ValueRow:
    kind = " ".join(
        part for part in (value.type or value.kind, value.dtype or "", value.device or "") if part
    )
    return ValueRow(
        line_of(value.name, 80), line_of(kind, 120), _shape(value), _shown(value, content=content)
    )


def _shape(value: Value) -> str:
    if value.shape is None:
        return f"{value.size:,} items" if value.size is not None and value.kind != "text" else ""
    names = value.dims or ()
    parts = [
        f"{names[i]}={size}" if i < len(names) and names[i] else str(size)
        for i, size in enumerate(value.shape)
    ]
    return line_of(" × ".join(parts) or "scalar", 120)


def _shown(value: Value, *, content: bool) -> str:
    scalar = value.scalar
    if isinstance(scalar, bool) or (scalar is None and value.kind == "none"):
        return str(scalar)
    if isinstance(scalar, int | float):
        return f"{scalar:.6g}" if isinstance(scalar, float) else str(scalar)[:40]
    if not content:
        return f"text of {value.size or len(scalar)} characters" if isinstance(scalar, str) else ""
    told = [repr(scalar)] if isinstance(scalar, str) else []
    told += [f"{k} {v:.4g}" for k, v in value.stats.items()]
    told += [f"{k} {v}" for k, v in value.facts.items()]
    return line_of(", ".join(told), 200)
