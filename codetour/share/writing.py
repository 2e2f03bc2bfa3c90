"""From a tour to one shared file: what is shown, in which format, and what was taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from codetour.model.recording import Recording
from codetour.model.source import Sources
from codetour.model.tour import Tour
from codetour.model.value import Frame, Seen, Value
from codetour.record.redact import redact
from codetour.share import bundle, html, markdown
from codetour.share.card import cards
from codetour.tourfile.write import dumps

Format = Literal["html", "md", "tour", "bundle"]


@dataclass(frozen=True, slots=True)
class Shared:
    """The bytes of a shared file, and what a reader should know before giving it away."""

    data: bytes
    notes: tuple[str, ...]


def share(
    tour: Tour, recording: Recording | None, sources: Sources, to: Format, *, content: bool = False
) -> Shared:
    """Write `tour` in a format. Without `content` texts, statistics and contents of values stay at home."""
    tour = plain_tour(tour)
    if recording is not None:
        recording = plain_recording(recording, content=content)
    notes = _notes(recording, to, content=content)
    if to == "tour":
        return Shared(dumps(tour, sources=sources).encode("utf-8"), notes)
    if to == "bundle":
        return Shared(bundle.write(tour, recording, sources), notes)
    made = cards(tour, recording, sources, content=content)
    text = html.write(tour, made) if to == "html" else markdown.write(tour, made)
    return Shared(text.encode("utf-8", "replace"), notes)


def plain_tour(tour: Tour) -> Tour:
    """The tour without secrets in its launch."""
    launch = replace(
        tour.launch,
        env={
            name: redact(value) if _public(name) else "[redacted]" for name, value in tour.launch.env.items()
        },
        argv=tuple(redact(a) for a in tour.launch.argv),
    )
    return replace(tour, launch=launch, description=redact(tour.description))


def plain_recording(recording: Recording, *, content: bool) -> Recording:
    """The recording without home folders and tokens, and without contents unless they were asked for."""
    seen = tuple(_seen(s, content=content) for s in recording.seen)
    output = redact(recording.output) if content else ""
    return replace(recording, seen=seen, output=output, command=tuple(redact(c) for c in recording.command))


def _seen(seen: Seen, *, content: bool) -> Seen:
    frames = tuple(_frame(f, content=content) for f in seen.frames)
    changes = tuple(
        replace(c, name=redact(c.name), text=redact(c.text) if content else _bare(c.text))
        for c in seen.changes
    )
    return replace(seen, frames=frames, changes=changes, reason=redact(seen.reason))


def _bare(text: str) -> str:
    """The words of a change without quoted contents."""
    return "changed" if "'" in text or '"' in text else redact(text)


def _frame(frame: Frame, *, content: bool) -> Frame:
    return replace(
        frame, file=redact(frame.file), values=tuple(_value(v, content=content) for v in frame.values)
    )


def _value(value: Value, *, content: bool) -> Value:
    kept: dict[str, Any] = {"ref": 0, "name": redact(value.name)}
    items = tuple(_value(item, content=content) for item in value.items)
    if content:
        scalar = redact(value.scalar) if isinstance(value.scalar, str) else value.scalar
        return replace(
            value, scalar=scalar, facts={k: redact(v) for k, v in value.facts.items()}, items=items, **kept
        )
    scalar = None if isinstance(value.scalar, str) else value.scalar
    size = value.size if value.size is not None or not isinstance(value.scalar, str) else len(value.scalar)
    return replace(value, scalar=scalar, size=size, stats={}, facts={}, items=items, **kept)


def _public(name: str) -> bool:
    return not any(word in name.upper() for word in ("KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL"))


def _notes(recording: Recording | None, to: Format, *, content: bool) -> tuple[str, ...]:
    if to == "tour":
        return ("A .tour holds no values; the code is read from the repository.",)
    made = (
        ["Holds the source text of the files that it shows."]
        if to == "bundle"
        else ["Holds the code round each stop."]
    )
    if recording is None:
        made.append("No recording was found: no values are shown.")
    elif content:
        made.append(
            "Texts, statistics and the program's output are included; tokens and home folders are taken out."
        )
    else:
        made.append("Of the values only names, types, shapes and numbers are included (--content for more).")
    return tuple(made)
