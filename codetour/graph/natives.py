"""Python's own functions that move values about: what the machine must know itself.

Everything that can be said as a small program stands in `frameworks.toml` instead. A native takes the arguments and
gives what the call may return; calls it makes on the way (`len(x)` -> `__len__`) are noted.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable
from typing import Any, Final, cast

from codetour.graph import attributes, calls, configuration, containers, imports, operators
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
    Pattern,
    SuperOf,
    Value,
    Wrapped,
    join,
    texts,
)  # fmt: skip

Native = Callable[[Machine, Frame, Args, Any, "Atom | None"], Value]

SILENT: Final = (
    "<builtin>.property", "<builtin>.staticmethod", "<builtin>.classmethod", "<builtin>.eval", "<builtin>.same",
    "functools.wraps", "typing.", "hydra.main.decorate", "argparse.ArgumentParser.",
)  # fmt: skip
"""natives that are no call worth showing"""
PLAIN_TYPES: Final = frozenset(
    {"int", "str", "float", "bool", "bytes", "Any", "object", "None", "list", "dict", "tuple", "set", "List", "Dict",
     "Tuple", "Set", "Sequence", "Iterable", "Iterator", "Callable", "Mapping", "Type", "type", "TypeVar", "Literal",
     "Generator", "Optional", "Union", "frozenset", "complex"}
)  # fmt: skip
"""names in annotations that say nothing of whose methods run"""


def _special(name: str) -> Native:
    def native(m: Machine, frame: Frame, args: Args, _site: Any, _self: Atom | None) -> Value:
        return attributes.call_special(m, frame, args.first(0), name, Args(args.pos[1:]))

    return native


def _iter(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = NOTHING
    for atom in args.first(0):
        if attributes.special((atom,), "__iter__"):
            result = join(result, attributes.call_special(m, frame, (atom,), "__iter__", Args()))
        elif isinstance(atom, Obj):
            result = join(
                result, containers.view(m, frame, atom, "iter", containers.iterate(m, frame, (atom,)))
            )
    return result


def _next(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = args.pos[1] if len(args.pos) > 1 else NOTHING
    for atom in args.first(0):
        if attributes.special((atom,), "__next__"):
            result = join(result, attributes.call_special(m, frame, (atom,), "__next__", Args()))
        else:
            result = join(result, containers.iterate(m, frame, (atom,)))
    return result


def _getattr(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    owner, names = args.first(0), args.first(1)
    result: Value = args.pos[2] if len(args.pos) > 2 else NOTHING
    for name in texts(names):
        result = join(result, attributes.get(m, frame, owner, name))
    for atom in names:
        if isinstance(atom, Pattern):
            result = join(result, _getattr_like(m, frame, owner, atom.glob))
    if not names:
        result = join(result, _getattr_like(m, frame, owner, "*"))
    return result


def _getattr_like(m: Machine, frame: Frame, owner: Value, glob: str) -> Value:
    """`getattr(x, name)` of a name that is known in part or not at all."""
    result: Value = NOTHING
    for atom in owner:
        tables: list[dict[str, Value]] = []
        if isinstance(atom, Module):
            if glob.strip("*") == "":
                for value in imports.members(atom):
                    result = join(result, value)
                continue
            tables = [atom.scope.names]
        elif isinstance(atom, Obj) and isinstance(atom.cls, Klass) and glob.strip("*"):
            tables = [c.names for c in atom.cls.mro if isinstance(c, Klass)]
        for table in tables:
            for name in imports.matching(table, glob):
                if not name.startswith("__"):
                    result = join(result, attributes.get_one(m, frame, atom, name))
    return result


def _setattr(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    for name in texts(args.first(1)):
        attributes.put(m, frame, args.first(0), name, args.first(2))
    return (Const(None),)


def _super(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    if len(args.pos) >= 2:
        return tuple(SuperOf(k, s) for k in args.pos[0] if isinstance(k, Klass) for s in args.pos[1])
    func = frame.func
    scope = frame.scope
    while func is not None and func.owner is None and func.scope is not func.module.scope:
        # super() inside a nested function or comprehension means the method round it
        scope = func.scope
        owner = next((a.func for a in m.activations.values() if a.scope is scope), None)
        if owner is func:
            break
        func = owner
    if func is None or func.owner is None or not func.record["params"]:
        return NOTHING
    first: Value = scope.names.get(func.record["params"][0][0], NOTHING) or frame.scope.names.get(
        func.record["params"][0][0], NOTHING
    )
    parent = frame.scope.parent
    while not first and parent is not None:
        first = parent.names.get(func.record["params"][0][0], NOTHING)
        parent = parent.parent
    return tuple(SuperOf(func.owner, a) for a in first if isinstance(a, Obj | Klass))


def _type(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    if len(args.pos) >= 3:
        return NOTHING
    return tuple(a.cls for a in args.first(0) if isinstance(a, Obj) and a.cls is not None)


def _collect(kind: str) -> Native:
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


def _dict(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    made = m.alloc(frame, ("dict", site), "dict")
    for value in args.pos:
        containers.update(m, frame, made, value)
    for key, value in args.kw.items():
        m.grow(made, made.items, key, value)
    made.rest = join(made.rest, args.more)
    return (made,)


def _defaultdict(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
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


def _zip(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return _pairs(m, frame, site, [containers.iterate(m, frame, v) for v in args.pos])


def _enumerate(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return _pairs(m, frame, site, [(ExtInst("<builtin>.int"),), containers.iterate(m, frame, args.first(0))])


def _passed_on(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """The first argument's elements: reversed, chain, islice, cycle, tqdm."""
    result: Value = NOTHING
    for value in args.pos:
        result = join(result, containers.iterate(m, frame, value))
    made = m.alloc(frame, ("elements", site), "list")
    containers.place(m, made, None, result)
    return (made,)


