"""Where the training loop is, among what an entry reaches.

A training loop is a loop in which, directly or through calls, gradients are made and an optimizer steps; a call of
a library's whole loop (`.fit`, `trainer.train()`) stands for one. The innermost such function is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from codetour.locate.facts import Mark
from codetour.locate.reach import Key, Reach, Reached

_MICRO: Final = ("accum", "micro", "closure", "forward_backward")
"""words of functions whose loop runs over pieces of one batch"""


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop found."""

    key: Key
    line: int
    strength: float
    """1: gradient and step inside one loop · 0.9: a library's loop · less: parts of it"""
    depth: int
    weak: bool
    """reached through a guess only"""


def training_loop(reach: Reach, reached: Reached) -> Loop | None:
    """The training loop that `reached` leads to, None without one."""
    totals = _totals(reach, reached)
    found: list[tuple[float, Loop]] = []
    for key, depth in reached.depth.items():
        inside = _inside_loops(reach, reached, key, totals)
        strength = _strength(reach, key, inside)
        if not strength:
            continue
        if any(
            edge.to != key
            and edge.to in reached.depth
            and _strength(reach, edge.to, _inside_loops(reach, reached, edge.to, totals)) >= strength
            and not _is_micro(edge.to)
            for edge in reach.out_of(reached, key)
            if not edge.weak
        ):
            continue
        if _is_micro(key):
            strength *= 0.6
        weak = key in reached.weak
        rank = (
            strength
            - 0.25 * weak
            - 0.02 * min(depth, 10)
            + 0.05 * ("train" in key[1].lower() or "fit" in key[1].lower())
        )
        rank -= 0.2 * any(
            word in key[1].lower() for word in ("probe", "linear_eval", "attack", "lr_find", "find_lr")
        )
        found.append((rank, Loop(key, _line(reach, key), strength, depth, weak)))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _strength(reach: Reach, key: Key, inside: frozenset[str]) -> float:
    scope = reach.scope(key)
    if scope.kind == "class":
        return 0.0
    own = {mark.kind for mark in scope.marks}
    if "grad" in inside and ("step" in inside or "update" in inside):
        return 1.0
    if any(m.kind == "fit" and (m.loop or not m.text.endswith("sess.run")) for m in scope.marks):
        return 0.9
    if "fit" in inside:
        # TensorFlow 1: one `sess.run` of the train op, called in a loop
        return 0.85
    if "fit" in own:
        return 0.6
    if "update" in inside and any(m.kind == "update" for m in scope.marks):
        return 0.75
    if "grad" in own and "step" in own:
        return 0.7 if scope.loops else 0.65
    if "grad" in inside and "zero" in inside:
        return 0.7
    return 0.45 if "step" in inside and "step" in own else 0.0


def _totals(reach: Reach, reached: Reached) -> dict[Key, frozenset[str]]:
    """The kinds of marks that a call of each key meets, itself included."""
    totals = {key: frozenset(m.kind for m in reach.scope(key).marks) for key in reached.depth}
    order = sorted(reached.depth, key=lambda k: -reached.depth[k])
    for _ in range(6):
        changed = False
        for key in order:
            joined = totals[key].union(
                *(totals[e.to] for e in reach.out_of(reached, key) if e.to in totals and not e.weak)
            )
            if joined != totals[key]:
                totals[key], changed = joined, True
        if not changed:
            break
    return totals


def _inside_loops(
    reach: Reach, reached: Reached, key: Key, totals: dict[Key, frozenset[str]]
) -> frozenset[str]:
    own = frozenset(m.kind for m in reach.scope(key).marks if m.loop)
    return own.union(*(totals[e.to] for e in reach.out_of(reached, key) if e.loop and e.to in totals))


def _is_micro(key: Key) -> bool:
    name = key[1].rpartition(".")[2].lower()
    return any(word in name for word in _MICRO)


def _line(reach: Reach, key: Key) -> int:
    """The loop's header, else the mark, else the scope."""
    scope = reach.scope(key)
    marks: list[Mark] = [m for m in scope.marks if m.kind in ("grad", "step", "fit", "update")]
    first = min((m.line for m in marks), default=0)
    headers = [line for line, _ in scope.loops if not first or line <= first]
    if headers and not any(m.kind == "fit" and not m.loop for m in marks):
        return headers[-1]
    return first or (scope.loops[0][0] if scope.loops else scope.line)


def symbol_of(key: Key) -> str:
    """FILE:QUALNAME."""
    return f"{key[0]}:{key[1]}"
