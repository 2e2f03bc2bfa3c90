"""Natives that look at programs: names, attributes by name, classes, modules, text as code."""

from __future__ import annotations

import ast
from typing import Any, Final, cast

from codetour.graph import attributes, containers, imports
from codetour.graph.machine import Args, Frame, Machine, Module
from codetour.graph.values import (
    NOTHING,
    Atom,
    Bound,
    Const,
    ExtInst,
    Func,
    Klass,
    Obj,
    Pattern,
    SuperOf,
    Value,
    join,
    texts,
)


def get_by_name(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    owner, names = args.first(0), args.first(1)
    result: Value = args.pos[2] if len(args.pos) > 2 else NOTHING
    for name in texts(names):
        result = join(result, attributes.get(m, frame, owner, name))
    for atom in names:
        if isinstance(atom, Pattern):
            result = join(result, _getattr_like(m, frame, owner, atom.glob))
    if not names:
        result = join(result, _getattr_like(m, frame, owner, "*"))
    return result


def _getattr_like(m: Machine, frame: Frame, owner: Value, glob: str) -> Value:
    """`getattr(x, name)` of a name that is known in part or not at all."""
    result: Value = NOTHING
    for atom in owner:
        tables: list[dict[str, Value]] = []
        if isinstance(atom, Module):
            if glob.strip("*") == "":
                for value in imports.members(atom):
                    result = join(result, value)
                continue
            tables = [atom.scope.names]
        elif isinstance(atom, Obj) and isinstance(atom.cls, Klass) and glob.strip("*"):
            tables = [c.names for c in atom.cls.mro if isinstance(c, Klass)]
        for table in tables:
            for name in imports.matching(table, glob):
                if not name.startswith("__"):
                    result = join(result, attributes.get_one(m, frame, atom, name))
    return result


def set_by_name(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    for name in texts(args.first(1)):
        attributes.put(m, frame, args.first(0), name, args.first(2))
    return (Const(None),)


def super_of(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    if len(args.pos) >= 2:
        return tuple(SuperOf(k, s) for k in args.pos[0] if isinstance(k, Klass) for s in args.pos[1])
    func = frame.func
    scope = frame.scope
    while func is not None and func.owner is None and func.scope is not func.module.scope:
        # super() inside a nested function or comprehension means the method round it
        scope = func.scope
        owner = next((a.func for a in m.activations.values() if a.scope is scope), None)
        if owner is func:
            break
        func = owner
    if func is None or func.owner is None or not func.record["params"]:
        return NOTHING
    first: Value = scope.names.get(func.record["params"][0][0], NOTHING) or frame.scope.names.get(
        func.record["params"][0][0], NOTHING
    )
    parent = frame.scope.parent
    while not first and parent is not None:
        first = parent.names.get(func.record["params"][0][0], NOTHING)
        parent = parent.parent
    return tuple(SuperOf(func.owner, a) for a in first if isinstance(a, Obj | Klass))


def type_of(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    if len(args.pos) >= 3:
        return NOTHING
    return tuple(a.cls for a in args.first(0) if isinstance(a, Obj) and a.cls is not None)


def name_table(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """globals(), locals(), vars(): a dict over the names themselves."""
    obj = m.alloc(frame, ("globals",), "dict")
    source = frame.module.scope.names
    for atom in args.first(0) if args.pos else ():
        if isinstance(atom, Obj):
            source = atom.attrs
        elif isinstance(atom, Module):
            source = atom.scope.names
    obj.items = source  # type: ignore[assignment]
    return (obj,)


def listed_names(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`dir(x)`: the names of its methods, which is what it is asked for."""
    made = m.alloc(frame, ("dir", site), "list")
    for atom in args.first(0):
        klass = atom.cls if isinstance(atom, Obj) else atom
        for base in klass.mro if isinstance(klass, Klass) else ():
            for name, value in base.names.items() if isinstance(base, Klass) else ():
                if not name.startswith("__") and any(isinstance(a, Func) for a in value):
                    containers.place(m, made, None, (Const(name),))
    return (made,)


def truth_value(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return (ExtInst("<builtin>.bool"),)


def nothing(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return NOTHING


def import_module(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = NOTHING
    for name in texts(args.first(0)):
        if name == "__main__":
            result = join(result, tuple(x for x in m.modules.values() if x.main))
        elif name.strip("."):
            level = len(name) - len(name.lstrip("."))
            result = join(result, imports.find_module(m, frame, name.lstrip("."), level))
    return result


def evaluated(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    from codetour.graph.lowering import lower

    result: Value = NOTHING
    for text in texts(args.first(0)):
        try:
            ops = lower(ast.parse(text.strip()))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if len(ops) == 1 and ops[0][0] == "expr":
            ops[0][1] = _relined(ops[0][1], frame.line)
            result = join(result, m.eval(frame, ops[0][1]))
    return result


def _relined(op: Any, line: int) -> Any:
    """Calls inside evaluated text happen at the line of the `eval`."""
    if isinstance(op, list):
        done: list[Any] = [_relined(x, line) for x in cast("list[Any]", op)]
        if done and done[0] == "call":
            done[4] = line
            done[5] = f"eval{line}.{done[5]}"
        return done
    return op


MOST_MEMBERS: Final = 64


def members(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`inspect.getmembers(x)`: pairs of name and value, of classes and functions when a test is given."""
    made = m.alloc(frame, ("members", site), "list")
    for atom in args.first(0):
        table = (
            atom.scope.names if isinstance(atom, Module) else atom.names if isinstance(atom, Klass) else {}
        )
        for i, (name, value) in enumerate(list(table.items())[:MOST_MEMBERS]):
            kept = tuple(a for a in value if isinstance(a, Func | Klass | Bound))
            if kept:
                pair = m.alloc(frame, ("member", site, i), "tuple")
                containers.place(m, pair, 0, (Const(name),))
                containers.place(m, pair, 1, kept)
                containers.place(m, made, None, (pair,))
    return (made,)
