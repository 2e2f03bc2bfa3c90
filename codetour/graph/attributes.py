"""Attributes: instance, class in method resolution order, descriptors, modules, and what lies outside."""

from __future__ import annotations

from typing import Final

from codetour.graph import calls, hints, imports, texts
from codetour.graph.machine import Args, Frame, Machine, Module
from codetour.graph.values import (
    NOTHING,
    Atom,
    Bound,
    Const,
    Ext,
    ExtInst,
    Func,
    Klass,
    Obj,
    Partial,
    SuperOf,
    Value,
    Wrapped,
    join,
)  # fmt: skip

CONTAINER_NAMES: Final = {
    "list": "<**PyList**>", "tuple": "<**PyTuple**>", "dict": "<**PyDict**>", "set": "<**PySet**>",
    "gen": "<**PyGenerator**>", "slice": "<**PySlice**>",
}  # fmt: skip
LONGEST_NAME: Final = 6
"""dotted parts of an external name; longer chains tell nothing more"""


def find(klass: Klass, name: str, after: Klass | None = None) -> tuple[Value | None, Klass | Ext | None]:
    """What `name` is in `klass` or its bases, and who defines it; an unknown external base may define anything."""
    started = after is None
    outside: Ext | None = None
    for base in klass.mro:
        if not started:
            started = base is after
        elif isinstance(base, Ext):
            outside = outside or base
        elif name in base.names:
            return base.names[name], base
    return None, outside


def get(m: Machine, frame: Frame, owner: Value, name: str) -> Value:
    """What `owner.name` may be."""
    if not owner:
        known = m.frameworks.telling.get(name)
        return _of_external(m, known, ExtInst(known), name) if known else NOTHING
    result: Value = NOTHING
    for atom in owner:
        result = join(result, get_one(m, frame, atom, name))
    return result


def get_one(m: Machine, frame: Frame, atom: Atom, name: str) -> Value:
    """What `name` of one atom may be."""
    if isinstance(atom, Obj):
        return _of_object(m, frame, atom, name)
    if isinstance(atom, Klass):
        return _of_class(m, frame, atom, name)
    if isinstance(atom, Module):
        return imports.module_attribute(m, frame, atom, name)
    if isinstance(atom, Ext):
        return m.frameworks.resolve(m, f"{atom.name}.{name}")
    if isinstance(atom, ExtInst):
        return _of_external(m, atom.name, atom, name)
    if isinstance(atom, SuperOf):
        return _of_super(m, frame, atom, name)
    if isinstance(atom, Const) and isinstance(atom.value, str):
        if name in texts.PATH_PARTS:
            return texts.path_part(m, frame, atom.value, name)
        return (Bound(Ext("<**PyStr**>." + name), atom),)
    if isinstance(atom, Func):
        return _of_function(atom, name)
    if isinstance(atom, Bound):
        if name == "__self__":
            return (atom.self,)
        return _of_function(atom.func, name) if isinstance(atom.func, Func) else NOTHING
    if isinstance(atom, Wrapped) and name in ("setter", "getter", "deleter"):
        return (Bound(Ext("<builtin>.property." + name), atom),)
    if isinstance(atom, Partial) and name == "func":
        return atom.func
    return NOTHING


def _of_external(m: Machine, owner: str, atom: Atom, name: str) -> Value:
    if owner.count(".") >= LONGEST_NAME:
        return NOTHING
    found = m.frameworks.resolve(m, f"{owner}.{name}")
    return tuple(Bound(a, atom) if isinstance(a, Func | Ext) else a for a in found)


def _of_function(func: Func, name: str) -> Value:
    if name in func.attrs:
        return func.attrs[name]
    if name in ("__name__", "__qualname__"):
        return (Const(func.record["name"]),)
    if name in ("__call__", "__wrapped__"):
        return (func,)
    return NOTHING


