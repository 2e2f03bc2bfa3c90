"""Classes: bodies, bases and their order, metaclasses, and the making of instances."""

from __future__ import annotations

from typing import Any

from codetour.graph import attributes, calls
from codetour.graph.machine import Args, Frame, Machine, Scope
from codetour.graph.values import NOTHING, Bound, Const, Ext, Func, Klass, Obj, Value, Wrapped, join
from codetour.model.graph import Confidence, EdgeKind, Node


def make_class(m: Machine, frame: Frame, record: dict[str, Any]) -> Klass:
    """Run a class statement: bases, body, hooks of the bases."""
    key = (frame.module.name, record["site"], id(frame.scope))
    klass = m.interned.get(key)
    if klass is None:
        qualname = frame.prefix + record["name"]
        node = f"{frame.module.name}.{qualname}"
        klass = m.interned[key] = Klass(record["name"], frame.module, node, qualname)
        if frame.module.stub:
            m.nodes.setdefault(node, Node(node, None, qualname, 0, 0, "external"))
        else:
            m.nodes.setdefault(
                node, Node(node, frame.module.file, qualname, record["line"], record["end"], "class")
            )
    frame.line = record["line"]
    klass.bases = []
    for op in record["bases"]:
        for atom in m.eval(frame, op)[:4]:
            if isinstance(atom, Klass | Ext) and _may_be_base(klass, atom):
                klass.bases.append(atom)
    klass.mro = linearise(klass)
    klass.meta = NOTHING
    for name, op in record["keywords"]:
        value = m.eval(frame, op)
        if name == "metaclass":
            klass.meta = value
    for base in klass.mro[1:]:
        if isinstance(base, Klass):
            klass.meta = klass.meta or base.meta
            klass.generated = klass.generated or base.generated
    body = Frame(frame.module, Scope(klass.names, frame.scope if frame.klass is None else frame.scope.parent),
                 frame.module.name if not frame.caller else frame.node, frame.number, None, frame.caller,
                 record["line"], frame.reason, klass=klass, prefix=klass.qualname + ".")  # fmt: skip
    m.run(body, record["body"])
    klass.names = body.scope.names
    _class_hooks(m, frame, klass, record)
    return klass


def _may_be_base(klass: Klass, base: Klass | Ext) -> bool:
    if isinstance(base, Ext):
        return base.name != "<builtin>.object"
    return klass not in base.mro and base not in klass.bases


def _class_hooks(m: Machine, frame: Frame, klass: Klass, record: dict[str, Any]) -> None:
    frame.line = record["line"]
    hook, definer = attributes.find(klass, "__init_subclass__", after=klass)
    if hook and isinstance(definer, Klass):
        functions = tuple(Bound(a, klass) if isinstance(a, Func) else a for a in hook)
        args = Args(kw={n: m.eval(frame, op) for n, op in record["keywords"] if n and n != "metaclass"})
        calls.call(m, frame, functions, args, site="subclass", kind="protocol",
                   reason="defining a subclass runs `__init_subclass__`")  # fmt: skip
    for meta in klass.meta:
        if isinstance(meta, Klass):
            for name in ("__new__", "__init__"):
                method, _ = attributes.find(meta, name)
                if method:
                    args = Args([(klass,) if name == "__init__" else (meta,), (Const(klass.name),), (), ()])
                    calls.call(m, frame, method, args, site=("meta", name), kind="protocol",
                               reason="defining a class runs its metaclass")  # fmt: skip


def linearise(klass: Klass) -> list[Klass | Ext]:
    """The method resolution order (C3), or depth first where the bases do not fit together."""
    sequences: list[list[Klass | Ext]] = [list(b.mro) if isinstance(b, Klass) else [b] for b in klass.bases]
    sequences.append(list(klass.bases))
    order: list[Klass | Ext] = [klass]
    while any(sequences):
        sequences = [s for s in sequences if s]
        for sequence in sequences:
            head = sequence[0]
            if not any(head in s[1:] for s in sequences):
                break
        else:
            head = sequences[0][0]
        order.append(head)
        sequences = [[x for x in s if x != head] for s in sequences]
    # what is outside the tree is asked last: it would hide what we can see
    return [c for c in order if isinstance(c, Klass)] + [c for c in order if isinstance(c, Ext)]


