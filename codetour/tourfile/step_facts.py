"""What a step of CodeTour says beside its words and its line: shown as text everywhere, acted on nowhere."""

from __future__ import annotations

from typing import Any, Final, cast

from codetour.model.text import clean
from codetour.model.tour import Stop

MOST: Final = 12
_LABELS: Final = (
    ("directory", "Folder"),
    ("uri", "Address, not opened"),
    ("view", "View of VS Code"),
)


def facts(stop: Stop) -> list[tuple[str, str]]:
    """(label, text) of the folder, address, view and commands of a step."""
    made = [
        (label, clean(value, 400)) for key, label in _LABELS if isinstance(value := stop.extra.get(key), str)
    ]
    commands = stop.extra.get("commands")
    if isinstance(commands, list):
        texts = [c for c in cast("list[Any]", commands) if isinstance(c, str)]
        made += [("Command of VS Code, not run", clean(c, 400)) for c in texts[:MOST]]
    return made
