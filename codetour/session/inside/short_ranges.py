"""Epochs that a program counts itself: `for i in range(0, len(x), batch)` round a backward pass is cut short.

    install(20, ["/home/me/repository"], compiling)

Only where it is sure: a `for` over a `range` (or `enumerate`, `tqdm`, `zip` of one) inside another loop or inside a
function, with a gradient taken or an optimizer stepping right in its body, over a length or a number of batches. The
range becomes a slice of itself while the file is compiled; lines stay where they are, nothing is written.
Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from typing import Any

GRADIENTS = (
    "backward",
    "apply_gradients",
    "apply_updates",
    "value_and_grad",
    "GradientTape",
    "manual_backward",
)
MEASURES = ("len", "size")
"""calls that tell a length"""
COUNTS = (
    *(
        "n_batches",
        "num_batches",
        "nbatches",
        "n_batch",
        "num_batch",
        "batches_per_epoch",
        "num_batches_per_epoch",
    ),
    *("steps_per_epoch", "iters_per_epoch", "iterations_per_epoch"),
)
WRAPPERS = ("enumerate", "tqdm", "zip", "trange", "track")


def install(count: int, roots: Sequence[str], compiling: Any) -> None:
    """Cut such ranges in files below `roots`, the program's first file included, from now on."""
    below = tuple(r.rstrip(os.sep) + os.sep for r in roots)

    def concerns(path: str) -> bool:
        return os.path.abspath(path).startswith(below)  # noqa: PTH100 - fast

    def step(raw: bytes, path: str) -> Any:
        del path
        speaks = b"range" in raw and any(word.encode() in raw for word in (*GRADIENTS, "step"))
        return change if speaks else None

    def change(tree: ast.AST) -> Any:
        return as_it_is if cut(tree, count) else None

    compiling.add(concerns, step)


def as_it_is(code: Any) -> Any:
    """There is nothing left to do to the code."""
    return code


def cut(tree: ast.AST, count: int, *, inside: bool = False) -> int:
    """Cut the ranges below `tree`; how many. `inside`: in a loop, or in a function."""
    done = 0
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.For) and inside and learns(node):
            found = counted(node.iter)
            if found is not None:
                done += replace(node, found, count)
        nested = inside or isinstance(node, (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef))
        done += cut(node, count, inside=nested)
    return done


def learns(loop: ast.For) -> bool:
    """A gradient is taken in the loop's own body, not in a loop of its own inside it."""
    return any(
        isinstance(node, ast.Call) and name_of(node.func) in GRADIENTS
        for statement in loop.body
        for node in own_part(statement)
    )


def own_part(statement: ast.AST) -> list[ast.AST]:
    """The nodes of a statement without those of loops and definitions inside."""
    if isinstance(statement, (ast.For, ast.While, ast.FunctionDef, ast.ClassDef)):
        return []
    found: list[ast.AST] = [statement]
    for child in ast.iter_child_nodes(statement):
        found += own_part(child)
    return found


def counted(walked: ast.expr) -> ast.Call | None:
    """The call of `range` that a loop walks over batch by batch."""
    if not isinstance(walked, ast.Call):
        return None
    if name_of(walked.func) == "range":
        return walked if speaks_of_batches(walked) else None
    if name_of(walked.func) in WRAPPERS and walked.args:
        return counted(walked.args[0])
    return None


def speaks_of_batches(call: ast.Call) -> bool:
    """Its bounds are a length, or it goes in steps, or it says batches per epoch."""
    if len(call.args) == 3:
        return True
    for node in ast.walk(call):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            return True
        if isinstance(node, ast.Call) and name_of(node.func) in MEASURES:
            return True
        if name_of(node).lower() in COUNTS or (isinstance(node, ast.Attribute) and node.attr == "shape"):
            return True
    return False


def name_of(node: ast.AST) -> str:
    """The last part of a dotted name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def replace(loop: ast.For, call: ast.Call, count: int) -> int:
    """`range(...)` -> `range(...)[:count]`, in place."""

    class Cut(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            if node is not call:
                self.generic_visit(node)
                return node
            some: Any = ast.Slice(lower=None, upper=ast.Constant(value=count), step=None)
            return ast.copy_location(ast.Subscript(value=node, slice=some, ctx=ast.Load()), node)

    loop.iter = Cut().visit(loop.iter)
    return 1
