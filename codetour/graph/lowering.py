"""Source text -> operations: the small language that the abstract machine runs.

Comprehensions, operators, f-strings, `match` and the rest of Python's surface become a few kinds of operations,
plain nested lists that JSON holds. An operation is `[name, *operands]`; `statements.py` and `expressions.py` hold one
function for each name. Lowering knows nothing of other files, so its result depends on the file's text alone and can
be cached by its hash.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from codetour.graph.lowering_expressions import BINARY, ExpressionLowering, Op, Scope

__all__ = ["Op", "lower"]


def lower(tree: ast.Module) -> list[Op]:
    """The operations of a module's body."""
    return _Lowering().module(tree)


class _Lowering(ExpressionLowering):
    """One pass over a syntax tree."""

    def module(self, tree: ast.Module) -> list[Op]:
        self.scopes.append(Scope("module"))
        return self.block(tree.body)

    # -- statements

    def block(self, body: Iterable[ast.stmt]) -> list[Op]:
        ops: list[Op] = []
        for node in body:
            method = getattr(self, "do_" + type(node).__name__, None)
            if method is not None:
                op = method(node)
                if op is not None:
                    ops.append(op)
        return ops

    def do_Expr(self, node: ast.Expr) -> Op | None:
        if isinstance(node.value, ast.Constant):
            return None
        return ["expr", self.expr(node.value), node.lineno]

    def do_Assign(self, node: ast.Assign) -> Op:
        value = self.expr(node.value)
        return ["assign", [self.target(t) for t in node.targets], value, node.lineno]

    def do_AugAssign(self, node: ast.AugAssign) -> Op:
        left = ast.copy_location(_as_load(node.target), node.target)
        return ["aug", BINARY[type(node.op)], self.target(node.target), self.expr(left), self.expr(node.value),
                node.lineno]  # fmt: skip

    def do_AnnAssign(self, node: ast.AnnAssign) -> Op:
        value = self.expr(node.value) if node.value else None
        return ["annotated", self.target(node.target), self.annotation(node.annotation), value, node.lineno]

    def do_TypeAlias(self, node: Any) -> Op:
        return ["assign", [self.target(node.name)], self.annotation(node.value), node.lineno]

    def do_Return(self, node: ast.Return) -> Op:
        return ["return", self.expr(node.value) if node.value else None, node.lineno]

    def do_Raise(self, node: ast.Raise) -> Op:
        return ["raise", self.expr(node.exc) if node.exc else None, node.lineno]

    def do_Assert(self, node: ast.Assert) -> Op:
        return ["expr", self.expr(node.test), node.lineno]

    def do_Delete(self, node: ast.Delete) -> Op:
        return ["delete", [self.target(t) for t in node.targets], node.lineno]

    def do_Break(self, _: ast.Break) -> Op:
        return ["leave"]

    do_Continue = do_Break

    def do_Global(self, node: ast.Global) -> None:
        self.scopes[-1].shared.update(dict.fromkeys(node.names))

    do_Nonlocal = do_Global

    def do_If(self, node: ast.If) -> Op:
        return ["if", self.expr(node.test), self.block(node.body), self.block(node.orelse), node.lineno]

    def do_While(self, node: ast.While) -> Op:
        return ["while", self.expr(node.test), self.block(node.body), self.block(node.orelse), node.lineno]

    def do_For(self, node: ast.For | ast.AsyncFor) -> Op:
        source = self.expr(node.iter)
        target = self.target(node.target)
        return ["for", target, source, self.block(node.body), self.block(node.orelse), node.iter.lineno]

    do_AsyncFor = do_For

    def do_With(self, node: ast.With | ast.AsyncWith) -> Op:
        items = [
            [self.expr(i.context_expr), self.target(i.optional_vars) if i.optional_vars else None,
             i.context_expr.lineno]
            for i in node.items
        ]  # fmt: skip
        return ["with", items, self.block(node.body), isinstance(node, ast.AsyncWith), node.lineno]

    do_AsyncWith = do_With

    def do_Try(self, node: ast.Try) -> Op:
        handlers: list[Any] = []
        for handler in node.handlers:
            if handler.name:
                self.bind(handler.name)
            kind = self.expr(handler.type) if handler.type else None
            handlers.append([kind, handler.name, self.block(handler.body)])
        body = self.block(node.body)
        return ["try", body, handlers, self.block(node.orelse), self.block(node.finalbody)]

    do_TryStar = do_Try

    def do_Match(self, node: ast.Match) -> Op:
        cases: list[Any] = []
        for case in node.cases:
            captures: list[Op] = []
            self.pattern(case.pattern, captures)
            guard = self.expr(case.guard) if case.guard else None
            cases.append([captures, guard, self.block(case.body)])
        return ["match", self.expr(node.subject), cases, node.lineno]

    def pattern(self, node: ast.pattern, captures: list[Op]) -> None:
        """Names a pattern binds, each with the class it must be of (or None: the subject itself)."""
        for child in ast.walk(node):
            if isinstance(child, ast.MatchAs | ast.MatchStar) and child.name:
                self.bind(child.name)
                inner = getattr(child, "pattern", None)
                kind = self.expr(inner.cls) if isinstance(inner, ast.MatchClass) else None
                captures.append([child.name, kind, child is node])

    def do_Import(self, node: ast.Import) -> Op:
        names: list[Any] = []
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])
            names.append([alias.name, alias.asname])
        return ["import", names, node.lineno]

    def do_ImportFrom(self, node: ast.ImportFrom) -> Op:
        for alias in node.names:
            self.bind(alias.asname or alias.name)
        names = [[a.name, a.asname or a.name] for a in node.names]
        return ["from", node.module or "", node.level, names, node.lineno]

    # -- definitions

    def do_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Op:
        self.bind(node.name)
        decorators = [[self.expr(d), d.lineno] for d in node.decorator_list]
        returns = self.annotation(node.returns) if node.returns else None
        return ["def", self.function(node.name, node.args, node.body, node, returns), decorators]

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node: ast.ClassDef) -> Op:
        self.bind(node.name)
        decorators = [[self.expr(d), d.lineno] for d in node.decorator_list]
        bases = [self.expr(b) for b in node.bases]
        keywords = [[k.arg, self.expr(k.value)] for k in node.keywords]
        self.scopes.append(Scope("class"))
        body = self.block(node.body)
        self.scopes.pop()
        record = {"name": node.name, "site": self.site(), "line": node.lineno, "end": node.end_lineno or 0,
                  "bases": bases, "keywords": keywords, "body": body}  # fmt: skip
        return ["class", record, decorators]


def _as_load(node: ast.expr) -> ast.expr:
    """The target of `x += 1` read as a value."""
    kind: Any = type(node)
    fields = {name: value for name, value in ast.iter_fields(node) if name != "ctx"}
    made: ast.expr = kind(ctx=ast.Load(), **fields)
    return made
