"""Configuration as values: argparse, files that a script reads, attribute dictionaries, Hydra.

What a run is configured with decides which model, data set and optimizer it makes. The defaults that stand in the
repository are followed; they are constants in the graph like those that stand in the code.
"""

from __future__ import annotations

import posixpath
from typing import Any, Final, cast

from codetour.graph import attributes, calls, classes, config_files, containers, imports
from codetour.graph.machine import Args, Frame, Machine
from codetour.graph.values import (
    NOTHING,
    Atom,
    Const,
    Ext,
    ExtInst,
    Func,
    Klass,
    Obj,
    Partial,
    Value,
    constants,
    join,
    texts,
)  # fmt: skip

CONFIG: Final = Ext("<**Config**>")
"""the class of dictionaries whose items are attributes too"""
_MOST: Final = 4000


# -- argparse


def namespace_of(m: Machine, obj: Obj) -> Obj:
    """What parsing will give: grows with each argument that is added."""
    found = obj.attrs.get("__namespace__")
    if not found:
        made = Obj("namespace", token=-1)
        obj.attrs["__namespace__"] = found = (made,)
    first = found[0]
    assert isinstance(first, Obj)
    return first


def parser(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    """ArgumentParser(...): parents hand their arguments on."""
    obj = (
        self
        if isinstance(self, Obj)
        else m.alloc(frame, ("parser", site), "object", Ext("argparse.ArgumentParser"))
    )
    ns = namespace_of(m, obj)
    for parent in containers.iterate(m, frame, args.kw.get("parents", NOTHING)):
        if isinstance(parent, Obj):
            for name, value in namespace_of(m, parent).attrs.items():
                ns.attrs[name] = join(ns.attrs.get(name, NOTHING), value)
    return (obj,)


def add_argument(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    """`add_argument("--lr", default=0.1, type=f)`."""
    if not isinstance(self, Obj):
        return NOTHING
    names = [t for v in args.pos for t in texts(v)]
    long = [n for n in names if n.startswith("--")] or names
    dest = (texts(args.kw.get("dest", NOTHING)) or [n.lstrip("-").replace("-", "_") for n in long[:1]])[:1]
    default = args.kw.get("default", NOTHING)
    action = args.kw.get("action", NOTHING)
    for kind in texts(action):
        if kind in ("store_true", "store_false") and not default:
            default = (Const(kind == "store_false"),)
    given = next((m.given[n] for n in names if n in m.given), None)
    if given is not None:
        default = _given(given, args, texts(action), default)
    for atom in action:
        if isinstance(atom, Klass):
            classes.construct(m, frame, atom, Args(), ("action", site), "framework", "model",
                              "argparse makes the action `{callee}`")  # fmt: skip
    convert = tuple(a for a in args.kw.get("type", NOTHING) if not isinstance(a, Ext))
    if convert and texts(default):
        result = calls.call(m, frame, convert, Args([default]), site=("type", site), kind="framework",
                            reason="argparse converts the default, which is text, with it")  # fmt: skip
        default = join(default, result)
    elif convert:
        calls.call(m, frame, convert, Args([NOTHING]), site=("type", site), kind="framework", confidence="may",
                   reason="argparse converts the argument with it when it is given")  # fmt: skip
    ns = namespace_of(m, self)
    for name in dest:
        ns.attrs[name] = join(ns.attrs.get(name, NOTHING), default or (Const(None),))
    return NOTHING


def _given(text: str, args: Args, action: list[str], default: Value) -> Value:
    """What an option is worth when the launch gives it `text`."""
    if "store_true" in action or "store_false" in action:
        return (Const("store_true" in action),)
    if action and action[0] != "store":
        return default
    kind = next(
        (a.name.rpartition(".")[2] for a in args.kw.get("type", NOTHING) if isinstance(a, Ext)), "str"
    )
    try:
        return (Const({"int": int, "float": float}.get(kind, str)(text)),)
    except ValueError:
        return (Const(text),)


def set_defaults(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    """`set_defaults(func=train)`: one of possibly many, by subcommand."""
    if isinstance(self, Obj):
        ns = namespace_of(m, self)
        for name, value in args.kw.items():
            ns.attrs[name] = join(ns.attrs.get(name, NOTHING), value)
    return NOTHING


def parse_args(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    """The namespace."""
    return (namespace_of(m, self),) if isinstance(self, Obj) else NOTHING


def parse_known_args(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    """(namespace, rest)"""
    pair = m.alloc(frame, ("known", site), "tuple")
    containers.place(m, pair, 0, parse_args(m, frame, args, site, self))
    containers.place(m, pair, 1, NOTHING)
    return (pair,)


def same_parser(m: Machine, frame: Frame, args: Args, site: Any, self: Atom | None) -> Value:
    """Groups and subparsers add to the same namespace."""
    return (self,) if self is not None else NOTHING


def command_line(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`CLI(components)` of jsonargparse: the command that the launch names, else any of them."""
    result: Value = NOTHING
    for atom in args.first(0, "components"):
        chosen = _commands(m, frame, atom, 0)
        result = join(result, calls.call(m, frame, chosen, Args(), site=site, kind="registry",
                                         reason="the command line chooses `{callee}`"))  # fmt: skip
    return result


def _commands(m: Machine, frame: Frame, atom: Atom, depth: int) -> Value:
    if not isinstance(atom, Obj) or depth > 4:
        return (atom,)
    named = {k: v for k, v in atom.items.items() if k in m.words} if atom.kind == "dict" else {}
    values = list((named or atom.items).values()) if atom.kind == "dict" else [containers.elements(atom)]
    return tuple(dict.fromkeys(c for v in values for a in v for c in _commands(m, frame, a, depth + 1)))


# -- attribute dictionaries


def config(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """EasyDict(d), OmegaConf.create(d), SimpleNamespace(**d): a dictionary with attributes."""
    made = m.alloc(frame, ("config", site), "dict", CONFIG)
    for value in args.pos:
        containers.update(m, frame, made, value)
        for atom in value:
            if isinstance(atom, Obj) and atom.kind in ("namespace", "object"):
                for name, item in atom.attrs.items():
                    m.grow(made, made.items, name, item)
            elif isinstance(atom, Klass):
                made.attrs.update(atom.seen)
    for name, value in args.kw.items():
        m.grow(made, made.items, name, value)
    made.rest = join(made.rest, args.more)
    return (made,)


def to_value(m: Machine, data: Any, left: list[int], *, attrs: bool) -> Value:
    """Plain data as a value."""
    left[0] -= 1
    if left[0] < 0:
        return NOTHING
    if isinstance(data, dict):
        made = Obj("dict", CONFIG if attrs else None, token=-1)
        for key, item in cast("dict[Any, Any]", data).items():
            if isinstance(key, str | int | float | bool):
                made.items[key] = to_value(m, item, left, attrs=attrs)
        return (made,)
    if isinstance(data, list):
        row = Obj("list", token=-1)
        for i, item in enumerate(cast("list[Any]", data)[:64]):
            row.items[i] = to_value(m, item, left, attrs=attrs)
        return (row,)
    if data is None or isinstance(data, str | int | float | bool):
        return (Const(data),) if not isinstance(data, str) or len(data) <= 300 else NOTHING
    return NOTHING


# -- files


def open_file(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`open(path)`: what matters is which file."""
    made = m.alloc(frame, ("open", site), "file")
    made.attrs["path"] = args.first(0, "file")
    return (made,)


def join_path(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """os.path.join of known parts."""
    result: list[str] = [""]
    for value in args.pos:
        parts = texts(value)
        if not parts or len(parts) * len(result) > 8:
            return NOTHING
        result = [posixpath.join(a, b) for a in result for b in parts]
    return tuple(Const(r) for r in result)


def path_part(function: Any) -> Any:
    """os.path.dirname and the like on known texts."""

    def native(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
        return tuple(Const(str(function(t))) for t in texts(args.first(0)))

    return native


def extend_path(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`sys.path.append(folder)` with a folder that is known."""
    finder = m.loader.finder
    for text in texts(args.pos[-1] if args.pos else NOTHING):
        for base in (finder.paths[0] if finder.paths else "", posixpath.dirname(frame.module.file), ""):
            finder.add_path(posixpath.join(base, text.strip("/") if text.startswith("./") else text))
    return NOTHING


def _folders(m: Machine, frame: Frame) -> list[str]:
    return [*m.loader.finder.paths[:3], posixpath.dirname(frame.module.file), ""]


def read_data(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """yaml.safe_load(open(path)), json.load(f), OmegaConf.load(path): the data when the file is in the tree."""
    result: Value = NOTHING
    names = texts(args.first(0))
    for atom in args.first(0):
        if isinstance(atom, Obj) and atom.kind == "file":
            names += texts(atom.attrs["path"])
    for name in names[:4]:
        key = ("data", name, frame.module.name)
        if key not in m.interned:
            file = (
                config_files.find_file(m.loader.root, name, _folders(m, frame)) if len(name) < 300 else None
            )
            if file:
                m.loader.read[file] = None
            data = config_files.load_file(m.loader.root, file) if file else None
            m.interned[key] = to_value(m, data, [_MOST], attrs=True) if data is not None else NOTHING
        result = join(result, m.interned[key])
    return result


# -- Hydra


def hydra_main(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`@hydra.main(config_path=..., config_name=...)`: the function is called with the composed configuration."""
    value = _composed(m, frame, args.first(0, "config_path"), args.first(1, "config_name"))
    return (Partial((Ext("hydra.main.decorate"),), Args(kw={"config": value})),)


def hydra_decorate(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """The decorator itself."""
    return (Partial(args.first(0), Args([args.kw["config"]])),)


def _composed(m: Machine, frame: Frame, path: Value, name: Value) -> Value:
    names = texts(name) or (["config"] if not name else [])
    folders = texts(path) or [""]
    here = posixpath.dirname(frame.module.file)
    for folder in folders:
        for each in names:
            place = posixpath.normpath(posixpath.join(here, folder))
            key = ("hydra", place, each)
            if key not in m.interned:
                data, read = config_files.compose(m.loader.root, "" if place == "." else place, each, m.given)
                m.loader.read.update(dict.fromkeys(read))
                m.interned[key] = to_value(m, data, [_MOST], attrs=True) if data else NOTHING
            if m.interned[key]:
                return m.interned[key]
    return NOTHING


def hydra_compose(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """hydra.compose(config_name=...) after hydra.initialize(config_path=...)."""
    path = m.interned.get("hydra path", NOTHING)
    return _composed(m, frame, path, args.first(0, "config_name"))


def hydra_initialize(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """Remembers where the configuration is."""
    m.interned["hydra path"] = args.first(0, "config_path")
    return NOTHING


def instantiate(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """`instantiate(cfg)`: call what `_target_` names with the other items."""
    extra = Args(
        args.pos[1:], NOTHING, {k: v for k, v in args.kw.items() if not k.startswith("_")}, args.more
    )
    return _instantiate(m, frame, args.first(0, "config"), extra, site, 0)


def _instantiate(m: Machine, frame: Frame, value: Value, extra: Args, site: Any, depth: int) -> Value:
    result: Value = NOTHING
    for atom in value:
        if not isinstance(atom, Obj) or depth > 8:
            result = join(result, (atom,))
            continue
        where = (site, depth, id(atom))
        if atom.kind == "list":
            made = m.alloc(frame, where, "list")
            for i, item in list(atom.items.items()):
                place = i if isinstance(i, int) else None
                containers.place(m, made, place, _instantiate(m, frame, item, Args(), (where, i), depth + 1))
            result = join(result, (made,))
        elif atom.kind == "dict":
            result = join(result, _instantiate_dict(m, frame, atom, extra, where, depth))
    return result


def _instantiate_dict(m: Machine, frame: Frame, node: Obj, extra: Args, site: Any, depth: int) -> Value:
    values: dict[str, Value] = {}
    for key, item in list(node.items.items()):
        if isinstance(key, str) and not key.startswith("_"):
            has_inner = any(isinstance(a, Obj) for a in item)
            values[key] = _instantiate(m, frame, item, Args(), (site, key), depth + 1) if has_inner else item
    targets = texts(node.items.get("_target_", NOTHING))
    if not targets:
        made = m.alloc(frame, site, "dict", CONFIG)
        for key, item in values.items():
            m.grow(made, made.items, key, item)
        return (made,)
    result: Value = NOTHING
    for name in targets:
        callee = named(m, frame, name)
        args = Args(list(extra.pos), NOTHING, {**values, **extra.kw}, extra.more)
        if True in constants(node.items.get("_partial_", NOTHING)):
            result = join(result, (Partial(callee, args),))
        else:
            result = join(
                result,
                calls.call(m, frame, callee, args, site=site, kind="registry",
                           reason=f"the configuration's `_target_` names `{name.rpartition('.')[2]}`"),
            )  # fmt: skip
    return result


def named(m: Machine, frame: Frame, name: str) -> Value:
    """What a dotted name means: module, class, function or method."""
    parts = [p for p in name.split(".") if p]
    if not parts:
        return NOTHING
    value = imports.find_module(m, frame, parts[0])
    for part in parts[1:]:
        value = attributes.get(m, frame, value, part)
    return value


def get_object(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """hydra.utils.get_class("a.b.C"), pydoc.locate, import_string."""
    result: Value = NOTHING
    for name in texts(args.first(0)):
        result = join(result, named(m, frame, name.replace(":", ".")))
    return result


def registered_model(m: Machine, frame: Frame, args: Args, site: Any, _self: Atom | None) -> Value:
    """timm.create_model("name", ...): a library's registry, to which the repository adds functions of its own."""
    result: Value = NOTHING
    given = Args(args.pos[1:], NOTHING, {k: v for k, v in args.kw.items() if k != "model_name"}, args.more)
    for name in texts(args.first(0, "model_name")):
        for module in list(m.modules.values()):
            made = () if module.stub else module.scope.names.get(name, NOTHING)
            maker = tuple(a for a in made if isinstance(a, Func) and a.module is module)
            if maker:
                reason = f"the registry knows `{{callee}}` as `{name}`"
                found = calls.call(m, frame, maker, given, site=(site, name), kind="registry", reason=reason)
                result = join(result, found)
    return result or (ExtInst("timm.create_model"),)
