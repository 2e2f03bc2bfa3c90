"""Where a stop becomes a breakpoint: the first executable statement at or after its line, found by syntax tree.

The debugger says "verified" to any line and moves the breakpoint silently, often backwards and into another function
(a `def`, a decorator, a docstring, a comment). So the line is chosen here, and with it come the name of the scope in
which it must stop and the conditions on the way to it, which tell later why it was not reached.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES: Final = (*FUNCTIONS, ast.ClassDef)
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition that must hold (or must not) for a line to be reached."""

    line: int
    """of the statement that asks"""
    test: str
    """the condition's text"""
    wanted: bool
    """what it has to be"""
    safe: bool
    """asking it once more changes nothing: names, attributes, constants, comparisons, arithmetic"""


@dataclass(frozen=True, slots=True)
class Binding:
    """A line on which the debugger stops."""

    line: int
    last: int
    """last line of the statement's own part: the debugger may name any of them"""
    scope: str
    """name of the function or class whose code holds the line, or `<module>`"""
    symbol: str
    """qualname of it"""
    entry: int
    """first executable line of that scope"""
    branches: tuple[Branch, ...] = ()
    """outermost first, within the scope"""


class Unbindable(ValueError):
    """There is no such line to stop on; the text says why."""


def bind(text: str, line: int) -> Binding:
    """The binding of `line` in a Python source; raises Unbindable."""
    module = _parse(text)
    chain, statement = _find(module, line)
    if statement is None:
        raise Unbindable(f"line {line} holds nothing that runs")
    scopes = [node for node in chain if isinstance(node, SCOPES)]
    scope: Scope = scopes[-1] if scopes else module
    return Binding(
        line=statement.lineno,
        last=_own_end(statement),
        scope="<module>" if isinstance(scope, ast.Module) else scope.name,
        symbol=".".join(s.name for s in scopes) or "<module>",
        entry=next((s.lineno for s in scope.body if _runs(s)), statement.lineno),
        branches=_branches(chain, scope, statement),
    )


def module_entry(text: str) -> int | None:
    """The first line that runs when the file is imported, after what only tells the compiler something."""
    return next((s.lineno for s in _parse(text).body if _runs(s) and not _is_future(s)), None)


@lru_cache(maxsize=32)
def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unbindable("the file cannot be parsed") from error


def _find(module: ast.Module, line: int) -> tuple[list[ast.AST], ast.stmt | None]:
    """The nodes round the statement to stop on, outermost first, and that statement."""
    chain: list[ast.AST] = []
    body: list[ast.stmt] = module.body
    while True:
        inside = next((s for s in body if _first(s) <= line <= (s.end_lineno or s.lineno)), None)
        if inside is None:
            # after the last statement of a block its last one is meant; after the file's end there is nothing
            return chain, _next(body, line, or_last=bool(chain))
        if isinstance(inside, FUNCTIONS) and line < max(_first_of(inside.body), inside.lineno + 1):
            # the definition itself: what is meant is the body
            return [*chain, inside], next((s for s in inside.body if _runs(s)), inside.body[-1])
        blocks = _blocks(inside)
        if not blocks or line <= _own_end(inside):
            if _runs(inside):
                return chain, inside
            return chain, _next(body, line, or_last=bool(chain)) or (inside if chain else None)
        chain.append(inside)
        holding = [b for b in blocks if _first(b[0]) <= line <= (b[-1].end_lineno or 0)]
        # between two blocks (`else:`, a comment): the next statement after it
        later = [b for b in blocks if _first(b[0]) > line]
        body = (holding or later or [blocks[-1]])[0]


def _next(body: list[ast.stmt], line: int, *, or_last: bool) -> ast.stmt | None:
    """The first statement at or after the line, else the last one before it where that is wanted."""
    running = [s for s in body if _runs(s)]
    after = [s for s in running if _first(s) >= line]
    return after[0] if after else (running[-1] if running and or_last else None)


def _first(statement: ast.stmt) -> int:
    decorators = statement.decorator_list if isinstance(statement, SCOPES) else []
    return min([statement.lineno, *(d.lineno for d in decorators)])


def _first_of(body: list[ast.stmt]) -> int:
    return _first(body[0])


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, in the order of their lines."""
    found: list[list[ast.stmt]] = []
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for part in [getattr(statement, name, None)]:
            if not part:
                continue
            if name in {"handlers", "cases"}:
                found += [inner.body for inner in part]
            elif isinstance(part, list):
                found.append(part)  # type: ignore[arg-type]
    return sorted(found, key=_first_of)


def _own_end(statement: ast.stmt) -> int:
    """The last line of a statement without its blocks."""
    blocks = _blocks(statement)
    if not blocks:
        return statement.end_lineno or statement.lineno
    parts = [
        n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.expr | ast.withitem | ast.arguments)
    ]
    ends = [getattr(n, "end_lineno", None) or 0 for p in parts for n in ast.walk(p)]
    return max(statement.lineno, min(max([statement.lineno, *ends]), _first_of(blocks[0]) - 1))


def _runs(statement: ast.stmt) -> bool:
    """Is there code on which a debugger can stop?"""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False  # a docstring or a lone constant
    if isinstance(statement, ast.Global | ast.Nonlocal):
        return False
    return not (isinstance(statement, ast.AnnAssign) and statement.value is None)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _branches(chain: list[ast.AST], scope: Scope, statement: ast.stmt) -> tuple[Branch, ...]:
    start = chain.index(scope) + 1 if scope in chain else 0
    found: list[Branch] = []
    for node in chain[start:]:
        if isinstance(node, ast.If | ast.While):
            wanted = any(statement is n for s in node.body for n in ast.walk(s))
            found.append(Branch(node.lineno, _text(node.test), wanted, is_safe(node.test)))
    return tuple(found)


def _text(test: ast.expr) -> str:
    return ast.unparse(test)[:200]


SAFE_NODES: Final = (
    *(ast.Name, ast.Attribute, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Subscript),
    *(ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.Tuple, ast.List),
)
SAFE_CALLS: Final = frozenset({"len", "isinstance", "hasattr", "callable", "bool"})


def is_safe(test: ast.expr) -> bool:
    """Evaluating it once more changes nothing."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call):
            if not (isinstance(node.func, ast.Name) and node.func.id in SAFE_CALLS):
                return False
        elif not isinstance(node, SAFE_NODES):
            return False
    return True
