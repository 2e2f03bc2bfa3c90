"""Console scripts: names that an installed package puts on the path, and the functions they call.

Read from pyproject.toml, setup.cfg and setup.py (by its syntax tree; it is never run).
"""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_ENTRY: Final = re.compile(r"^\s*[\"']?([\w.\-]+)[\"']?\s*=\s*[\"']?([\w.]+)(?::([\w.]+))?")


@dataclass(frozen=True, slots=True)
class ConsoleScript:
    """`name = module:function` at a line of a packaging file."""

    name: str
    module: str
    function: str
    file: str
    line: int


def console_scripts(file: str, text: str) -> Iterator[ConsoleScript]:
    """The console scripts that a packaging file names; none when it cannot be read."""
    name = file.rpartition("/")[2]
    if name == "pyproject.toml":
        yield from _pyproject(file, text)
    elif name == "setup.cfg":
        yield from _setup_cfg(file, text)
    elif name == "setup.py":
        yield from _setup_py(file, text)


def _pyproject(file: str, text: str) -> Iterator[ConsoleScript]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    tool: Any = document.get("tool", {})
    project: Any = document.get("project", {})
    tables: list[Any] = [
        project.get("scripts"),
        project.get("gui-scripts"),
        tool.get("poetry", {}).get("scripts"),
    ]
    for table in tables:
        if isinstance(table, dict):
            for name, value in cast("dict[str, Any]", table).items():
                row: Any = value
                target = str(
                    row.get("reference", row.get("callable", "")) if isinstance(value, dict) else row
                )
                yield from _script(file, text, f"{name} = {target}")


def _setup_cfg(file: str, text: str) -> Iterator[ConsoleScript]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
        listed = parser.get("options.entry_points", "console_scripts", fallback="")
    except configparser.Error:
        return
    for row in listed.splitlines():
        yield from _script(file, text, row)


def _setup_py(file: str, text: str) -> Iterator[ConsoleScript]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "console_scripts":
                    for row in ast.walk(value):
                        if isinstance(row, ast.Constant) and isinstance(row.value, str):
                            yield from _script(file, text, row.value)


def _script(file: str, text: str, row: str) -> Iterator[ConsoleScript]:
    found = _ENTRY.match(row)
    if found:
        at = text.find(found[2])
        yield ConsoleScript(found[1], found[2], found[3] or "", file, text.count("\n", 0, max(at, 0)) + 1)
