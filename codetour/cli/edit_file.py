"""The file behind the editor: opened with its stops where they are now, written whole after every change.

What was not touched is written as it was: a stop that is lost keeps what it was found by, a step that another player
made keeps its line or pattern, and a file that somebody else has changed meanwhile is not overwritten.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from codetour.errors import UsageProblem
from codetour.model.text import clean
from codetour.model.tour import Anchor, Stop, Tour
from codetour.resolve.anchors import complete, refresh
from codetour.resolve.files import Files
from codetour.resolve.git import head
from codetour.tourfile.decode import OURS
from codetour.tourfile.document import LARGEST, read_document, write_text
from codetour.tourfile.encode import Anchors
from codetour.tourfile.write import save
from codetour.ui.edit_desk import ChangedOutside


@dataclass(frozen=True, slots=True)
class Version:
    """What was in the file when it was read."""

    stored: Mapping[str, Anchor]
    """by stop id: the anchors as they stand in the file"""
    shown: Mapping[str, Anchor]
    """by stop id: the lines where the stops were found"""
    lost: frozenset[str]
    steps: Mapping[str, Mapping[str, Any]]
    """by stop id: the steps as they stand in the file"""


@dataclass(slots=True)
class TourFile:
    """A tour file that is being written."""

    path: Path
    root: Path
    versions: list[Version]
    """the newest last; a stop may come back from an older one by undo"""
    style: Anchors
    title: str
    seen: str = ""
    """digest of the file as it was last read or written"""

    def write(self, tour: Tour) -> Tour:
        """Write the tour; returns it with fresh anchors. Raises UsageProblem, here ChangedOutside."""
        if self.seen != digest(self.path):
            raise ChangedOutside(
                f"{clean(str(self.path))} was changed by somebody else meanwhile",
                hint="Choose which version is to stand.",
            )
        made = self._anchored(tour)
        known = {s.id: v for s in tour.stops if (v := self._version(s)) is not None}
        lost = {stop: v.steps[stop] for stop, v in known.items() if stop in v.lost}
        save(made, self.path, anchors=self.style, sources=Files(self.root), positions=lost)
        self.seen = digest(self.path)
        if tour.title != self.title:
            _rename(self.root, self.path, self.title, tour.title)
            self.title = tour.title
        return made._replace(
            stops=tuple(
                now._replace(anchor=was.anchor) if was.id in known else now
                for now, was in zip(made.stops, tour.stops, strict=True)
            ),
        )

    def reload(self) -> Tour:
        """The tour as somebody else has left it; the next one that is written replaces it. Raises UsageProblem."""
        made, tour, _ = open_file(self.path, self.root)
        self.versions += made.versions
        self.seen, self.style, self.title = made.seen, made.style, made.title
        return tour

    def overwrite(self) -> None:
        """Let the next tour that is written replace whatever stands there."""
        self.seen = digest(self.path)

    def beside(self, tour: Tour) -> tuple[Tour, str]:
        """Write the tour to a new file, from now on this one; the tour there and its name. Raises UsageProblem."""
        stem = self.path.name.removesuffix(".tour")
        number = next(n for n in range(2, 10_000) if not self.path.with_name(f"{stem}-{n}.tour").exists())
        # two tours of one name would be one for every link: it leads to the one that others know
        title = f"{tour.title} ({number})"
        other = replace(self, path=self.path.with_name(f"{stem}-{number}.tour"), title=title, seen="")
        extra = {k: v for k, v in tour.extra.items() if k != "isPrimary"}
        made = other.write(tour._replace(title=title, extra=extra))
        self.path, self.title, self.seen = other.path, title, other.seen
        return made, str(self.path)

    def _version(self, stop: Stop) -> Version | None:
        """The version from which a stop was not touched; None for one that was written here."""
        return next((v for v in reversed(self.versions) if v.shown.get(stop.id) == stop.anchor), None)

    def _anchored(self, tour: Tour) -> Tour:
        files = Files(self.root)
        commit = head(self.root)
        known = {s.id: v for s in tour.stops if (v := self._version(s)) is not None}
        lost = any(stop in v.lost for stop, v in known.items())
        stops = tuple(_kept(s, known.get(s.id), files, commit if lost else None) for s in tour.stops)
        made = tour._replace(stops=stops)
        shared = complete(made, files).print
        if not lost:
            return made._replace(print=shared, commit=commit or tour.commit)
        # a lost stop is still looked for from its own commit, by what was known then
        before = tour.print
        both: dict[str, Any] = shared["files"] | cast("dict[str, Any]", before.get("files", {}))
        return made._replace(print=shared | {"files": both, "paths": before.get("paths", "")})


def _kept(stop: Stop, version: Version | None, files: Files, commit: str | None) -> Stop:
    """The stop with the anchor that is to be written."""
    if version is not None:
        stored = version.stored[stop.id]
        # a step of another player may be stale already: a fingerprint would make that last
        if stop.id in version.lost or not (stored.text or stored.print):
            return stop._replace(anchor=stored)
    if not stop.anchor.file:
        return stop
    fresh = refresh(files, stop.anchor)
    if commit:
        fresh = fresh._replace(print=fresh.print | {"commit": commit})
    return stop._replace(anchor=fresh)


def digest(path: Path) -> str:
    """What is in a file, in short; "" where there is none, or something that is no tour file in any case."""
    try:
        info = path.stat()
        # a device never ends, and a pipe waits for ever
        if not stat.S_ISREG(info.st_mode) or info.st_size > LARGEST:
            return ""
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def new_file(path: Path, root: Path, title: str) -> tuple[TourFile, Tour]:
    """A tour that is not written yet: its file appears with the first change."""
    tour = Tour(title=title or path.name.removesuffix(".tour"), stops=(), repo=root.name, commit=head(root))
    return TourFile(path, root, [], "pattern", tour.title), tour


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
    version = Version(
        stored={s.id: s.anchor for s in opened.stored.stops},
        shown={s.id: s.anchor for s in opened.tour.stops},
        lost=lost,
        steps={stop.id: step for stop, step in zip(opened.stored.stops, steps, strict=True)},
    )
    made = TourFile(
        path=path,
        root=opened.root.absolute(),
        versions=[version],
        style=_style(raw),
        title=opened.tour.title,
        seen=before,
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
