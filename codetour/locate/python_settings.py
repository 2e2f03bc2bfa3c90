"""Settings in a plain Python file that a launch names: `batch_size = 64`, `train = dict(epochs=10)`, a class's fields.

Only literals are seen, each under a dotted key. What computes, and what is chosen while the file runs, is left alone.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Any, Final

READS_A_PATH: Final = re.compile(
    r"fromfile\(|run_path\(|SourceFileLoader|spec_from_file_location|exec\(|load_module\("
)
"""ways to read a settings file by its path: a copy elsewhere does as well"""
READS_A_NAME: Final = re.compile(r"import_module\(|__import__\(")
"""ways that need the file to stay where it is"""


def settings_of(text: str) -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of the literals; nothing when the text cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        yield from ((key, node.value) for key, node in literals(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return


def literals(tree: ast.Module) -> Iterator[tuple[str, ast.Constant]]:
    """Keys and the nodes of their values, in the order of the file."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                yield from _assigned(field, f"{node.name}.")
        else:
            yield from _assigned(node, "")


def _assigned(node: ast.stmt, prefix: str) -> Iterator[tuple[str, ast.Constant]]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target, value = node.target, node.value
    else:
        return
    if isinstance(target, ast.Name):
        yield from _under(prefix + target.id, value, 0)


def _under(key: str, value: ast.expr, depth: int) -> Iterator[tuple[str, ast.Constant]]:
    if isinstance(value, ast.Constant):
        if isinstance(value.value, bool | int | float | str):
            yield key, value
    elif depth > 4:
        return
    elif isinstance(value, ast.Dict):
        for name, inner in zip(value.keys, value.values, strict=True):
            if isinstance(name, ast.Constant) and re.fullmatch(r"[\w-]+", str(name.value)):
                yield from _under(f"{key}.{name.value}", inner, depth + 1)
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        for keyword in value.keywords:
            if keyword.arg:
                yield from _under(f"{key}.{keyword.arg}", keyword.value, depth + 1)
