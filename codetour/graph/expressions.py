"""Expressions: one small function per operation, each giving what the expression may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from codetour.graph import attributes, calls, containers, functions, operators
from codetour.graph.lowering import Op
from codetour.graph.machine import Args, Frame, Machine, Scope
from codetour.graph.values import NOTHING, Const, Ext, ExtInst, Func, Obj, Value, join


def _none(_m: Machine, _frame: Frame, _op: Op) -> Value:
    return NOTHING


def _const(_m: Machine, _frame: Frame, op: Op) -> Value:
    return (Const(op[1]),)


def _type(_m: Machine, _frame: Frame, op: Op) -> Value:
    return (ExtInst("<builtin>." + op[1]),)


def lookup(m: Machine, frame: Frame, name: str) -> Value:
    """What `name` may be here: own scope, scopes round it, module, builtins."""
    scope: Scope | None = frame.scope
    while scope is not None:
        value = scope.names.get(name)
        if value is not None:
            return value
        if name in scope.own:
            m.stale = True
            return NOTHING
        scope = scope.parent
    if name in operators.BUILTIN_NAMES:
        return m.frameworks.resolve(m, "<builtin>." + name)
    return NOTHING


def _name(m: Machine, frame: Frame, op: Op) -> Value:
    return lookup(m, frame, op[1])


def _attr(m: Machine, frame: Frame, op: Op) -> Value:
    owner = m.eval(frame, op[1])
    frame.line = op[3]
    return attributes.get(m, frame, owner, op[2])


def arguments(m: Machine, frame: Frame, positional: list[Op], keywords: list[Op]) -> Args:
    """Evaluate the arguments of a call, unpacking `*` and `**` where their contents are known."""
    args = Args()
    open_ended = False
    for op in positional:
        if op[0] == "star":
            known, rest = containers.sequence(m, frame, m.eval(frame, op[1]))
            if not open_ended:
                args.pos.extend(known)
            else:
                rest = join(rest, containers.joined(known))
            if rest:
                args.star = join(args.star, rest)
                open_ended = True
        elif open_ended:
            args.star = join(args.star, m.eval(frame, op))
        else:
            args.pos.append(m.eval(frame, op))
    for name, op in keywords:
        value = m.eval(frame, op)
        if name is not None:
            args.kw[name] = value
            continue
        known_keys, rest = containers.mapping(m, frame, value)
        for key, item in known_keys.items():
            args.kw[key] = join(args.kw.get(key, NOTHING), item)
        args.more = join(args.more, rest)
    return args


def _call(m: Machine, frame: Frame, op: Op) -> Value:
    func = op[1]
    callee = m.eval(frame, func)
    args = arguments(m, frame, op[2], op[3])
    frame.line = op[4]
    how = "getattr" if func[0] == "call" and func[1] == ["name", "getattr"] else func[0]
    if not callee:
        if how == "attr":
            _unknown_method(m, frame, func[2], args, op[5])
        containers.iterate(
            m, frame, tuple(a for v in args.everything() for a in v if containers.is_delayed(a))
        )
    return calls.call(m, frame, callee, args, site=op[5], how=how, alone=_root(func) in frame.each)


def _root(func: Op) -> str:
    """The name that a called expression begins with."""
    while func[0] in ("attr", "item", "call"):
        func = func[2][0] if func[0] == "call" and func[1] == ["name", "getattr"] and func[2] else func[1]
    return func[1] if func[0] == "name" else ""


CALLING_METHODS: Final = frozenset(
    {"apply", "map", "transform", "filter", "agg", "aggregate", "pipe", "applymap", "submit", "starmap", "imap",
     "map_batches", "for_each", "flat_map"}
)  # fmt: skip
"""methods that call what they are given, whatever the object is"""


def _unknown_method(m: Machine, frame: Frame, name: str, args: Args, site: int) -> None:
    if name in CALLING_METHODS:
        calls.pass_callbacks(m, frame, name, args, site)


def _item(m: Machine, frame: Frame, op: Op) -> Value:
    owner = m.eval(frame, op[1])
    key = m.eval(frame, op[2])
    frame.line = op[3]
    return containers.get_item(m, frame, owner, key)


def _slice(m: Machine, frame: Frame, op: Op) -> Value:
    obj = m.alloc(frame, "slice", "slice")
    for name, part in zip(("start", "stop", "step"), op[1:], strict=True):
        obj.attrs[name] = m.eval(frame, part) if part else (Const(None),)
    return (obj,)


def _sequence(m: Machine, frame: Frame, op: Op) -> Value:
    obj = m.alloc(frame, op[2], op[0])
    position: int | None = 0
    for element in op[1]:
        if element[0] == "star":
            known, rest = containers.sequence(m, frame, m.eval(frame, element[1]))
            for value in known:
                position = containers.place(m, obj, position, value)
            if rest:
                containers.place(m, obj, None, rest)
                position = None
        else:
            position = containers.place(m, obj, position, m.eval(frame, element))
    return (obj,)


def _dict(m: Machine, frame: Frame, op: Op) -> Value:
    obj = m.alloc(frame, op[2], "dict")
    if obj.token == m.token:
        obj.items.clear()
    for key, value in op[1]:
        if key is None:
            containers.update(m, frame, obj, m.eval(frame, value))
        else:
            containers.put(m, obj, m.eval(frame, key), m.eval(frame, value))
    return (obj,)


def _bool(m: Machine, frame: Frame, op: Op) -> Value:
    result: Value = NOTHING
    last = len(op[1]) - 1
    for i, part in enumerate(op[1]):
        value = m.eval(frame, part)
        frame.line = op[3]
        if i < last:
            operators.truth(m, frame, value)
        if i == last or op[2] == "or":
            # `x or default`: what is false for certain does not get through
            result = join(result, tuple(a for a in value if i == last or a != Const(None)))
            if i < last and frame.module.stub and value and all(isinstance(a, Obj) and a.cls for a in value):
                break  # in a model what is given is there
    return result


def _either(m: Machine, frame: Frame, op: Op) -> Value:
    operators.truth(m, frame, m.eval(frame, op[1]))
    return join(m.eval(frame, op[2]), m.eval(frame, op[3]))


def _binary(m: Machine, frame: Frame, op: Op) -> Value:
    left, right = m.eval(frame, op[2]), m.eval(frame, op[3])
    frame.line = op[4]
    return operators.binary(m, frame, op[1], left, right)


def _unary(m: Machine, frame: Frame, op: Op) -> Value:
    value = m.eval(frame, op[2])
    frame.line = op[3]
    if op[1] == "not":
        operators.truth(m, frame, value)
        return (ExtInst("<builtin>.bool"),)
    return operators.unary(m, frame, op[1], value)


def _compare(m: Machine, frame: Frame, op: Op) -> Value:
    left = m.eval(frame, op[1])
    for kind, part in op[2]:
        right = m.eval(frame, part)
        frame.line = op[3]
        operators.compare(m, frame, kind, left, right)
        left = right
    return (ExtInst("<builtin>.bool"),)


def _text(m: Machine, frame: Frame, op: Op) -> Value:
    result: Value = (Const(""),)
    for part in op[1]:
        result = operators.concat(result, m.eval(frame, part))
    return result


def _show(m: Machine, frame: Frame, op: Op) -> Value:
    return operators.shown(m, frame, m.eval(frame, op[1]), "__repr__" if op[2] == "r" else "__format__")


def _quiet(m: Machine, frame: Frame, op: Op) -> Value:
    m.eval(frame, op[1])
    return (Const(""),)


def _bind(m: Machine, frame: Frame, op: Op) -> Value:
    value = m.eval(frame, op[2])
    frame.scope.names[op[1]] = value
    return value


def _await(m: Machine, frame: Frame, op: Op) -> Value:
    value = m.eval(frame, op[1])
    frame.line = op[2]
    awaited = attributes.call_special(m, frame, value, "__await__", Args())
    return awaited or value


def _yield(m: Machine, frame: Frame, op: Op) -> Value:
    value = m.eval(frame, op[1]) if op[1] else (Const(None),)
    if frame.activation is not None:
        frame.activation.yields = join(frame.activation.yields, value)
    return NOTHING


def _yield_from(m: Machine, frame: Frame, op: Op) -> Value:
    source = m.eval(frame, op[1])
    frame.line = op[2]
    value = containers.iterate(m, frame, source)
    if frame.activation is not None:
        frame.activation.yields = join(frame.activation.yields, value)
    return NOTHING


def _lambda(m: Machine, frame: Frame, op: Op) -> Value:
    return (make_function(m, frame, op[1]),)


def make_function(m: Machine, frame: Frame, record: dict[str, object]) -> Func:
    """The function object of a `def` or lambda here, with its defaults."""
    return functions.make_function(m, frame, record)


def _comp(m: Machine, frame: Frame, op: Op) -> Value:
    _, kind, key, element, loops, site, _line = op
    obj: Obj = m.alloc(frame, site, kind)
    inner = Frame(frame.module, Scope({}, frame.scope), frame.node, frame.number, frame.func, frame.caller,
                  frame.line, frame.reason, frame.activation, prefix=frame.prefix)  # fmt: skip
    token = m.token
    m.tokens += 1
    m.token = m.tokens
    for target, source, tests, line in loops:
        value = m.eval(inner, source)
        inner.line = line
        inner.each.update(names_of(target))
        if (
            kind in ("list", "gen")
            and len(loops) == 1
            and not tests
            and _one_by_one(m, inner, obj, op, value)
        ):
            m.token = token
            return (obj,)
        assign(m, inner, target, containers.iterate(m, inner, value))
        for test in tests:
            operators.truth(m, inner, m.eval(inner, test))
    if kind == "dict":
        containers.put(m, obj, m.eval(inner, key), m.eval(inner, element))
    else:
        containers.place(m, obj, None, m.eval(inner, element))
    m.token = token
    return (obj,)


MOST_APART: Final = 8


def _one_by_one(m: Machine, inner: Frame, obj: Obj, op: Op, value: Value) -> bool:
    """A comprehension over a short sequence that is known keeps its elements apart."""
    known, rest = containers.sequence(m, inner, value)
    if rest or not 0 < len(known) <= MOST_APART:
        return False
    for position, item in enumerate(known):
        m.tokens += 1
        m.token = m.tokens  # what one element makes does not replace what the one before it made
        assign(m, inner, op[4][0][0], item)
        containers.place(m, obj, position, m.eval(inner, op[3]))
    return True


def names_of(target: Op) -> list[str]:
    """The names that a target binds."""
    if target[0] == "name":
        return [target[1]]
    if target[0] == "unpack":
        return [name for part in target[1] for name in names_of(part)]
    return names_of(target[1]) if target[0] == "rest" else []


def assign(m: Machine, frame: Frame, target: Op, value: Value) -> None:
    """Give `target` a value."""
    kind = target[0]
    if kind == "name":
        frame.scope.names[target[1]] = value
    elif kind == "attr":
        attributes.put(m, frame, m.eval(frame, target[1]), target[2], value)
    elif kind == "item":
        containers.set_item(m, frame, m.eval(frame, target[1]), m.eval(frame, target[2]), value)
    elif kind == "unpack":
        _unpack(m, frame, target[1], value)
    elif kind == "rest":
        assign(m, frame, target[1], value)


def _unpack(m: Machine, frame: Frame, targets: list[Op], value: Value) -> None:
    known, rest = containers.sequence(m, frame, value)
    star = next((i for i, t in enumerate(targets) if t[0] == "rest"), None)
    after = len(targets) - star - 1 if star is not None else 0
    for i, target in enumerate(targets):
        if star is not None and i == star:
            obj = m.alloc(frame, ("rest", str(target[1])), "list")
            for position, item in enumerate(known[i : len(known) - after if after else None]):
                containers.place(m, obj, position, item)
            if rest:
                containers.place(m, obj, None, rest)
            assign(m, frame, target[1], (obj,))
            continue
        index = i if star is None or i < star else len(known) - len(targets) + i
        item = known[index] if 0 <= index < len(known) else NOTHING
        assign(m, frame, target, join(item, rest))


EXPRESSIONS: Final[dict[str, Callable[[Machine, Frame, Op], Value]]] = {
    "none": _none, "const": _const, "type": _type, "name": _name, "attr": _attr, "call": _call, "item": _item,
    "slice": _slice, "list": _sequence, "tuple": _sequence, "set": _sequence, "dict": _dict, "bool": _bool,
    "either": _either, "binary": _binary, "unary": _unary, "compare": _compare, "text": _text, "show": _show,
    "quiet": _quiet, "bind": _bind, "await": _await, "yield": _yield, "yieldfrom": _yield_from,
    "lambda": _lambda, "comp": _comp, "star": lambda m, f, o: m.eval(f, o[1]),
}  # fmt: skip

__all__ = ["EXPRESSIONS", "Ext", "arguments", "assign", "lookup", "make_function"]
