"""Statements: one small function per operation, each changing what names and objects may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from codetour.graph import attributes, calls, classes, containers, functions, hints, imports, operators
from codetour.graph.expressions import assign, lookup, names_of
from codetour.graph.lowering import Op
from codetour.graph.machine import Args, Frame, Machine
from codetour.graph.values import NOTHING, Bound, Const, Ext, Func, Klass, Obj, Value, join


def _expr(m: Machine, frame: Frame, op: Op) -> None:
    frame.line = op[2]
    m.eval(frame, op[1])


def _assign(m: Machine, frame: Frame, op: Op) -> None:
    frame.line = op[3]
    value = m.eval(frame, op[2])
    for target in op[1]:
        _give(m, frame, target, value)


def _give(m: Machine, frame: Frame, target: Op, value: Value) -> None:
    shared = frame.func.record["shared"] if frame.func is not None else ()
    if target[0] == "name" and target[1] in shared:
        _assign_outside(m, frame, target[1], value)
    else:
        assign(m, frame, target, value)


def _assign_outside(_m: Machine, frame: Frame, name: str, value: Value) -> None:
    """`global` and `nonlocal`: whatever else the name was stays possible."""
    scope = frame.scope.parent
    while scope is not None and name not in scope.names and scope.parent is not None:
        scope = scope.parent
    table = (scope or frame.module.scope).names
    table[name] = join(table.get(name, NOTHING), value)


def _aug(m: Machine, frame: Frame, op: Op) -> None:
    _, kind, target, left, right, line = op
    old, more = m.eval(frame, left), m.eval(frame, right)
    frame.line = line
    _give(m, frame, target, operators.in_place(m, frame, kind, old, more))


def _annotated(m: Machine, frame: Frame, op: Op) -> None:
    _, target, annotation, value_op, line = op
    frame.line = line
    value = m.eval(frame, value_op) if value_op else None
    if frame.klass is not None and target[0] == "name" and frame.scope.parent is not None:
        frame.klass.fields[target[1]] = value
        frame.klass.hints[target[1]] = hints.hinted(m, frame, annotation)
    if value is not None:
        _give(m, frame, target, value or hints.hinted_instance(m, frame, annotation))


def _return(m: Machine, frame: Frame, op: Op) -> None:
    frame.line = op[2]
    value = m.eval(frame, op[1]) if op[1] else (Const(None),)
    if frame.activation is not None:
        frame.activation.returns = join(frame.activation.returns, value)
    frame.dead = True


def _raise(m: Machine, frame: Frame, op: Op) -> None:
    frame.line = op[2]
    if op[1]:
        for atom in m.eval(frame, op[1]):
            if isinstance(atom, Klass):
                calls.call(m, frame, (atom,), Args(), site=("raise", op[2]), how="name")
    frame.dead = True


def _delete(m: Machine, frame: Frame, op: Op) -> None:
    frame.line = op[2]
    for target in op[1]:
        if target[0] == "item":
            owner, key = m.eval(frame, target[1]), m.eval(frame, target[2])
            attributes.call_special(m, frame, owner, "__delitem__", Args([key]))
        elif target[0] == "attr":
            m.eval(frame, target[1])


def _leave(_m: Machine, frame: Frame, _op: Op) -> None:
    frame.dead = True


def decided(m: Machine, frame: Frame, test: Op) -> bool | None:
    """What a test gives when that is plain from its text: `__name__`, TYPE_CHECKING, constants."""
    if (
        test[0] == "compare"
        and test[1] == ["name", "__name__"]
        and test[2][0] == ["eq", ["const", "__main__"]]
    ):
        return frame.module.main
    if (
        test[0] == "compare"
        and test[1] == ["const", "__main__"]
        and test[2][0] == ["eq", ["name", "__name__"]]
    ):
        return frame.module.main
    if test[0] == "const":
        return bool(test[1])
    if test[0] == "unary" and test[1] == "not":
        inner = decided(m, frame, test[2])
        return None if inner is None else not inner
    return None


def _decorates_here(m: Machine) -> bool:
    """What a decorator is put on is known for certain: `if function is None` and `callable(args[0])` follow it."""
    return m.decorating is not None and m.depth <= m.decorating[1] + 2


def _decided_in_model(m: Machine, frame: Frame, test: Op) -> bool | None:
    """In a framework's model what is not given is None, and classes are known: branches follow them."""
    if test[0] == "compare" and test[2][0][1] == ["const", None] and test[2][0][0] in ("is", "isnot"):
        value = m.eval(frame, test[1])
        if not value:
            return None
        absent = [a == Const(None) for a in value]
        if all(absent):
            return test[2][0][0] == "is"
        return test[2][0][0] != "is" if not any(absent) else None
    if test[0] == "bool":
        ways = [_decided_in_model(m, frame, part) for part in test[1]]
        last = test[2] == "or"
        return last if last in ways else (not last if None not in ways else None)
    if test[0] == "call" and test[1] == ["name", "callable"] and len(test[2]) == 1:
        given = m.eval(frame, test[2][0])
        return True if given and all(isinstance(a, Func | Klass | Bound) for a in given) else None
    if (
        test[0] == "compare"
        and test[1][0] == "call"
        and test[1][1] == ["name", "len"]
        and test[2][0][0] == "eq"
    ):
        given = m.eval(frame, test[1][2][0])
        if (
            len(given) == 1
            and isinstance(given[0], Obj)
            and given[0].kind in ("tuple", "dict")
            and not given[0].rest
        ):
            return len(given[0].items) == test[2][0][1][1]
        return None
    if test[0] == "name":
        given = m.eval(frame, test)
        if given and all(isinstance(a, Const) and not a.value for a in given):
            return False
    if test[0] == "call" and test[1] == ["name", "isinstance"] and len(test[2]) == 2:
        if test[2][1] == ["name", "type"]:
            return _is_class(m.eval(frame, test[2][0]))
        kinds = [a for a in m.eval(frame, test[2][1]) if isinstance(a, Klass)]
        objects = [
            a.cls for a in m.eval(frame, test[2][0]) if isinstance(a, Obj) and isinstance(a.cls, Klass)
        ]
        fits = [any(k in c.mro for k in kinds) for c in objects]
        if fits and kinds:
            return True if all(fits) else None if any(fits) else False
    return None


