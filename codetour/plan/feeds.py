"""What the chosen lines are handed: in a short program with few landmarks, the lines that prepare it are stops too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from codetour.plan.choose import FEWEST, Pick
from codetour.plan.landmarks import Candidate, assigned_names
from codetour.plan.moments import Moment

_TAKES: Final = frozenset(("forward", "loss", "backward", "step", "eval", "metrics"))
"""stages whose lines take data in"""
_WORTH: Final = 0.45


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
        yield Candidate(moment, "data", "prepared", _WORTH, "prepared", reason, made[0])


def _is_work(value: ast.expr | None) -> bool:
    """Does the value change something, more than naming a constant or an option?"""
    if isinstance(value, ast.Subscript):
        return not isinstance(value.slice, ast.Constant)
    return isinstance(value, (ast.Call, ast.BinOp, ast.ListComp, ast.DictComp, ast.GeneratorExp))
