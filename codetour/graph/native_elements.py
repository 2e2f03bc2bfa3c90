"""Natives that move elements about: iterators, collections, `map` and its kin (which call nothing before one loops)."""

from __future__ import annotations

from typing import Any

from codetour.graph import attributes, calls, containers
from codetour.graph.machine import Args, Frame, Machine, Native
from codetour.graph.values import NOTHING, Atom, Bound, ExtInst, Func, Klass, Obj, Partial, Value, join


def iterator(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = NOTHING
    for atom in args.first(0):
        if attributes.special((atom,), "__iter__"):
            result = join(result, attributes.call_special(m, frame, (atom,), "__iter__", Args()))
        elif isinstance(atom, Obj):
            result = join(
                result, containers.view(m, frame, atom, "iter", containers.iterate(m, frame, (atom,)))
            )
    return result


def next_element(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = args.pos[1] if len(args.pos) > 1 else NOTHING
    for atom in args.first(0):
        if attributes.special((atom,), "__next__"):
            result = join(result, attributes.call_special(m, frame, (atom,), "__next__", Args()))
        else:
            result = join(result, containers.iterate(m, frame, (atom,)))
    return result


def collect(kind: str) -> Native:
    def native(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
        made = m.alloc(frame, (kind, site), kind)
        known, rest = containers.sequence(m, frame, args.first(0)) if args.pos or args.star else ([], NOTHING)
        if made.token == m.token:
            made.items.clear()
        for i, value in enumerate(known):
            containers.place(m, made, i, value)
        if rest:
            containers.place(m, made, None, rest)
        return (made,)

    return native


def make_dict(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    made = m.alloc(frame, ("dict", site), "dict")
    for value in args.pos:
        containers.update(m, frame, made, value)
    for key, value in args.kw.items():
        m.grow(made, made.items, key, value)
    made.rest = join(made.rest, args.more)
    return (made,)


def make_defaultdict(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    made = m.alloc(frame, ("dict", site), "dict")
    if args.pos:
        made.attrs["default"] = args.pos[0]
    return (made,)


def _pairs(m: Machine, frame: Frame, site: Any, columns: list[Value]) -> Value:
    """A list of tuples, of which each column is known."""
    row = m.alloc(frame, ("row", site), "tuple")
    for i, value in enumerate(columns):
        containers.place(m, row, i, value)
    made = m.alloc(frame, ("rows", site), "list")
    containers.place(m, made, None, (row,))
    return (made,)


def zipped(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return _pairs(m, frame, site, [containers.iterate(m, frame, v) for v in args.pos])


def enumerated(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return _pairs(m, frame, site, [(ExtInst("<builtin>.int"),), containers.iterate(m, frame, args.first(0))])


def passed_on(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """The first argument's elements: reversed, chain, islice, cycle, tqdm."""
    result: Value = NOTHING
    for value in args.pos:
        result = join(result, containers.iterate(m, frame, value))
    made = m.alloc(frame, ("elements", site), "list")
    containers.place(m, made, None, result)
    return (made,)


def consume(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """max, min, sum, any, all: loops over its argument and gives one element."""
    key = args.kw.get("key", NOTHING)
    found: Value = NOTHING
    for value in args.pos:
        inner = containers.iterate(m, frame, value)
        found = join(found, inner or (value if len(args.pos) > 1 else NOTHING))
    if key:
        calls.call(m, frame, key, Args([found]), site=("key", site), kind="protocol",
                   reason="`key` is asked for each element")  # fmt: skip
    return found


def sorted_elements(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    found = consume(m, frame, Args(args.pos[:1], kw=args.kw), site, self)
    made = m.alloc(frame, ("elements", site), "list")
    containers.place(m, made, None, found)
    return (made,)


def mapped(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    func = args.first(0)
    columns = [containers.iterate(m, frame, v) for v in args.pos[1:]]
    swapped = any(isinstance(a, Func | Bound | Partial) for v in args.pos[1:2] for a in v)
    if swapped and not any(isinstance(a, Func | Klass | Bound | Partial) for a in func):
        func, columns = args.pos[1], [containers.iterate(m, frame, func)]
    made = m.alloc(frame, ("elements", site), "gen")
    containers.delay(m, frame, made, func, Args(columns), "`map` calls it for each element")
    return (made,)


def filtered(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    found = containers.iterate(m, frame, args.first(1))
    made = m.alloc(frame, ("elements", site), "gen")
    containers.delay(m, frame, made, args.first(0), Args([found]), "`filter` asks it for each element")
    made.rest = join(made.rest, found)
    return (made,)


def reduced(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    found = join(containers.iterate(m, frame, args.first(1)), args.first(2))
    return calls.call(m, frame, args.first(0), Args([found, found]), site=("reduce", site),
                      reason="`reduce` calls it for each element")  # fmt: skip
