"""Operators and the special methods behind them: `+`, `in`, `if x`, f-strings."""

from __future__ import annotations

import builtins
import posixpath
from typing import Final

from codetour.graph import attributes, containers
from codetour.graph import texts as texts_
from codetour.graph.machine import Args, Frame, Machine
from codetour.graph.values import NOTHING, Const, ExtInst, Klass, Obj, Pattern, Value, join

BUILTIN_NAMES: Final = frozenset(dir(builtins))
concat = texts_.concat


def truth(m: Machine, frame: Frame, value: Value) -> None:
    """A test asks `__bool__`, else `__len__`."""
    for atom in value:
        if isinstance(atom, Obj) and isinstance(atom.cls, Klass):
            for name in ("__bool__", "__len__"):
                method, definer = attributes.find(atom.cls, name)
                if method and isinstance(definer, Klass) and not definer.stub:
                    attributes.call_special(m, frame, (atom,), name, Args())
                    break


def binary(m: Machine, frame: Frame, op: str, left: Value, right: Value) -> Value:
    """`left op right`."""
    result = attributes.call_special(m, frame, left, f"__{op}__", Args([right]))
    if not result:
        result = attributes.call_special(m, frame, right, f"__r{op}__", Args([left]))
    if op == "add":
        if any(
            isinstance(a, Const | Pattern) and isinstance(getattr(a, "value", ""), str) for a in left + right
        ):
            result = join(result, concat(left, right))
        result = join(result, _chain(m, frame, left, right))
    elif op == "mod" and any(isinstance(a, Const) and isinstance(a.value, str) for a in left):
        result = join(result, texts_.percent(left, right))
    elif op == "truediv":
        result = join(result, _path(left, right))
    elif op == "or":
        result = join(result, _merged(m, frame, left, right))
        result = join(result, tuple(a for a in left + right if isinstance(a, Klass)))
    elif op == "mul":
        result = join(result, tuple(a for a in left if isinstance(a, Obj) and a.kind in ("list", "tuple")))
    return join(result, tuple(dict.fromkeys(a for a in left + right if isinstance(a, ExtInst))))


def _path(left: Value, right: Value) -> Value:
    """`folder / "name"`: a path is its text here."""
    found: Value = NOTHING
    for a in left:
        for b in right:
            if (
                isinstance(a, Const)
                and isinstance(b, Const)
                and isinstance(a.value, str)
                and isinstance(b.value, str)
            ):
                found = join(found, (Const(posixpath.join(a.value, b.value)),))
    return found


def _chain(m: Machine, frame: Frame, left: Value, right: Value) -> Value:
    parts = [a for a in left + right if isinstance(a, Obj) and a.kind in ("list", "tuple") and a.cls is None]
    if not parts:
        return NOTHING
    new = m.alloc(frame, ("chain", frame.line), parts[0].kind)
    for side in (left, right):
        known, rest = containers.sequence(m, frame, side)
        for value in known:
            exact = new.token == m.token and not new.rest and len(left) == len(right) == 1
            containers.place(m, new, len(new.items) if exact else None, value)
        if rest:
            containers.place(m, new, None, rest)
    return (new,)


def _merged(m: Machine, frame: Frame, left: Value, right: Value) -> Value:
    if not any(isinstance(a, Obj) and a.kind == "dict" for a in left):
        return NOTHING
    new = m.alloc(frame, ("merge", frame.line), "dict")
    containers.update(m, frame, new, left)
    containers.update(m, frame, new, right)
    return (new,)


def in_place(m: Machine, frame: Frame, op: str, left: Value, right: Value) -> Value:
    """`left op= right`."""
    result = attributes.call_special(m, frame, left, f"__i{op}__", Args([right]))
    if result:
        return result
    lists = [a for a in left if isinstance(a, Obj) and a.kind in ("list", "set") and a.cls is None]
    if lists and op in ("add", "or"):
        known, rest = containers.sequence(m, frame, right)
        for obj in lists:
            for value in [*known, rest]:
                if value:
                    containers.place(m, obj, None, value)
        return left
    return binary(m, frame, op, left, right)


def unary(m: Machine, frame: Frame, op: str, value: Value) -> Value:
    """`-x`, `+x`, `~x`; a negative number stays known."""
    result = attributes.call_special(m, frame, value, f"__{op}__", Args())
    if op == "neg":
        for atom in value:
            if isinstance(atom, Const) and isinstance(atom.value, int | float):
                result = join(result, (Const(-atom.value),))
    return join(result, tuple(a for a in value if isinstance(a, ExtInst)))


def compare(m: Machine, frame: Frame, op: str, left: Value, right: Value) -> None:
    """`left op right`: comparisons and membership."""
    if op in ("is", "isnot"):
        return
    if op == "in":
        if not attributes.call_special(m, frame, right, "__contains__", Args([left])):
            for obj, _ in attributes.special(right, "__iter__"):
                if not attributes.special((obj,), "__contains__"):
                    containers.iterate(m, frame, (obj,))
        return
    if not any(isinstance(a, Const) and a.value is None for a in right):
        attributes.call_special(m, frame, left, f"__{op}__", Args([right]))


def shown(m: Machine, frame: Frame, value: Value, first: str = "__str__") -> Value:
    """Text of a value: `__format__`, `__str__` or `__repr__`, the first that its class has."""
    names = {"__format__": ("__format__", "__str__", "__repr__"), "__str__": ("__str__", "__repr__")}
    result: Value = NOTHING
    for atom in value:
        if isinstance(atom, Const | Pattern):
            result = join(result, (atom,))
            continue
        for name in names.get(first, ("__repr__",)):
            if attributes.special((atom,), name):
                result = join(result, attributes.call_special(m, frame, (atom,), name, Args()))
                break
    return tuple(a for a in result if isinstance(a, Const | Pattern)) or (Pattern("*"),)
