"""Writing a `Tour` as a file that VS Code CodeTour opens unchanged.

A file that is already there gives the order of the keys, so that rewriting a tour shows up small in a diff.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from codetour.errors import UsageProblem
from codetour.model.source import Sources
from codetour.model.tour import Tour
from codetour.tourfile import encode
from codetour.tourfile.decode import OURS
from codetour.tourfile.document import read_document, to_text, write_text

__all__ = ["dumps", "save"]


POSITION: Final = ("line", "pattern", "selection")


def save(
    tour: Tour,
    path: Path,
    *,
    anchors: encode.Anchors = "pattern",
    sources: Sources | None = None,
    positions: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Write `tour` to `path`, in one move. Raises UsageProblem when it cannot be written.

    `sources` lets `anchors="pattern"` check that a pattern is unique; without it every step gets its line.
    `positions` has steps, by the stop's id, whose position is kept as it is there.
    """
    made = encode.tour(tour, anchors, sources)
    for stop, step in zip(tour.stops, made["steps"], strict=True):
        if positions is not None and (kept := positions.get(stop.id)) is not None:
            for key in POSITION:
                step.pop(key, None)
            step |= {key: kept[key] for key in POSITION if key in kept}
    write_text(path, to_text(_in_order(made, _old(path))))


def dumps(tour: Tour, *, anchors: encode.Anchors = "pattern", sources: Sources | None = None) -> str:
    """The text of the tour file."""
    return to_text(encode.tour(tour, anchors, sources))


def _old(path: Path) -> dict[str, Any]:
    """What stands in the file now; {} where there is none or it cannot be read."""
    try:
        return cast("dict[str, Any]", read_document(path).value) if path.exists() else {}
    except (UsageProblem, OSError):
        return {}


def _in_order(new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """`new` with its keys in the order of `old`, objects inside alike, steps matched by id."""
    made = {key: new[key] for key in old if key in new} | new
    for key, value in made.items():
        before = old.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            made[key] = _in_order(cast("dict[str, Any]", value), cast("dict[str, Any]", before))
        elif key == "steps" and isinstance(before, list):
            made[key] = _steps(cast("list[dict[str, Any]]", value), cast("list[Any]", before))
    return made


def _steps(new: list[dict[str, Any]], old: list[Any]) -> list[dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}
    for number, step in enumerate(old, 1):
        if isinstance(step, dict):
            found = cast("dict[str, Any]", step)
            known[_id(found) or f"step-{number}"] = found
    return [_in_order(step, known.get(_id(step), {})) for step in new]


def _id(step: dict[str, Any]) -> str:
    ours = step.get(OURS)
    return str(cast("dict[str, Any]", ours).get("id", "")) if isinstance(ours, dict) else ""
