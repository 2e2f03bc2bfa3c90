"""Where a run's tour and recording are written when the user names no place: by repository, outside of it."""

from __future__ import annotations

import re
from pathlib import Path

from codetour.cli.opening import place_file
from codetour.cli.pipeline import Planned
from codetour.model.recording import Recording
from codetour.places import state_dir
from codetour.source.reading import TreeSources


def save_run(planned: Planned, recording: Recording, target: Path | None) -> tuple[Path, Path]:
    """Write both files; returns the tour's and the recording's path. Raises `UsageProblem` when they cannot be."""
    from codetour.record.store import recording_path
    from codetour.record.store import save as save_recording
    from codetour.tourfile.write import save as save_tour

    tour_file = (target or default_place(planned)).absolute()
    if target is None and not recording.seen and recording_path(tour_file).exists():
        # what an earlier run has seen is worth more than a run that saw nothing
        tour_file = tour_file.with_name(f"{tour_file.stem}-unseen.tour")
    tour_file.parent.mkdir(parents=True, exist_ok=True)
    save_tour(planned.tour, tour_file, sources=TreeSources(planned.tree.root))
    recording_file = recording_path(tour_file)
    save_recording(recording, recording_file)
    if planned.tree.root not in tour_file.parents:
        kept = place_file(tour_file)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(f"{planned.tree.root}\n", encoding="utf-8")
    return tour_file, recording_file


def default_place(planned: Planned) -> Path:
    """One file per repository and entry point; a new run replaces it."""
    entry = planned.entry
    name = entry.file if entry.qualname == "<module>" else f"{entry.file}-{entry.qualname}"
    return state_dir() / "tours" / _slug(planned.tree.name) / f"{_slug(name)}.tour"


def kept_tours(name: str | None) -> list[Path]:
    """The tours that runs of the repository `name` have left; of every repository for None."""
    folder = state_dir() / "tours"
    return sorted(folder.glob("*/*.tour" if name is None else f"{_slug(name)}/*.tour"))


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text, flags=re.ASCII).strip("-.")[:100] or "tour"
