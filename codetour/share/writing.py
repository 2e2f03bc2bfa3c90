"""From a tour to one shared file: what is shown, in which format, and what was taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast

from codetour.model.recording import Recording
from codetour.model.source import Sources
from codetour.model.tour import Anchor, Stop, Tour
from codetour.model.value import Change, Frame, Seen, Value
from codetour.record.redact import redact
from codetour.share import bundle, html, markdown, notebook
from codetour.share.card import cards
from codetour.share.neighbours import Neighbours
from codetour.share.permalink import permalink
from codetour.share.plain_values import plain_change, plain_value
from codetour.share.preview import Preview, preview
from codetour.tourfile.encode import Anchors
from codetour.tourfile.write import dumps

Format = Literal["html", "md", "tour", "bundle", "notebook"]
_DEEPEST: Final = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """How a tour is to be shared."""

    content: bool = False
    """texts, statistics and output too, not only shapes and numbers"""
    notes: dict[str, str] = field(default_factory=dict[str, str])
    """the reader's notes by stop id, where they are to be shared"""
    neighbours: Neighbours = field(default_factory=Neighbours)
    """the other tours of the repository"""
    prefix: str = ""
    """folder of the tour inside its repository, for permalinks"""
    anchors: Anchors = "pattern"
    made_with: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """The bytes of a shared file, and what a reader should know before giving it away."""

    data: bytes
    notes: tuple[str, ...]
    preview: Preview


def share(
    tour: Tour, recording: Recording | None, sources: Sources, to: Format, wish: Wish | None = None
) -> Shared:
    """Write `tour` in a format. Unless `wish` asks for content, texts and statistics of values stay at home."""
    wish = wish or Wish()
    before = preview(
        tour, recording, sources, whole_files=to == "bundle", code=to != "tour", content=wish.content
    )
    tour = plain_tour(tour)
    if recording is not None:
        recording = plain_recording(recording, content=wish.content)
    data = _write(tour, recording, sources, to, wish)
    return Shared(data, _notes(recording, to, content=wish.content), before)


def _write(tour: Tour, recording: Recording | None, sources: Sources, to: Format, wish: Wish) -> bytes:
    if to == "tour":
        return dumps(tour, anchors=wish.anchors, sources=sources).encode("utf-8")
    if to == "bundle":
        return bundle.write(tour, recording, sources)
    made = cards(tour, recording, sources, content=wish.content, notes=wish.notes)
    if to == "html":
        links = {c.number: permalink(tour, c, wish.prefix) for c in made}
        text = html.write(tour, made, html.Around(wish.neighbours, wish.made_with, links))
    else:
        place = markdown.Place(wish.prefix, wish.neighbours)
        text = (markdown if to == "md" else notebook).write(tour, made, place)
    return text.encode("utf-8", "replace")


def plain_tour(tour: Tour) -> Tour:
    """The tour without secrets: in its launch, its words, and the lines of code that its anchors remember."""
    launch = tour.launch._replace(
        env={
            name: redact(value) if _public(name) else "[redacted]" for name, value in tour.launch.env.items()
        },
        argv=tuple(redact(a) for a in tour.launch.argv),
    )
    return tour._replace(
        launch=launch,
        title=redact(tour.title),
        description=redact(tour.description),
        stops=tuple(_plain_stop(s) for s in tour.stops),
        notes=tuple(redact(n) for n in tour.notes),
        extra=_plain(tour.extra),
    )


def _plain_stop(stop: Stop) -> Stop:
    anchor = stop.anchor
    return stop._replace(
        title=redact(stop.title),
        idea=redact(stop.idea),
        look=redact(stop.look),
        why=redact(stop.why),
        anchor=Anchor(anchor.file, anchor.line, anchor.symbol, redact(anchor.text), _plain(anchor.print)),
        extra=_plain(stop.extra),
    )


def _plain(value: Any, depth: int = 0) -> Any:
    """JSON with its texts redacted."""
    if isinstance(value, str):
        return redact(value)
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {k: _plain(v, depth + 1) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(v, depth + 1) for v in cast("list[Any]", value)]
    return value


def plain_recording(recording: Recording, *, content: bool) -> Recording:
    """The recording without home folders and tokens, and without contents unless they were asked for."""
    seen = tuple(_seen(s, content=content) for s in recording.seen)
    output = redact(recording.output) if content else ""
    command = [redact(word) for word in recording.command]
    # where somebody keeps their interpreters is nobody else's business
    command[:1] = [re.split(r"[/\\]", word)[-1] for word in command[:1]]
    return replace(recording, seen=seen, output=output, command=tuple(command))


def _seen(seen: Seen, *, content: bool) -> Seen:
    frames = tuple(_frame(f, content=content) for f in seen.frames)
    changes = tuple(_change(c, content=content) for c in seen.changes)
    return replace(seen, frames=frames, changes=changes, reason=redact(seen.reason))


def _change(change: Change, *, content: bool) -> Change:
    return (
        replace(change, name=redact(change.name), text=redact(change.text))
        if content
        else plain_change(change)
    )


def _frame(frame: Frame, *, content: bool) -> Frame:
    return replace(
        frame, file=redact(frame.file), values=tuple(_value(v, content=content) for v in frame.values)
    )


def _value(value: Value, *, content: bool) -> Value:
    if not content:
        return plain_value(value)
    return replace(
        value,
        name=redact(value.name),
        scalar=redact(value.scalar) if isinstance(value.scalar, str) else value.scalar,
        facts={k: redact(v) for k, v in value.facts.items()},
        items=tuple(_value(item, content=content) for item in value.items),
        ref=0,
    )


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
        more = (
            "Texts, statistics and the program's output"
            if to == "bundle"
            else "Texts and statistics of values"
        )
        made.append(f"{more} are included; tokens and home folders are taken out.")
    else:
        made.append("Of the values only names, types, shapes and numbers are included (--content for more).")
    return tuple(made)
