"""What single expressions and statements are: dotted names, main guards, hand-written updates of weights."""

from __future__ import annotations

import ast
from typing import Final

_RATE_NAMES: Final = frozenset(
    {"lr", "learning_rate", "step_size", "alpha", "eta", "learning_rate_", "lrate", "rate", "stepsize"}
)


def dotted(node: ast.AST) -> str:
    """The dotted name of an expression, `?` where it has none."""
    tail: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            tail.append("." + node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            tail.append("()")
            node = node.func
        elif isinstance(node, ast.Subscript):
            tail.append("[]")
            node = node.value
        elif isinstance(node, ast.Name):
            return node.id + "".join(reversed(tail))
        else:
            return "?" + "".join(reversed(tail))


def is_main_guard(node: ast.AST) -> bool:
    """`if __name__ == "__main__":`, also inside `and`/`or`."""
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Compare)
        and isinstance(part.left, ast.Name | ast.Constant)
        and "__name__" in _names_of_comparison(part)
        for part in ast.walk(node.test)
    )


def _names_of_comparison(part: ast.Compare) -> set[str]:
    return {n.id for n in [part.left, *part.comparators] if isinstance(n, ast.Name)}


def works(node: ast.stmt) -> bool:
    """Does this module-level statement look like the body of a script?"""
    if isinstance(node, ast.For | ast.While | ast.With | ast.AsyncFor):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return not dotted(node.value.func).startswith(
            (
                "sys.path",
                "warnings.",
                "logging.",
                "os.environ",
                "matplotlib.",
                "mpl.",
                "plt.",
                "np.random.seed",
                "register",
                "typing.",
            )
        )
    return False


def header(node: ast.For | ast.While | ast.AsyncFor) -> str:
    try:
        if isinstance(node, ast.While):
            return "while " + ast.unparse(node.test)[:120]
        return f"for {ast.unparse(node.target)[:60]} in {ast.unparse(node.iter)[:120]}"
    except (ValueError, RecursionError):
        return ""


def _has_rate(node: ast.AST) -> bool:
    for part in ast.walk(node):
        name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
        if name and (name.lower() in _RATE_NAMES or name.lower().endswith(("_lr", "learning_rate"))):
            return True
    return False


def is_descent(node: ast.AugAssign) -> bool:
    """`w -= lr * dw`, or `w += -lr * w.grad`."""
    if not _has_rate(node.value):
        return False
    return isinstance(node.op, ast.Sub) or (
        isinstance(node.op, ast.Add) and "grad" in ast.unparse(node.value)
    )


def is_update(target: ast.AST, value: ast.AST) -> bool:
    """`w = w - lr * dw`."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Sub):
        return False
    return dotted(value.left) == dotted(target) != "?" and _has_rate(value.right)


def is_hand_step(node: ast.Call) -> bool:
    """`w.data.sub_(lr * w.grad)`, `w.data.add_(-lr * w.grad)`."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("sub_", "add_", "assign_sub"):
        return False
    return any(_has_rate(a) for a in node.args) and "grad" in ast.unparse(node)


def updates_all(node: ast.ListComp | ast.GeneratorExp | ast.Lambda) -> bool:
    """`[w - lr * dw for w, dw in zip(params, grads)]`, or the same as a function for `tree_map`."""
    made = node.body if isinstance(node, ast.Lambda) else node.elt
    parts = made.elts if isinstance(made, ast.Tuple) else [made]
    return any(
        isinstance(p, ast.BinOp)
        and isinstance(p.op, ast.Sub)
        and isinstance(p.left, ast.Name)
        and isinstance(p.right, ast.BinOp)
        and _has_rate(p.right)
        for p in parts
    )


def session_run(fetched: ast.AST) -> str:
    """TensorFlow 1: what `sess.run` is asked for tells training from evaluation."""
    names = [
        (n.id if isinstance(n, ast.Name) else n.attr if isinstance(n, ast.Attribute) else "").lower()
        for n in ast.walk(fetched)
    ]
    if any(
        "train" in n or "optim" in n or n.endswith(("_step", "solver", "update")) or n.startswith("apply_")
        for n in names
    ):
        return "fit"
    return ""