def _is_class(value: Value) -> bool | None:
    """Whether all of it are classes, or none is."""
    classes_ = [
        isinstance(a, Klass) or (isinstance(a, Ext) and a.name.startswith("<builtin>")) for a in value
    ]
    return True if classes_ and all(classes_) else None if any(classes_) or not value else False


def _if(m: Machine, frame: Frame, op: Op) -> None:
    _, test, body, other, line = op
    frame.line = line
    way = decided(m, frame, test)
    if way is None and (frame.module.stub or _decorates_here(m)):
        way = _decided_in_model(m, frame, test)
    if way is not None:
        m.run(frame, body if way else other)
        return
    operators.truth(m, frame, m.eval(frame, test))
    m.apart(frame, [lambda: m.run(frame, body), lambda: m.run(frame, other)])


def _loop(m: Machine, frame: Frame, once: Callable[[], None], other: list[Op]) -> None:
    """Not at all, once, and a second time when the first left something new."""

    def repeated() -> None:
        before = dict(frame.scope.names)
        once()
        frame.dead = False
        after = frame.scope.names
        if any(value and not set(value) <= set(before.get(name, ())) for name, value in after.items()):
            for name, value in before.items():
                after[name] = join(value, after.get(name, NOTHING))
            once()
            frame.dead = False

    m.apart(frame, [repeated, lambda: None])
    m.run(frame, other)


def _while(m: Machine, frame: Frame, op: Op) -> None:
    _, test, body, other, line = op
    frame.line = line

    def once() -> None:
        operators.truth(m, frame, m.eval(frame, test))
        m.run(frame, body)

    if test[0] == "const" and test[1]:
        _endless(m, frame, once)
    else:
        _loop(m, frame, once, other)


def _endless(m: Machine, frame: Frame, once: Callable[[], None]) -> None:
    _loop(m, frame, once, [])


