"""The one second visit of a tour: the loss after the first step, which shows that something was learned."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codetour.plan.choose import Pick
from codetour.plan.context import chain
from codetour.plan.moments import Frame, Moment


def second_look(picks: Sequence[Pick], moments: Sequence[Moment]) -> tuple[int, Pick] | None:
    """Where in the tour to stop again at the loss, and at which stop; None where no step follows in its loop."""
    step = next((p for p in picks if p.candidate.stage == "step" and p.candidate.slot == "call"), None)
    if step is None:
        return None
    for pick in picks:
        moment = pick.candidate.moment
        if pick.candidate.stage != "loss" or pick.candidate.slot != "value" or moment.enter:
            continue
        found = _loop_round(moment)
        if found is None:
            continue
        frame, loop = found
        if not _called_once(moment.frame, frame, moments) or not _happens_in(
            step.candidate.moment, frame, loop
        ):
            continue
        inside = [
            i
            for i, p in enumerate(picks)
            if _as_sure(p.candidate.moment, step.candidate.moment)
            and _happens_in(p.candidate.moment, frame, loop)
        ]
        return inside[-1] + 1, pick
    return None


def _loop_round(moment: Moment) -> tuple[Frame, tuple[int, int]] | None:
    """The innermost loop that a moment runs in, of its own function or of a caller: the frame, first and last line."""
    line = moment.line
    for frame in chain(moment.frame):
        best: tuple[int, int] | None = None
        for node in ast.walk(frame.definition or frame.module.tree):
            if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
                span = (node.lineno, node.end_lineno or node.lineno)
                if span[0] < line <= span[1] and (best is None or span[0] > best[0]):
                    best = span
        if best is not None:
            return frame, best
        line = frame.line
    return None


def _called_once(inner: Frame, outer: Frame, moments: Sequence[Moment]) -> bool:
    """Does one line alone lead from `outer` to `inner`, so that the second visit is the next round of the loop?"""
    for frame in chain(inner):
        if frame is outer:
            return True
        calls = {(m.file, m.line) for m in moments if any(e.callee == frame.node.id for e in m.callees)}
        if len(calls) > 1:
            return False
    return True


def _as_sure(moment: Moment, step: Moment) -> bool:
    """Is it met before the loop comes round, as far as one can tell: as surely and as early as the step is?"""
    return moment.late <= step.late and moment.doubt <= step.doubt


def _happens_in(moment: Moment, frame: Frame, loop: tuple[int, int]) -> bool:
    """Does the moment, or a call that leads to it, stand inside the loop?"""
    line = moment.line
    for current in chain(moment.frame):
        if current is frame:
            return loop[0] <= line <= loop[1]
        line = current.line
    return False
