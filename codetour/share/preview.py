"""What a shared file would hold, and what is taken out of it: shown before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codetour.model.recording import Recording
from codetour.model.source import Sources
from codetour.model.tour import Tour
from codetour.model.value import Value
from codetour.record.redact import REDACTED, secrets
from codetour.share.bundle import files_of
from codetour.share.card import AFTER, BEFORE, MOST_VALUES, frame_of


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that will not be in the file."""

    where: str
    kind: str
    hint: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Counts for people, and every removal."""

    stops: int
    files: tuple[str, ...]
    """whose code is shown"""
    lines: int
    """of code that go along"""
    values: int
    texts: int
    """values that hold text, statistics or facts of data: only with `content`"""
    output: int
    """lines the program wrote that go along"""
    removed: tuple[Removed, ...]


def preview(
    tour: Tour, recording: Recording | None, sources: Sources, *, whole_files: bool, code: bool, content: bool
) -> Preview:
    """What would be shared. `whole_files`: a bundle holds them; `code`: excerpts are shown at all."""
    shown = _lines(tour, sources, whole_files=whole_files) if code else {}
    values = _values(tour, recording, whole_files=whole_files)
    removed = list(_of_words(tour))
    removed += [
        Removed(f"{file}:{line}", secret.kind, secret.hint)
        for file, lines in shown.items()
        for line, text in lines
        for secret in secrets(text)
    ]
    removed += _of_recording(recording, content=content, output=whole_files)
    return Preview(
        stops=len(tour.stops),
        files=tuple(shown),
        lines=sum(len(lines) for lines in shown.values()),
        values=len(values) if code else 0,
        texts=sum(1 for v in values if _holds_data(v)),
        output=len(recording.output.splitlines()) if recording is not None and content and whole_files else 0,
        removed=tuple(dict.fromkeys(removed)),
    )


def _values(tour: Tour, recording: Recording | None, *, whole_files: bool) -> list[Value]:
    """The values that go along: a bundle has all of them, with what they hold; a page those of the stop itself."""
    if recording is None:
        return []
    if whole_files:
        return [v for s in recording.seen for f in s.frames for v in _all(f.values)]
    frames = [frame_of(recording.of(s.id)) for s in tour.stops]
    return [v for f in frames if f is not None for v in f.values[:MOST_VALUES]]


def _lines(tour: Tour, sources: Sources, *, whole_files: bool) -> dict[str, list[tuple[int, str]]]:
    """The code lines that go along, by file."""
    made: dict[str, list[tuple[int, str]]] = {}
    for file in files_of(tour):
        source = sources.read(file)
        if source is None:
            continue
        numbers = set[int]()
        for stop in tour.stops:
            if stop.anchor.file == file:
                numbers |= set(range(max(1, stop.anchor.line - BEFORE), stop.anchor.line + AFTER + 1))
        if whole_files:
            numbers = set(range(1, len(source.lines) + 1))
        if kept := [(n, source.line(n)) for n in sorted(numbers) if n <= len(source.lines)]:
            made[file] = kept
    return made


def _of_words(tour: Tour) -> Iterator[Removed]:
    texts = [("the description", tour.description)]
    texts += [("the command line", word) for word in tour.launch.argv]
    for number, stop in enumerate(tour.stops, 1):
        texts += [(f"stop {number}", text) for text in (stop.title, stop.idea, stop.look)]
    for where, text in texts:
        for secret in secrets(text):
            yield Removed(where, secret.kind, secret.hint)


def _of_recording(recording: Recording | None, *, content: bool, output: bool) -> Iterator[Removed]:
    """What lies in a recording was redacted when it was written; what came from elsewhere may not be."""
    if recording is None:
        return
    for seen in recording.seen:
        for frame in seen.frames:
            for value in _all(frame.values):
                told = value.scalar if isinstance(value.scalar, str) else ""
                if told == REDACTED:
                    yield Removed(f"value {value.name}", "value of a secret", value.name)
                elif content:
                    for secret in secrets(told):
                        yield Removed(f"value {value.name}", secret.kind, secret.hint)
    if content and output:
        for secret in secrets(recording.output):
            yield Removed("what the program wrote", secret.kind, secret.hint)


def _all(values: tuple[Value, ...]) -> Iterator[Value]:
    for value in values:
        yield value
        yield from _all(value.items)


def _holds_data(value: Value) -> bool:
    return isinstance(value.scalar, str) or bool(value.stats) or bool(value.facts)
