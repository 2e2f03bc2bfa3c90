"""Lists, tuples, dicts, sets and generators: elements by position or key where those are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from codetour.graph import attributes, calls, texts
from codetour.graph.machine import Args, Frame, Machine
from codetour.graph.values import (
    NOTHING,
    Atom,
    Const,
    ExtInst,
    Key,
    Klass,
    Obj,
    Partial,
    Value,
    constants,
    join,
)  # fmt: skip
from codetour.graph.values import texts as texts_of

SEQUENCES: Final = ("list", "tuple", "set", "gen")
MUTATORS: Final = frozenset(
    {"append", "appendleft", "add", "insert", "extend", "update", "setdefault", "sort", "remove", "clear", "pop",
     "popitem", "popleft", "get", "copy"}
)  # fmt: skip
"""methods of built-in containers that move data about: no call worth showing"""
MOST_KEYS: Final = 4000


def joined(values: Iterable[Value]) -> Value:
    """Everything that one of the values may be."""
    result: Value = NOTHING
    for value in values:
        result = join(result, value)
    return result


def place(m: Machine, obj: Obj, position: int | None, value: Value) -> int | None:
    """Put an element at `position` (None: anywhere); the next position."""
    if position is None or position > 64:
        new = join(obj.rest, value)
        if new != obj.rest:
            obj.version += 1
            obj.rest = new
        return None
    m.grow(obj, obj.items, position, value)
    return position + 1


def put(m: Machine, obj: Obj, key: Value, value: Value) -> None:
    """`obj[key] = value` for a dict or list."""
    keys = constants(key)
    if not keys or len(obj.items) > MOST_KEYS:
        new = join(obj.rest, value)
        if new != obj.rest:
            obj.version += 1
            obj.rest = new
        if obj.kind == "dict":
            obj.keys = join(obj.keys, key)
        return
    for constant in keys:
        if len(keys) > 1:
            old = obj.items.get(constant, NOTHING)
            new = join(old, value)
            obj.version += new != old
            obj.items[constant] = new
        else:
            m.grow(obj, obj.items, constant, value)


def update(m: Machine, frame: Frame, obj: Obj, other: Value) -> None:
    """Everything of the mappings in `other` goes into `obj`."""
    for atom in other:
        if isinstance(atom, Obj) and atom.kind == "dict":
            for key, value in list(atom.items.items()):
                m.grow(obj, obj.items, key, value)
            obj.rest = join(obj.rest, atom.rest)
            obj.keys = join(obj.keys, atom.keys)
        elif isinstance(atom, Obj) and atom.kind in SEQUENCES:
            for pair in iterate(m, frame, (atom,)):
                known, rest = sequence(m, frame, (pair,))
                if len(known) == 2:
                    put(m, obj, known[0], known[1])
                else:
                    obj.rest = join(obj.rest, rest)


def sequence(m: Machine, frame: Frame, value: Value) -> tuple[list[Value], Value]:
    """The elements by position, and those of unknown position."""
    rows: list[list[Value]] = []
    rest: Value = NOTHING
    for atom in value:
        if isinstance(atom, Obj) and atom.kind in ("list", "tuple") and atom.items and not atom.rest:
            rows.append([atom.items.get(i, NOTHING) for i in range(len(atom.items))])
        else:
            rest = join(rest, iterate(m, frame, (atom,)))
    if not rows:
        return [], rest
    width = max(len(r) for r in rows)
    return [joined(r[i] for r in rows if i < len(r)) for i in range(width)], rest


def mapping(m: Machine, frame: Frame, value: Value) -> tuple[dict[str, Value], Value]:
    """The values by text key, and those of unknown key."""
    known: dict[str, Value] = {}
    rest: Value = NOTHING
    for atom in value:
        if not isinstance(atom, Obj):
            continue
        if atom.kind == "dict":
            for key, item in atom.items.items():
                if isinstance(key, str):
                    known[key] = join(known.get(key, NOTHING), item)
            rest = join(rest, atom.rest)
        else:
            rest = join(rest, attributes.call_special(m, frame, (atom,), "__getitem__", Args([()])))
    return known, rest


def elements(obj: Obj) -> Value:
    """All elements (of a dict: its values)."""
    return join(joined(obj.items.values()), obj.rest)


def dict_keys(obj: Obj) -> Value:
    """The keys of a dict."""
    return join(tuple(Const(k) for k in list(obj.items)[:24]), obj.keys)


def iterate(m: Machine, frame: Frame, value: Value, depth: int = 0) -> Value:
    """What a loop over `value` gives, with the calls that looping makes."""
    result: Value = NOTHING
    for atom in value:
        if isinstance(atom, Obj):
            result = join(result, _iterate_object(m, frame, atom, depth))
        elif isinstance(atom, Klass):
            result = join(result, _iterate_class(atom))
        elif isinstance(atom, ExtInst) and atom.name in TYPED:
            result = join(result, (atom,))
    return result


def delay(m: Machine, frame: Frame, gen: Obj, func: Value, args: Args, reason: str) -> None:
    """`func(*args)` is called when somebody loops over `gen`, there and then; a filter keeps what it asked about."""
    gen.attrs["delayed"] = (Partial(func, args),)
    gen.attrs["reason"] = (Const(reason),)
    m.unlooped.setdefault(gen, (frame, frame.line))


def loop_over_the_rest(m: Machine) -> None:
    """What nobody was seen to loop over may be looped over by somebody unknown."""
    for gen, (frame, line) in list(m.unlooped.items()):
        frame.line = line
        calls.call(m, frame, gen.attrs["delayed"], Args(), site=("delayed", id(gen)), confidence="may",
                   reason=f"{texts_of(gen.attrs['reason'])[0]}, when somebody loops over the result")  # fmt: skip


def is_delayed(atom: Atom) -> bool:
    """Looping over it calls a function of the program."""
    return isinstance(atom, Obj) and "delayed" in atom.attrs


def _loop_over_delayed(m: Machine, frame: Frame, gen: Obj) -> Value:
    reason = texts_of(gen.attrs["reason"])[0]
    kept = gen.rest
    m.unlooped.pop(gen, None)
    result = calls.call(m, frame, gen.attrs["delayed"], Args(), site=("delayed", id(gen)), reason=reason)
    return kept or result


TYPED: Final = ("torch.Tensor", "numpy.ndarray")
"""external types whose elements are of the same type"""


def _iterate_class(klass: Klass) -> Value:
    """Members of an Enum."""
    return joined(v for n, v in klass.names.items() if not n.startswith("_"))


def _iterate_object(m: Machine, frame: Frame, obj: Obj, depth: int) -> Value:
    if isinstance(obj.cls, Klass) and depth < 4:
        given = attributes.special((obj,), "__iter__")
        if given:
            iterator = attributes.call_special(m, frame, (obj,), "__iter__", Args())
            result: Value = NOTHING
            for atom in iterator:
                if (
                    isinstance(atom, Obj)
                    and isinstance(atom.cls, Klass)
                    and attributes.special((atom,), "__next__")
                ):
                    result = join(result, attributes.call_special(m, frame, (atom,), "__next__", Args()))
                elif atom is not obj:
                    result = join(result, iterate(m, frame, (atom,), depth + 1))
            return result
        if attributes.special((obj,), "__aiter__"):
            iterator = attributes.call_special(m, frame, (obj,), "__aiter__", Args())
            return attributes.call_special(m, frame, iterator, "__anext__", Args())
        if attributes.special((obj,), "__getitem__"):
            return attributes.call_special(m, frame, (obj,), "__getitem__", Args([()]))
    if "delayed" in obj.attrs:
        return _loop_over_delayed(m, frame, obj)
    if obj.kind == "dict":
        return dict_keys(obj)
    return elements(obj)


def get_item(m: Machine, frame: Frame, owner: Value, key: Value) -> Value:
    """`owner[key]`."""
    result: Value = NOTHING
    for atom in owner:
        if isinstance(atom, Klass):
            result = join(result, (atom,))  # Generic[int] makes the same objects
        elif isinstance(atom, ExtInst) and atom.name in TYPED:
            result = join(result, (atom,))
        elif isinstance(atom, Obj):
            if attributes.special((atom,), "__getitem__"):
                found = attributes.call_special(m, frame, (atom,), "__getitem__", Args([key]))
                result = join(result, found or stored(m, frame, atom, key))
            else:
                result = join(result, stored(m, frame, atom, key))
    return result


def stored(m: Machine, frame: Frame, obj: Obj, key: Value) -> Value:
    """What a built-in container holds under `key`."""
    cuts = [a for a in key if isinstance(a, Obj) and a.kind == "slice"]
    if cuts:
        return _cut(m, frame, obj, cuts[0])
    keys = constants(key)
    if not keys:
        return elements(obj)
    result: Value = NOTHING
    for constant in keys:
        result = join(result, _at(obj, constant))
    if not result and not obj.rest:
        m.stale = True
    if not result and "default" in obj.attrs:
        result = calls.call(m, frame, obj.attrs["default"], Args(), site=("default", id(obj)))
        m.grow(obj, obj.items, keys[0], result)
    return join(result, obj.rest)


def _at(obj: Obj, key: Key) -> Value:
    if obj.kind != "dict" and isinstance(key, int):
        if key < 0 and not obj.rest:
            key += len(obj.items)
        elif key < 0:
            return elements(obj)
    return obj.items.get(key, NOTHING)


def _cut(m: Machine, frame: Frame, obj: Obj, cut: Obj) -> Value:
    bounds = [constants(cut.attrs[name])[:1] for name in ("start", "stop", "step")]
    new = m.alloc(frame, ("cut", id(obj)), obj.kind if obj.kind in ("list", "tuple") else "list")
    if obj.rest or not all(bounds) or any(not isinstance(b[0], int | None) for b in bounds):
        new.rest = join(new.rest, elements(obj))
        return (new,)
    row = [obj.items.get(i, NOTHING) for i in range(len(obj.items))]
    start, stop, step = (b[0] for b in bounds)
    try:
        picked: list[Value] = row[cast("slice", slice(start, stop, step))]
    except ValueError:
        picked = row
    for i, value in enumerate(picked):
        place(m, new, i, value)
    return (new,)


def set_item(m: Machine, frame: Frame, owner: Value, key: Value, value: Value) -> None:
    """`owner[key] = value`."""
    for atom in owner:
        if isinstance(atom, Obj):
            if attributes.special((atom,), "__setitem__"):
                attributes.call_special(m, frame, (atom,), "__setitem__", Args([key, value]))
                if atom.kind != "object":
                    put(m, atom, key, value)
            elif atom.kind in ("dict", "list"):
                put(m, atom, key, value)


def method(m: Machine, frame: Frame, name: str, args: Args, self: Atom | None) -> Value:
    """A method of a built-in type."""
    if isinstance(self, Const):
        return texts.method(m, frame, name, args, self)
    if not isinstance(self, Obj):
        return NOTHING
    if self.kind == "dict":
        return _dict_method(m, frame, name, args, self)
    return _list_method(m, frame, name, args, self)


def _list_method(m: Machine, frame: Frame, name: str, args: Args, obj: Obj) -> Value:
    if name in ("append", "add", "appendleft", "insert", "push"):
        known = obj.token == m.token and not obj.rest and name == "append"
        place(m, obj, len(obj.items) if known else None, args.first(1 if name == "insert" else 0))
        return (Const(None),)
    if name in ("extend", "update", "union", "extendleft"):
        for value in args.pos:
            known, rest = sequence(m, frame, value)
            exact = obj.token == m.token and not obj.rest
            for item in known:
                place(m, obj, len(obj.items) if exact else None, item)
            if rest:
                place(m, obj, None, rest)
        return (obj,)
    if name in ("pop", "popleft", "__next__", "send", "__getitem__"):
        return elements(obj)
    if name == "sort":
        calls.call(m, frame, args.kw.get("key", NOTHING), Args([elements(obj)]), site="key", kind="protocol",
                   reason="sorting asks `key` of each element")  # fmt: skip
        return (Const(None),)
    return (obj,) if name in ("copy", "__iter__", "difference", "intersection") else NOTHING


def _dict_method(m: Machine, frame: Frame, name: str, args: Args, obj: Obj) -> Value:
    if name in ("get", "pop", "setdefault", "__getitem__"):
        default = args.pos[1] if len(args.pos) > 1 else args.kw.get("default", NOTHING)
        if name == "setdefault" and default:
            put(m, obj, args.first(0), default)
        stale = m.stale
        found = stored(m, frame, obj, args.first(0))
        m.stale = stale or (not found and not default)
        return join(found, default)
    if name in ("values", "itervalues"):
        return view(m, frame, obj, "values", elements(obj))
    if name in ("keys", "iterkeys"):
        return view(m, frame, obj, "keys", dict_keys(obj))
    if name in ("items", "iteritems", "popitem"):
        pair = m.alloc(frame, ("pair", id(obj)), "tuple")
        pair.token = -1
        place(m, pair, 0, dict_keys(obj))
        place(m, pair, 1, elements(obj))
        return (pair,) if name == "popitem" else view(m, frame, obj, "items", (pair,))
    if name == "update":
        for value in args.pos:
            update(m, frame, obj, value)
        for key, value in args.kw.items():
            m.grow(obj, obj.items, key, value)
        obj.rest = join(obj.rest, args.more)
        return (Const(None),)
    return (obj,) if name == "copy" else NOTHING


def view(m: Machine, frame: Frame, obj: Obj, name: str, value: Value) -> Value:
    """A list of what `value` may be, made from `obj`."""
    made = m.alloc(frame, (name, id(obj)), "list")
    place(m, made, None, value)
    return (made,)
