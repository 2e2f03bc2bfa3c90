"""Candidates -> the 8 to 25 places of a tour: for each stage what teaches most and surely runs, in running order."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from codetour.model.stage import STAGES, Stage
from codetour.plan.context import Context
from codetour.plan.landmarks import Candidate
from codetour.plan.moments import Moment
from codetour.plan.structure import LIBRARY

CLEAR: Final = 0.6
"""score from which a place is clearly one of its stage"""
FEWEST: Final = 7
"""places below which a tour is filled up; with its beginning it has one more"""
FILLING: Final = 0.45
DOUBT_COST: Final = 0.13
MOST_DOUBT: Final = 3
LATE_COST: Final = 0.05
DEPTH_COST: Final = 0.012
LOOP_GAIN: Final = 0.06
NEAR: Final = frozenset(("config", "eval", "metrics", "checkpoint", "logging"))
"""stages whose best places stand on the spine or just below"""
FAR_COST: Final = 0.14
FAR: Final = 2
SPINE_GAIN: Final = 0.12
EVALUATION_COST: Final = 0.3

IN_LOOP: Final = frozenset(("forward", "loss", "backward", "step", "metrics", "logging"))
"""stages whose best places stand inside a loop"""

LEAST: Final[Mapping[Stage, float]] = {"metrics": 0.3, "logging": 0.35, "checkpoint": 0.3}
"""weight below which a stage is rather left out"""

SLOTS: Final[Mapping[Stage, Mapping[str, int]]] = {
    "config": {"parse": 1, "define": 1, "constants": 1},
    "data": {"dataset": 1, "loader": 1, "environment": 1, "fetch": 2, "item": 2, LIBRARY: 1},
    "model": {"construct": 2, "pretrained": 2, "init": 1, "inside": 1, LIBRARY: 1},
    "forward": {"top": 3, "inner": 2, "body": 2, "call": 1, LIBRARY: 1},
    "loss": {"value": 2, "around": 1, "target": 1, "body": 2, "define": 1, "compile": 1, LIBRARY: 1},
    "backward": {"call": 2, "body": 1, LIBRARY: 1},
    "step": {"call": 2, "zero": 1, LIBRARY: 1},
    "eval": {"body": 1, "call": 1, "predict": 1, LIBRARY: 1},
    "metrics": {"value": 1, "body": 1},
    "checkpoint": {"save": 1, "body": 1, "load": 1, "state": 1},
    "logging": {"report": 1, "setup": 1},
}
"""stage -> slot -> how many stops at most"""

TOTAL: Final[Mapping[Stage, int]] = {
    "config": 1, "data": 4, "model": 3, "forward": 5, "loss": 3, "backward": 2, "step": 2,
    "eval": 2, "metrics": 1, "checkpoint": 1, "logging": 1,
}  # fmt: skip

GAP: Final[Mapping[Stage, float]] = {"step": 0.25, "backward": 0.25, "loss": 0.45, "eval": 0.5, "model": 0.55}
"""how much weaker than the first a further stop of a stage may be"""

LAST_RESORT: Final[Mapping[Stage, frozenset[str]]] = {
    "config": frozenset(("define", "constants")),
    "loss": frozenset(("define", "around")),
    "step": frozenset(("zero",)),
    "checkpoint": frozenset(("load", "state")),
    "logging": frozenset(("setup",)),
    "eval": frozenset(("predict",)),
    "forward": frozenset(("call",)),
}
"""slots that are taken only when a stage has nothing better"""


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen place."""

    candidate: Candidate
    score: float
    also: tuple[Stage, ...] = ()


def score(candidate: Candidate, context: Context) -> float:
    """How good a stop it makes, 0..1 and a little."""
    moment = candidate.moment
    own = candidate.stage in {"eval", "metrics"}
    value = (
        candidate.weight - DOUBT_COST * min(moment.doubt, MOST_DOUBT) - (LATE_COST if moment.late else 0.0)
    )
    value -= DEPTH_COST * moment.frame.depth
    if candidate.stage in NEAR:
        value -= FAR_COST * min(context.below(moment), FAR)
    if candidate.stage in IN_LOOP and moment.loops:
        value += LOOP_GAIN
    if context.on_spine(moment):
        value += SPINE_GAIN
    if not own and context.only_evaluated(moment):
        value -= EVALUATION_COST
    return value


