"""What a headless run prints for machines, and the exit code that goes with it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from codetour.errors import SessionError
from codetour.model.entry import Launch
from codetour.model.events import Ended
from codetour.model.recording import Recording
from codetour.model.source import Sources, Tree
from codetour.model.tour import Stop, Tour


def launch_document(launch: Launch) -> dict[str, Any]:
    """A launch as `entries --json` and `run --json` print it."""
    return {
        "argv": list(launch.argv),
        "cwd": launch.cwd,
        "module": launch.module,
        "env": dict(launch.env),
        "source": launch.source,
        "overrides": [o._asdict() for o in launch.overrides],
        "needs": [n._asdict() for n in launch.needs],
    }


def place_document(stop: Stop, sources: Sources) -> dict[str, Any]:
    """File, line and symbol of a stop; inside the cell for a notebook."""
    place: dict[str, Any] = {"file": stop.anchor.file, "line": stop.anchor.line, "symbol": stop.anchor.symbol}
    if stop.anchor.file.endswith(".ipynb"):
        source = sources.read(stop.anchor.file)
        if source is not None and (found := source.cell_of(stop.anchor.line)):
            place |= {"line": found[1], "cell": found[0].index, "script_line": stop.anchor.line}
    return place


def run_document(
    tree: Tree,
    tour: Tour,
    recording: Recording,
    sources: Sources,
    tour_file: Path | None,
    recording_file: Path | None,
) -> dict[str, Any]:
    """`codetour.run/1`."""
    end = recording.end
    entry = tour.entry
    return {
        "schema": "codetour.run/1",
        "repo": tree.name,
        "commit": tree.commit,
        "entry": f"{entry.file}:{entry.qualname}" if entry else None,
        "launch": {**launch_document(tour.launch), "command": list(recording.command)},
        "tour": str(tour_file) if tour_file else None,
        "recording": str(recording_file) if recording_file else None,
        "stops": [_stop_document(stop, recording, sources) for stop in tour.stops],
        "exit": asdict(end) if end else {"how": "failed", "code": None, "message": "nothing was run"},
        "timing": {**recording.timing, "total": round(end.seconds, 3) if end else 0.0},
        "notes": [*tree.notes, *tour.notes],
    }


def _stop_document(stop: Stop, recording: Recording, sources: Sources) -> dict[str, Any]:
    seen = recording.of(stop.id)
    return {
        "id": stop.id,
        "stage": stop.stage,
        "also": list(stop.also),
        **place_document(stop, sources),
        "title": stop.title,
        "status": "reached" if seen else "missed",
        "why": "" if seen else recording.missed.get(stop.id, "the program ended first"),
        "hits": seen.hits if seen else 0,
        "process": seen.process if seen else "",
        "seconds": round(seen.seconds, 3) if seen else None,
    }


def exit_code(recording: Recording) -> int:
    """0 when the tour showed something live; else the code of what stood in the way."""
    if recording.seen:
        return 0
    end: Ended | None = recording.end
    return 130 if end is not None and end.how == "cancelled" else SessionError.exit_code
