"""Where an idea of the reader's own would go: a new data set, layer, loss, metric or optimizer -> file and line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from codetour.model.tour import Extension
from codetour.plan.choose import Pick
from codetour.plan.facts import Facts
from codetour.plan.landmarks import Candidate
from codetour.plan.moments import Moment
from codetour.plan.structure import LIBRARY

_Wanted = Callable[[Candidate], bool]

_PLACES: Final[tuple[tuple[str, str, tuple[_Wanted, ...]], ...]] = (
    (
        "data set",
        "Read your own examples here, and give back the same shapes; everything later stays as it is.",
        (
            lambda c: c.stage == "data" and c.slot == "item",
            lambda c: c.stage == "data" and c.slot in {"dataset", "environment"},
            lambda c: c.stage == "data" and c.slot == "loader",
        ),
    ),
    (
        "layer",
        "Make the new layer where the others are made, then call it in the pass; the shape that goes in must come out.",
        (
            lambda c: c.stage == "model" and c.slot == "init",
            lambda c: c.stage == "forward" and c.slot in {"top", "inner"},
            lambda c: c.stage == "model" and c.slot == "construct",
        ),
    ),
    (
        "loss",
        "Replace or extend this expression; it must stay one number that can be differentiated.",
        (
            lambda c: c.stage == "loss" and c.slot == "value",
            lambda c: c.stage == "loss" and c.slot in {"body", "define"},
        ),
    ),
    (
        "metric",
        "Compute your own measure beside this one, from the same predictions and answers.",
        (
            lambda c: c.stage == "metrics",
            lambda c: c.stage == "eval" and c.slot != LIBRARY,
        ),
    ),
)


def extensions(picks: Sequence[Pick], candidates: Sequence[Candidate], facts: Facts) -> tuple[Extension, ...]:
    """One place per kind, where the program has one; optimizers come from what was made on the walk."""
    found: list[Extension] = []
    chosen = [p.candidate for p in picks]
    for kind, how, wanted in _PLACES:
        place = next((c for fits in wanted for c in (*chosen, *candidates) if fits(c)), None)
        if place:
            found.append(_extension(kind, place.moment, how))
    if facts.optimizers:
        how = "Put another optimizer here; the rest of the loop only asks it to step."
        found.append(_extension("optimizer", facts.optimizers[0], how))
    return tuple(found)


def _extension(kind: str, moment: Moment, how: str) -> Extension:
    node = moment.frame.node
    return Extension(
        kind, moment.file, moment.line, node.qualname if node.kind != "module" else "<module>", how
    )
