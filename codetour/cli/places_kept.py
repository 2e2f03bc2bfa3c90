"""How far the reader got in each tour, kept between visits."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.places import state_dir


def keep_place(tree: Tree, tour: Tour, index: int) -> None:
    """Remember stop `index`; a state folder that cannot be written is no error."""
    with contextlib.suppress(OSError):
        place = _file(tree, tour)
        place.parent.mkdir(parents=True, exist_ok=True)
        stop = tour.stops[index].id if index < len(tour.stops) else ""
        place.write_text(stop, encoding="utf-8")


def kept_place(tree: Tree, tour: Tour) -> int:
    """The stop to go on at; 0 for a tour not visited, or finished, or planned otherwise since."""
    try:
        stop = _file(tree, tour).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return 0
    return next((i for i, s in enumerate(tour.stops) if s.id == stop), 0)


def _file(tree: Tree, tour: Tour) -> Path:
    key = f"{tree.name}\0{tour.entry.file if tour.entry else tour.title}"
    return state_dir() / "places" / hashlib.sha256(key.encode()).hexdigest()[:24]
