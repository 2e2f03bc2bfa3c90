"""Names outside the repository -> the framework models that say what they call.

A model is run like a file of the repository when its module is first named; the classes and functions it defines
then stand for the real ones. What no model covers stays a name.
"""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from typing import Any, cast

from codetour.graph.lowering import Op, lower
from codetour.graph.machine import Frame, Machine, Module
from codetour.graph.syntax import parse
from codetour.graph.values import Ext, Klass, Value
from codetour.knowledge.frameworks import FrameworkTable
from codetour.model.graph import Node


class Frameworks:
    """The models of one run, made when they are needed."""

    def __init__(self, table: FrameworkTable) -> None:
        self._code: dict[str, list[str]] = defaultdict(list)
        for model in reversed(table.models):
            self._code[model.module].append(model.code)
        self._aliases = dict(table.aliases)
        self._exact = {name: base for name, base in table.subclasses if "*" not in name}
        self._globs = [(name, base) for name, base in table.subclasses if "*" in name]
        self._results = table.results
        self._known_results: dict[str, str | None] = {}
        self.telling = dict(table.methods)
        self._never = [glob for glob, _ in table.never_calls]
        self._modules: dict[str, Module] = {}
        self._values: dict[str, Value] = {}

    def canonical(self, name: str) -> str:
        """`name` under the name that its model has."""
        for _ in range(3):
            parts = name.split(".")
            for i in range(len(parts), 0, -1):
                target = self._aliases.get(".".join(parts[:i]))
                if target is not None:
                    name = ".".join([target, *parts[i:]])
                    break
            else:
                return name
        return name

    def never_calls(self, name: str) -> bool:
        """The outside function `name` only looks at the functions it is given."""
        return any(fnmatch.fnmatchcase(name, glob) for glob in self._never)

    def result_of(self, name: str) -> str | None:
        """The type of what the outside function `name` gives: "" when that tells nothing, None when unknown."""
        if name not in self._known_results:
            canonical = self.canonical(name)
            self._known_results[name] = next(
                (kind for glob, kind in self._results if fnmatch.fnmatchcase(canonical, glob)), None
            )
        return self._known_results[name]

    def resolve(self, m: Machine, name: str) -> Value:
        """What the outside name `name` stands for."""
        value = self._values.get(name)
        if value is None:
            self._values[name] = (Ext(name),)  # while a model is being run it may name itself
            value = self._find(m, self.canonical(name), name)
            self._values[name] = value
        return value

    def _find(self, m: Machine, name: str, as_written: str) -> Value:
        if name == "__main__":
            return tuple(x for x in m.modules.values() if x.main)
        parts = name.split(".")
        for i in range(len(parts) - 1, 0, -1):
            head = ".".join(parts[:i])
            if head not in self._code:
                continue
            module = self._module(m, head)
            value = module.scope.names.get(parts[i])
            if value is None:
                break
            for part in parts[i + 1 :]:
                value = next((a.names[part] for a in value if isinstance(a, Klass) and part in a.names), None)
                if value is None:
                    return (Ext(as_written),)
            return value
        base = self._base(name)
        if base is not None and base != name:
            return self._made_up(m, name, base)
        return (Ext(as_written),)

    def _base(self, name: str) -> str | None:
        if name in self._exact:
            return self._exact[name]
        last = name.rpartition(".")[2]
        if not last[:1].isupper():
            return None
        return next((base for glob, base in self._globs if fnmatch.fnmatchcase(name, glob)), None)

    def _made_up(self, m: Machine, name: str, base: str) -> Value:
        """A class of which only the base is known."""
        bases = [a for a in self.resolve(m, base) if isinstance(a, Klass)]
        if not bases:
            return (Ext(name),)
        head, _, last = name.rpartition(".")
        home = self._modules.get(head) or Module(head, head, head, stub=True)
        klass = Klass(last, home, name, last, bases=list(bases))
        klass.mro = [klass, *bases[0].mro]
        klass.generated = bases[0].generated
        m.nodes.setdefault(name, Node(name, None, last, 0, 0, "external"))
        return (klass,)

    def _module(self, m: Machine, name: str) -> Module:
        module = self._modules.get(name)
        if module is not None:
            return module
        module = self._modules[name] = Module(name, name, name, stub=True, import_name=name)
        operations: list[Op] = []
        for i, code in enumerate(self._code[name]):
            operations += _apart(lower(parse(code)), i)
        frame = Frame(module, module.scope, name, m.number(), line=1)
        token, m.token = m.token, 0
        m.quiet += 1
        try:
            m.run(frame, operations)
        finally:
            m.quiet -= 1
            m.token = token
        return module


def _apart(operations: list[Op], index: int) -> list[Op]:
    """Functions of several models of one module have places of their own."""
    if not index:
        return operations

    def shift(item: Any) -> Any:
        if isinstance(item, list):
            return [shift(x) for x in cast("list[Any]", item)]
        if isinstance(item, dict):
            record = cast("dict[str, Any]", item)
            return {k: (v + 100_000 * index if k == "site" else shift(v)) for k, v in record.items()}
        return item

    return [shift(op) for op in operations]