def _of_object(m: Machine, frame: Frame, obj: Obj, name: str) -> Value:
    klass = obj.cls
    if klass is None:
        if name in obj.attrs:
            return obj.attrs[name]
        kind = CONTAINER_NAMES.get(obj.kind)
        return (Bound(Ext(f"{kind}.{name}"), obj),) if kind else NOTHING
    if isinstance(klass, Ext):
        if obj.kind == "dict":
            return obj.items.get(name) or join(
                obj.attrs.get(name, NOTHING), (Bound(Ext("<**PyDict**>." + name), obj),)
            )
        return obj.attrs.get(name, NOTHING) or _of_external(m, klass.name, obj, name)
    if name == "__class__":
        return (klass,)
    if name == "__dict__":
        table = m.alloc(frame, ("__dict__", id(obj)), "dict")
        table.items.update(obj.attrs)
        return (table,)
    value, definer = find(klass, name)
    if value and any(isinstance(a, Wrapped) and a.kind == "property" for a in value):
        return bind(m, frame, value, obj, klass)
    own = obj.attrs.get(name)
    if own:
        return own
    bound = bind(m, frame, value, obj, klass) if value is not None else NOTHING
    if bound:
        return bound
    if own is None and name in klass.seen:
        return klass.seen[name]
    if value is not None:
        return _hinted(m, frame, klass, name)
    if not name.startswith("__"):
        fallback = call_special(m, frame, (obj,), "__getattr__", Args([(Const(name),)]))
        if fallback:
            return fallback
        if obj.kind in ("list", "dict", "tuple", "set"):
            return (Bound(Ext(f"{CONTAINER_NAMES[obj.kind]}.{name}"), obj),)
    if own is None and frame.caller is None:
        m.stale = True
    if isinstance(definer, Ext) and not own:
        return tuple(
            Bound(a, obj) if isinstance(a, Func | Ext) else a
            for a in m.frameworks.resolve(m, f"{definer.name}.{name}")
        )
    return _hinted(m, frame, klass, name)


def _hinted(m: Machine, frame: Frame, klass: Klass, name: str) -> Value:
    for base in klass.mro:
        if isinstance(base, Klass) and base.hints.get(name):
            return hints.instances(m, frame, base.hints[name], ("hint", base.node, name))
    return NOTHING


def bind(m: Machine, frame: Frame, value: Value, obj: Atom, klass: Klass) -> Value:
    """What a class attribute becomes when it is read from an instance."""
    result: Value = NOTHING
    for atom in value:
        if isinstance(atom, Func):
            found: Value = (Bound(atom, obj),)
        elif isinstance(atom, Wrapped):
            found = _unwrap(m, frame, atom, obj, klass)
        elif isinstance(atom, Obj) and isinstance(atom.cls, Klass) and find(atom.cls, "__get__")[0]:
            found = call_special(m, frame, (atom,), "__get__", Args([(obj,), (klass,)]))
        else:
            found = (atom,)
        result = join(result, found)
    return result


def _unwrap(m: Machine, frame: Frame, wrapped: Wrapped, obj: Atom | None, klass: Klass) -> Value:
    if wrapped.kind == "factory":
        return NOTHING
    if wrapped.kind == "staticmethod":
        return wrapped.get
    if wrapped.kind == "classmethod":
        return tuple(Bound(a, klass) if isinstance(a, Func) else a for a in wrapped.get)
    if obj is None:
        return (wrapped,)
    return calls.call(
        m, frame, wrapped.get, Args([(obj,)]), site="property", kind="protocol",
        reason="reading `.{callee}` runs the property's function",
    )  # fmt: skip


def _of_class(m: Machine, frame: Frame, klass: Klass, name: str) -> Value:
    if name in ("__name__", "__qualname__"):
        return (Const(klass.name),)
    if name == "__bases__":
        return tuple(b for b in klass.bases)
    value, definer = find(klass, name)
    if value is not None:
        result: Value = NOTHING
        for atom in value:
            found: Value = _unwrap(m, frame, atom, None, klass) if isinstance(atom, Wrapped) else (atom,)
            result = join(result, found)
        return result
    for meta in klass.meta:
        if isinstance(meta, Klass):
            inherited, _ = find(meta, name)
            if inherited:
                return bind(m, frame, inherited, klass, meta)
    if isinstance(definer, Ext):
        return m.frameworks.resolve(m, f"{definer.name}.{name}")
    m.stale = m.stale or frame.caller is None
    return NOTHING


