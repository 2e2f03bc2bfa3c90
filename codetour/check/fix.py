"""`check --fix`: anchors made anew where a stop has moved or changed, and not one byte touched elsewhere."""

from __future__ import annotations

from pathlib import Path as File
from typing import Any, cast

from codetour.check.report import Report, StopReport, TourReport
from codetour.model.tour import Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.resolve.git import head
from codetour.tourfile import encode
from codetour.tourfile.decode import OURS
from codetour.tourfile.document import Document, write_text
from codetour.tourfile.json_limits import Path
from codetour.tourfile.pattern import build, literal
from codetour.tourfile.read import tour_of


def fix(report: Report, root: File) -> Report:
    """Rewrite the tours that have moved or changed stops; the report then names them."""
    files = Files(root)
    commit = head(root)
    fixed: list[str] = []
    for tour in report.tours:
        document = tour.document
        changes = _changes(document, tour, files, commit) if document is not None else {}
        if document is None or not changes:
            continue
        text = document.replace(changes)
        write_text(File(tour.path), ("\ufeff" if document.bom else "") + text)
        fixed.append(tour.path)
    return report._replace(fixed=tuple(fixed))


def _drifted(stop: StopReport) -> bool:
    return stop.now.status in ("moved", "changed") and stop.now.file is not None and stop.now.line is not None


def _changes(document: Document, report: TourReport, files: Files, commit: str | None) -> dict[Path, Any]:
    """Path in the JSON -> new value."""
    tour = tour_of(document)
    raw = cast("dict[str, Any]", document.value)
    foreign = {s.index for s in report.stops if _foreign(raw["steps"][s.index])}
    changes: dict[Path, Any] = {}
    # players show a tour with a `ref` at that commit, where its lines are right
    if not isinstance(tour.extra.get("ref"), str):
        for stop in report.stops:
            if stop.index in foreign and _drifted(stop):
                changes |= _foreign_changes(raw["steps"][stop.index], stop, files)
    ours = [s for s in report.stops if s.index not in foreign]
    if not any(_drifted(s) for s in ours):
        return changes
    # a stop that is lost, or was not looked at, is still to be found from its own commit: the others carry theirs
    lost = report.unchanged > 0 or any(s.now.status == "lost" for s in ours)
    moved = {s.index: _anchored(tour.stops[s.index], s, files) for s in ours if _drifted(s)}
    if lost and commit:
        moved = {i: _dated(stop, commit) for i, stop in moved.items()}
    for index, stop in moved.items():
        changes |= _step_changes(raw["steps"][index], stop, index, files)
    after = tour._replace(stops=tuple(moved.get(i, s) for i, s in enumerate(tour.stops)))
    if isinstance(raw.get(OURS), dict):
        changes[(OURS,)] = _ours(raw[OURS], after, files, commit, lost=lost)
    return changes


def _foreign(step: dict[str, Any]) -> bool:
    """A step that another player wrote: it has no anchor of ours."""
    kept = step.get(OURS)
    return not (isinstance(kept, dict) and "anchor" in kept)


def _foreign_changes(step: dict[str, Any], stop: StopReport, files: Files) -> dict[Path, Any]:
    """The position alone, in the keys that the step has."""
    assert stop.now.file is not None
    assert stop.now.line is not None
    here: Path = ("steps", stop.index)
    changes: dict[Path, Any] = {}
    if stop.now.file != stop.was_file:
        changes[(*here, "file")] = stop.now.file
    if "line" in step and step["line"] != stop.now.line:
        changes[(*here, "line")] = stop.now.line
    for end in ("start", "end") if isinstance(step.get("selection"), dict) else ():
        line = step["selection"].get(end, {}).get("line")
        if isinstance(line, int) and stop.now.line != stop.was_line:
            changes[(*here, "selection", end, "line")] = line + stop.now.line - stop.was_line
    source = files.read(stop.now.file)
    pattern = step.get("pattern")
    if source is not None and isinstance(pattern, str) and literal(pattern) not in (None, ""):
        changes[(*here, "pattern")] = build(source.line(stop.now.line))
    return {path: value for path, value in changes.items() if value != _at(step, path[2:])}


def _at(step: Any, path: Path) -> Any:
    for key in path:
        step = step[key]
    return step


def _anchored(stop: Stop, report: StopReport, files: Files) -> Stop:
    assert report.now.file is not None
    assert report.now.line is not None
    return stop._replace(anchor=make(files, report.now.file, report.now.line))


def _dated(stop: Stop, commit: str) -> Stop:
    return stop._replace(anchor=stop.anchor._replace(print=stop.anchor.print | {"commit": commit}))


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
