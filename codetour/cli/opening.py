"""Opening a saved tour: a `.tour` file with its repository and recording, or a bundle that holds all three."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.source import Sources
from codetour.model.text import clean
from codetour.model.tour import Tour

_TOUR_FOLDERS = (".tours", ".vscode/tours", ".github/tours")


@dataclass(frozen=True, slots=True)
class Opened:
    """A saved tour and what belongs to it."""

    tour: Tour
    recording: Recording | None
    sources: Sources
    root: Path | None
    """the repository's folder; None for a bundle, or when it was not found"""


def open_saved(path: Path, repo: Path | None = None) -> Opened:
    """A tour file or a bundle. Raises `UsageProblem` with what is wrong with it."""
    if not path.exists():
        raise UsageProblem(f"Not found: {clean(str(path))}", hint="Give a .tour file or a .codetour bundle.")
    if path.is_file() and _is_zip(path):
        from codetour.share.bundle import open_bundle

        tour, recording, sources = open_bundle(path)
        return Opened(tour, recording, sources, None)
    from codetour.record.store import load_beside
    from codetour.source.reading import TreeSources
    from codetour.tourfile.read import load

    tour = load(path)
    root = repo or repository_of(path)
    return Opened(tour, load_beside(path), TreeSources(root or path.parent), root)


def repository_of(path: Path) -> Path | None:
    """The folder that a tour's files are relative to: kept beside a saved run, else the one that holds it."""
    kept = place_file(path)
    if kept.is_file():
        root = Path(kept.read_text(encoding="utf-8", errors="replace").strip())
        if root.is_dir():
            return root
    folder = path.absolute().parent
    for name in _TOUR_FOLDERS:
        if folder.as_posix().endswith("/" + name):
            return folder.parents[name.count("/")]
    return next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder)


def place_file(tour_file: Path) -> Path:
    """Where the repository's folder is kept for a tour that was saved outside of it."""
    return tour_file.parent / ".codetour" / f"{tour_file.name.removesuffix('.tour')}.place"


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"
