"""What every app of ours looks like: the widths at which panes move, and the theme."""

from __future__ import annotations

import os
from typing import Any, Final

from textual.app import App

from codetour.ui.themes import DARK, LIGHT, NAMES

WIDTHS: Final = ((0, "-tiny"), (60, "-one"), (120, "-two"), (156, "-three"))
"""two columns from 120, since most lines of ML code fit the 74 that the code gets then"""
HEIGHTS: Final = ((0, "-short"), (16, "-middle"), (32, "-tall"))


def plain_colours() -> bool | None:
    """For `ansi_color`: NO_COLOR means the terminal's own two colours, not shades of grey."""
    return True if "NO_COLOR" in os.environ else None


def dress(app: App[Any], theme: str) -> None:
    """Put on the theme: dark, light, ansi, ansi-light or the name of a theme of Textual."""
    app.register_theme(DARK)
    app.register_theme(LIGHT)
    wanted = NAMES.get("ansi" if app.no_color else theme, theme)
    app.theme = wanted if wanted in app.available_themes else DARK.name
