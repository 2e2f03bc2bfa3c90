"""Calls: functions, methods, classes, callable objects, partials, and what lies outside the repository."""

from __future__ import annotations

from typing import Any

from codetour.graph import attributes, classes, containers, natives
from codetour.graph.lowering import Op
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
    Value,
    Wrapped,
    join,
)  # fmt: skip
from codetour.model.graph import Confidence, EdgeKind, Node


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
            reason += f"one of {len(inside)} candidates"
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
    if isinstance(atom, Func):
        return call_function(m, frame, atom, args, site, kind, confidence, reason)
    if isinstance(atom, Bound):
        if isinstance(atom.func, Ext):
            return call_external(m, frame, atom.func.name, args, site, atom.self)
        return call_function(m, frame, atom.func, with_self(atom.self, args), site, kind, confidence, reason)
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
    if atom.running:  # `f = partial(f, x)` in a loop is a partial of itself
        return NOTHING
    merged = Args(
        [*atom.args.pos, *args.pos],
        join(atom.args.star, args.star),
        {**atom.args.kw, **args.kw},
        join(atom.args.more, args.more),
    )
    atom.running = True
    try:
        return call(m, frame, atom.func, merged, site=site, kind=kind, confidence=confidence, reason=reason)
    finally:
        atom.running = False


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


# -- functions


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
        result = call(
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
    if not activation.returns and "returns" in func.record:
        return hinted_instance(
            m, Frame(func.module, func.scope, func.node, activation.number), func.record["returns"]
        )
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
        if annotation is not None and not any(a != Const(None) for a in value):
            value = join(value, hinted_instance(m, home, annotation))
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


# -- what annotations say


def hinted(m: Machine, frame: Frame, annotation: Op) -> Value:
    """The classes that an annotation names."""
    kind = annotation[0]
    if kind == "binary":
        return join(hinted(m, frame, annotation[2]), hinted(m, frame, annotation[3]))
    if kind == "item":
        outer = annotation[1]
        name = outer[1] if outer[0] == "name" else outer[2] if outer[0] == "attr" else ""
        if name in ("Optional", "Union", "Annotated", "Final", "ClassVar"):
            inner = annotation[2]
            parts = inner[1] if inner[0] == "tuple" else [inner]
            result: Value = NOTHING
            for part in parts:
                result = join(result, hinted(m, frame, part))
            return result
        return hinted(m, frame, outer)
    if kind in ("name", "attr"):
        stale = m.stale
        value = m.eval(frame, annotation)
        m.stale = stale
        return tuple(a for a in value if isinstance(a, Klass | Ext))
    return NOTHING


def hinted_instance(m: Machine, frame: Frame, annotation: Op) -> Value:
    """An object of the class that an annotation names."""
    return instances(m, frame, hinted(m, frame, annotation), ("hint", str(annotation)))


def instances(m: Machine, frame: Frame, kinds: Value, site: Any) -> Value:
    """Objects of these classes of which the making was not seen."""
    result: Value = NOTHING
    for atom in kinds:
        if isinstance(atom, Klass):
            obj = m.alloc(frame, site, "object", atom)
            obj.token = -1
            result = join(result, (obj,))
        elif isinstance(atom, Ext) and atom.name.rpartition(".")[2] not in natives.PLAIN_TYPES:
            result = join(result, (ExtInst(atom.name),))
    return result


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
