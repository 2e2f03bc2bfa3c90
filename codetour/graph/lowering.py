"""Source text -> operations: the small language that the abstract machine runs.

Comprehensions, operators, f-strings, `match` and the rest of Python's surface become a few kinds of operations,
plain nested lists that JSON holds. An operation is `[name, *operands]`; `facts.py` documents each name. Lowering
knows nothing of other files, so its result depends on the file's text alone and can be cached by its hash.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from typing import Any, Final

Op = list[Any]

_LONGEST_TEXT: Final = 300
_BINARY: Final[dict[type[ast.operator], str]] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.MatMult: "matmul", ast.Div: "truediv",
    ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift",
    ast.BitOr: "or", ast.BitXor: "xor", ast.BitAnd: "and",
}  # fmt: skip
_UNARY: Final[dict[type[ast.unaryop], str]] = {
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "invert",
    ast.Not: "not",
}
_COMPARE: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
    ast.In: "in", ast.NotIn: "in", ast.Is: "is", ast.IsNot: "isnot",
}  # fmt: skip


def lower(tree: ast.Module) -> list[Op]:
    """The operations of a module's body."""
    return _Lowering().module(tree)


class _Scope:
    """What one function binds, collected while its body is lowered."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.bound: dict[str, None] = {}
        self.shared: dict[str, None] = {}
        self.yields = False
        self.lambdas = 0


class _Lowering:
    """One pass over a syntax tree. `sites` numbers the places that create objects."""

    def __init__(self) -> None:
        self.sites = 0
        self.scopes: list[_Scope] = []

    def module(self, tree: ast.Module) -> list[Op]:
        self.scopes.append(_Scope("module"))
        return self.block(tree.body)

    def site(self) -> int:
        self.sites += 1
        return self.sites

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
        return ["aug", _BINARY[type(node.op)], self.target(node.target), self.expr(left), self.expr(node.value),
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

    def function(
        self,
        name: str,
        args: ast.arguments,
        body: list[ast.stmt] | ast.expr,
        node: ast.AST,
        returns: Op | None,
    ) -> dict[str, Any]:
        """A function as a record; defaults and annotations are evaluated in the scope round it."""
        params = self.parameters(args)
        scope = _Scope("function")
        self.scopes.append(scope)
        for param in params:
            scope.bound[param[0]] = None
        if isinstance(body, ast.expr):
            ops: list[Op] = [["return", self.expr(body), body.lineno]]
            doc = None
        else:
            doc = _docstring(body)
            ops = self.block(body)
        self.scopes.pop()
        record: dict[str, Any] = {
            "name": name, "site": self.site(), "line": getattr(node, "lineno", 0),
            "end": getattr(node, "end_lineno", 0) or 0, "params": params, "body": ops,
            "locals": [n for n in scope.bound if n not in scope.shared],
            "shared": list(scope.shared),
        }  # fmt: skip
        if scope.yields:
            record["yields"] = True
        if returns is not None:
            record["returns"] = returns
        if doc:
            record["doc"] = doc
        return record

    def parameters(self, args: ast.arguments) -> list[Any]:
        """[name, kind, default, annotation]; kind is p (positional only), a (any), k (keyword), * or **."""
        positional = [(a, "p") for a in args.posonlyargs] + [(a, "a") for a in args.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
        rows = [(a, k, d) for (a, k), d in zip(positional, [*defaults, *args.defaults], strict=True)]
        if args.vararg:
            rows.append((args.vararg, "*", None))
        rows += [(a, "k", d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        if args.kwarg:
            rows.append((args.kwarg, "**", None))
        return [
            [a.arg, k, self.expr(d) if d else None, self.annotation(a.annotation) if a.annotation else None]
            for a, k, d in rows
        ]

    def do_ClassDef(self, node: ast.ClassDef) -> Op:
        self.bind(node.name)
        decorators = [[self.expr(d), d.lineno] for d in node.decorator_list]
        bases = [self.expr(b) for b in node.bases]
        keywords = [[k.arg, self.expr(k.value)] for k in node.keywords]
        self.scopes.append(_Scope("class"))
        body = self.block(node.body)
        self.scopes.pop()
        record = {"name": node.name, "site": self.site(), "line": node.lineno, "end": node.end_lineno or 0,
                  "bases": bases, "keywords": keywords, "body": body}  # fmt: skip
        return ["class", record, decorators]

    # -- targets

    def bind(self, name: str) -> None:
        self.scopes[-1].bound[name] = None

    def target(self, node: ast.expr) -> Op:
        if isinstance(node, ast.Name):
            self.bind(node.id)
            return ["name", node.id]
        if isinstance(node, ast.Attribute):
            return ["attr", self.expr(node.value), node.attr, node.lineno]
        if isinstance(node, ast.Subscript):
            return ["item", self.expr(node.value), self.expr(node.slice), node.lineno]
        if isinstance(node, ast.Tuple | ast.List):
            return ["unpack", [self.target(e) for e in node.elts]]
        if isinstance(node, ast.Starred):
            return ["rest", self.target(node.value)]
        return ["expr", self.expr(node), getattr(node, "lineno", 0)]

    # -- expressions

    def expr(self, node: ast.expr) -> Op:
        method = getattr(self, "on_" + type(node).__name__, None)
        return method(node) if method is not None else ["none"]

    def annotation(self, node: ast.expr) -> Op:
        """A type as an expression; text is parsed, since it names things all the same."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                inner = ast.parse(node.value.strip()[:_LONGEST_TEXT], mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return ["none"]
            return self.expr(ast.fix_missing_locations(inner))
        return self.expr(node)

    def on_Constant(self, node: ast.Constant) -> Op:
        value = node.value
        if isinstance(value, str):
            return ["const", value] if len(value) <= _LONGEST_TEXT else ["type", "str"]
        if value is None or isinstance(value, bool):
            return ["const", value]
        if isinstance(value, float):
            return ["const", value] if math.isfinite(value) else ["type", "float"]
        if isinstance(value, int):
            return ["const", value] if abs(value) < 1 << 62 else ["type", "int"]
        return ["type", type(value).__name__]

    def on_Name(self, node: ast.Name) -> Op:
        return ["name", node.id]

    def on_Attribute(self, node: ast.Attribute) -> Op:
        return ["attr", self.expr(node.value), node.attr, node.end_lineno or node.lineno]

    def on_Call(self, node: ast.Call) -> Op:
        args = [
            ["star", self.expr(a.value)] if isinstance(a, ast.Starred) else self.expr(a) for a in node.args
        ]
        keywords = [[k.arg, self.expr(k.value)] for k in node.keywords]
        return ["call", self.expr(node.func), args, keywords, node.lineno, self.site()]

    def on_Subscript(self, node: ast.Subscript) -> Op:
        return ["item", self.expr(node.value), self.expr(node.slice), node.lineno]

    def on_Slice(self, node: ast.Slice) -> Op:
        return ["slice", *(self.expr(p) if p else None for p in (node.lower, node.upper, node.step))]

    def on_Starred(self, node: ast.Starred) -> Op:
        return ["star", self.expr(node.value)]

    def sequence(self, kind: str, node: Any) -> Op:
        return [kind, [self.expr(e) for e in node.elts], self.site(), node.lineno]

    def on_List(self, node: ast.List) -> Op:
        return self.sequence("list", node)

    def on_Tuple(self, node: ast.Tuple) -> Op:
        return self.sequence("tuple", node)

    def on_Set(self, node: ast.Set) -> Op:
        return self.sequence("set", node)

    def on_Dict(self, node: ast.Dict) -> Op:
        pairs = [
            [self.expr(k) if k else None, self.expr(v)] for k, v in zip(node.keys, node.values, strict=True)
        ]
        return ["dict", pairs, self.site(), node.lineno]

    def on_BinOp(self, node: ast.BinOp) -> Op:
        return ["binary", _BINARY[type(node.op)], self.expr(node.left), self.expr(node.right), node.lineno]

    def on_UnaryOp(self, node: ast.UnaryOp) -> Op:
        return ["unary", _UNARY[type(node.op)], self.expr(node.operand), node.lineno]

    def on_BoolOp(self, node: ast.BoolOp) -> Op:
        kind = "and" if isinstance(node.op, ast.And) else "or"
        return ["bool", [self.expr(v) for v in node.values], kind, node.lineno]

    def on_IfExp(self, node: ast.IfExp) -> Op:
        return ["either", self.expr(node.test), self.expr(node.body), self.expr(node.orelse), node.lineno]

    def on_Compare(self, node: ast.Compare) -> Op:
        rest = [[_COMPARE[type(o)], self.expr(c)] for o, c in zip(node.ops, node.comparators, strict=True)]
        return ["compare", self.expr(node.left), rest, node.lineno]

    def on_JoinedStr(self, node: ast.JoinedStr) -> Op:
        parts: list[Op] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(["show", self.expr(part.value), "r" if part.conversion == 114 else "s"])
                if part.format_spec is not None:
                    parts.append(["quiet", self.expr(part.format_spec)])
            else:
                parts.append(self.expr(part))
        return ["text", parts, node.lineno]

    def on_NamedExpr(self, node: ast.NamedExpr) -> Op:
        self.bind(node.target.id)
        return ["bind", node.target.id, self.expr(node.value)]

    def on_Await(self, node: ast.Await) -> Op:
        return ["await", self.expr(node.value), node.lineno]

    def on_Yield(self, node: ast.Yield) -> Op:
        self.scopes[-1].yields = True
        return ["yield", self.expr(node.value) if node.value else None]

    def on_YieldFrom(self, node: ast.YieldFrom) -> Op:
        self.scopes[-1].yields = True
        return ["yieldfrom", self.expr(node.value), node.lineno]

    def on_Lambda(self, node: ast.Lambda) -> Op:
        scope = self.scopes[-1]
        scope.lambdas += 1
        return ["lambda", self.function(f"<lambda{scope.lambdas}>", node.args, node.body, node, None)]

    def on_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Op:
        kind = {"ListComp": "list", "SetComp": "set"}.get(type(node).__name__, "gen")
        loops = self.loops(node.generators)
        return ["comp", kind, None, self.expr(node.elt), loops, self.site(), node.lineno]

    on_SetComp = on_ListComp
    on_GeneratorExp = on_ListComp

    def on_DictComp(self, node: ast.DictComp) -> Op:
        loops = self.loops(node.generators)
        return ["comp", "dict", self.expr(node.key), self.expr(node.value), loops, self.site(), node.lineno]

    def loops(self, generators: list[ast.comprehension]) -> list[Any]:
        loops: list[Any] = []
        for g in generators:
            source = self.expr(g.iter)
            before = dict(self.scopes[-1].bound)
            target = self.target(g.target)
            # the loop variable of a comprehension is its own, not the function's
            self.scopes[-1].bound = before
            loops.append([target, source, [self.expr(t) for t in g.ifs], g.iter.lineno])
        return loops


def _as_load(node: ast.expr) -> ast.expr:
    """The target of `x += 1` read as a value."""
    kind: Any = type(node)
    fields = {name: value for name, value in ast.iter_fields(node) if name != "ctx"}
    made: ast.expr = kind(ctx=ast.Load(), **fields)
    return made


def _docstring(body: list[ast.stmt]) -> str | None:
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return first.value.value.strip()[:_LONGEST_TEXT]
    return None
