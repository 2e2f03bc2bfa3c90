"""A statement that was commented out: still there to be read, so not lost."""

from __future__ import annotations

from typing import Final

from codetour.resolve.matching import Print
from codetour.resolve.statements import Index

LEAST: Final = 6
"""characters that tell a line"""
MOST: Final = 50
"""equal comments of which one may still be told by its neighbours"""
ROUND: Final = 6
"""lines on each side among which the neighbours are sought"""


def commented_out(found: Print, index: Index) -> int | None:
    """The line that holds the stop's own as a comment; None where there is none, or several in like surroundings."""
    text = bare(found.anchor.text)
    if found.anchor.text.startswith("#") or len(text) < LEAST:
        return None
    lines = [number for number, line in enumerate(index.lines, 1) if "#" in line and _hidden(line) == text]
    if len(lines) < 2:
        return lines[0] if lines else None
    if len(lines) > MOST:
        return None
    near = {bare(line) for line in found.near}
    ranked = sorted(((_known(index, number, near), number) for number in lines), reverse=True)
    return ranked[0][1] if ranked[0][0] > ranked[1][0] else None


def bare(line: str) -> str:
    """A line without white space and without the signs that make it a comment."""
    return "".join(line.split()).lstrip("#")


def _hidden(line: str) -> str:
    """What a comment hides, "" for any other line."""
    return bare(line) if line.lstrip().startswith("#") else ""


def _known(index: Index, number: int, near: set[str]) -> int:
    around = index.lines[max(0, number - 1 - ROUND) : number + ROUND]
    return len(near & {bare(line) for line in around})