def construct(
    m: Machine,
    frame: Frame,
    klass: Klass,
    args: Args,
    site: Any,
    kind: EdgeKind,
    confidence: Confidence,
    reason: str,
) -> Value:
    """Call a class: `__new__`, then `__init__` or what is generated in its place."""
    result: Value = NOTHING
    for meta in klass.meta:
        if isinstance(meta, Klass):
            method, _ = attributes.find(meta, "__call__")
            if method:
                bound = attributes.bind(m, frame, method, klass, meta)
                why = "making an object runs its metaclass's `__call__`"
                result = calls.call(m, frame, bound, args, site=site, kind="protocol", reason=why)
    new, _ = attributes.find(klass, "__new__")
    if new:
        made = calls.call(
            m, frame, new, calls.with_self(klass, args), site=site, kind=kind, confidence=confidence
        )
        result = join(result, tuple(a for a in made if isinstance(a, Obj)))
    if any(isinstance(a, Obj) and a.cls is klass for a in result):
        objects = [a for a in result if isinstance(a, Obj) and a.cls is klass]
    else:
        objects = [m.alloc(frame, ("new", site), container_kind(klass), klass)]
        result = join(result, (objects[0],))
    for obj in objects:
        _initialise(m, frame, klass, obj, args, site, kind, confidence, reason)
    return result


def container_kind(klass: Klass) -> str:
    """Subclasses of dict, list and the like hold elements too."""
    for base in klass.mro:
        if isinstance(base, Ext):
            name = base.name.rpartition(".")[2]
            if name in ("dict", "OrderedDict", "defaultdict", "UserDict", "Counter"):
                return "dict"
            if name in ("list", "UserList", "deque"):
                return "list"
            if name in ("tuple", "set"):
                return name
    return "object"


def _initialise(
    m: Machine,
    frame: Frame,
    klass: Klass,
    obj: Obj,
    args: Args,
    site: Any,
    kind: EdgeKind,
    confidence: Confidence,
    reason: str,
) -> None:
    init, definer = attributes.find(klass, "__init__")
    if klass.generated and (init is None or (isinstance(definer, Klass) and definer.stub and not klass.stub)):
        fill_fields(m, frame, klass, obj, args)
        return
    if init:
        calls.call(m, frame, attributes.bind(m, frame, init, obj, klass), args, site=site, kind=kind,
                   confidence=confidence, reason=reason)  # fmt: skip
    elif isinstance(definer, Ext) and not definer.name.startswith("<builtin>"):
        calls.call(m, frame, (Bound(Ext(definer.name + ".__init__"), obj),), args, site=site)
    elif klass.stub and frame.caller is None:
        m.emit(frame, m.external(klass.node))


def fill_fields(m: Machine, frame: Frame, klass: Klass, obj: Obj, args: Args) -> None:
    """The generated `__init__` of a dataclass: fields in order, defaults, factories, then `__post_init__`."""
    fields: dict[str, Value | None] = {}
    for base in reversed(klass.mro):
        if isinstance(base, Klass):
            fields.update(base.fields)
    for i, (name, default) in enumerate(fields.items()):
        value = args.pos[i] if i < len(args.pos) else args.kw.get(name, NOTHING)
        if not value:
            value = join(default or NOTHING, args.more)
        made = [a for a in value if isinstance(a, Wrapped) and a.kind == "factory"]
        if made:
            value = calls.call(m, frame, made[0].get, Args(), site=("factory", name), kind="protocol",
                               reason="the field's default comes from `{callee}`")  # fmt: skip
        m.grow(obj, obj.attrs, name, value)
        klass.seen[name] = join(klass.seen.get(name, NOTHING), value)
    post, _ = attributes.find(klass, "__post_init__")
    if post:
        calls.call(m, frame, attributes.bind(m, frame, post, obj, klass), Args(), site="__post_init__",
                   kind="protocol", reason="a dataclass runs `__post_init__` when its fields are filled")  # fmt: skip
