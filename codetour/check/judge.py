"""The verdict on tours: ours by their anchors, those of other players by line, pattern, links and ref."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from codetour.check.dead_links import warnings
from codetour.check.patience import Patience
from codetour.check.report import Report, StopReport, TourReport
from codetour.check.titles import Titles
from codetour.errors import UsageProblem
from codetour.model.check import Resolution
from codetour.model.tour import Anchor, Stop, Tour
from codetour.progress import Progress
from codetour.resolve.files import Files
from codetour.resolve.resolver import Resolver
from codetour.tourfile.document import Document, read_document
from codetour.tourfile.problems import Problem, TourProblem
from codetour.tourfile.read import tour_of

FOLDERS: Final = (".tours", ".vscode/tours", ".github/tours")
SINGLE: Final = (".tour", "main.tour", ".vscode/main.tour")
MOST: Final = 20_000


class _Loaded(NamedTuple):
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
        return _inside_of(root, single + [path for folder in folders for path in _below(folder)])
    made: list[Path] = []
    for path in paths:
        if path.is_dir():
            made += _inside_of(path, _below(path))
        elif path.exists():
            made.append(path)
        else:
            raise UsageProblem(f"There is no tour file or folder {path}", hint="Check the path.")
    return made


def _inside_of(folder: Path, found: list[Path]) -> list[Path]:
    """Without links that lead out: one may name any file of whoever checks, and nobody asked for that one."""
    inside = folder.resolve()
    return [path for path in found if inside in path.resolve().parents]


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
    titles = Titles(root, [item.tour for item in loaded if item.tour is not None])
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
    from codetour.check.since import changed_since

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
    titles: Titles,
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
            made = made._replace(cell=_cell(files, now.file, now.line))
        stops.append(made)
    found = warnings(item.tour, item.document, files.root, titles)
    return TourReport(
        item.path,
        item.tour.title,
        tuple(stops),
        warnings=found,
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
        return found._replace(reason=f"{found.reason} (since {since}, when the step was last set)")
    if anchor.file and (anchor.text or anchor.print):
        return resolver.resolve(anchor)
    from codetour.check.foreign import judge_foreign

    return judge_foreign(stop, resolver.files, patience or Patience())
