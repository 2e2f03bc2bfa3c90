"""A tour as cards: per stop the words, the code round the line, the values, the changes and the call path.

Everything is text that has been cleaned and redacted; writers escape it for their format. By default values are
shapes, kinds and numbers; texts and statistics of the data come only on request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from codetour.model.naming import has_chapters, heading_of, name_of
from codetour.model.recording import Recording
from codetour.model.source import Sources, SourceText
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean, clean_block
from codetour.model.tour import Stop, Tour
from codetour.model.value import Frame, Seen, Value
from codetour.model.value_text import axes_text
from codetour.record.redact import redact
from codetour.tourfile.step_facts import facts

BEFORE: Final = 7
AFTER: Final = 12
MOST_VALUES: Final = 24
MOST_LINES: Final = 60
"""of code, where a selection is long"""
WIDEST: Final = 400
MARKS: Final = {"+": "new", "~": "changed", "-": "gone"}
"""of changes, in words"""
MOST_ENTRIES: Final = 8
"""of a configuration, on one line"""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value in words."""

    name: str
    type: str
    shape: str
    value: str
    watched: bool = False
    """the stop asks to look at it"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call on the way from the entry to a stop."""

    symbol: str
    file: str
    line: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One stop, ready to be laid out."""

    number: int
    id: str
    chapter: str
    """"" in a tour without chapters"""
    title: str
    """above its own text"""
    name: str
    """in a list"""
    idea: str
    """Markdown of the author, as `look`"""
    look: str
    file: str
    line: int
    symbol: str
    first: int
    """number of the first code line"""
    code: tuple[str, ...]
    marked: tuple[int, int]
    """first and last line of the author's selection; twice `line` where there is none"""
    cell: tuple[int, int] | None
    """cell, by the number in the code's `# %% cell N`, and line in it, in a notebook"""
    values: tuple[ValueRow, ...]
    changes: tuple[tuple[str, str, str], ...]
    """(mark, name, text)"""
    path: tuple[Call, ...]
    """from the entry; the last one is the stop itself"""
    facts: tuple[tuple[str, str], ...]
    """what else a CodeTour step says: folder, address, view, commands (which nothing here ever runs)"""
    axes: str
    """legend of the dimensions in `values`"""
    seen: str
    """when it was reached; "" for a stop without values"""
    missed: str
    note: str
    """the reader's own, only where it was asked for"""


def cards(
    tour: Tour,
    recording: Recording | None,
    sources: Sources,
    *,
    content: bool = False,
    notes: dict[str, str] | None = None,
) -> list[Card]:
    """The stops of a tour, in order; `notes` are the reader's, by stop id."""
    return [
        _card(n, stop, tour, recording, sources, content=content, note=(notes or {}).get(stop.id, ""))
        for n, stop in enumerate(tour.stops, 1)
    ]


def line_of(text: str, limit: int = WIDEST) -> str:
    """One cleaned and redacted line."""
    return redact(clean(text, limit))


def block_of(text: str) -> str:
    """Cleaned and redacted text of several lines."""
    return redact(clean_block(text, 20_000))


def _card(
    number: int,
    stop: Stop,
    tour: Tour,
    recording: Recording | None,
    sources: Sources,
    *,
    content: bool,
    note: str,
) -> Card:
    anchor = stop.anchor
    source = _source(stop, sources)
    marked = _selection(stop)
    first, code = _code(source, marked)
    seen = recording.of(stop.id) if recording is not None else None
    frame = frame_of(seen)
    shown = _ordered(frame.values, stop.watch)[:MOST_VALUES] if frame is not None else []
    cell = source.cell_of(anchor.line) if source is not None else None
    return Card(
        number=number,
        id=stop.id,
        chapter=STAGE_TITLES[stop.stage] if has_chapters(tour) else "",
        title=line_of(heading_of(stop, 500)) or f"Stop {number}",
        name=line_of(name_of(stop)) or f"Stop {number}",
        idea=block_of(stop.idea),
        look=block_of(stop.look),
        file=line_of(anchor.file),
        line=anchor.line,
        symbol=line_of(anchor.symbol),
        first=first,
        code=code,
        marked=marked,
        cell=(cell[0].index, cell[1]) if cell is not None else None,
        values=tuple(_row(v, stop, content=content) for v in shown),
        changes=tuple((c.mark, line_of(c.name), line_of(c.text)) for c in seen.changes) if seen else (),
        path=_path(stop, seen),
        facts=tuple((label, redact(text)) for label, text in facts(stop)),
        # a page keeps no two blanks beside each other
        axes=line_of(axes_text(shown, tour.axes).replace("  ", " · ")),
        seen=_when(seen),
        missed=line_of(recording.missed.get(stop.id, "")) if recording is not None else "",
        note=block_of(note),
    )


