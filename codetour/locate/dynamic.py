"""Modules that a program names only while it runs: `import_module(".".join(["agents", name]))`.

The parts that are written out make a pattern (`agents.*`); the files that fit it are what the call may import.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable
from typing import Final

from codetour.locate.names import is_test

IMPORTERS: Final = frozenset({"import_module", "__import__"})
_MOST: Final = 60
_HOLE: Final = re.compile(r"%[sdr]|\{[^{}]*\}")


def pattern_of(call: ast.Call) -> str:
    """The dotted name that a dynamic import asks for, `*` for each part that only running would tell; "" for none."""
    text = _text(call.args[0], 0) if call.args else "*"
    fixed = text.replace("*", "").strip(".")
    return text if "*" in text and fixed and re.fullmatch(r"[\w.*]+", text) else ""


def _text(node: ast.expr, depth: int) -> str:
    if depth > 20:
        return "*"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, depth + 1) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, depth + 1) + _text(node.right, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _HOLE.sub("*", _text(node.left, depth + 1))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        around = _text(node.func.value, depth + 1)
        if node.func.attr == "format":
            return _HOLE.sub("*", around)
        if node.func.attr == "join" and node.args and isinstance(node.args[0], ast.List | ast.Tuple):
            return around.replace("*", "").join(_text(part, depth + 1) for part in node.args[0].elts)
    return "*"


def files_of(files: Iterable[str], importer: str, pattern: str) -> list[str]:
    """The files of the repository that `pattern` may mean for `importer`, nearest first."""
    folder = posixpath.dirname(importer)
    if pattern.startswith("."):
        pattern = ".".join([*folder.split("/"), pattern.lstrip(".")]).lstrip(".")
    parts = "/".join(
        "[^/]+" if part == "*" else re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split(".")
    )
    wanted = re.compile(rf"(?:^|/){parts}(?:/__init__)?\.py$")
    found = [f for f in files if f.endswith(".py") and wanted.search(f) and f != importer and not is_test(f)]
    found.sort(key=lambda f: (-len(posixpath.commonprefix([f, folder])), f.count("/"), f))
    return found[:_MOST]
