"""Puts a hook before a statement, so that a place in the program is known to be passed without tracing it.

    change, placed = insert(tree, {12, 40})       # statements that begin on these lines
    code = with_hooks(code, hook_of)              # once the tree was compiled

A hook is an expression of its own, `~constant`, on the line of the statement that follows, and the constant becomes an
object of ours in the finished code: no name is looked up, none is added, no frame of the program changes. While nobody
waits at the place it costs some 50 nanoseconds.
Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

MARK = "\0codetour hook at line "
"""the constant in the tree, until the code is finished"""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
"""the line of a loop is passed at each turn, the hook before it only on the way in"""
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
BYTECODE_READERS = ("numba",)
"""they compile functions from their bytecode, and know no hooks"""
AGAIN = "getattr(__import__('sys').modules.get('_codetour_hooks'), 'again', lambda *place: 0)(%a, %d, %d)"


class Hook:
    """A place in the program at which somebody may wait."""

    __slots__ = ("breakpoint", "halt", "line", "loop", "path")

    def __init__(
        self, path: str, line: int, halt: Callable[[Hook, Any], None], *, loop: bool = False
    ) -> None:
        self.path = path
        self.line = line
        self.loop = loop
        self.halt = halt
        self.breakpoint: Any = None
        """what the debugger wants here, or None"""

    def __invert__(self) -> int:
        if self.breakpoint is not None:
            self.halt(self, sys._getframe(1))  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        return 0

    def __reduce__(self) -> tuple[Any, ...]:
        # functions are pickled by value too: with us it is the same place there, elsewhere a number that does nothing
        return eval, (AGAIN % (self.path, self.line, self.loop),)


places: list[Callable[[str, int, bool], Any]] = []
"""of this process, if it has any: the hook of a place"""


def again(path: str, line: int, loop: int) -> Any:
    """The hook of a place in code that came from another process; a number where there is none."""
    return places[0](path, line, bool(loop)) if places else 0


def insert(tree: ast.Module, lines: Iterable[int], raw: bytes) -> dict[int, bool]:
    """Put marks before the statements that begin on `lines`; line -> is it a loop, of those that need no other help."""
    read = any(word in sys.modules or word.encode() in raw for word in BYTECODE_READERS)
    into = Insertion(frozenset(lines), functions=not read)
    into.blocks_of(tree, set())
    return {line: loop for line, loop in into.placed.items() if line not in into.refused}


class Insertion:
    """Marks on their way into one tree."""

    def __init__(self, lines: frozenset[int], *, functions: bool) -> None:
        self.lines = lines
        self.functions = functions
        self.placed: dict[int, bool] = {}
        self.refused: set[int] = set()
        """lines inside functions that must stay as they are"""

    def blocks_of(self, node: ast.AST, done: set[int]) -> None:
        """Outermost first; `done`: lines of the function or class round `node` that have a mark."""
        for name in BLOCKS:
            statements: list[Any] = getattr(node, name, None) or []
            if not isinstance(statements, list):  # pyright: ignore[reportUnnecessaryIsInstance] - a lambda's body
                continue
            found: list[Any] = []
            for statement in statements:
                found += [*self.before(statement, done), statement]
                if self.functions or not isinstance(statement, FUNCTIONS):
                    # `def f(): return 1` is passed in two scopes, each time on the same line
                    self.blocks_of(statement, set() if isinstance(statement, SCOPES) else done)
                else:
                    self.refused.update(
                        range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
                    )
            statements[:] = found

    def before(self, statement: Any, done: set[int]) -> list[ast.Expr]:
        """The mark that belongs before a statement."""
        line = getattr(statement, "lineno", 0)
        if line not in self.lines or line in done or not takes(statement):
            return []
        done.add(line)
        self.placed[line] = self.placed.get(line, False) or isinstance(statement, LOOPS)
        return [mark(statement)]


def takes(statement: ast.AST) -> bool:
    """Something may stand before it; a docstring and `from __future__` must stay the first."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module != "__future__"
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.stmt)


def mark(statement: Any) -> ast.Expr:
    """The expression in the tree, where the statement begins."""
    made = ast.Expr(
        value=ast.UnaryOp(
            op=ast.Invert(), operand=ast.Constant(value=MARK + str(statement.lineno), kind=None)
        )
    )
    for node in (made, made.value, made.value.operand):  # type: ignore[attr-defined]
        node.lineno, node.col_offset = statement.lineno, statement.col_offset
        node.end_lineno, node.end_col_offset = statement.lineno, statement.col_offset
    return made


def with_hooks(code: types.CodeType, hook_of: Callable[[int], Hook]) -> types.CodeType:
    """Code in which the marks have become hooks, in the functions inside too."""

    def finished(constant: Any) -> Any:
        if isinstance(constant, types.CodeType):
            return with_hooks(constant, hook_of)
        if isinstance(constant, str) and constant.startswith(MARK):
            return hook_of(int(constant[len(MARK) :]))
        return constant

    return code.replace(co_consts=tuple(finished(constant) for constant in code.co_consts))
