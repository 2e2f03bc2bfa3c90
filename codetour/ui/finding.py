"""Searching a tour: its words, the values that were seen, the code on the screen, the other files.

Plain functions over plain data: `in_tour`, `in_source`, `in_files` give `Match`es, best first and bounded. Case does
not matter; the text is taken as it is, never as a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from codetour.model.naming import heading_of
from codetour.model.source import Sources, SourceText
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean
from codetour.model.tour import Stop, Tour
from codetour.model.value import Seen, Value
from codetour.model.value_text import details
from codetour.ui.scene import Place

Kind = Literal["here", "tour", "value", "elsewhere"]
TITLES: dict[Kind, str] = {
    "here": "In this file",
    "tour": "In the tour",
    "value": "In the values",
    "elsewhere": "In other files",
}
MOST = 100
"""matches of one kind"""
MOST_OF_A_FILE = 20
ROUND = 60
"""characters of a long text that are shown round the match"""
SEARCHED = frozenset(
    [
        "py",
        "pyi",
        "ipynb",
        "yaml",
        "yml",
        "toml",
        "cfg",
        "ini",
        "json",
        "sh",
        "md",
        "rst",
        "txt",
        "jinja",
        "gin",
        "proto",
        "cu",
        "cpp",
        "c",
        "h",
    ]
)
"""endings of files that people read"""


@dataclass(frozen=True, slots=True)
class Match:
    """One place that holds the text."""

    kind: Kind
    text: str
    """what stands there, cut round the match"""
    where: str
    """in words: `stop 3 · idea`, `model.py:57`"""
    stop: int | None = None
    """the stop to go to"""
    place: Place | None = None
    """the line to show"""


def in_tour(tour: Tour, seen: Iterable[Seen], wanted: str) -> list[Match]:
    """Stops whose words, symbol, code or values hold `wanted`."""
    by_stop = {s.stop: s for s in seen if s.stop is not None}
    found: list[Match] = []
    for i, stop in enumerate(tour.stops):
        found.extend(_words(i, stop, wanted))
    for i, stop in enumerate(tour.stops):
        if stop.id in by_stop:
            found.extend(_values(i, by_stop[stop.id], wanted))
    return found


def _words(index: int, stop: Stop, wanted: str) -> list[Match]:
    """At most one match for each part of a stop."""
    parts = (
        ("title", heading_of(stop) or STAGE_TITLES[stop.stage]),
        ("idea", stop.idea),
        ("look", stop.look),
        ("symbol", stop.anchor.symbol),
        ("code", stop.anchor.text),
        ("stage", STAGE_TITLES[stop.stage]),
    )
    texts: set[str] = set()
    found: list[Match] = []
    for name, text in parts:
        if holds(text, wanted) and text not in texts:
            texts.add(text)
            found.append(Match("tour", around(text, wanted), f"stop {index + 1} · {name}", index))
    return found


def _values(index: int, seen: Seen, wanted: str) -> Iterator[Match]:
    frame = next((f for f in seen.frames if f.inside), None)
    for value in frame.values if frame is not None else ():
        text = f"{value.name}  {details(value)}"
        if holds(text, wanted) or any(holds(v.name, wanted) for v in _inside(value)):
            yield Match("value", around(text, wanted), f"stop {index + 1}", index)


def _inside(value: Value) -> Iterator[Value]:
    for item in value.items:
        yield item
        yield from item.items


def in_source(source: SourceText, wanted: str, *, kind: Kind, most: int = MOST) -> list[Match]:
    """Lines of `source` that hold `wanted`, in their order."""
    lines = ((n, text) for n, text in enumerate(source.lines, 1) if holds(text, wanted))
    return [_line(source, number, text, wanted, kind) for number, text in islice(lines, most)]


def _line(source: SourceText, number: int, text: str, wanted: str, kind: Kind) -> Match:
    cell = source.cell_of(number) if source.cells else None
    where = f"cell {cell[0].index}, line {cell[1]}" if cell is not None else f"{number}"
    where = f"{source.file}:{where}" if kind == "elsewhere" else where
    return Match(kind, around(text, wanted), where, place=Place(source.file, number))


def in_files(
    sources: Sources, files: Sequence[str], wanted: str, stopped: Callable[[], bool]
) -> Iterator[Match]:
    """Lines of `files`, read one after another; ends early when `stopped()`."""
    for file in files:
        if stopped():
            return
        source = sources.read(file)
        if source is not None:
            yield from in_source(source, wanted, kind="elsewhere", most=MOST_OF_A_FILE)


def files_of(tour: Tour) -> list[str]:
    """The files that a tour leads through, in that order: what a bundle holds."""
    files = [file for s in tour.stops for file in (s.anchor.file, *(step.file for step in s.path))]
    return [f for f in dict.fromkeys([*files, *(e.file for e in tour.extensions)]) if f]


def worth_searching(files: Iterable[str]) -> list[str]:
    """Those that people read, Python first."""
    kept = [f for f in files if f.rpartition(".")[2].lower() in SEARCHED]
    return sorted(kept, key=lambda f: (not f.endswith((".py", ".ipynb")), f.count("/"), f))


def holds(text: str, wanted: str) -> bool:
    """Whether `text` contains `wanted`, whatever the case."""
    return wanted.lower() in text.lower()


def around(text: str, wanted: str) -> str:
    """`text` on one line; a long one only round the match."""
    line = " ".join(text.split())
    at = max(line.lower().find(wanted.lower()), 0)
    start = max(at - ROUND // 2, 0) if len(line) > 2 * ROUND else 0
    return ("…" if start else "") + clean(line[start:], 2 * ROUND)
