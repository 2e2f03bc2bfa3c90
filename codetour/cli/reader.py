"""What a reader leaves in a tour, kept in their own home and never in the tour: how far they got, and their notes.

One small file per tour, found by what the tour is about, so that a bundle, a clone elsewhere and the next run of the
same training find it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

from codetour.errors import CodetourError
from codetour.model.text import clean, clean_block
from codetour.model.tour import Tour
from codetour.places import state_dir

LONGEST_NOTE: Final = 10_000
MOST: Final = 5000
_LARGEST: Final = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about one tour."""

    place: str = ""
    """id of the stop to go on at; "" at the beginning, and when the end was reached"""
    seen: frozenset[str] = frozenset()
    """ids of the stops that were shown"""
    ended: bool = False
    notes: dict[str, str] = field(default_factory=dict[str, str])

    def index(self, tour: Tour) -> int:
        """The stop to go on at; 0 for a tour not visited, finished, or changed so that the stop is gone."""
        return next((i for i, s in enumerate(tour.stops) if s.id == self.place), 0)

    def progress(self, tour: Tour) -> int:
        """How many of the tour's stops were shown."""
        return sum(1 for s in tour.stops if s.id in self.seen)


class Reader:
    """The reader's file for one tour; a state folder that cannot be read or written is no error."""

    def __init__(self, tour: Tour, root: Path | None = None) -> None:
        self._tour = tour
        self._path = reader_file(tour, root)
        self.kept = _read(self._path)

    def arrive(self, index: int) -> None:
        """The reader looks at stop `index`; past the last one the tour is finished."""
        if index < len(self._tour.stops):
            stop = self._tour.stops[index].id
            self._keep(replace(self.kept, place=stop, seen=self.kept.seen | {stop}))
        else:
            self._keep(replace(self.kept, place="", ended=True))

    def write_note(self, stop: str, text: str) -> None:
        """Keep a note about a stop; an empty one is taken away."""
        notes = {k: v for k, v in self.kept.notes.items() if k != stop}
        if text.strip():
            notes[stop] = clean_block(text.strip(), LONGEST_NOTE)
        self._keep(replace(self.kept, notes=notes))

    def _keep(self, kept: Kept) -> None:
        if kept == self.kept:
            return
        self.kept = kept
        from codetour.tourfile.document import write_text

        document = {
            "tour": clean(self._tour.title, 200),
            "repo": clean(self._tour.repo, 200),
            "place": kept.place,
            "ended": kept.ended,
            "seen": sorted(kept.seen)[:MOST],
            "notes": kept.notes,
        }
        with contextlib.suppress(CodetourError, OSError):
            write_text(self._path, json.dumps(document, indent=1, ensure_ascii=True))


def reader_file(tour: Tour, root: Path | None = None) -> Path:
    """One file per repository and entry point, or per title for a tour without one."""
    repo = tour.repo or (root.resolve().name if root is not None else "")
    about = f"{tour.entry.file}:{tour.entry.qualname}" if tour.entry else tour.title
    key = hashlib.sha256(f"{repo}\0{about}".encode("utf-8", "replace")).hexdigest()[:24]
    return state_dir() / "readers" / f"{key}.json"


def _read(path: Path) -> Kept:
    try:
        if path.stat().st_size > _LARGEST:
            return Kept()
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Kept()
    if not isinstance(raw, dict):
        return Kept()
    found = cast("Mapping[str, Any]", raw)
    place, seen, notes = found.get("place"), found.get("seen"), found.get("notes")
    return Kept(
        place=place if isinstance(place, str) else "",
        seen=frozenset(s for s in cast("list[Any]", seen)[:MOST] if isinstance(s, str))
        if isinstance(seen, list)
        else frozenset(),
        ended=found.get("ended") is True,
        notes={
            k: clean_block(v, LONGEST_NOTE)
            for k, v in list(cast("dict[str, Any]", notes).items())[:MOST]
            if isinstance(v, str)
        }
        if isinstance(notes, dict)
        else {},
    )
