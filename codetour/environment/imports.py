"""Which top-level modules a run of some files needs from outside the repository, found by reading."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from codetour.errors import SourceError
from codetour.model.source import Tree
from codetour.source.reading import read_source

_FORGIVING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def needed(tree: Tree, files: Iterable[str], *, folders: Iterable[str] = ()) -> tuple[str, ...]:
    """Top-level modules that `files` import for certain: not in functions, not where an ImportError is caught.

    What the repository itself provides is left out; `folders` are further places (relative) that a run imports from.
    """
    names: set[str] = set()
    files = sorted(set(files))
    for file in files:
        try:
            body = ast.parse(read_source(tree.root, file).text).body
        except (SourceError, SyntaxError, ValueError, RecursionError):
            continue
        names.update(_imported(body))
    places = {"", "src", *folders, *(str(PurePosixPath(f).parent) for f in files)}
    return tuple(sorted(n for n in names if not _own(tree.root, places, n)))


def _imported(body: list[ast.stmt]) -> Iterator[str]:
    """What runs when the module is imported; a `try` that forgives is no certain need."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Try):
            if not any(_forgives(handler) for handler in node.handlers):
                yield from _imported(node.body)
            yield from _imported(node.finalbody)
        elif (isinstance(node, ast.If) and _is_guard(node)) or isinstance(node, ast.With | ast.ClassDef):
            yield from _imported(node.body)


def _forgives(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(n, ast.Name) and n.id in _FORGIVING for n in ast.walk(handler.type))


def _is_guard(node: ast.If) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test))


def _own(root: Path, places: Iterable[str], name: str) -> bool:
    return any(
        os.path.exists(os.path.join(root, place, name + end))  # noqa: PTH110, PTH118 - many small look-ups
        for place in places
        for end in (".py", "", ".ipynb")
    )