def _source(stop: Stop, sources: Sources) -> SourceText | None:
    """The text that belongs to a stop: CodeTour's exported steps carry their own."""
    contents = stop.extra.get("contents")
    if isinstance(contents, str):
        python = stop.anchor.file.endswith((".py", ".pyi", ".pyw"))
        return SourceText(stop.anchor.file or "contents", contents, "python" if python else "text")
    return sources.read(stop.anchor.file) if stop.anchor.file else None


def _selection(stop: Stop) -> tuple[int, int]:
    line = stop.anchor.line
    selection = stop.extra.get("selection")
    if not isinstance(selection, dict):
        return line, line
    ends = [_line(cast("dict[str, Any]", selection).get(end)) for end in ("start", "end")]
    if 0 < ends[0] <= ends[1] and ends[0] <= line + MOST_LINES:
        return ends[0], min(ends[1], ends[0] + MOST_LINES)
    return line, line


def _line(position: Any) -> int:
    line = cast("dict[str, Any]", position).get("line") if isinstance(position, dict) else None
    return line if type(line) is int and 0 < line < 10**9 else 0


def _code(source: SourceText | None, marked: tuple[int, int]) -> tuple[int, tuple[str, ...]]:
    if source is None or not source.lines:
        return 1, ()
    first = max(1, marked[0] - BEFORE)
    lines = source.lines[:-1] if not source.lines[-1] else source.lines  # what follows the last line's end
    kept = lines[first - 1 : max(marked[1], 1) + AFTER]
    return first, tuple(redact(clean_block(text, WIDEST)).replace("\n", " ") for text in kept)


def frame_of(seen: Seen | None) -> Frame | None:
    """The innermost frame of the repository's own code."""
    if seen is None or not seen.frames:
        return None
    return next((f for f in seen.frames if f.inside), seen.frames[0])


def _path(stop: Stop, seen: Seen | None) -> tuple[Call, ...]:
    """The calls as they were seen, else as they were planned."""
    reasons = {(c.file, c.symbol): c.reason for c in stop.path}
    inside = [f for f in reversed(seen.frames) if f.inside] if seen is not None else []
    # a recording may hold the innermost frame only
    if len(inside) > 1 or (inside and not stop.path):
        return tuple(
            Call(line_of(f.symbol), line_of(f.file), f.line, line_of(reasons.get((f.file, f.symbol), "")))
            for f in inside
        )
    if not stop.anchor.file:
        return ()
    anchor = stop.anchor
    planned = tuple(Call(line_of(c.symbol), line_of(c.file), c.line, line_of(c.reason)) for c in stop.path)
    return (*planned, Call(line_of(anchor.symbol), line_of(anchor.file), anchor.line))


def _when(seen: Seen | None) -> str:
    if seen is None:
        return ""
    times = f"pass {seen.hits:,} over this line" if seen.hits > 1 else "the first pass over this line"
    where = f" in {line_of(seen.process, 60)}" if seen.process else ""
    return f"{times}, {seen.seconds:.1f} s after the start{where}"


def _ordered(values: tuple[Value, ...], watch: tuple[str, ...]) -> list[Value]:
    """The watched names first, in their order."""
    rank = {name: n for n, name in enumerate(watch)}
    return sorted(values, key=lambda v: rank.get(v.name, len(rank)))


def _row(value: Value, stop: Stop, *, content: bool) -> ValueRow:
    kind = " ".join(
        part for part in (value.type or value.kind, value.dtype or "", value.device or "") if part
    )
    return ValueRow(
        line_of(value.name, 80),
        line_of(kind, 120),
        _shape(value),
        _shown(value, content=content),
        value.name in stop.watch,
    )


def _shape(value: Value) -> str:
    if value.shape is None:
        if value.size is None or value.kind == "text":
            return ""
        return f"{value.size:,} {'parameters' if value.kind == 'module' else 'items'}"
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
    if isinstance(scalar, float):
        return f"{scalar:.6g}"
    if isinstance(scalar, int):
        # a hostile program can hold an integer that takes minutes to print
        return str(scalar)[:40] if scalar.bit_length() < 256 else "a very large integer"
    told: list[str] = []
    if isinstance(scalar, str) and content:
        told.append(repr(scalar))
    elif value.kind == "text" and (size := value.size or len(str(scalar or ""))):
        told.append(f"text of {size:,} characters")
    if content:
        told += [f"{k} {v:.4g}" for k, v in value.stats.items()]
    told += [f"{k} {v}" for k, v in value.facts.items()]
    if not told and value.kind in {"config", "object", "dict"}:
        told = [f"{v.name}={_shown(v, content=content)}" for v in value.items if _tells(v)][:MOST_ENTRIES]
    return line_of(", ".join(told), 200)


def _tells(value: Value) -> bool:
    """An entry of a configuration that is a number or a switch."""
    return value.scalar is not None and not isinstance(value.scalar, str) and not value.name.startswith("_")
