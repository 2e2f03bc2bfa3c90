"""Reading a tour file into a `Tour`: ours or anybody's CodeTour tour, unknown keys kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from codetour.model.tour import Tour
from codetour.tourfile import decode
from codetour.tourfile.document import Document, make_document, read_document
from codetour.tourfile.fields import Fields, Findings

__all__ = ["load", "loads", "tour_of"]


def load(path: Path) -> Tour:
    """The tour in a file. Raises UsageProblem, for a bad document with every problem's line and column."""
    return tour_of(read_document(path))


def loads(text: str, name: str = "tour") -> Tour:
    """The tour in a text; `name` stands for the file in messages."""
    return tour_of(make_document(text, name))


def tour_of(document: Document) -> Tour:
    """The tour in a document. Raises TourProblem with every problem."""
    findings = Findings()
    tour = decode.tour(Fields(cast("dict[str, Any]", document.value), (), findings))
    newer = any(path[-1:] == ("version",) for path, _ in findings.found)
    document.refuse(findings, hint="Upgrade codetour: pip install -U codetour." if newer else "")
    return tour