def choose(candidates: Iterable[Candidate], context: Context) -> list[Pick]:
    """The stops, in running order; a line carries one stop."""
    by_stage: dict[Stage, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_stage[candidate.stage].append(candidate)
    picks: list[Pick] = []
    for stage in STAGES:
        picks.extend(_choose_stage(stage, by_stage.get(stage, []), context))
    picks.extend(_handed_over(by_stage["data"], picks, context))
    picks = _fill(picks, [c for found in by_stage.values() for c in found], context)
    return sorted(_one_per_line(picks), key=lambda p: p.candidate.moment.order)


def _fill(picks: list[Pick], candidates: list[Candidate], context: Context) -> list[Pick]:
    """A short program is shown in more detail: the next best places, until there are enough."""
    taken = {p.candidate.place for p in picks}
    filled = list(picks)
    for pick in sorted((Pick(c, score(c, context)) for c in candidates), key=_ranking):
        if len(filled) >= FEWEST or pick.score < FILLING:
            break
        if pick.candidate.place not in taken and pick.candidate.slot != LIBRARY:
            taken.add(pick.candidate.place)
            filled.append(pick)
    return filled


def _handed_over(fed: list[Candidate], picks: list[Pick], context: Context) -> list[Pick]:
    """The call that hands the training to a library is a stop even where the repository has every stage itself."""
    calls = [c for c in fed if c.slot == LIBRARY and context.on_spine(c.moment)]
    taken = {p.candidate.place for p in picks}
    if not calls or any(p.candidate.slot == LIBRARY for p in picks) or any(c.place in taken for c in calls):
        return []
    best = min(calls, key=lambda c: c.moment.rank)
    return [Pick(best, score(best, context))]


def _choose_stage(stage: Stage, candidates: list[Candidate], context: Context) -> list[Pick]:
    slots, total = SLOTS.get(stage, {}), TOTAL.get(stage, 1)
    ranked = sorted((Pick(c, score(c, context)) for c in candidates), key=_ranking)
    ranked = [p for p in ranked if p.score >= LEAST.get(stage, 0.25)]
    if stage not in {"eval", "metrics"}:
        # what evaluation alone passes is shown only where training has nothing of the kind
        ranked = [p for p in ranked if not context.only_evaluated(p.candidate.moment)] or ranked
    # in an example of a library, the example's own code comes before the library's
    home = [p for p in ranked if context.at_home(p.candidate.moment)]
    if stage == "forward":
        home = home if any(p.candidate.slot == "top" for p in home) else []
    if stage != "model" and any(p.score >= CLEAR and p.candidate.slot != LIBRARY for p in home):
        ranked = home
    own = [p for p in ranked if p.candidate.slot != LIBRARY]
    resort = LAST_RESORT.get(stage, frozenset[str]())
    good = [p for p in own if p.candidate.slot not in resort]
    handed = [p for p in ranked if p.candidate.slot == LIBRARY]
    pool = good or handed or own
    taken: list[Pick] = []
    used: dict[str, int] = defaultdict(int)
    for pick in pool:
        slot = pick.candidate.slot
        if len(taken) >= total or used[slot] >= slots.get(slot, 1) or _repeats(pick, taken):
            continue
        if taken and slot != "body" and pick.score < taken[0].score - GAP.get(stage, 1.0):
            continue
        used[slot] += 1
        taken.append(pick)
    return taken


def _ranking(pick: Pick) -> tuple[float, int, int, str, int]:
    c = pick.candidate
    # of twins (`collate`, `collate4`) the plainer name is the usual one
    plain = len(c.moment.symbol) if c.slot == "item" else 0
    return (-round(pick.score, 3), plain, c.moment.order, *c.place)


def _repeats(pick: Pick, taken: list[Pick]) -> bool:
    """Would the stop say again what another of the same stage says?"""
    new = pick.candidate
    for other in taken:
        old = other.candidate
        if (
            old.stage == "forward"
            and old.moment.symbol == new.moment.symbol
            and old.moment.file == new.moment.file
        ):
            return True
        near = abs(old.moment.line - new.moment.line) <= 2 and old.moment.file == new.moment.file
        if "item" in {new.slot, old.slot} and near and old.moment.symbol == new.moment.symbol:
            return True
        if old.slot == new.slot and old.moment.frame.node.id == new.moment.frame.node.id:
            if near and new.subject == old.subject:
                return True
            if old.stage in {"eval", "checkpoint", "logging", "metrics"}:
                return True
            if old.stage == "data" and old.concept == new.concept:
                return True
        same_frame = old.moment.frame.node.id == new.moment.frame.node.id
        inside = same_frame and not new.moment.enter
        if new.stage == "loss" and new.slot == "body" and (new.moment.doubt > old.moment.doubt or inside):
            return True
        if new.slot == old.slot == "construct" and new.subject and new.subject == old.subject:
            return True
        if new.stage == "model" and _exclusive(old.moment, new.moment):
            return True
        if new.slot == old.slot and new.slot in {"item", "fetch"} and new.concept == old.concept:
            return True
    return False


def _exclusive(a: Moment, b: Moment) -> bool:
    """Do the two stand in different branches of one condition?"""
    if a.frame.node.id != b.frame.node.id:
        return False
    for node in ast.walk(a.frame.definition or a.frame.module.tree):
        if isinstance(node, ast.If) and node.orelse:
            end, cut = node.end_lineno or node.lineno, node.orelse[0].lineno
            lines = sorted((a.line, b.line))
            if node.lineno < lines[0] < cut <= lines[1] <= end:
                return True
    return False


def _one_per_line(picks: list[Pick]) -> list[Pick]:
    """Several stages on one line become one stop that names the others too."""
    lines: dict[tuple[str, int], list[Pick]] = defaultdict(list)
    for pick in picks:
        lines[pick.candidate.place].append(pick)
    found: list[Pick] = []
    for place in sorted(lines):
        group = lines[place]
        first = group[0]
        if len(group) == 1:
            found.append(first)
            continue
        main = max(group, key=lambda p: (p.candidate.slot == LIBRARY, p.score))
        rest = [p for p in group if p is not main]
        also = tuple(p.candidate.stage for p in rest)
        found.append(replace(main, also=also))
    return found
