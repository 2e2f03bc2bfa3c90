"""What the chosen lines are handed: in a short program with few landmarks, the lines that prepare it are stops too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from codetour.model.stage import Stage
from codetour.plan.choose import FEWEST, Pick
from codetour.plan.landmarks import Candidate, assigned_names
from codetour.plan.moments import Moment

_TAKES: Final = frozenset(("forward", "loss", "backward", "step", "eval", "metrics"))
"""stages whose lines take data in"""
_WORTH: Final = 0.45
_SPEAKING: Final[tuple[tuple[re.Pattern[str], tuple[Stage, str]], ...]] = (
    (re.compile(r"(?i)grad|^d_?[wb]$|^d[A-Z]$"), ("backward", "hand-made-backward")),
    (re.compile(r"(?i)^(y_?)?(pred\w*|hat|logits?|outputs?|out|probs?|scores?)$"), ("forward", "forward")),
    (re.compile(r"(?i)err(or)?s?$|resid\w*$|^diffs?$"), ("loss", "loss")),
)
"""names of values that a program without layers works with by hand"""


def with_feeds(picks: Sequence[Pick], moments: Sequence[Moment]) -> list[Pick]:
    """The picks, and as many of the lines that prepare what they take as a short tour has room for."""
    found = list(picks)
    taken = {p.candidate.place for p in picks}
    for pick in picks:
        for candidate in _feeding(pick, moments):
            if len(found) >= FEWEST:
                return found
            if candidate.place not in taken:
                taken.add(candidate.place)
                found.append(Pick(candidate, _WORTH))
    return found


def _feeding(pick: Pick, moments: Sequence[Moment]) -> Iterator[Candidate]:
    """The lines of the same function that made what the picked line reads, nearest first."""
    taker = pick.candidate.moment
    if pick.candidate.stage not in _TAKES or taker.enter:
        return
    wanted = {n.id for n in ast.walk(taker.statement) if isinstance(n, ast.Name)}
    before = [m for m in moments if m.frame is taker.frame and m.order < taker.order and not m.enter]
    for moment in sorted(before, key=lambda m: -m.order):
        made = [name for name in assigned_names(moment.statement) if name in wanted]
        if not made or moment.doubt or not _is_work(getattr(moment.statement, "value", None)):
            continue
        wanted.difference_update(made)
        reason = f"makes `{made[0]}`, which line {taker.line} takes"
        stage, concept = _meaning(made[0])
        yield Candidate(moment, stage, "prepared", _WORTH, concept, reason, made[0])


def _meaning(name: str) -> tuple[Stage, str]:
    """The stage that a value's name speaks of, and the card that tells of it."""
    return next((found for pattern, found in _SPEAKING if pattern.search(name)), ("data", "prepared"))


def _is_work(value: ast.expr | None) -> bool:
    """Does the value change something, more than naming a constant or an option?"""
    if isinstance(value, ast.Subscript):
        return not isinstance(value.slice, ast.Constant)
    return isinstance(value, (ast.Call, ast.BinOp, ast.ListComp, ast.DictComp, ast.GeneratorExp))
