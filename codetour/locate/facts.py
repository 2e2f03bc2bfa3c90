"""What one Python file says about itself: scopes, calls, imports and the marks of training or evaluation in them.

One pass over the standard library's syntax tree; the result is plain data without the tree.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import Final

from codetour.knowledge.locate_tables import MarkRules, mark_rules
from codetour.locate.dynamic import IMPORTERS, pattern_of
from codetour.locate.syntax import (
    dotted,
    header,
    is_descent,
    is_hand_step,
    is_main_guard,
    is_update,
    session_run,
    updates_all,
    works,
)

MODULE: Final = "<module>"
_DEEPEST: Final = 150
"""levels of syntax walked; generated files nest expressions deeper than that"""
_LOOPING: Final = frozenset({"scan", "fori_loop", "while_loop"})
"""JAX's loops: the function handed over is the body"""
_WRAPPING: Final = frozenset(
    {"jit", "pmap", "partial", "vmap", "compile", "filter_jit", "function", "shard_map", "checkpoint"}
)
"""calls that give back the function they are given, made faster"""


@dataclass(slots=True)
class Call:
    """A call, or a bare name handed over as an argument (`mp.spawn(run)`: `run` is called by somebody)."""

    name: str
    """dotted; `()` after a called part, `[]` after a subscript, `?` where there is no name"""
    line: int
    loop: bool
    """inside a `for` or `while` of its own scope"""
    args: int
    handed: bool = False


@dataclass(slots=True)
class Mark:
    """A call that speaks of training or evaluation; kinds are those of the marks table, and `update`."""

    kind: str
    line: int
    loop: bool
    text: str


@dataclass(slots=True)
class Scope:
    """A function, a class, or the module's own statements."""

    qualname: str
    kind: str
    line: int
    end: int
    calls: list[Call] = field(default_factory=list["Call"])
    marks: list[Mark] = field(default_factory=list["Mark"])
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    loops: list[tuple[int, str]] = field(default_factory=list["tuple[int, str]"])
    """line and words of each loop's header"""
    required: int = 0
    """parameters without a default, `self` included"""
    returns: list[str] = field(default_factory=list[str])
    """bare names that it returns: functions made inside, perhaps"""


@dataclass(slots=True)
class FileFacts:
    """The facts of one file."""

    file: str
    scopes: dict[str, Scope] = field(default_factory=dict[str, "Scope"])
    imports: dict[str, str] = field(default_factory=dict[str, str])
    """local name -> dotted name; relative ones keep their dots (`..engine.train`)"""
    stars: list[str] = field(default_factory=list[str])
    modules: list[str] = field(default_factory=list[str])
    """every module imported anywhere, as written"""
    instances: dict[str, set[str]] = field(default_factory=dict[str, "set[str]"])
    """variable (`model`, `self.net`) -> names called to make it"""
    dynamic: list[tuple[str, int, str]] = field(default_factory=list["tuple[str, int, str]"])
    """scope, line and pattern of each import by a name that is put together"""
    attributes: set[str] = field(default_factory=set[str])
    """every name after a dot, and those that `getattr` asks for"""
    guard: int = 0
    """line of the main guard, 0 without"""
    work: int = 0
    """line of the first module-level statement that does something, 0 without"""
    doc: str = ""
    error: str = ""
    """why the file could not be parsed"""

    @property
    def module(self) -> Scope:
        """The module's own scope."""
        return self.scopes[MODULE]


