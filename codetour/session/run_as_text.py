"""Files that a program reads and executes as text (`exec(open("cfg.py").read())`): no debugger can stop in them.

Their code has no file name, so a breakpoint there waits for ever. Found in the syntax tree of the files that run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from codetour.model.source import SourceText


def executed_as_text(
    target: str, files: Iterable[str], read: Callable[[str], SourceText | None]
) -> tuple[str, int] | None:
    """(file, line) of the `exec` that runs `target`, where one of `files` names it; None where none does.

    `exec(compile(text, path, "exec"))` keeps the name of the file, and stops work there.
    """
    name = PurePosixPath(target).name
    for file in dict.fromkeys(files):
        source = read(file)
        if file == target or source is None or name not in source.text or "exec" not in source.text:
            continue
        try:
            tree = ast.parse(source.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_call_of(node, "exec") and _reads(node, name):
                return file, node.lineno
    return None


def _reads(call: ast.Call, name: str) -> bool:
    inner = [n for a in call.args[:1] for n in ast.walk(a)]
    if any(_is_call_of(n, "compile") for n in inner):
        return False
    return any(
        isinstance(n, ast.Constant) and isinstance(n.value, str) and PurePosixPath(n.value).name == name
        for n in inner
    )


def _is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
