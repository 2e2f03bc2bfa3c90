"""The order of a tour where a run's own order would confuse: what is needed comes before what needs it.

A run meets a trainer's call before the hooks inside it, the gradient of a function before that function, and a
functional model's layers while the model is still being made. The stops keep the order of the run but for those.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from codetour.model.stage import Stage
from codetour.plan.choose import Pick
from codetour.plan.structure import LIBRARY

PAIRS: Final[tuple[tuple[Stage, Stage], ...]] = (
    ("data", "forward"),
    ("model", "forward"),
    ("forward", "loss"),
    ("loss", "backward"),
    ("backward", "step"),
)
"""the first stop of the left stage is seen no later than the first of the right one"""
_ROUNDS: Final = 12
_STANDS_FOR: Final = frozenset(("gradient-function",))
"""ideas of stops that stand for what happens inside a call, and so come after it"""


def sensible(picks: Sequence[Pick]) -> list[Pick]:
    """The picks with as few moved as it takes."""
    ordered = list(picks)
    for _ in range(_ROUNDS):
        wrong = next((p for p in PAIRS if _first(ordered, p[0]) > _first(ordered, p[1]) >= 0), None)
        if wrong is None:
            break
        ordered = _mended(ordered, *wrong)
    return ordered


def _mended(picks: list[Pick], before: Stage, after: Stage) -> list[Pick]:
    """Either what comes too late is put forward, or what comes too early is put back."""
    late, early = _first(picks, before), _first(picks, after)
    ahead = [p for p in picks[:late] if after in _stages(p)]
    if _stands_for_more(picks[late]) or all(_stands_for_more(p) for p in ahead):
        rest = [p for p in picks if not any(p is a for a in ahead)]
        place = rest.index(picks[late]) + 1
        return [*rest[:place], *ahead, *rest[place:]]
    rest = [p for p in picks if p is not picks[late]]
    return [*rest[:early], picks[late], *rest[early:]]


def _stands_for_more(pick: Pick) -> bool:
    return pick.candidate.slot == LIBRARY or pick.candidate.concept in _STANDS_FOR


def _stages(pick: Pick) -> tuple[Stage, ...]:
    return (pick.candidate.stage, *pick.also)


def _first(picks: Sequence[Pick], stage: Stage) -> int:
    return next((i for i, p in enumerate(picks) if stage in _stages(p)), -1)