def read_facts(file: str, text: str) -> FileFacts:
    """The facts of `text`; a file that cannot be parsed has an `error` and an empty module scope."""
    facts = FileFacts(file)
    facts.scopes[MODULE] = Scope(MODULE, "module", 1, text.count("\n") + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        facts.doc = (ast.get_docstring(tree) or "")[:400]
        _Walk(facts).module(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        from codetour.locate.rough import rough_facts

        facts.error = f"{type(error).__name__}: {getattr(error, 'msg', error)}"[:200]
        rough_facts(facts, text, _Walk(facts).kind_by_name)
    return facts


class _Walk:
    """The pass; `scope` and `loop` follow the nesting."""

    def __init__(self, facts: FileFacts) -> None:
        self.facts = facts
        self.scope: Scope = facts.module
        self.loop = False
        self.depth = 0
        self.rules: MarkRules = mark_rules()

    def module(self, tree: ast.Module) -> None:
        for node in tree.body:
            if is_main_guard(node):
                self.facts.guard = self.facts.guard or node.lineno
            elif not self.facts.work and works(node):
                self.facts.work = node.lineno
            self.visit(node)

    def visit(self, node: ast.AST) -> None:
        kind = node.__class__
        if kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            self.define(node)  # type: ignore[arg-type]
            return
        if kind is ast.Call:
            self.call(node)  # type: ignore[arg-type]
        elif kind is ast.Import or kind is ast.ImportFrom:
            self.imported(node)  # type: ignore[arg-type]
            return
        elif kind in (ast.For, ast.While, ast.AsyncFor):
            self.looped(node)  # type: ignore[arg-type]
            return
        elif kind is ast.Dict:
            self.table(node)  # type: ignore[arg-type]
        elif kind in (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.With):
            self.assigned(node)
        elif kind is ast.Return and isinstance(node.value, ast.Name):  # type: ignore[attr-defined]
            # `make_train(config)` gives a function that somebody calls
            self.scope.returns.append(node.value.id)  # type: ignore[attr-defined]
            self.scope.calls.append(Call(node.value.id, node.value.lineno, self.loop, 0, handed=True))  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            self.facts.attributes.add(node.attr)  # type: ignore[attr-defined]
        elif kind in (ast.ListComp, ast.GeneratorExp, ast.Lambda) and updates_all(node):  # type: ignore[arg-type]
            self.mark("update", node, "hand-written update")  # type: ignore[arg-type]
        elif kind in (ast.Constant, ast.Name, ast.Pass):
            return
        self.children(node)

    def children(self, node: ast.AST) -> None:
        if self.depth > _DEEPEST:
            return
        self.depth += 1
        for child in ast.iter_child_nodes(node):
            self.visit(child)
        self.depth -= 1

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        outer: Scope = self.scope
        outer_loop = self.loop
        name = node.name if outer.kind == "module" else f"{outer.qualname}.{node.name}"
        is_class = isinstance(node, ast.ClassDef)
        scope = Scope(name, "class" if is_class else "function", node.lineno, node.end_lineno or node.lineno)
        scope.decorators = tuple(dotted(d) for d in node.decorator_list)
        if isinstance(node, ast.ClassDef):
            scope.bases = tuple(dotted(b) for b in node.bases)
        else:
            arguments = node.args
            scope.required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
        self.facts.scopes.setdefault(name, scope)
        self.scope, self.loop = scope, False
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                self.call(decorator)
            named = decorator.args[0] if isinstance(decorator, ast.Call) and decorator.args else decorator
            if self.kind_by_name(dotted(named), 1) == "grad":
                # `@value_and_grad` or `@partial(value_and_grad, ...)`: whoever calls the function asks for its gradient
                self.mark("grad", decorator, dotted(named))
        for child in node.body:
            self.visit(child)
        self.scope, self.loop = outer, outer_loop

    def looped(self, node: ast.For | ast.While | ast.AsyncFor) -> None:
        head: ast.AST = node.test if isinstance(node, ast.While) else node.iter
        self.scope.loops.append((node.lineno, header(node)))
        self.visit(head)
        before, self.loop = self.loop, True
        for child in [*node.body, *node.orelse]:
            self.visit(child)
        self.loop = before

    def imported(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.facts.modules.append(alias.name)
                self.facts.imports[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
            return
        base = "." * node.level + (node.module or "")
        self.facts.modules.append(base)
        for alias in node.names:
            if alias.name == "*":
                self.facts.stars.append(base)
                continue
            joined = base + alias.name if base.endswith(".") else f"{base}.{alias.name}"
            self.facts.imports[alias.asname or alias.name] = joined
            self.facts.modules.append(joined)

    def assigned(self, node: ast.AST) -> None:
        if isinstance(node, ast.With):
            for item in node.items:
                if isinstance(item.context_expr, ast.Call) and item.optional_vars is not None:
                    self.instance(item.optional_vars, item.context_expr)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.instance(target, node.value)
            if is_update(node.targets[0], node.value):
                self.mark("update", node, "hand-written update")
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.instance(node.target, node.value)
        elif isinstance(node, ast.AugAssign) and is_descent(node):
            self.mark("update", node, "hand-written update")

    def instance(self, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self.instance(one, other)
            return
        if isinstance(value, ast.Await | ast.Starred):
            value = value.value
        name = dotted(target)
        if isinstance(value, ast.Call):
            made = dotted(value.func)
            self.facts.instances.setdefault(name, set()).add(made)
            if made.rpartition(".")[2] in _WRAPPING and value.args:
                inner = value.args[0]
                wrapped = dotted(inner.func) if isinstance(inner, ast.Call) else "=" + dotted(inner)
                self.facts.instances[name].add(wrapped)
        elif isinstance(value, ast.Name | ast.Attribute):
            self.facts.instances.setdefault(name, set()).add("=" + dotted(value))

    def table(self, node: ast.Dict) -> None:
        """A dispatcher's table: sub-command to function."""
        for value in node.values[:200]:
            if isinstance(value, ast.Name | ast.Attribute):
                self.scope.calls.append(Call(dotted(value), value.lineno, self.loop, 0, handed=True))

    def call(self, node: ast.Call) -> None:
        name, count = dotted(node.func), len(node.args) + len(node.keywords)
        self.scope.calls.append(Call(name, node.lineno, self.loop, count))
        last = name.rpartition(".")[2]
        loop = self.loop or last in _LOOPING
        if last in IMPORTERS and (pattern := pattern_of(node)):
            self.facts.dynamic.append((self.scope.qualname, node.lineno, pattern))
        elif last == "getattr" and count > 1 and isinstance(node.args[-1], ast.Constant):
            self.facts.attributes.add(str(node.args[-1].value))
        for value in [*node.args, *(k.value for k in node.keywords)]:
            if isinstance(value, ast.Name | ast.Attribute):
                handed = dotted(value)
                if "?" not in handed and "(" not in handed:
                    self.scope.calls.append(Call(handed, node.lineno, loop, 0, handed=True))
        kind = self.kind_of(name, count, node) or ("update" if is_hand_step(node) else "")
        if kind:
            self.mark(kind, node, name)

    def kind_of(self, name: str, count: int, node: ast.Call) -> str:
        kind = self.kind_by_name(name, count)
        if not kind and name.endswith(("sess.run", "session.run")) and node.args:
            return session_run(node.args[0])
        return kind

    def kind_by_name(self, name: str, count: int) -> str:
        """The kind of mark that a call of `name` with `count` arguments is, "" for none."""
        receiver, _, last = name.rpartition(".")
        for rule in self.rules.methods.get(last, ()) if receiver else ():
            if rule.fits(receiver, count):
                return rule.kind
        for tail, kind, least in self.rules.functions.get(last, ()):
            there = name == tail or name.endswith("." + tail) or self.imported_as(name).endswith(tail)
            if there and count >= least:
                return kind
        return ""

    def imported_as(self, name: str) -> str:
        head, dot, rest = name.partition(".")
        return self.facts.imports.get(head, head) + dot + rest

    def mark(self, kind: str, node: ast.stmt | ast.expr, text: str) -> None:
        self.scope.marks += [Mark(one, node.lineno, self.loop, text) for one in kind.split("+")]
