"""`check --fix`: anchors made anew where a stop has moved or changed, and not one byte touched elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as File
from typing import Any, cast

from codetour.check.report import Report, StopReport, TourReport
from codetour.model.tour import Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.resolve.history import head
from codetour.tourfile import encode
from codetour.tourfile.decode import OURS
from codetour.tourfile.document import Document, write_text
from codetour.tourfile.jsontext import Path
from codetour.tourfile.read import tour_of


def fix(report: Report, root: File) -> Report:
    """Rewrite the tours that have moved or changed stops; the report then names them."""
    files = Files(root)
    commit = head(root)
    fixed: list[str] = []
    for tour in report.tours:
        document = tour.document
        if document is None or not any(_drifted(s) for s in tour.stops):
            continue
        text = document.replace(_changes(document, tour, files, commit))
        write_text(File(tour.path), ("\ufeff" if document.bom else "") + text)
        fixed.append(tour.path)
    return replace(report, fixed=tuple(fixed))


def _drifted(stop: StopReport) -> bool:
    return stop.now.status in ("moved", "changed") and stop.now.file is not None and stop.now.line is not None


def _changes(document: Document, report: TourReport, files: Files, commit: str | None) -> dict[Path, Any]:
    """Path in the JSON -> new value."""
    tour = tour_of(document)
    # a lost stop is still looked for from its own commit, so the others carry theirs
    lost = any(s.now.status == "lost" for s in report.stops)
    moved = {s.index: _anchored(tour.stops[s.index], s, files) for s in report.stops if _drifted(s)}
    raw = cast("dict[str, Any]", document.value)
    changes: dict[Path, Any] = {}
    if lost and commit:
        moved = {i: _dated(stop, commit) for i, stop in moved.items()}
    for index, stop in moved.items():
        changes |= _step_changes(raw["steps"][index], stop, index, files)
    after = replace(tour, stops=tuple(moved.get(i, s) for i, s in enumerate(tour.stops)))
    if isinstance(raw.get(OURS), dict):
        changes[(OURS,)] = _ours(raw[OURS], after, files, commit, lost=lost)
    return changes


def _anchored(stop: Stop, report: StopReport, files: Files) -> Stop:
    assert report.now.file is not None
    assert report.now.line is not None
    return replace(stop, anchor=make(files, report.now.file, report.now.line))


def _dated(stop: Stop, commit: str) -> Stop:
    return replace(stop, anchor=replace(stop.anchor, print=stop.anchor.print | {"commit": commit}))


def _step_changes(step: dict[str, Any], stop: Stop, index: int, files: Files) -> dict[Path, Any]:
    mode = "line" if "line" in step and "pattern" not in step else "pattern"
    new = encode.step(stop, mode, files)
    here: Path = ("steps", index)
    positions = {"file", "line", "pattern"}
    if positions & step.keys() != positions & new.keys():
        # the kind of position changes, so the step as a whole is written anew, its keys in their order
        kept = {k: new.get(k, v) for k, v in step.items() if k not in positions or k in new}
        return {here: kept | {k: v for k, v in new.items() if k in positions or k == OURS}}
    changes: dict[Path, Any] = {(*here, k): new[k] for k in positions & step.keys() if step[k] != new[k]}
    return changes | {(*here, OURS, "anchor"): new[OURS]["anchor"]}


def _ours(old: dict[str, Any], tour: Tour, files: Files, commit: str | None, *, lost: bool) -> dict[str, Any]:
    """The tour's own part with the shared fingerprints of now; what a lost stop was found by is kept."""
    made = dict(old)
    fresh = complete(tour, files).print
    kept: Any = old.get("print")
    if lost and isinstance(kept, dict):
        before = cast("dict[str, Any]", kept)
        both: dict[str, Any] = fresh["files"] | cast("dict[str, Any]", before.get("files", {}))
        made["print"] = fresh | {"files": both, "paths": before.get("paths", "")}
        return made
    made["print"] = fresh
    if commit:
        made["commit"] = commit
    return made
