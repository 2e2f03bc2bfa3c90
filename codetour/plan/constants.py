"""What an expression is worth on the first pass of a default run, as far as constants tell: three-valued.

A `Known` carries its value and whether it varies in a loop (a step counter: 0 now, something else later).
`None` stands for "not known". Nothing is executed; only literals, comparisons and a few pure calls are followed.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from codetour.plan.program import dotted_text

LARGEST: Final = 10_000
"""texts and lists beyond this are not followed"""
PASSES: Final = 3_000
"""values of a counter that are tried"""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the default run has at this moment."""

    value: Any
    varies: bool = False
    counts: range | None = None
    """all that a counter will be, where its bounds are known"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A class or function that a table of the program holds."""

    name: str


Lookup = Callable[[str], Known | None]
"""from a dotted name to what is known of it"""

_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_ARITHMETIC: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_PURE: Final[Mapping[str, Callable[..., Any]]] = {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
    "len": len,
    "min": min,
    "max": max,
    "any": any,
    "all": all,
    "abs": abs,
    "round": round,
}
_RESUMED: Final = re.compile(r"(?i)ckpt|checkpoint|resume|pretrained|restore|snapshot")
_ABSENT: Final = ("is_available", "is_initialized", "is_torch_xla_available", "is_torch_tpu_available")
"""hardware and process groups that a laptop does not have"""


def evaluate(node: ast.expr | None, lookup: Lookup) -> Known | None:
    """What `node` is worth, or None."""
    if node is None:
        return Known(None)
    try:
        return _evaluate(node, lookup)
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError):
        return None


def settled(test: ast.expr, lookup: Lookup) -> Known | None:
    """What a condition on a counter is at every pass, where that is always the same (`epoch % 10 == 9`, two epochs)."""
    counters = {
        name: known.counts
        for part in ast.walk(test)
        if isinstance(part, (ast.Name, ast.Attribute))
        and (name := dotted_text(part))
        and (known := lookup(name)) is not None
        and known.counts
    }
    if len(counters) != 1:
        return None
    ((name, counts),) = counters.items()
    first: Known | None = None
    for value in counts[:PASSES]:
        found = evaluate(test, lambda n, value=value: Known(value) if n == name else lookup(n))
        if found is None or found.varies or (first is not None and bool(found.value) != bool(first.value)):
            return None
        first = found
    return first if len(counts) <= PASSES else None


def _evaluate(node: ast.expr, lookup: Lookup) -> Known | None:
    if isinstance(node, ast.Constant):
        return Known(node.value)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return lookup(dotted_text(node))
    if isinstance(node, ast.BoolOp):
        return _bool(node, lookup)
    if isinstance(node, ast.UnaryOp):
        return _unary(node, lookup)
    if isinstance(node, ast.Compare):
        return _compare(node, lookup)
    if isinstance(node, ast.BinOp):
        return _binary(node, lookup)
    if isinstance(node, ast.IfExp):
        test = _evaluate(node.test, lookup)
        return None if test is None else _evaluate(node.body if test.value else node.orelse, lookup)
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return _sequence(node, lookup)
    if isinstance(node, ast.Dict):
        return _dict(node, lookup)
    if isinstance(node, ast.Subscript):
        return _item(node, lookup)
    if isinstance(node, ast.Call):
        return _call(node, lookup)
    return None


def _item(node: ast.Subscript, lookup: Lookup) -> Known | None:
    """`table[key]`; of options kept in a dictionary, `config["epochs"]` is the option `epochs`."""
    base, key = _evaluate(node.value, lookup), _evaluate(node.slice, lookup)
    if base is not None and not (base.varies and base.value == {}):
        return Known(base.value[key.value], base.varies or key.varies) if key else None
    if key is None or not isinstance(key.value, str) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return None
    return lookup(f"{dotted_text(node.value)}.{key.value}")


def _bool(node: ast.BoolOp, lookup: Lookup) -> Known | None:
    """`and`/`or` are settled by one settled part, wherever the others stand."""
    parts = [_evaluate(v, lookup) for v in node.values]
    decisive = isinstance(node.op, ast.Or)
    settled = [p for p in parts if p is not None and bool(p.value) is decisive]
    if settled:
        return min(settled, key=lambda p: p.varies)
    if any(p is None for p in parts):
        return None
    return Known(parts[-1].value, any(p.varies for p in parts if p)) if parts[-1] else None


def _unary(node: ast.UnaryOp, lookup: Lookup) -> Known | None:
    part = _evaluate(node.operand, lookup)
    if part is None:
        return None
    if isinstance(node.op, ast.Not):
        return Known(not part.value, part.varies)
    if isinstance(node.op, ast.USub):
        return Known(-part.value, part.varies)
    return part if isinstance(node.op, ast.UAdd) else None


