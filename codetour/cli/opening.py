"""Opening a saved tour: a `.tour` file with its repository and recording, or a bundle that holds all three.

A tour file is older than the code: its stops are shown where they are now, and what was recorded moves with them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.source import Sources, SourceText
from codetour.model.text import clean
from codetour.model.tour import Anchor, Stop, Tour

if TYPE_CHECKING:
    from codetour.model.check import Resolution
    from codetour.resolve.files import Files
    from codetour.tourfile.collection import Found

_TOUR_FOLDERS = (".tours", ".vscode/tours", ".github/tours")
_PATIENCE: Final = 6.0
"""seconds for the patterns of a stranger's tour, all together"""
_MARKERS: Final = 2000
"""steps of a tour whose place is a comment in the code"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A saved tour and what belongs to it."""

    tour: Tour
    """its stops where they are now"""
    recording: Recording | None
    sources: Sources
    root: Path | None
    """the repository's folder; None for a bundle, or when it was not found"""
    path: Path
    stored: Tour
    """as it stands in the file"""
    notes: tuple[str, ...] = ()
    """what is no longer where it was, in words"""


class WithContents:
    """Sources in which a step of CodeTour that brings its own text wins: exported tours do."""

    def __init__(self, sources: Sources, tour: Tour) -> None:
        self._sources = sources
        self._texts: dict[str, SourceText] = {}
        for stop in tour.stops:
            text, file = stop.extra.get("contents"), stop.anchor.file
            if isinstance(text, str) and file and file not in self._texts:
                python = file.endswith((".py", ".pyi", ".pyw"))
                self._texts[file] = SourceText(file, text, "python" if python else "text")

    def read(self, file: str) -> SourceText | None:
        """The text, or None where there is none."""
        return self._texts.get(file) or self._sources.read(file)


def open_saved(path: Path, repo: Path | None = None) -> Opened:
    """A tour file or a bundle. Raises `UsageProblem` with what is wrong with it."""
    if not path.exists():
        raise UsageProblem(f"Not found: {clean(str(path))}", hint="Give a .tour file or a .codetour bundle.")
    if path.is_file() and _is_zip(path):
        from codetour.share.bundle import open_bundle

        tour, recording, sources = open_bundle(path)
        return Opened(tour, recording, sources, None, path, tour)
    from codetour.check.judge import as_authored
    from codetour.record.freshness import fitting
    from codetour.record.store import load_beside
    from codetour.resolve.files import Files
    from codetour.tourfile.document import read_document
    from codetour.tourfile.read import tour_of

    document = read_document(path)
    tour = tour_of(document)
    root = repo or repository_of(path)
    files = Files((root or path.parent).absolute())
    recording = load_beside(path)
    settled, notes = settle(tour, files, as_authored(tour, document, files))
    if recording is not None:
        recording = fitting(recording, tour, settled)
    return Opened(settled, recording, WithContents(files, tour), root, path, tour, notes)


def settle(
    tour: Tour, files: Files, authored: Mapping[int, Anchor] | None = None
) -> tuple[Tour, tuple[str, ...]]:
    """The tour with each stop at the line where it is now, and a sentence on each that is lost.

    `authored`: index of a stop that is a bare line number -> what the number meant when it was set.
    """
    from codetour.check.judge import judge_stop
    from codetour.check.patience import Patience
    from codetour.resolve.resolver import Resolver

    if not any(files.read(f) for f in dict.fromkeys(s.anchor.file for s in tour.stops) if f):
        return tour, ()  # no repository here: there is nothing to look in
    resolver = Resolver(files, tour)
    patience = Patience(_PATIENCE)
    stops: list[Stop] = []
    notes: list[str] = []
    for number, stop in enumerate(tour.stops, 1):
        if not stop.anchor.file or isinstance(stop.extra.get("contents"), str):
            stops.append(stop)
            continue
        now = _by_marker(tour, number, stop, files)
        now = now or judge_stop(stop, resolver, (authored or {}).get(number - 1), patience)
        if now.file is None or now.line is None:
            notes.append(f"Stop {number} is lost: {now.reason}.")
            stops.append(stop)
        else:
            stops.append(_at(stop, now.file, now.line, files))
    return tour._replace(stops=tuple(stops)), tuple(notes)


def _at(stop: Stop, file: str, line: int, files: Files) -> Stop:
    from codetour.resolve.anchors import refresh

    if (file, line) == (stop.anchor.file, stop.anchor.line):
        return stop
    return stop._replace(anchor=refresh(files, Anchor(file, line)))


def _by_marker(tour: Tour, number: int, stop: Stop, files: Files) -> Resolution | None:
    """The place of a step of a marker tour: the comment `CT1.2` is step 2 of the tour `1 - ...`."""
    from codetour.model.check import Resolution
    from codetour.tourfile.links import number_of

    if stop.anchor.line > 0 or stop.extra.get("pattern") or number > _MARKERS:
        return None
    marker = tour.extra.get("stepMarker")
    title = number_of(tour.title)
    prefix = marker if isinstance(marker, str) and marker else f"CT{title}" if title else ""
    source = files.read(stop.anchor.file) if prefix else None
    if source is None:
        return None
    wanted = f"{prefix}.{number}"
    at = next(
        (n for n, line in enumerate(source.lines, 1) if wanted in line and not _longer(line, wanted)), None
    )
    return Resolution("ok", stop.anchor.file, at, 0.9, "its marker is there") if at is not None else None


def _longer(line: str, wanted: str) -> bool:
    """`CT1.12` is not `CT1.1`."""
    return line[line.index(wanted) + len(wanted) :][:1].isdigit()


def repository_of(path: Path) -> Path | None:
    """The folder that a tour's files are relative to: kept for a saved run, else the one that holds it."""
    kept = place_file(path)
    if kept.is_file():
        root = Path(kept.read_text(encoding="utf-8", errors="replace").strip())
        if root.is_dir():
            return root
    folder = path.absolute().parent
    for name in _TOUR_FOLDERS:
        # CodeTour looks below these folders too
        for outer in (folder, *folder.parents):
            if outer.as_posix().endswith("/" + name):
                return outer.parents[name.count("/")]
    if folder.name == ".vscode" and path.name == "main.tour":
        return folder.parent
    return next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder)


def siblings(opened: Opened) -> list[Found]:
    """The other tours of the repository that a saved tour belongs to; none for a bundle."""
    if opened.root is None:
        return []
    from codetour.tourfile.collection import find

    here = opened.path.resolve()
    return [f for f in find(opened.root) if f.path.resolve() != here]


def place_file(tour_file: Path) -> Path:
    """Where the repository's folder is kept for a tour that was saved outside of it.

    In the user's own files: beside the tour, a stranger's repository could bring one that names any folder of theirs.
    """
    import hashlib

    from codetour.places import state_dir

    key = hashlib.sha256(os.fsencode(tour_file.resolve())).hexdigest()[:24]
    return state_dir() / "places" / key


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"