def _for(m: Machine, frame: Frame, op: Op) -> None:
    _, target, source, body, other, line = op
    value = m.eval(frame, source)
    frame.line = line
    elements = containers.iterate(m, frame, value)
    frame.each.update(names_of(target))

    def once() -> None:
        assign(m, frame, target, elements)
        m.run(frame, body)

    _loop(m, frame, once, other)


def _with(m: Machine, frame: Frame, op: Op) -> None:
    _, items, body, is_async, line = op
    enter, leave = ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
    opened: list[tuple[Value, int]] = []
    for manager_op, target, at in items:
        manager = m.eval(frame, manager_op)
        frame.line = at
        value = NOTHING
        for atom in manager:
            if isinstance(atom, Obj) and atom.kind == "gen":
                value = join(value, atom.rest)
                continue
            entered = attributes.call_special(m, frame, (atom,), enter, Args())
            value = join(value, entered or (() if isinstance(atom, Bound) else (atom,)))
        if target is not None:
            assign(m, frame, target, value)
        opened.append((manager, at))
    m.run(frame, body)
    for manager, at in reversed(opened):
        frame.line = at
        attributes.call_special(m, frame, manager, leave, Args([(), (), ()]))
    frame.line = line


def _try(m: Machine, frame: Frame, op: Op) -> None:
    _, body, handlers, other, final = op
    ways: list[Callable[[], None]] = []

    def straight() -> None:
        m.run(frame, body)
        if not frame.dead:
            m.run(frame, other)

    start = frame.scope.names
    ways.append(straight)
    for kind, name, block in handlers:

        def handle(kind: Op | None = kind, name: str | None = name, block: list[Op] = block) -> None:
            caught = m.eval(frame, kind) if kind else NOTHING
            if name:
                frame.scope.names[name] = hints.instances(m, frame, caught, ("except", name))
            m.run(frame, block)

        ways.append(handle)
    if len(ways) > 1:
        m.apart(frame, ways)
    else:
        straight()
    if final:
        was = frame.dead
        frame.dead = False
        if was:
            frame.scope.names = dict(start)
        m.run(frame, final)
        frame.dead = frame.dead or was


def _match(m: Machine, frame: Frame, op: Op) -> None:
    _, subject_op, cases, line = op
    frame.line = line
    subject = m.eval(frame, subject_op)
    ways: list[Callable[[], None]] = []
    for captures, guard, block in cases:

        def way(captures: list[Op] = captures, guard: Op | None = guard, block: list[Op] = block) -> None:
            for name, kind, whole in captures:
                found = hints.instances(m, frame, m.eval(frame, kind), ("match", name)) if kind else NOTHING
                frame.scope.names[name] = found or (subject if whole else NOTHING)
            if guard:
                m.eval(frame, guard)
            m.run(frame, block)

        ways.append(way)
    m.apart(frame, [*ways, lambda: None])


def _def(m: Machine, frame: Frame, op: Op) -> None:
    _, record, decorators = op
    func = functions.make_function(m, frame, record)
    frame.scope.names[record["name"]] = functions.decorate(m, frame, (func,), decorators)


def _class(m: Machine, frame: Frame, op: Op) -> None:
    _, record, decorators = op
    klass = classes.make_class(m, frame, record)
    frame.scope.names[record["name"]] = functions.decorate(m, frame, (klass,), decorators)


def _import(m: Machine, frame: Frame, op: Op) -> None:
    frame.line = op[2]
    for name, alias in op[1]:
        imports.import_name(m, frame, name, alias)


def _from(m: Machine, frame: Frame, op: Op) -> None:
    _, module, level, names, line = op
    frame.line = line
    imports.import_from(m, frame, module, level, names)


STATEMENTS: Final[dict[str, Callable[[Machine, Frame, Op], None]]] = {
    "expr": _expr, "assign": _assign, "aug": _aug, "annotated": _annotated, "return": _return, "raise": _raise,
    "delete": _delete, "leave": _leave, "if": _if, "while": _while, "for": _for, "with": _with, "try": _try,
    "match": _match, "def": _def, "class": _class, "import": _import, "from": _from,
}  # fmt: skip

__all__ = ["STATEMENTS", "decided", "lookup"]
