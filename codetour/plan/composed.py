"""What Hydra composes for a run: the values of its configuration files under the names that the code reads them by."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from codetour.graph.build import split_options
from codetour.graph.config_files import compose
from codetour.plan.constants import Known
from codetour.plan.program import Module, dotted_text

_MOST: Final = 4000
_DEEPEST: Final = 8


def composed_values(root: Path, modules: Iterable[Module], argv: tuple[str, ...]) -> dict[str, Known]:
    """`wandb.enabled` -> its value, for each single value of each configuration that `modules` name."""
    found: dict[str, Known] = {}
    given = split_options(argv)
    for module in modules:
        for folder, name in _named(module):
            data, _ = compose(root, folder, name, given)
            _flatten(data, "", found, 0)
    return found


def _named(module: Module) -> Iterable[tuple[str, str]]:
    """The folder and name of each configuration that a function of the module is decorated with."""
    for node in ast.walk(module.tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and module.dotted(dotted_text(call.func)).endswith("hydra.main"):
                words = {k.arg: k.value for k in call.keywords}
                positional = dict(zip(("config_path", "config_name"), call.args, strict=False))
                path = _text({**positional, **words}.get("config_path"), "")
                folder = posixpath.normpath(posixpath.join(posixpath.dirname(module.file), path))
                yield (
                    "" if folder == "." else folder,
                    _text({**positional, **words}.get("config_name"), "config"),
                )


def _text(node: ast.expr | None, default: str) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else default


def _flatten(node: Any, at: str, found: dict[str, Known], depth: int) -> None:
    if isinstance(node, dict) and depth < _DEEPEST:
        for key, value in cast("Mapping[Any, Any]", node).items():
            _flatten(value, f"{at}.{key}" if at else str(key), found, depth + 1)
    elif at and len(found) < _MOST and not _open(node):
        found.setdefault(at, Known(node))


def _open(value: Any) -> bool:
    """A value that is still to be given (`???`) or that refers to others (`${...}`)."""
    return isinstance(value, (dict, list)) or (isinstance(value, str) and ("${" in value or value == "???"))
