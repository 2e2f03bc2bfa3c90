"""What is wrong with a tour file: each finding with its line and column, all of them in one exception."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from codetour.errors import UsageProblem
from codetour.model.text import clean

SHOWN: Final = 20
"""findings printed in one message; the exception holds them all"""


class Problem(NamedTuple):
    """One finding in a tour file."""

    line: int
    column: int
    where: str
    """path into the JSON (`steps[1].line`), "" for the file itself"""
    text: str
    """what is wrong and what is expected, in words"""

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: "
        return place + (f"{clean(self.where, 200)}: {clean(self.text)}" if self.where else clean(self.text))


class TourProblem(UsageProblem):
    """A tour file cannot be used; `problems` has every finding."""

    def __init__(self, name: str, problems: Sequence[Problem], *, hint: str = "") -> None:
        self.name = name
        self.problems = tuple(problems)
        shown = [f"  {clean(name, 200)}:{p}" for p in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            shown.append(f"  and {len(self.problems) - SHOWN} more")
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        head = f"{clean(name, 200)} is not a valid tour ({count}):"
        super().__init__(
            "\n".join((head, *shown)), hint=hint or "Mend the places named and run the command again."
        )
