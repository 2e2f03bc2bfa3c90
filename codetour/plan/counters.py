"""What the counter of a `while` loop will be: from its start, by its step, up to the condition that ends the loop."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codetour.plan.constants import PASSES, Known, Lookup, evaluate
from codetour.plan.program import dotted_text


def count_up(
    loop: ast.For | ast.AsyncFor | ast.While, name: str, start: Known, lookup: Lookup
) -> range | None:
    """All values of `name` in the loop, where one `name += N` a pass and a known bound tell them."""
    step = _step(loop.body, name)
    if not isinstance(loop, ast.While) or step is None or type(start.value) is not int:
        return None
    ends = [n.test for n in loop.body if isinstance(n, ast.If) and isinstance(n.body[-1], ast.Break)]
    for value in range(start.value, start.value + step * PASSES, step):
        known = Known(value)
        going = evaluate(loop.test, lambda n, known=known: known if n == name else lookup(n))
        if going is not None and not going.varies and not going.value:
            return range(start.value, value + 1, step)
        for end in ends:
            found = evaluate(end, lambda n, known=known: known if n == name else lookup(n))
            if found is not None and not found.varies and found.value:
                return range(start.value, value + step + 1, step)
    return None


def _step(body: Sequence[ast.stmt], name: str) -> int | None:
    """By how much a pass counts up; None where it is set in another way, or more than once."""
    stores = [
        n
        for top in body
        for n in ast.walk(top)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    ]
    counted = next((n for n in body if isinstance(n, ast.AugAssign) and dotted_text(n.target) == name), None)
    if len(stores) != 1 or counted is None or not isinstance(counted.op, ast.Add):
        return None
    by = counted.value
    if isinstance(by, ast.Constant) and type(by.value) is int and by.value > 0:
        return by.value
    return None
