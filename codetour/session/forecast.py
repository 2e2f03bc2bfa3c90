"""When would it come? For stops under a condition such as `(step + 1) % log_interval == 0`, asked before giving up.

The line of the condition is passed twice under the debugger: what its left side was each time, and how long a pass
takes, tell at which pass the condition will hold and how many seconds that is away.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from codetour.session.bind import is_safe
from codetour.session.itinerary import Place
from codetour.session.look import Looker
from codetour.session.messages import StackFrame
from codetour.session.process import Process

if TYPE_CHECKING:
    from codetour.session.walk import Walk

ASKED: Final = 20.0
"""seconds within which two passes must come"""
TICK: Final = 0.1
LARGEST: Final = 1_000_000


@dataclass(slots=True)
class Probe:
    """A condition of the form LEFT % RIGHT == REMAINDER, and what it was at two passes."""

    place: Place
    test: str
    left: str
    right: str
    remainder: int
    every: int = 0
    passes: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """(seconds, LEFT)"""

    @property
    def done(self) -> bool:
        return len(self.passes) >= 2

    async def take(self, looker: Looker, process: Process, top: StackFrame) -> None:
        """The program stands at the condition's line."""
        now = time.monotonic()
        left = (await looker.value(process, top, self.left)).scalar
        right = (await looker.value(process, top, self.right)).scalar
        if isinstance(left, int) and isinstance(right, int) and 0 < right <= LARGEST:
            self.every = right
            self.passes.append((now, left))

    def forecast(self) -> Forecast | None:
        """None where two passes do not tell it."""
        if not self.done or self.every < 1:
            return None
        (first, a), (second, b) = self.passes[:2]
        step, seconds = b - a, second - first
        ahead = next(
            (n for n in range(1, self.every + 1) if (b + n * step - self.remainder) % self.every == 0), 0
        )
        if step == 0 or not ahead:
            return None
        return Forecast(self.place, self.test, ahead, seconds, ahead * seconds)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A stop that will come."""

    place: Place
    test: str
    passes: int
    """until the condition holds"""
    each: float
    """seconds of one pass"""
    seconds: float

    @property
    def words(self) -> str:
        return f"`{self.test}` would be true after {self.passes} more passes of {self.each:.2g} s each"


async def ask_forecast(walk: Walk) -> list[Forecast]:
    """What can be said of the open stops, soonest first; the program runs on meanwhile."""
    probes = probes_of(walk.itinerary.open_places())
    if not probes or walk.standing is not None:
        return []
    walk.arming.probes.update(probes)
    await walk.arming.arm(walk.debugger, {path for path, _ in probes})
    until = time.monotonic() + ASKED
    while time.monotonic() < until and not all(p.done for p in probes.values()):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(walk.settled.wait(), TICK)
            break  # the stop itself has come, or the end
    for at in probes:
        walk.arming.probes.pop(at, None)
    await walk.arming.arm(walk.debugger, {path for path, _ in probes})
    found = [f for f in (p.forecast() for p in probes.values()) if f is not None]
    return sorted(found, key=lambda f: f.seconds)


def probes_of(places: list[Place]) -> dict[tuple[str, int], Probe]:
    """(path, line) -> a probe, for the conditions on the way to these stops that count."""
    found: dict[tuple[str, int], Probe] = {}
    for place in places:
        for branch in place.binding.branches if place.binding is not None else ():
            parts = counting(branch.test) if branch.wanted else None
            if parts is not None:
                found.setdefault((place.path, branch.line), Probe(place, branch.test, *parts))
    return found


def counting(test: str) -> tuple[str, str, int] | None:
    """(LEFT, RIGHT, REMAINDER) of `LEFT % RIGHT == REMAINDER` or `not LEFT % RIGHT` in a condition."""
    try:
        tree = ast.parse(test, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        modulo, remainder = None, 0
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and len(node.ops) == 1:
            modulo, other = node.left, node.comparators[0]
            remainder = other.value if isinstance(other, ast.Constant) and type(other.value) is int else -1
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            modulo = node.operand
        if (
            isinstance(modulo, ast.BinOp)
            and isinstance(modulo.op, ast.Mod)
            and remainder >= 0
            and is_safe(modulo)
        ):
            return ast.unparse(modulo.left), ast.unparse(modulo.right), remainder
    return None
