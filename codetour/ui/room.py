"""Whether the screens fit into a terminal; asked before Textual is imported, so standard library only."""

from __future__ import annotations

import os
import sys

from codetour.errors import UsageProblem

SMALLEST = (30, 8)
"""below this nothing sensible can be shown"""
COMFORTABLE = (60, 16)
"""from here on the panes beside idea and code appear"""


def require_room() -> None:
    """Raises `UsageProblem` where the terminal is too small to open a screen in."""
    try:
        width, height = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return
    # some terminals do not know their size and say 0
    if width and height and (width < SMALLEST[0] or height < SMALLEST[1]):
        wide, high = COMFORTABLE
        raise UsageProblem(
            f"This terminal is {width}×{height}: too small to read code in.",
            hint=f"Make it {wide}×{high} or larger, or add --plain.",
        )
