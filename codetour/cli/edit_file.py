"""The file behind the editor: opened with its stops where they are now, written whole after every change.

What was not touched is written as it was: a stop that is lost keeps what it was found by, a step that another player
made keeps its line or pattern, and a file that somebody else has changed meanwhile is not overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from codetour.errors import UsageProblem
from codetour.model.text import clean
from codetour.model.tour import Anchor, Stop, Tour
from codetour.resolve.anchors import complete, refresh
from codetour.resolve.files import Files
from codetour.resolve.history import head
from codetour.tourfile.decode import OURS
from codetour.tourfile.document import read_document, write_text
from codetour.tourfile.encode import Anchors
from codetour.tourfile.write import save


@dataclass(slots=True)
class TourFile:
    """A tour file that is being written."""

    path: Path
    root: Path
    stored: Mapping[str, Anchor]
    """by stop id: the anchors as they stand in the file"""
    shown: Mapping[str, Anchor]
    """by stop id: the lines where the stops were found"""
    lost: frozenset[str]
    steps: Mapping[str, Mapping[str, Any]]
    """by stop id: the steps as they stand in the file"""
    style: Anchors
    title: str
    _digest: str = field(default="")

    def write(self, tour: Tour) -> Tour:
        """Write the tour; returns it with fresh anchors. Raises UsageProblem."""
        if self._digest != digest(self.path):
            raise UsageProblem(
                f"{clean(str(self.path))} was changed by somebody else meanwhile",
                hint="Leave, and open it again; what you wrote since is still on the screen.",
            )
        made = self._anchored(tour)
        lost = {s.id: self.steps[s.id] for s in tour.stops if s.id in self.lost and self._untouched(s)}
        save(made, self.path, anchors=self.style, sources=Files(self.root), positions=lost)
        self._digest = digest(self.path)
        if tour.title != self.title:
            _rename(self.root, self.path, self.title, tour.title)
            self.title = tour.title
        return replace(made, stops=tuple(self._as_shown(s) for s in made.stops))

    def _untouched(self, stop: Stop) -> bool:
        return stop.id in self.stored and stop.anchor == self.shown.get(stop.id)

    def _as_shown(self, stop: Stop) -> Stop:
        """On the screen a stop stands where it was found, whatever its file remembers."""
        stored = self.stored.get(stop.id)
        return (
            replace(stop, anchor=self.shown[stop.id])
            if stored is not None and stop.anchor == stored
            else stop
        )

    def _anchored(self, tour: Tour) -> Tour:
        files = Files(self.root)
        commit = head(self.root)
        lost = any(s.id in self.lost and self._untouched(s) for s in tour.stops)
        stops = tuple(self._kept(s, files, commit if lost else None) for s in tour.stops)
        made = replace(tour, stops=stops)
        shared = complete(made, files).print
        if not lost:
            return replace(made, print=shared, commit=commit or tour.commit)
        # a lost stop is still looked for from its own commit, by what was known then
        before = tour.print
        both: dict[str, Any] = shared["files"] | cast("dict[str, Any]", before.get("files", {}))
        return replace(made, print=shared | {"files": both, "paths": before.get("paths", "")})

    def _kept(self, stop: Stop, files: Files, commit: str | None) -> Stop:
        """The stop with the anchor that is to be written."""
        if self._untouched(stop):
            stored = self.stored[stop.id]
            # a step of another player may be stale already: a fingerprint would make that last
            if stop.id in self.lost or not (stored.text or stored.print):
                return replace(stop, anchor=stored)
        if not stop.anchor.file:
            return stop
        fresh = refresh(files, stop.anchor)
        if commit:
            fresh = replace(fresh, print=fresh.print | {"commit": commit})
        return replace(stop, anchor=fresh)


def digest(path: Path) -> str:
    """What is in a file, in short; "" where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def new_file(path: Path, root: Path, title: str) -> tuple[TourFile, Tour]:
    """A tour that is not written yet: its file appears with the first change."""
    tour = Tour(title=title or path.name.removesuffix(".tour"), stops=(), repo=root.name, commit=head(root))
    return TourFile(path, root, {}, {}, frozenset(), {}, "pattern", tour.title), tour


def open_file(path: Path, repo: Path | None) -> tuple[TourFile, Tour, tuple[str, ...]]:
    """A tour file, its tour with the stops where they are now, and what is lost. Raises UsageProblem."""
    from codetour.cli.opening import open_saved

    before = digest(path)
    opened = open_saved(path, repo)
    if opened.root is None:
        raise UsageProblem(
            f"{clean(str(path))} is a bundle; it is made from a tour and cannot be written in",
            hint="Edit the .tour file, then share it again.",
        )
    lost = frozenset(
        stop.id
        for number, stop in enumerate(opened.stored.stops, 1)
        if any(note.startswith(f"Stop {number} is lost") for note in opened.notes)
    )
    raw = read_document(path).value
    steps = cast("list[dict[str, Any]]", cast("dict[str, Any]", raw)["steps"])
    made = TourFile(
        path=path,
        root=opened.root.absolute(),
        stored={s.id: s.anchor for s in opened.stored.stops},
        shown={s.id: s.anchor for s in opened.tour.stops},
        lost=lost,
        steps={stop.id: step for stop, step in zip(opened.stored.stops, steps, strict=True)},
        style=_style(raw),
        title=opened.tour.title,
        _digest=before,
    )
    return made, opened.tour, opened.notes


def _style(raw: Any) -> Anchors:
    """How the file says where its steps are: new ones follow."""
    steps = cast("list[dict[str, Any]]", cast("dict[str, Any]", raw)["steps"])
    lines = sum(1 for s in steps if "line" in s)
    return "line" if lines and not any("pattern" in s for s in steps) and not _ours(raw) else "pattern"


def _ours(raw: Any) -> bool:
    return isinstance(cast("dict[str, Any]", raw).get(OURS), dict)


def _rename(root: Path, path: Path, old: str, new: str) -> None:
    """Tours that lead on to this one by its title go on doing so."""
    from codetour.tourfile.collection import find

    for found in find(root):
        if found.path.resolve() == path.resolve() or found.tour is None:
            continue
        if found.tour.extra.get("nextTour") == old:
            document = read_document(found.path)
            text = document.replace({("nextTour",): new})
            write_text(found.path, ("\ufeff" if document.bom else "") + text)
