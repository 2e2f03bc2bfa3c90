"""The one second visit of a tour: the loss after the first step, which shows that something was learned."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codetour.plan.choose import Pick
from codetour.plan.moments import Frame, Moment


def second_look(picks: Sequence[Pick]) -> tuple[int, Pick] | None:
    """Where in the tour to stop again at the loss, and at which stop; None where no step follows in its loop."""
    step = next((p for p in picks if p.candidate.stage == "step" and p.candidate.slot == "call"), None)
    if step is None:
        return None
    for pick in picks:
        moment = pick.candidate.moment
        if pick.candidate.stage != "loss" or pick.candidate.slot != "value" or moment.enter:
            continue
        loop = _loop_round(moment)
        if loop is None or not _happens_in(step.candidate.moment, moment.frame, loop):
            continue
        inside = [i for i, p in enumerate(picks) if _happens_in(p.candidate.moment, moment.frame, loop)]
        return inside[-1] + 1, pick
    return None


def _loop_round(moment: Moment) -> tuple[int, int] | None:
    """First and last line of the innermost loop of the same function round a moment."""
    frame = moment.frame
    root: ast.AST = frame.definition or frame.module.tree
    best: tuple[int, int] | None = None
    for node in ast.walk(root):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            span = (node.lineno, node.end_lineno or node.lineno)
            if span[0] < moment.line <= span[1] and (best is None or span[0] > best[0]):
                best = span
    return best


def _happens_in(moment: Moment, frame: Frame, loop: tuple[int, int]) -> bool:
    """Does the moment, or a call that leads to it, stand inside the loop?"""
    if moment.frame is frame:
        return loop[0] <= moment.line <= loop[1]
    current = moment.frame
    while current.parent is not None:
        if current.parent is frame:
            return loop[0] <= current.line <= loop[1]
        current = current.parent
    return False