def _of_super(m: Machine, frame: Frame, atom: SuperOf, name: str) -> Value:
    start = atom.self.cls if isinstance(atom.self, Obj) else atom.self
    klass = start if isinstance(start, Klass) and atom.cls in start.mro else atom.cls
    value, definer = find(klass, name, after=atom.cls)
    if value is not None:
        return bind(m, frame, value, atom.self, klass)
    if isinstance(definer, Ext):
        found = m.frameworks.resolve(m, f"{definer.name}.{name}")
        return tuple(Bound(a, atom.self) if isinstance(a, Func | Ext) else a for a in found)
    return NOTHING


def put(m: Machine, frame: Frame, owner: Value, name: str, value: Value) -> None:
    """`owner.name = value`."""
    for atom in owner:
        if isinstance(atom, Obj):
            _put_object(m, frame, atom, name, value)
        elif isinstance(atom, Klass):
            atom.names[name] = join(atom.names.get(name, NOTHING), value)
        elif isinstance(atom, Module):
            atom.scope.names[name] = join(atom.scope.names.get(name, NOTHING), value)
        elif isinstance(atom, Func):
            atom.attrs[name] = join(atom.attrs.get(name, NOTHING), value)


def _put_object(m: Machine, frame: Frame, obj: Obj, name: str, value: Value) -> None:
    klass = obj.cls
    if isinstance(klass, Klass):
        descriptor, _ = find(klass, name)
        for atom in descriptor or ():
            if isinstance(atom, Wrapped) and atom.kind == "property":
                calls.call(
                    m, frame, atom.set, Args([(obj,), value]), site="setter", kind="protocol",
                    reason="assigning `.{callee}` runs the property's setter",
                )  # fmt: skip
                return
        call_special(m, frame, (obj,), "__setattr__", Args([(Const(name),), value]))
        if name == "__dict__":
            _put_dict(obj, value)
        klass.seen[name] = join(klass.seen.get(name, NOTHING), value)
    m.grow(obj, obj.attrs, name, value)


def _put_dict(obj: Obj, value: Value) -> None:
    """`self.__dict__ = self` and `self.__dict__ = d`: items become attributes."""
    for atom in value:
        if atom is obj:
            obj.attrs = obj.items  # type: ignore[assignment]
        elif isinstance(atom, Obj):
            obj.attrs.update({k: v for k, v in atom.items.items() if isinstance(k, str)})


SPECIAL_REASONS: Final = {
    "__len__": "`len(...)` runs `__len__`",
    "__iter__": "looping over it runs `__iter__`",
    "__next__": "each turn of the loop runs `__next__`",
    "__getitem__": "indexing with `[...]` runs `__getitem__`",
    "__setitem__": "assigning to `[...]` runs `__setitem__`",
    "__delitem__": "`del x[...]` runs `__delitem__`",
    "__contains__": "`in` runs `__contains__`",
    "__call__": "calling the object runs its `__call__`",
    "__enter__": "`with` runs `__enter__` first",
    "__exit__": "leaving the `with` block runs `__exit__`",
    "__aenter__": "`async with` runs `__aenter__` first",
    "__aexit__": "leaving the `async with` block runs `__aexit__`",
    "__str__": "turning it into text runs `__str__`",
    "__repr__": "showing it runs `__repr__`",
    "__format__": "an f-string runs `__format__`",
    "__bool__": "testing whether it is true runs `__bool__`",
    "__getattr__": "an attribute that is not there is asked of `__getattr__`",
    "__setattr__": "setting an attribute runs `__setattr__`",
}


def special(value: Value, name: str) -> list[tuple[Obj, Value]]:
    """The objects in `value` whose class defines `name`, with what it is."""
    found: list[tuple[Obj, Value]] = []
    for atom in value:
        if isinstance(atom, Obj) and isinstance(atom.cls, Klass):
            method, _ = find(atom.cls, name)
            if method:
                found.append((atom, method))
    return found


def call_special(m: Machine, frame: Frame, value: Value, name: str, args: Args) -> Value:
    """Call a special method on each object that has it; what they return."""
    result: Value = NOTHING
    for obj, method in special(value, name):
        assert isinstance(obj.cls, Klass)
        bound = bind(m, frame, method, obj, obj.cls)
        reason = SPECIAL_REASONS.get(name, f"the operator runs `{name}`")
        result = join(
            result, calls.call(m, frame, bound, args, site=name, kind="protocol", reason=reason, alone=True)
        )
    return result
