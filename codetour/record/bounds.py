"""How large a recording may be: 64 kB a stop, 2 MB a tour, so that tours fit in a repository and in a mail.

What is let go first is what a reader opens last: entries inside entries, then the callers' values, then the rest of
the innermost frame. What was left out of a frame is counted there. CODETOUR_RECORD=full keeps everything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from codetour.model.recording import Recording
from codetour.model.value import Frame, Seen, Value
from codetour.record.encode import plain

STOP: Final = 64_000
WHOLE: Final = 2_000_000
"""characters of ASCII JSON, before packing"""
OUTPUT: Final = 400_000
"""of what the program wrote, its end"""
ASK: Final = "CODETOUR_RECORD"


def bounded(recording: Recording) -> Recording:
    """The recording within its limits; itself where it is, or where the user asked for all of it."""
    if os.environ.get(ASK) == "full":
        return recording
    output = recording.output[-OUTPUT:]
    seen = tuple(fitted(s, STOP) for s in recording.seen)
    rest = size(replace(recording, seen=(), output=output))
    limit = STOP
    while (total := rest + sum(size(s) for s in seen)) > WHOLE and limit > 1_000:
        if output and rest > WHOLE // 4:
            rest -= len(output) // 2
            output = output[-(len(output) // 2) :] if len(output) > 1 else ""
            continue
        limit = min(limit // 2, max((WHOLE - rest) // max(len(seen), 1), 1_000), total)
        seen = tuple(fitted(s, limit) for s in seen)
    if (seen, output) == (recording.seen, recording.output):
        return recording
    return replace(recording, seen=seen, output=output)


def size(value: object) -> int:
    """Characters of the JSON of a value."""
    return len(json.dumps(plain(value), separators=(",", ":")))


def fitted(seen: Seen, limit: int) -> Seen:
    """What was seen in at most so many characters."""
    steps: tuple[Callable[[Seen], Seen], ...] = (
        lambda s: _each(s, lambda v: _within(v, 2), lambda v: _within(v, 1)),
        lambda s: _each(s, lambda v: _within(v, 1), lambda v: _within(v, 0)),
        lambda s: _most(s, 40, 6),
        lambda s: _each(s, lambda v: _short(_within(v, 1), 200), lambda v: _short(v, 60)),
        lambda s: _most(s, 30, 2),
        lambda s: _each(s, lambda v: _short(_within(v, 0), 100), lambda v: _short(v, 60)),
        lambda s: _most(s, 16, 0),
        lambda s: _most(replace(s, changes=s.changes[:6]), 6, 0),
        lambda s: _most(replace(s, frames=s.frames[:8], changes=()), 2, 0),
        lambda s: replace(s, frames=tuple(replace(f, values=()) for f in s.frames[:2]), changes=()),
    )
    for step in steps:
        if size(seen) <= limit:
            break
        seen = step(seen)
    return seen


def _inner(seen: Seen) -> int:
    """The frame that a reader sees first."""
    return next((i for i, f in enumerate(seen.frames) if f.values), 0)


def _each(seen: Seen, inner: Callable[[Value], Value], outer: Callable[[Value], Value]) -> Seen:
    at = _inner(seen)
    return replace(
        seen,
        frames=tuple(
            replace(f, values=tuple(map(inner if i == at else outer, f.values)))
            for i, f in enumerate(seen.frames)
        ),
    )


def _most(seen: Seen, inner: int, outer: int) -> Seen:
    at = _inner(seen)
    return replace(
        seen, frames=tuple(_fewer(f, inner if i == at else outer) for i, f in enumerate(seen.frames))
    )


def _fewer(frame: Frame, most: int) -> Frame:
    left = max(len(frame.values) - most, 0)
    return replace(frame, values=frame.values[:most], omitted=frame.omitted + left) if left else frame


def _within(value: Value, depth: int) -> Value:
    """The value with so many levels of entries."""
    if not value.items:
        return value
    items = tuple(_within(item, depth - 1) for item in value.items) if depth else ()
    return replace(value, items=items)


def _short(value: Value, most: int) -> Value:
    scalar = value.scalar
    if isinstance(scalar, str) and len(scalar) > most:
        scalar = scalar[: most - 1] + "…"
    facts = {k: v if len(v) <= most else v[: most - 1] + "…" for k, v in value.facts.items()}
    return replace(value, scalar=scalar, facts=facts, items=tuple(_short(item, most) for item in value.items))
