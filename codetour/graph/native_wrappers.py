"""Natives that wrap functions and classes: descriptors, decorators, partials, dataclasses; and special methods."""

from __future__ import annotations

from typing import Any, Final

from codetour.graph import attributes, operators
from codetour.graph.machine import Args, Frame, Machine, Native
from codetour.graph.values import NOTHING, Atom, Bound, Ext, Func, Klass, Partial, Value, Wrapped, join


def special(name: str) -> Native:
    def native(m: Machine, frame: Frame, args: Args, _site: Any, _self: Atom | None) -> Value:
        return attributes.call_special(m, frame, args.first(0), name, Args(args.pos[1:]))

    return native


def shown(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = NOTHING
    for value in args.pos:
        result = join(result, operators.shown(m, frame, value))
    return result


def wrapped(kind: str) -> Native:
    def native(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
        return (
            Wrapped(
                kind, args.first(0, "fget"), args.pos[1] if len(args.pos) > 1 else args.kw.get("fset", ())
            ),
        )

    return native


def setter(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    return (Wrapped("property", self.get, args.first(0)),) if isinstance(self, Wrapped) else NOTHING


def same(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return args.first(0)


def second(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return args.first(1)


def decorates(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """A decorator with or without arguments that gives back what it was put on."""
    given = args.first(0)
    if any(isinstance(a, Func | Klass | Bound | Wrapped | Partial) for a in given):
        return given
    return (Ext("<builtin>.same"),)


def wraps(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return (Ext("<builtin>.same"),)


def dataclass(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    for atom in args.first(0):
        if isinstance(atom, Klass):
            atom.generated = True
    return args.first(0) if args.pos else (Ext("dataclasses.dataclass"),)


def field(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    factory = args.kw.get("default_factory") or args.kw.get("factory")
    if factory:
        return (Wrapped("factory", factory, NOTHING),)
    return args.kw.get("default", NOTHING)


def partial(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    key = ("partial", frame.number, frame.module.name, site)
    rest = Args(args.pos[1:], args.star, args.kw, args.more)
    made = m.interned.get(key)
    if made is None:
        made = m.interned[key] = Partial(args.first(0), rest)
    else:
        made.func, made.args = join(made.func, args.first(0)), rest
    return (made,)


_ORDER: Final = ("__lt__", "__le__", "__gt__", "__ge__")


def ordered(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`@total_ordering`: the comparisons that a class lacks are made of one that it has."""
    for atom in args.first(0):
        if isinstance(atom, Klass):
            given = next((atom.names[n] for n in _ORDER if atom.names.get(n)), NOTHING)
            for name in _ORDER:
                atom.names.setdefault(name, given)
    return args.first(0)
