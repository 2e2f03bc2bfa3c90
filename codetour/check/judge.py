"""The verdict on tours: ours by their anchors, those of other players by line, pattern, links and ref."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from codetour.check.patterns import Patience, lines_matching
from codetour.check.report import Report, StopReport, TourReport
from codetour.check.since import changed_since, known_commit
from codetour.errors import UsageProblem
from codetour.model.check import Resolution
from codetour.model.tour import Anchor, Stop, Tour
from codetour.progress import Progress
from codetour.resolve.files import Files
from codetour.resolve.resolver import Resolver
from codetour.tourfile.document import Document, read_document
from codetour.tourfile.paths import tidy, unsafe
from codetour.tourfile.problems import Problem, TourProblem
from codetour.tourfile.read import tour_of

FOLDERS: Final = (".tours", ".vscode/tours", ".github/tours")
SINGLE: Final = (".tour", "main.tour", ".vscode/main.tour")
MOST: Final = 20_000
_STEP_LINK: Final = re.compile(r"\[(?:[^\]\n]*\]\[)?#(\d{1,9})\]")
_TOUR_LINK: Final = re.compile(r"\[(?:[^\]\n]*\]\[)?([^#\]\[\n]{1,200})#(\d{1,9})\]")


@dataclass(frozen=True, slots=True)
class _Loaded:
    path: str
    document: Document | None
    tour: Tour | None
    problems: tuple[Problem, ...] = ()
    message: str = ""


def find_tours(paths: Sequence[Path], root: Path) -> list[Path]:
    """The tour files below `paths`; without paths, those where CodeTour looks. Raises UsageProblem."""
    if not paths:
        folders = [root / f for f in FOLDERS if (root / f).is_dir()]
        single = [root / f for f in SINGLE if (root / f).is_file()]
        return single + [found for folder in folders for found in _below(folder)]
    made: list[Path] = []
    for path in paths:
        if path.is_dir():
            made += _below(path)
        elif path.exists():
            made.append(path)
        else:
            raise UsageProblem(f"There is no tour file or folder {path}", hint="Check the path.")
    return made


def _below(folder: Path) -> list[Path]:
    found = sorted(p for p in folder.rglob("*.tour") if p.is_file())
    return found[:MOST]


def judge(paths: Sequence[Path], root: Path, progress: Progress, *, since: str | None = None) -> Report:
    """Resolve every stop of every tour in the work tree `root`; with `since`, those whose files have changed.

    Raises UsageProblem for a commit that is not there.
    """
    files = Files(root)
    loaded = [_load(path) for path in paths]
    changed = None if since is None else _changed(loaded, root, since)
    patience = Patience()
    titles = {item.tour.title: len(item.tour.stops) for item in loaded if item.tour is not None}
    reports: list[TourReport] = []
    for count, item in enumerate(loaded):
        progress.check()
        progress.advance(count, len(loaded), item.path)
        reports.append(_report(item, files, titles, changed, patience))
    return Report(tuple(reports))


def _load(path: Path) -> _Loaded:
    try:
        document = read_document(path)
        return _Loaded(str(path), document, tour_of(document))
    except TourProblem as error:
        return _Loaded(str(path), None, None, error.problems)
    except UsageProblem as error:
        return _Loaded(str(path), None, None, (), error.message)


def _changed(loaded: list[_Loaded], root: Path, since: str) -> frozenset[str]:
    """The files of stops that differ from the commit; a tour that itself differs is checked as a whole."""
    tours = {item.path: _inside(root, item.path) for item in loaded if item.tour is not None}
    stops = {item.path: {s.anchor.file for s in item.tour.stops} for item in loaded if item.tour is not None}
    files = {f for found in stops.values() for f in found} | {f for f in tours.values() if f is not None}
    changed = changed_since(root, since, files - {""})
    whole = {f for path, tour in tours.items() if tour is None or tour in changed for f in stops[path]}
    return changed | whole


def _inside(root: Path, tour: str) -> str | None:
    try:
        return Path(tour).resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return None


def _report(
    item: _Loaded,
    files: Files,
    titles: dict[str, int],
    changed: frozenset[str] | None,
    patience: Patience,
) -> TourReport:
    if item.tour is None or item.document is None:
        return TourReport(item.path, problems=item.problems, message=item.message)
    resolver = Resolver(files, item.tour)
    known = as_authored(item.tour, item.document, files)
    stops: list[StopReport] = []
    for index, stop in enumerate(item.tour.stops):
        if changed is not None and stop.anchor.file not in changed:
            continue
        now = judge_stop(stop, resolver, known.get(index), patience)
        made = StopReport(stop.id, index, stop.title, stop.anchor.file, stop.anchor.line, now)
        if now.file is not None and now.file.endswith(".ipynb") and now.line is not None:
            made = replace(made, cell=_cell(files, now.file, now.line))
        stops.append(made)
    warnings = _warnings(item.tour, item.document, files, titles)
    return TourReport(
        item.path,
        item.tour.title,
        tuple(stops),
        warnings=warnings,
        unchanged=len(item.tour.stops) - len(stops),
        document=item.document,
    )


def _cell(files: Files, file: str, line: int) -> tuple[int, int] | None:
    source = files.read(file)
    found = source.cell_of(line) if source is not None else None
    return None if found is None else (found[0].index, found[1])


def as_authored(tour: Tour, document: Document, files: Files) -> dict[int, Anchor]:
    """Index -> what git knows of steps that are a line number and nothing else."""
    if all(s.anchor.text or s.anchor.print or s.anchor.line < 1 for s in tour.stops):
        return {}
    from codetour.check.authored import authored

    return authored(tour, document, files.root, _inside(files.root, document.name))


def judge_stop(
    stop: Stop, resolver: Resolver, known: Anchor | None = None, patience: Patience | None = None
) -> Resolution:
    """The verdict on one stop; `known` is what a bare line number pointed at when it was set."""
    anchor = stop.anchor
    if known is not None:
        found = resolver.resolve(known)
        since = str(known.print["commit"])[:8]
        return replace(found, reason=f"{found.reason} (since {since}, when the step was last set)")
    if not anchor.file:
        return _without_file(stop, resolver.files)
    if anchor.text or anchor.print:
        return resolver.resolve(anchor)
    if anchor.line < 1:
        return _by_pattern(stop, resolver.files, patience)
    return _by_line(stop, resolver.files)


def _without_file(stop: Stop, files: Files) -> Resolution:
    folder = stop.extra.get("directory")
    if not isinstance(folder, str):
        return Resolution("ok", None, None, 1.0, "a step without a file")
    if (reason := unsafe(folder)) or not (files.root / tidy(folder)).is_dir():
        return Resolution("lost", None, None, 0.0, reason or f"there is no folder {folder}")
    return Resolution("ok", None, None, 1.0, "the folder is there")


def _by_pattern(stop: Stop, files: Files, patience: Patience | None) -> Resolution:
    file = stop.anchor.file
    source = files.read(file)
    if source is None:
        return Resolution("lost", None, None, 0.0, f"{file} is not there")
    pattern = stop.extra.get("pattern")
    if not isinstance(pattern, str):
        return Resolution("ok", file, 1, 0.5, "only a file; the file is there")
    found, trouble = lines_matching(pattern, source.lines, patience or Patience())
    if trouble:
        return Resolution("lost", None, None, 0.0, trouble)
    if len(found) == 1:
        return Resolution("ok", file, found[0], 0.8, "the pattern matches one line")
    reason = "the pattern matches no line" if not found else f"the pattern matches {len(found)} lines or more"
    return Resolution("lost", None, None, 0.0, reason)


def _by_line(stop: Stop, files: Files) -> Resolution:
    file, line = stop.anchor.file, stop.anchor.line
    source = files.read(file)
    if source is None:
        return Resolution("lost", None, None, 0.0, f"{file} is not there")
    if source.cells:
        # other players count the lines of the .ipynb text; which script line that is depends on the cell
        cell = next((c for c in source.cells if c.raw <= line < c.raw + c.count), None)
        if cell is None:
            return Resolution("lost", None, None, 0.0, f"line {line} of {file} is in no code cell")
        return Resolution(
            "ok", file, cell.first + line - cell.raw, 0.5, "only a line number; its text is not known"
        )
    last = len(source.lines) - (1 if source.lines and not source.lines[-1] else 0)
    if line > max(last, 1):
        return Resolution("lost", None, None, 0.0, f"{file} has only {last} lines")
    return Resolution("ok", file, line, 0.5, "only a line number; its text is not known")


def _warnings(tour: Tour, document: Document, files: Files, titles: dict[str, int]) -> tuple[Problem, ...]:
    made: list[Problem] = []
    following = tour.extra.get("nextTour")
    if isinstance(following, str) and following not in titles:
        made.append(document.problem(("nextTour",), f"no tour here has the title {following!r}"))
    ref = tour.extra.get("ref")
    if isinstance(ref, str) and known_commit(files.root, ref) is None:
        made.append(document.problem(("ref",), f"{ref!r} is no branch, tag or commit of this repository"))
    for index, stop in enumerate(tour.stops):
        text = f"{stop.idea}\n{stop.look}"
        made += [
            _dead(document, index, f"link to step #{number}, but there are {len(tour.stops)}")
            for number in sorted({int(n) for n in _STEP_LINK.findall(text)})
            if not 1 <= number <= len(tour.stops)
        ]
        for title, number in set(_TOUR_LINK.findall(text)):
            if title in titles and not 1 <= int(number) <= titles[title]:
                made.append(
                    _dead(document, index, f"link to step #{number} of {title!r}, which has {titles[title]}")
                )
    return tuple(made)


def _dead(document: Document, index: int, text: str) -> Problem:
    return document.problem(("steps", index, "description"), text)
