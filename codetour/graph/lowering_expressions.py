"""Expressions, targets and functions -> operations: one small method per kind of syntax."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from typing import Any, Final

Op = list[Any]

LONGEST_TEXT: Final = 300
BINARY: Final[dict[type[ast.operator], str]] = {
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


class Scope:
    """What one function binds, collected while its body is lowered."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.bound: dict[str, None] = {}
        self.shared: dict[str, None] = {}
        self.yields = False
        self.lambdas = 0


class ExpressionLowering:
    """What statements are lowered with as well. `sites` numbers the places that create objects."""

    def __init__(self) -> None:
        self.sites = 0
        self.scopes: list[Scope] = []

    def site(self) -> int:
        self.sites += 1
        return self.sites

    def block(self, body: Iterable[ast.stmt]) -> list[Op]:
        """The operations of statements; the statements' visitor knows them."""
        raise NotImplementedError

    # -- functions

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
        scope = Scope("function")
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
                inner = ast.parse(node.value.strip()[:LONGEST_TEXT], mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return ["none"]
            return self.expr(ast.fix_missing_locations(inner))
        return self.expr(node)

    def on_Constant(self, node: ast.Constant) -> Op:
        value = node.value
        if isinstance(value, str):
            return ["const", value] if len(value) <= LONGEST_TEXT else ["type", "str"]
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
        return ["binary", BINARY[type(node.op)], self.expr(node.left), self.expr(node.right), node.lineno]

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


def _docstring(body: list[ast.stmt]) -> str | None:
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return first.value.value.strip()[:LONGEST_TEXT]
    return None
