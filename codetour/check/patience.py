"""How long the expressions of one check may take together: 2,000 steps of a stranger's tour must not take an hour."""

from __future__ import annotations

from typing import Final

TOGETHER: Final = 20.0
"""seconds"""


class Patience:
    """The time that is left."""

    def __init__(self, seconds: float = TOGETHER) -> None:
        self.left = seconds

    def spend(self, seconds: float) -> None:
        """So much of it is gone."""
        self.left -= seconds
