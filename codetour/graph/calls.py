"""Calls: functions, methods, classes, callable objects, partials, and what lies outside the repository."""

from __future__ import annotations

from typing import Any, Final

from codetour.graph import attributes, classes, containers, functions, natives
from codetour.graph.machine import Args, Frame, Machine
from codetour.graph.values import (
    MOST_ATOMS,
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
    Value,
    Wrapped,
    join,
)  # fmt: skip
from codetour.model.graph import Confidence, EdgeKind


def call(
    m: Machine,
    frame: Frame,
    callee: Value,
    args: Args,
    *,
    site: Any,
    how: str = "",
    kind: EdgeKind = "call",
    confidence: Confidence = "sure",
    reason: str = "",
    alone: bool = False,
) -> Value:
    """Call everything that `callee` may be; what the calls may return."""
    targets = [a for a in callee if not isinstance(a, Const | Wrapped)]
    if len(targets) < len(callee):
        targets += [a for w in callee if isinstance(w, Wrapped) and w.kind == "staticmethod" for a in w.get]
    if kind == "call" and how in ("item", "getattr") and frame.caller is None:
        kind, reason = "registry", "looked up by name" if how == "getattr" else "looked up in a table"
    if len(targets) > 1 and not alone and confidence == "sure":
        inside = {_identity(a) for a in targets if not isinstance(a, Ext | ExtInst)}
        if len(inside) > 1:
            confidence = "may"
            reason = f"{reason}; " if reason else ""
            reason += f"one of {len(inside)} candidates" + (" or more" if len(callee) == MOST_ATOMS else "")
    result: Value = NOTHING
    for atom in targets:
        result = join(result, _call_one(m, frame, atom, args, site, kind, confidence, reason))
    return result


def _call_one(
    m: Machine,
    frame: Frame,
    atom: Atom,
    args: Args,
    site: Any,
    kind: EdgeKind,
    confidence: Confidence,
    reason: str,
) -> Value:
    m.tick()
    if isinstance(atom, Func):
        return functions.call_function(m, frame, atom, args, site, kind, confidence, reason)
    if isinstance(atom, Bound):
        if isinstance(atom.func, Ext):
            return call_external(m, frame, atom.func.name, args, site, atom.self)
        return functions.call_function(
            m, frame, atom.func, with_self(atom.self, args), site, kind, confidence, reason
        )
    if isinstance(atom, Klass):
        return classes.construct(m, frame, atom, args, site, kind, confidence, reason)
    if isinstance(atom, Partial):
        return _call_partial(m, frame, atom, args, site, kind, confidence, reason)
    if isinstance(atom, Obj):
        return attributes.call_special(m, frame, (atom,), "__call__", args)
    if isinstance(atom, Ext):
        return call_external(m, frame, atom.name, args, site, None)
    if isinstance(atom, ExtInst):
        return call_external(m, frame, atom.name + ".__call__", args, site, atom)
    return NOTHING


MOST_LAYERS: Final = 64
"""ways through partials of partials that one call follows"""


def _call_partial(
    m: Machine,
    frame: Frame,
    atom: Partial,
    args: Args,
    site: Any,
    kind: EdgeKind,
    confidence: Confidence,
    reason: str,
) -> Value:
    result: Value = NOTHING
    for callee, given in _unfolded(atom, args):
        found = call(m, frame, callee, given, site=site, kind=kind, confidence=confidence, reason=reason)
        result = join(result, found)
    return result


def _unfolded(outer: Partial, args: Args) -> list[tuple[Value, Args]]:
    """What a partial calls in the end, and with what: a partial may be one of another, and even of itself."""
    found: list[tuple[Value, Args]] = []
    seen = {outer}
    waiting = [(outer, args)]
    for partial, given in waiting:
        merged = Args(
            [*partial.args.pos, *given.pos],
            join(partial.args.star, given.star),
            {**partial.args.kw, **given.kw},
            join(partial.args.more, given.more),
        )
        plain = tuple(a for a in partial.func if not isinstance(a, Partial))
        if plain:
            found.append((plain, merged))
        for inner in partial.func:
            if isinstance(inner, Partial) and inner not in seen and len(waiting) < MOST_LAYERS:
                seen.add(inner)
                waiting.append((inner, merged))
    return found


def _identity(atom: Atom) -> object:
    """What tells callees apart: two objects of one class run the same method."""
    if isinstance(atom, Bound):
        return atom.func.node if isinstance(atom.func, Func) else atom.func
    if isinstance(atom, Obj):
        return atom.cls
    return atom.node if isinstance(atom, Func | Klass) else atom


def with_self(self: Atom, args: Args) -> Args:
    """`args` after the object itself."""
    return Args([(self,), *args.pos], args.star, args.kw, args.more)


# -- outside


def call_external(m: Machine, frame: Frame, name: str, args: Args, site: Any, self: Atom | None) -> Value:
    """A call that leaves the repository: modelled natively, or unknown; functions passed to it may be called."""
    native = natives.NATIVES.get(name)
    if native is not None:
        if not name.startswith(natives.SILENT):
            m.emit(frame, m.external(name))
        return native(m, frame, args, site, self)
    method = name.rpartition(".")[2]
    if frame.caller is None and not (name.startswith("<**Py") and method in containers.MUTATORS):
        m.emit(frame, m.external(name))
    if name.startswith("<**Py"):
        return containers.method(m, frame, method, args, self)
    if not m.frameworks.never_calls(name):
        pass_callbacks(m, frame, method if method != "__init__" else name.split(".")[-2], args, site)
    result = m.frameworks.result_of(name)
    if result is not None:
        return (ExtInst(result),) if result else NOTHING
    return (ExtInst(name),) if name.count(".") <= attributes.LONGEST_NAME else NOTHING


def pass_callbacks(m: Machine, frame: Frame, name: str, args: Args, site: Any) -> None:
    """Functions handed to something unknown may be called by it."""
    for value in args.everything():
        for atom in value:
            if isinstance(atom, Func | Partial) or (isinstance(atom, Bound) and isinstance(atom.func, Func)):
                call(
                    m, frame, (atom,), Args(), site=site, kind="framework", confidence="may",
                    reason=f"passed to `{name}`, which may call it",
                )  # fmt: skip
            elif containers.is_delayed(atom):
                containers.iterate(m, frame, (atom,))
