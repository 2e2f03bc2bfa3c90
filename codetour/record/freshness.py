"""Whether what was recorded at a stop still belongs to it, and to which line.

A recording keeps per stop the line and the text that it was made for. A stop that has been put elsewhere since has
no values; a stop that has moved with its code keeps them, at its new line.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from codetour.model.recording import Recording
from codetour.model.tour import Anchor, Tour
from codetour.model.value import Seen

STALE: Final = "it was recorded for another line; record the tour again"


def mark(anchor: Anchor) -> str:
    """What a recording remembers of a stop: its line, and its text in short."""
    text = hashlib.sha256(anchor.text.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{anchor.line}:{text}"


def marks(tour: Tour) -> dict[str, str]:
    """The marks of all stops that have a line."""
    return {stop.id: mark(stop.anchor) for stop in tour.stops if stop.anchor.text}


def fitting(recording: Recording, stored: Tour, shown: Tour) -> Recording:
    """The recording as it belongs to `shown`, the tour of a file (`stored`) with its stops where they are now."""
    before = {s.id: s.anchor for s in stored.stops}
    now = {s.id: s.anchor for s in shown.stops}
    seen: list[Seen] = []
    missed = dict(recording.missed)
    for item in recording.seen:
        stop = item.stop or ""
        line, _, text = recording.anchors.get(stop, "").partition(":")
        if stop not in now or not line.isdecimal():
            seen.append(_moved(item, before[stop], now[stop]) if stop in now else item)
        elif text != mark(before[stop]).partition(":")[2]:
            missed[stop] = STALE
        else:
            seen.append(_moved(item, before[stop]._replace(line=int(line[:9])), now[stop]))
    if tuple(seen) == recording.seen:
        return recording
    return replace(recording, seen=tuple(seen), missed=missed)


def _moved(seen: Seen, was: Anchor, now: Anchor) -> Seen:
    """What was seen, with the stop's own frame on the line where the stop is now."""
    if (was.file, was.line) == (now.file, now.line) or now.line < 1:
        return seen
    at = next((i for i, f in enumerate(seen.frames) if f.inside), None)
    # a debugger may stand on the first line of the statement that the stop is in
    if at is None or not 0 <= was.line - seen.frames[at].line <= 20:
        return seen
    frame = seen.frames[at]
    line = max(now.line - (was.line - frame.line), 1)
    frames = (*seen.frames[:at], replace(frame, file=now.file, line=line), *seen.frames[at + 1 :])
    return replace(seen, frames=frames)
