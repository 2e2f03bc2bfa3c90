"""A tour as a Jupyter notebook: one Markdown cell a stop, format 4.5, no outputs and nothing to execute.

Excerpts are code to be read, not cells: a function's middle does not run by itself. The tour travels along under one
key of the notebook's metadata, so that `codetour` knows which one it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from codetour.model.tour import Tour
from codetour.share.card import Card, line_of
from codetour.share.markdown import Place, StopWriter
from codetour.share.words import plain_line

_ID: Final = re.compile(r"[^A-Za-z0-9_-]")


def write(tour: Tour, cards: Sequence[Card], place: Place | None = None) -> str:
    """The notebook as JSON."""
    writer = StopWriter(tour, len(cards), place or Place())
    cells = [
        _cell(
            "tour",
            [f"# {plain_line(line_of(tour.title) or 'Tour')}", "", *writer.opening(), *_outline(cards)],
        )
    ]
    chapter = ""
    for card in cards:
        lines = writer.stop(card)
        if card.chapter != chapter:
            chapter = card.chapter
            lines = [f"## {chapter}", "", *lines]
        cells.append(_cell(f"{card.number}-{card.id}", lines))
    if closing := writer.closing():
        cells.append(_cell("end", closing))
    document = {
        "cells": cells,
        "metadata": {
            "codetour": {"title": line_of(tour.title), "commit": line_of(tour.commit or "", 64)},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _outline(cards: Sequence[Card]) -> list[str]:
    return [f"{c.number}. [{plain_line(c.name)}](#stop-{c.number})" for c in cards]


def _cell(name: str, lines: list[str]) -> dict[str, Any]:
    text = "\n".join(lines).rstrip()
    return {
        "cell_type": "markdown",
        "id": _ID.sub("-", name)[:64],
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
