"""The repository's functions: making, decorating and running them for the arguments they are called with."""

from __future__ import annotations

from typing import Any

from codetour.graph import calls, hints, natives
from codetour.graph.machine import (
    DEEPEST_CALLS,
    MOST_CONTEXTS,
    MOST_RUNS,
    MOST_SMALL_CONTEXTS,
    MOST_STUB_CONTEXTS,
    SMALL,
    Activation,
    Args,
    Frame,
    Machine,
    Scope,
    Site,
    relevant,
)  # fmt: skip
from codetour.graph.values import NOTHING, Const, Ext, ExtInst, Func, Obj, Value, join
from codetour.model.graph import Confidence, EdgeKind, Node


def make_function(m: Machine, frame: Frame, record: dict[str, Any]) -> Func:
    """The function object of a `def` or lambda, with its defaults evaluated here."""
    scope = frame.scope
    owner = frame.klass
    if owner is not None:
        scope = scope.parent or scope
    key = (frame.module.name, record["site"], id(scope), id(owner) if owner else 0)
    func = m.interned.get(key)
    if func is None:
        qualname = frame.prefix + record["name"]
        node = f"{frame.module.name}.{qualname}"
        func = m.interned[key] = Func(record, frame.module, scope, node, qualname, {}, owner)
        kind = "lambda" if record["name"].startswith("<") else "function"
        if frame.module.stub:
            m.nodes.setdefault(node, Node(node, None, qualname, 0, 0, "external"))
        else:
            m.nodes.setdefault(
                node, Node(node, frame.module.file, qualname, record["line"], record["end"], kind)
            )
    for name, _kind, default, _annotation in record["params"]:
        if default is not None:
            func.defaults[name] = join(func.defaults.get(name, NOTHING), m.eval(frame, default))
    return func


def decorate(m: Machine, frame: Frame, value: Value, decorators: list[Any]) -> Value:
    """`value` after its decorators, the last one first."""
    evaluated: list[tuple[Value, int]] = []
    for op, line in decorators:
        frame.line = line
        evaluated.append((m.eval(frame, op), line))
    for decorator, line in reversed(evaluated):
        frame.line = line
        outside = all(isinstance(a, Ext | ExtInst) for a in decorator)
        if outside and not any(isinstance(a, Ext) and a.name in natives.NATIVES for a in decorator):
            continue  # what an unknown decorator gives is most likely the same function
        m.quiet += outside
        before, m.decorating = m.decorating, ((frame.module.name, line, frame.number), m.depth)
        result = calls.call(
            m, frame, decorator, Args([value]), site=("decorator", line), reason="applied as a decorator"
        )
        m.decorating = before
        m.quiet -= outside
        result = tuple(a for a in result if a != Const(None) and not isinstance(a, ExtInst))
        value = result or value
    return value


def call_function(
    m: Machine,
    frame: Frame,
    func: Func,
    args: Args,
    site: Any,
    kind: EdgeKind,
    confidence: Confidence,
    reason: str,
) -> Value:
    """Note the edge and run the function for these arguments."""
    inner = func.stub and (
        (func.owner is None and func.scope is not func.module.scope) or "<" in func.node[1:]
    )
    if not inner and not (func.stub and frame.caller is not None):
        m.emit(
            frame,
            func.node,
            kind=kind,
            confidence=confidence,
            reason=reason.replace("{callee}", func.record["name"]),
        )
    activation = _activation(m, frame, func, args, site)
    _run(m, frame, activation)
    if "yields" in func.record:
        gen = _generator(m, activation)
        return (gen,)
    if "returns" in func.record and hints.says_little(activation.returns):
        home = Frame(func.module, func.scope, func.node, activation.number)
        return join(activation.returns, hints.hinted_instance(m, home, func.record["returns"]))
    return activation.returns


def _generator(m: Machine, activation: Activation) -> Obj:
    key = (activation.number, "generator")
    gen = m.objects.get(key)
    if gen is None:
        gen = m.objects[key] = Obj("gen", token=-1)
    gen.rest = activation.yields
    return gen