def _compare(node: ast.Compare, lookup: Lookup) -> Known | None:
    parts = [_evaluate(v, lookup) for v in (node.left, *node.comparators)]
    known = [p for p in parts if p is not None]
    if (
        len(parts) == 2
        and parts[0] is None
        and parts[1] == Known(None)
        and isinstance(node.ops[0], (ast.Is, ast.IsNot))
    ):
        # what is given is rarely nothing, but for an earlier state to go on from
        given = not _RESUMED.search(dotted_text(node.left))
        return Known(given is isinstance(node.ops[0], ast.IsNot), varies=True)
    if len(known) < len(parts):
        return None
    if isinstance(known[-1].value, dict) and isinstance(node.ops[-1], (ast.In, ast.NotIn)):
        return None  # keys whose values are not followed are left out of it
    if any(isinstance(p.value, Symbol) for p in known):
        return None
    result = all(
        _COMPARE[type(op)](a.value, b.value) for op, a, b in zip(node.ops, known, known[1:], strict=False)
    )
    return Known(result, any(p.varies for p in known))


def _binary(node: ast.BinOp, lookup: Lookup) -> Known | None:
    left, right = _evaluate(node.left, lookup), _evaluate(node.right, lookup)
    work = _ARITHMETIC.get(type(node.op))
    if left is None or right is None or work is None:
        return None
    values: list[Any] = [left.value, right.value]
    if any(hasattr(v, "__len__") and len(v) > LARGEST for v in values):
        return None
    if isinstance(node.op, ast.Mult) and not all(isinstance(p.value, (int, float)) for p in (left, right)):
        return None
    if isinstance(node.op, ast.Mod) and isinstance(left.value, str):
        return None
    value = work(left.value, right.value)
    return Known(value, left.varies or right.varies, _shifted(node.op, left, right))


def _shifted(op: ast.operator, left: Known, right: Known) -> range | None:
    """What a counter plus or minus a whole number will be."""
    if left.counts is None or right.varies or type(right.value) is not int:
        return None
    if not isinstance(op, (ast.Add, ast.Sub)):
        return None
    by = right.value if isinstance(op, ast.Add) else -right.value
    return range(left.counts.start + by, left.counts.stop + by, left.counts.step)


def _sequence(node: ast.List | ast.Tuple | ast.Set, lookup: Lookup) -> Known | None:
    if len(node.elts) > LARGEST:
        return None
    parts = [_evaluate(e, lookup) for e in node.elts]
    if any(p is None for p in parts):
        return None
    return Known([p.value for p in parts if p], any(p.varies for p in parts if p))


def _dict(node: ast.Dict, lookup: Lookup) -> Known | None:
    pairs: dict[Any, Any] = {}
    for key, value in zip(node.keys[:LARGEST], node.values, strict=False):
        name, part = (evaluate(key, lookup) if key else None), evaluate(value, lookup)
        if name and part:
            pairs[name.value] = part.value
        elif name and isinstance(value, (ast.Name, ast.Attribute)):
            pairs[name.value] = Symbol(dotted_text(value))
    return Known(pairs) if pairs or not node.keys else None


def _call(node: ast.Call, lookup: Lookup) -> Known | None:
    given = lookup(f"@{node.lineno}:{node.end_col_offset}")
    if given is not None:
        return given
    name = dotted_text(node.func)
    last = name.rpartition(".")[2]
    if last in _ABSENT:
        return Known(False)
    if name in {"os.environ.get", "os.getenv", "environ.get", "getenv"}:
        return _evaluate(node.args[1], lookup) if len(node.args) > 1 else Known(None)
    if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
        found = lookup(f"{dotted_text(node.args[0])}.{node.args[1].value}")
        return found or (_evaluate(node.args[2], lookup) if len(node.args) > 2 else None)
    if (
        last == "get"
        and isinstance(node.func, ast.Attribute)
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ):
        found = lookup(f"{dotted_text(node.func.value)}.{node.args[0].value}")
        if found:
            return found
    if isinstance(node.func, ast.Attribute) and last in {
        "lower",
        "upper",
        "strip",
        "startswith",
        "endswith",
        "get",
    }:
        return _method(node.func, last, node, lookup)
    pure = _PURE.get(name)
    if pure is None or node.keywords:
        return None
    parts = [_evaluate(a, lookup) for a in node.args]
    if any(p is None for p in parts):
        return None
    return Known(pure(*(p.value for p in parts if p)), any(p.varies for p in parts if p))


def _method(func: ast.Attribute, name: str, node: ast.Call, lookup: Lookup) -> Known | None:
    base = _evaluate(func.value, lookup)
    parts = [_evaluate(a, lookup) for a in node.args]
    if base is None or any(p is None for p in parts) or not isinstance(base.value, (str, dict)):
        return None
    if name == "get" and not isinstance(base.value, dict):
        return None
    value = getattr(cast("Any", base.value), name)(*(p.value for p in parts if p))
    return Known(value, base.varies)
