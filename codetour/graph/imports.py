"""Imports: running a module's body when it is reached, and what names a module has."""

from __future__ import annotations

import fnmatch
import posixpath

from codetour.graph.machine import Frame, Machine, Module
from codetour.graph.modules import node_of
from codetour.graph.values import NOTHING, Const, Ext, Func, Klass, Obj, Value, join, texts
from codetour.model.graph import Node


def import_name(m: Machine, frame: Frame, name: str, alias: str | None) -> None:
    """`import a.b.c [as x]`."""
    top, *rest = name.split(".")
    place = None if frame.module.stub else m.loader.finder.top(top, frame.module.file)
    if place is None:
        frame.scope.names[alias or top] = m.frameworks.resolve(m, name if alias else top)
        return
    first: Value = (load(m, place, top),)
    value = first
    for part in rest:
        value = attribute_of(m, frame, value, part)
    frame.scope.names[alias or top] = value if alias else first


def attribute_of(m: Machine, frame: Frame, value: Value, name: str) -> Value:
    """`name` of modules (or of what is outside)."""
    result: Value = NOTHING
    for atom in value:
        if isinstance(atom, Module):
            result = join(result, module_attribute(m, frame, atom, name))
        elif isinstance(atom, Ext):
            result = join(result, m.frameworks.resolve(m, f"{atom.name}.{name}"))
    return result


def find_module(m: Machine, frame: Frame, name: str, level: int = 0) -> Value:
    """The module of a dotted name, absolute or relative to the frame's."""
    parts = [p for p in name.split(".") if p]
    if level:
        folder = posixpath.dirname(frame.module.file)
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        value: Value = (load(m, folder, posixpath.basename(folder)),)
    else:
        place = None if frame.module.stub else m.loader.finder.top(parts[0], frame.module.file)
        if place is None:
            return m.frameworks.resolve(m, name)
        value = (load(m, place, parts[0]),)
        parts = parts[1:]
    for part in parts:
        value = attribute_of(m, frame, value, part)
    return value


def import_from(m: Machine, frame: Frame, name: str, level: int, names: list[tuple[str, str]]) -> None:
    """`from a import b as c`."""
    if level == 0 and name == "__future__":
        return
    source = find_module(m, frame, name, level)
    for wanted, alias in names:
        if wanted == "*":
            _import_all(m, frame, source)
        else:
            frame.scope.names[alias] = attribute_of(m, frame, source, wanted)


def _import_all(m: Machine, frame: Frame, source: Value) -> None:
    for atom in source:
        if not isinstance(atom, Module):
            continue
        listed = _exports(atom)
        for name, value in list(atom.scope.names.items()):
            if name in listed if listed else not name.startswith("_"):
                frame.scope.names[name] = value
        for name in listed:
            if name not in atom.scope.names:
                frame.scope.names[name] = module_attribute(m, frame, atom, name)


def _exports(module: Module) -> list[str]:
    names: list[str] = []
    for atom in module.scope.names.get("__all__", NOTHING):
        if isinstance(atom, Obj):
            for value in [*atom.items.values(), atom.rest]:
                names += texts(value)
    return names


def load(m: Machine, place: str, import_name: str = "") -> Module:
    """The module at a place, its body run if that has not been done in this round."""
    file = m.loader.finder.file_of(place)
    key = file or place + "/"
    module = m.modules.get(key)
    if module is None:
        module = m.modules[key] = Module(node_of(file or place), file or key, place, import_name=import_name)
        module.scope.names["__name__"] = (Const(module.name),)
        if file:
            module.scope.names["__file__"] = (Const(file),)
    if file:
        run_module(m, module)
    return module


def run_module(m: Machine, module: Module) -> None:
    """Run a module's body once a round."""
    if module.entered or module.state == m.round or m.importing > m.deepest_imports:
        return
    body = m.loader.operations(module.file)
    module.state = m.round
    if body is None:
        return
    m.nodes.setdefault(
        module.name, Node(module.name, module.file, "<module>", 1, m.loader.lines(module.file), "module")
    )
    frame = Frame(module, module.scope, module.name, m.number(), line=1)
    module.entered = True
    m.importing += 1
    m.at = module.file
    token, m.token = m.token, 0
    try:
        m.run(frame, body)
    finally:
        module.entered = False
        m.importing -= 1
        m.token = token


def module_attribute(m: Machine, frame: Frame, module: Module, name: str) -> Value:
    """A module's name, or a module inside a package, or what its `__getattr__` gives."""
    value = module.scope.names.get(name)
    if value:
        return value
    if name == "__dict__":
        table = m.alloc(frame, ("__dict__", module.name), "dict")
        table.items.update(module.scope.names)
        return (table,)
    if not module.stub:
        finder = m.loader.finder
        if finder.is_package(module.place):
            place = finder.child(module.place, name)
            if place is not None:
                return (load(m, place, f"{module.import_name}.{name}"),)
        if module.file.endswith("/") and module.import_name:
            return m.frameworks.resolve(m, f"{module.import_name}.{name}")
    if value is None:
        m.stale = True
    return NOTHING


def matching(names: dict[str, Value], glob: str) -> list[str]:
    """The names that fit a pattern."""
    return [n for n in names if fnmatch.fnmatchcase(n, glob)][:24]


MOST_MEMBERS = 12
"""a module with more of them tells nothing when it is asked for one of unknown name"""


def members(module: Module) -> list[Value]:
    """Classes and functions that a module defines itself, when they are few."""
    found: list[Value] = []
    for name, value in module.scope.names.items():
        own = tuple(a for a in value if isinstance(a, Klass | Func) and a.module is module)
        if own and not name.startswith("_"):
            found.append(own)
    return found if len(found) <= MOST_MEMBERS else []