def _activation(m: Machine, frame: Frame, func: Func, args: Args, site: Any) -> Activation:
    kinds: list[Any] = [relevant(v) for v in args.pos]
    if args.kw:
        kinds.append(tuple((k, relevant(v)) for k, v in args.kw.items()))
    if args.star or args.more:
        kinds.append((relevant(args.star), relevant(args.more)))
    key: Any = (func, tuple(kinds))
    where: Any = func
    if func.stub:
        place = frame.site()
        where = (func, place.node, place.line)
        key = (key, place.node, place.line)
    if m.decorating is not None and m.depth <= m.decorating[1] + 3:
        # what one definition goes through is no concern of another's
        key = (key, m.decorating[0])
        where = (where, m.decorating[0])
    activation = m.activations.get(key)
    if activation is None:
        count = m.contexts.get(where, 0)
        if count >= _most_contexts(m, func):
            key = (where, "all others", frame.node, frame.line)
            activation = m.activations.get(key)
        else:
            m.contexts[where] = count + 1
    fresh = activation is None
    if activation is None:
        activation = m.activations[key] = Activation(m.number(), func, {})
    before = activation.params
    params = bind_arguments(m, frame, activation, args)
    if fresh:
        activation.params = params
    else:
        grown = {name: join(before.get(name, NOTHING), value) for name, value in params.items()}
        if grown != before:
            activation.params = grown
            activation.version = -1
    return activation


def _most_contexts(m: Machine, func: Func) -> int:
    if func.stub:
        return MOST_STUB_CONTEXTS
    return MOST_SMALL_CONTEXTS if len(func.record["body"]) <= SMALL else MOST_CONTEXTS


def bind_arguments(m: Machine, frame: Frame, activation: Activation, args: Args) -> dict[str, Value]:
    """Parameters and what they may be: arguments in order, by name, rest, defaults, annotations."""
    func = activation.func
    params: dict[str, Value] = {}
    position = 0
    named = set(args.kw)
    home = Frame(func.module, func.scope, func.node, activation.number)
    for name, kind, _default, annotation in func.record["params"]:
        if kind == "*":
            rest = m.objects.setdefault((activation.number, "*"), Obj("tuple", token=-1))
            for i, value in enumerate(args.pos[position:]):
                rest.items[i] = join(rest.items.get(i, NOTHING), value)
            rest.rest = join(rest.rest, args.star)
            params[name] = (rest,)
            continue
        if kind == "**":
            more = m.objects.setdefault((activation.number, "**"), Obj("dict", token=-1))
            for key in args.kw:
                if key in named:
                    more.items[key] = join(more.items.get(key, NOTHING), args.kw[key])
            more.rest = join(more.rest, args.more)
            params[name] = (more,)
            continue
        value: Value | None = None
        if kind != "k" and position < len(args.pos):
            value = args.pos[position]
            position += 1
        elif name in named and kind != "p":
            value = args.kw[name]
            named.discard(name)
        elif args.star and kind != "k":
            value = args.star
        if value is None:
            value = func.defaults.get(name, NOTHING)
            if args.more:
                value = join(args.more, value)
        if annotation is not None and hints.says_little(value):
            value = join(value, hints.hinted_instance(m, home, annotation))
        params[name] = value
    return params


def _version(params: dict[str, Value]) -> int:
    total = 0
    for value in params.values():
        for atom in value:
            if isinstance(atom, Obj):
                total += 1 + atom.version
    return total


def _run(m: Machine, frame: Frame, activation: Activation) -> None:
    func = activation.func
    if activation.running:
        m.stale = True
        return
    version = _version(activation.params)
    if activation.round == m.round:
        if activation.version == version:
            return
        if activation.runs >= MOST_RUNS:
            m.stale = True
            return
    else:
        activation.runs = 0
    caller = frame.site() if func.stub else None
    if m.depth >= DEEPEST_CALLS:
        m.stale = True
        m.waiting.append(lambda: _enter(m, activation, caller))
        return
    _enter(m, activation, caller)


def _enter(m: Machine, activation: Activation, caller: Site | None) -> None:
    func = activation.func
    if activation.running:
        return
    activation.round = m.round
    activation.runs += 1
    activation.version = _version(activation.params)
    own: frozenset[str] = func.record.setdefault("own", frozenset(func.record["locals"]))
    if activation.scope is None:
        activation.scope = Scope({}, func.scope, own)
    activation.scope.names = dict(activation.params)
    reason = func.record.get("doc", "") if func.stub else ""
    inner = Frame(func.module, activation.scope, func.node, activation.number, func, caller, func.record["line"],
                  reason, activation, prefix=func.qualname + ".")  # fmt: skip
    activation.running = True
    m.depth += 1
    try:
        m.run(inner, func.record["body"])
    finally:
        m.depth -= 1
        activation.running = False