def _consume(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
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


def _sorted(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    found = _consume(m, frame, Args(args.pos[:1], kw=args.kw), site, self)
    made = m.alloc(frame, ("elements", site), "list")
    containers.place(m, made, None, found)
    return (made,)


def _map(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    func = args.first(0)
    columns = [containers.iterate(m, frame, v) for v in args.pos[1:]]
    swapped = any(isinstance(a, Func | Bound | Partial) for v in args.pos[1:2] for a in v)
    if swapped and not any(isinstance(a, Func | Klass | Bound | Partial) for a in func):
        func, columns = args.pos[1], [containers.iterate(m, frame, func)]
    result = calls.call(
        m, frame, func, Args(columns), site=("map", site), reason="`map` calls it for each element"
    )
    made = m.alloc(frame, ("elements", site), "list")
    containers.place(m, made, None, result)
    return (made,)


def _filter(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    found = containers.iterate(m, frame, args.first(1))
    calls.call(m, frame, args.first(0), Args([found]), site=("filter", site),
               reason="`filter` asks it for each element")  # fmt: skip
    made = m.alloc(frame, ("elements", site), "list")
    containers.place(m, made, None, found)
    return (made,)


def _reduce(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    found = join(containers.iterate(m, frame, args.first(1)), args.first(2))
    return calls.call(m, frame, args.first(0), Args([found, found]), site=("reduce", site),
                      reason="`reduce` calls it for each element")  # fmt: skip


def _shown(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = NOTHING
    for value in args.pos:
        result = join(result, operators.shown(m, frame, value))
    return result


def _wrapped(kind: str) -> Native:
    def native(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
        return (
            Wrapped(
                kind, args.first(0, "fget"), args.pos[1] if len(args.pos) > 1 else args.kw.get("fset", ())
            ),
        )

    return native


def _setter(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    return (Wrapped("property", self.get, args.first(0)),) if isinstance(self, Wrapped) else NOTHING


def _same(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return args.first(0)


def _second(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return args.first(1)


def _decorates(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """A decorator with or without arguments that gives back what it was put on."""
    given = args.first(0)
    if any(isinstance(a, Func | Klass | Bound | Wrapped | Partial) for a in given):
        return given
    return (Ext("<builtin>.same"),)


def _wraps(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return (Ext("<builtin>.same"),)


def _dataclass(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    for atom in args.first(0):
        if isinstance(atom, Klass):
            atom.generated = True
    return args.first(0) if args.pos else (Ext("dataclasses.dataclass"),)


def _field(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    factory = args.kw.get("default_factory") or args.kw.get("factory")
    if factory:
        return (Wrapped("factory", factory, NOTHING),)
    return args.kw.get("default", NOTHING)


def _partial(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    key = ("partial", frame.number, frame.module.name, site)
    rest = Args(args.pos[1:], args.star, args.kw, args.more)
    made = m.interned.get(key)
    if made is None:
        made = m.interned[key] = Partial(args.first(0), rest)
    else:
        made.func, made.args = join(made.func, args.first(0)), rest
    return (made,)


def _import_module(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    result: Value = NOTHING
    for name in texts(args.first(0)):
        if name == "__main__":
            result = join(result, tuple(x for x in m.modules.values() if x.main))
        elif name.strip("."):
            level = len(name) - len(name.lstrip("."))
            result = join(result, imports.find_module(m, frame, name.lstrip("."), level))
    return result


def _eval(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    from codetour.graph.lowering import lower

    result: Value = NOTHING
    for text in texts(args.first(0)):
        try:
            ops = lower(ast.parse(text.strip()))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if len(ops) == 1 and ops[0][0] == "expr":
            ops[0][1] = _relined(ops[0][1], frame.line)
            result = join(result, m.eval(frame, ops[0][1]))
    return result


def _relined(op: Any, line: int) -> Any:
    """Calls inside evaluated text happen at the line of the `eval`."""
    if isinstance(op, list):
        done: list[Any] = [_relined(x, line) for x in cast("list[Any]", op)]
        if done and done[0] == "call":
            done[4] = line
            done[5] = f"eval{line}.{done[5]}"
        return done
    return op


def _names(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """globals(), locals(), vars(): a dict over the names themselves."""
    obj = m.alloc(frame, ("globals",), "dict")
    source = frame.module.scope.names
    for atom in args.first(0) if args.pos else ():
        if isinstance(atom, Obj):
            source = atom.attrs
        elif isinstance(atom, Module):
            source = atom.scope.names
    obj.items = source  # type: ignore[assignment]
    return (obj,)


def _dir(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`dir(x)`: the names of its methods, which is what it is asked for."""
    made = m.alloc(frame, ("dir", site), "list")
    for atom in args.first(0):
        klass = atom.cls if isinstance(atom, Obj) else atom
        for base in klass.mro if isinstance(klass, Klass) else ():
            for name, value in base.names.items() if isinstance(base, Klass) else ():
                if not name.startswith("__") and any(isinstance(a, Func) for a in value):
                    containers.place(m, made, None, (Const(name),))
    return (made,)


def _instance_of(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return (ExtInst("<builtin>.bool"),)


def _nothing(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    return NOTHING


NATIVES: Final[dict[str, Native]] = {
    "<builtin>.len": _special("__len__"),
    "<builtin>.abs": _special("__abs__"),
    "<builtin>.hash": _special("__hash__"),
    "<builtin>.int": _special("__int__"),
    "<builtin>.float": _special("__float__"),
    "<builtin>.iter": _iter,
    "<builtin>.next": _next,
    "<builtin>.getattr": _getattr,
    "<builtin>.setattr": _setattr,
    "<builtin>.super": _super,
    "<builtin>.type": _type,
    "<builtin>.list": _collect("list"),
    "<builtin>.tuple": _collect("tuple"),
    "<builtin>.set": _collect("set"),
    "<builtin>.frozenset": _collect("set"),
    "<builtin>.dict": _dict,
    "<builtin>.zip": _zip,
    "<builtin>.enumerate": _enumerate,
    "<builtin>.reversed": _passed_on,
    "<builtin>.sorted": _sorted,
    "<builtin>.max": _consume,
    "<builtin>.min": _consume,
    "<builtin>.sum": _consume,
    "<builtin>.any": _consume,
    "<builtin>.all": _consume,
    "<builtin>.map": _map,
    "<builtin>.filter": _filter,
    "<builtin>.print": _shown,
    "<builtin>.str": _shown,
    "<builtin>.format": _shown,
    "<builtin>.repr": _shown,
    "<builtin>.bool": _special("__bool__"),
    "<builtin>.property": _wrapped("property"),
    "<builtin>.staticmethod": _wrapped("staticmethod"),
    "<builtin>.classmethod": _wrapped("classmethod"),
    "<builtin>.property.setter": _setter,
    "<builtin>.same": _same,
    "<builtin>.eval": _eval,
    "<builtin>.globals": _names,
    "<builtin>.locals": _names,
    "<builtin>.vars": _names,
    "<builtin>.dir": _dir,
    "<builtin>.isinstance": _instance_of,
    "<builtin>.hasattr": _instance_of,
    "<builtin>.callable": _instance_of,
    "<builtin>.issubclass": _instance_of,
    "<builtin>.id": _nothing,
    "<builtin>.__import__": _import_module,
    "importlib.import_module": _import_module,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.wraps": _wraps,
    "functools.update_wrapper": _same,
    "functools.lru_cache": _decorates,
    "functools.cache": _decorates,
    "functools.cached_property": _wrapped("property"),
    "functools.reduce": _reduce,
    "abc.abstractproperty": _wrapped("property"),
    "typing.cast": _second,
    "dataclasses.dataclass": _dataclass,
    "dataclasses.field": _field,
    "dataclasses.replace": _same,
    "attr.s": _dataclass,
    "attr.attrs": _dataclass,
    "attr.dataclass": _dataclass,
    "attrs.define": _dataclass,
    "attrs.frozen": _dataclass,
    "attr.ib": _field,
    "attrs.field": _field,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "itertools.chain": _passed_on,
    "itertools.islice": _passed_on,
    "itertools.cycle": _passed_on,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _defaultdict,
    "collections.deque": _collect("list"),
    "collections.UserDict": _dict,
    "operator.attrgetter": _nothing,
    "sys.path.append": configuration.extend_path,
    "sys.path.insert": configuration.extend_path,
    "site.addsitedir": configuration.extend_path,
    "<builtin>.open": configuration.open_file,
    "os.path.join": configuration.join_path,
    "os.path.abspath": _same,
    "os.path.realpath": _same,
    "os.path.expanduser": _same,
    "os.path.normpath": _same,
    "os.path.dirname": configuration.path_part(posixpath.dirname),
    "os.path.basename": configuration.path_part(posixpath.basename),
    "pathlib.Path": configuration.join_path,
    "argparse.ArgumentParser": configuration.parser,
    "argparse.ArgumentParser.__init__": configuration.parser,
    "argparse.ArgumentParser.add_argument": configuration.add_argument,
    "argparse.ArgumentParser.set_defaults": configuration.set_defaults,
    "argparse.ArgumentParser.parse_args": configuration.parse_args,
    "argparse.ArgumentParser.parse_known_args": configuration.parse_known_args,
    "argparse.ArgumentParser.add_argument_group": configuration.same_parser,
    "argparse.ArgumentParser.add_mutually_exclusive_group": configuration.same_parser,
    "argparse.ArgumentParser.add_subparsers": configuration.same_parser,
    "argparse.ArgumentParser.add_parser": configuration.same_parser,
    "argparse.Namespace": configuration.config,
    "types.SimpleNamespace": configuration.config,
    "easydict.EasyDict": configuration.config,
    "addict.Dict": configuration.config,
    "box.Box": configuration.config,
    "munch.Munch": configuration.config,
    "munch.munchify": configuration.config,
    "attrdict.AttrDict": configuration.config,
    "ml_collections.ConfigDict": configuration.config,
    "ml_collections.config_dict.ConfigDict": configuration.config,
    "omegaconf.OmegaConf.create": configuration.config,
    "omegaconf.OmegaConf.structured": configuration.config,
    "omegaconf.OmegaConf.merge": configuration.config,
    "omegaconf.OmegaConf.to_container": _same,
    "omegaconf.OmegaConf.load": configuration.read_data,
    "omegaconf.DictConfig": configuration.config,
    "yaml.load": configuration.read_data,
    "yaml.safe_load": configuration.read_data,
    "yaml.full_load": configuration.read_data,
    "json.load": configuration.read_data,
    "toml.load": configuration.read_data,
    "tomllib.load": configuration.read_data,
    "hydra.main": configuration.hydra_main,
    "hydra.main.decorate": configuration.hydra_decorate,
    "hydra.compose": configuration.hydra_compose,
    "hydra.initialize": configuration.hydra_initialize,
    "hydra.utils.instantiate": configuration.instantiate,
    "hydra.utils.call": configuration.instantiate,
    "hydra.utils.get_class": configuration.get_object,
    "hydra.utils.get_method": configuration.get_object,
    "hydra.utils.get_object": configuration.get_object,
    "pydoc.locate": configuration.get_object,
    "timm.create_model": configuration.registered_model,
    "timm.models.create_model": configuration.registered_model,
    "timm.models.factory.create_model": configuration.registered_model,
}
