"""A tour as linear text: for pipes, logs and screen readers. The idea first, then where to look, the code, the values.

No meaning is carried by position or colour; every mark has a word beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from codetour.model.naming import has_chapters, heading_of, name_of
from codetour.model.recording import Recording
from codetour.model.source import Sources
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean
from codetour.model.tour import Anchor, Stop, Tour
from codetour.model.value import Frame, Seen, Value
from codetour.model.value_text import axes_text, details
from codetour.tourfile.links import shown
from codetour.tourfile.step_facts import facts

_WIDTH: Final = 78
_AROUND: Final = 3
_MOST_VALUES: Final = 14
_MARKS: Final = {"+": "new", "~": "changed", "-": "gone"}


def plain_tour(
    tour: Tour, recording: Recording | None, sources: Sources, notes: Mapping[str, str] | None = None
) -> str:
    """The whole tour: map, stops, closing card. `notes` are the reader's own, by stop id."""
    blocks = [_opening(tour, recording)]
    blocks += [plain_stop(tour, i, recording, sources, notes) for i in range(len(tour.stops))]
    blocks.append(_closing(tour, recording))
    return "\n\n".join(blocks)


def _opening(tour: Tour, recording: Recording | None) -> str:
    lines = [clean(tour.title), "=" * min(len(clean(tour.title)), _WIDTH), ""]
    for paragraph in tour.description.split("\n\n"):
        lines += [*_wrap(paragraph), ""]
    if has_chapters(tour):
        chapters = [f"{STAGE_TITLES[stage]} ({len(at)})" for stage, at in tour.chapters()]
        lines += _wrap("Chapters: " + ", ".join(chapters))
    if recording is not None and recording.command:
        lines += _wrap("Run as: " + " ".join(recording.command))
    lines += [line for text in tour.notes for line in _wrap("Note: " + text)]
    return "\n".join(lines).rstrip()


def plain_stop(
    tour: Tour,
    index: int,
    recording: Recording | None,
    sources: Sources,
    notes: Mapping[str, str] | None = None,
) -> str:
    """One stop as text."""
    stop = tour.stops[index]
    seen = recording.of(stop.id) if recording is not None else None
    title = heading_of(stop, 500)
    chapter = STAGE_TITLES[stop.stage] if has_chapters(tour) else ""
    head = " · ".join(part for part in (f"Stop {index + 1} of {len(tour.stops)}", chapter, title) if part)
    lines = [head, "-" * min(len(head), _WIDTH), *_words(stop.idea)]
    if stop.look:
        lines += _words("Look: " + stop.look)
    lines += [line for label, text in facts(stop) for line in _wrap(f"{label}: {text}")]
    anchor = stop.anchor
    if anchor.file:
        lines += ["", _place(anchor), *_code(stop, sources)]
        lines += list(_path(stop, seen))
    if seen is not None:
        lines += list(_values(tour, stop, seen))
    elif recording is not None and (why := recording.missed.get(stop.id)):
        lines += ["", *_wrap("Not reached: " + why)]
    if notes and (note := notes.get(stop.id)):
        lines += ["", *_words("Your note: " + note)]
    return "\n".join(lines)


def _place(anchor: Anchor) -> str:
    line = f":{anchor.line}" if anchor.line > 0 else ""
    # only Python has modules
    named = anchor.symbol != "<module>" or anchor.file.endswith((".py", ".ipynb"))
    return clean(anchor.file) + line + (f"  in {clean(anchor.symbol)}" if named else "")


def _words(text: str) -> list[str]:
    """An author's words, paragraph by paragraph, links named."""
    return [line for paragraph in shown(text).split("\n") for line in _wrap(paragraph)]


def _code(stop: Stop, sources: Sources) -> Iterator[str]:
    source = sources.read(stop.anchor.file)
    if source is None:
        if stop.anchor.text:
            yield f"  > {clean(stop.anchor.text, 100)}"
        yield f"    {clean(stop.anchor.file)} is not here."
        return
    first = max(1, stop.anchor.line - _AROUND)
    for number in range(first, min(len(source.lines), stop.anchor.line + _AROUND) + 1):
        arrow = ">" if number == stop.anchor.line else " "
        yield f"  {arrow} {number:4d}  {clean(source.line(number).expandtabs(4).rstrip(), 110)}".rstrip()


def _path(stop: Stop, seen: Seen | None) -> Iterator[str]:
    if seen is not None and len(inside := [f for f in reversed(seen.frames) if f.inside]) > 1:
        yield ""
        yield "Call path: " + " > ".join(
            f"{clean(f.symbol, 60)} ({clean(f.file, 60)}:{f.line})" for f in inside
        )
    elif seen is None and stop.path:
        yield ""
        steps = [
            *(f"{clean(s.symbol, 60)} ({clean(s.file, 60)}:{s.line})" for s in stop.path),
            clean(stop.anchor.symbol),
        ]
        yield "Call path: " + " > ".join(steps)


def _values(tour: Tour, stop: Stop, seen: Seen) -> Iterator[str]:
    frame: Frame | None = next((f for f in seen.frames if f.inside), None)
    if frame is None:
        return
    wanted = set(stop.watch)
    values = _telling(frame.values, wanted)
    if values:
        yield ""
        yield "Values:"
        width = min(max(len(v.name) for v in values), 28)
        yield from (f"    {clean(v.name, 28):{width}}  {details(v)}" for v in values)
        if legend := axes_text(values, tour.axes):
            yield f"    ({legend})"
    if seen.changes:
        yield ""
        yield "Since the last stop:"
        yield from (
            f"    {c.mark} {_MARKS[c.mark]}: {clean(c.name, 40)}  {clean(c.text, 100)}"
            for c in seen.changes[:8]
        )


def _telling(values: Sequence[Value], wanted: set[str]) -> list[Value]:
    """At most as many as are shown: the watched first, then in their order; of too many, numbers and texts go."""
    ranked = sorted(values, key=lambda v: (v.name not in wanted, v.kind in {"scalar", "text", "none"}))
    kept = {id(v) for v in ranked[:_MOST_VALUES]}
    return sorted((v for v in values if id(v) in kept), key=lambda v: v.name not in wanted)


def _closing(tour: Tour, recording: Recording | None) -> str:
    lines = ["The end", "-------"]
    if recording is not None:
        reached = [s for s in tour.stops if recording.of(s.id)]
        lines += _wrap(f"Seen live: {len(reached)} of {len(tour.stops)} stops.")
        lines += [line for text in _missed(tour, recording) for line in _wrap(text)]
        if recording.end is not None:
            lines += _wrap(recording.end.message)
            if recording.end.mend:
                lines += _wrap("Next: " + recording.end.mend)
    if tour.extensions:
        lines += ["", "Where your own idea would go:"]
        for e in tour.extensions:
            lines += _wrap(f"{e.kind}: {e.file}:{e.line} in {e.symbol}. {e.how}", indent="  ")
    return "\n".join(lines)


def _missed(tour: Tour, recording: Recording) -> Iterator[str]:
    """The stops that were not reached; those with one cause together."""
    causes: dict[str, list[str]] = {}
    for stop in tour.stops:
        if not recording.of(stop.id) and (why := recording.missed.get(stop.id)):
            # "line 12 was never reached; the program crashed": the second half is the cause they share
            here, _, cause = why.partition("; ")
            place = f"{name_of(stop)} ({stop.anchor.file}:{stop.anchor.line})"
            causes.setdefault(cause or here, []).append(place)
    for cause, places in causes.items():
        yield f"Not reached: {', '.join(places)}: {cause}"


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        clean(text, 2000), _WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent)
    )
