"""A notebook as a script: its code cells one after another, magics and shell lines turned into comments.

Every script line stands for one cell line, so that a line can be mapped back; a header comment opens each cell.
Only the standard library: nbformat would be a heavy way to read one JSON list.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any, Final, cast

from codetour.errors import SourceError
from codetour.model.source import Cell

_MAGIC: Final = re.compile(r"^(\s*)(%%?[A-Za-z_]|!|\?)")
"""`%(name)` goes on with a text of the line before"""
_TRAILING_HELP: Final = re.compile(r"^\s*[\w.]+\?{1,2}\s*$")
_ASSIGNED_SHELL: Final = re.compile(r"^(\s*)([\w, ]+?)\s*=\s*(!|%(?!\())")
_MOST_CODE: Final = 2_000_000
"""characters of code in a notebook; past that it is data that somebody pasted"""
_FOREIGN_CELLS: Final = ("%%bash", "%%sh", "%%script", "%%html", "%%javascript", "%%js", "%%latex", "%%writefile",
                         "%%cython", "%%R", "%%perl", "%%ruby", "%%svg", "%%markdown", "%%file")  # fmt: skip
"""cell magics whose cell is not Python"""


def to_script(text: str) -> tuple[str, tuple[Cell, ...]]:
    """The Python of a notebook's code cells and where each cell went. Raises `SourceError` when it is no notebook."""
    try:
        raw: Any = json.loads(text)
        # version 3 kept its cells one level deeper
        listed: Any = raw["cells"] if "cells" in raw else raw["worksheets"][0]["cells"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise SourceError(f"not a notebook: {type(error).__name__}") from error
    if not isinstance(listed, list):
        raise SourceError("not a notebook: `cells` is no list")
    script: list[str] = []
    cells: list[Cell] = []
    code = 0
    raw_lines = _RawLines(text)
    for index, cell in enumerate(cast("list[Any]", listed)):
        if not isinstance(cell, dict):
            continue
        content = cast("dict[str, Any]", cell)
        text_of_cell = _text(content)
        code += len(text_of_cell)
        if code > _MOST_CODE:
            raise SourceError("a notebook with more than two million characters of code")
        source = _lines(text_of_cell)
        raw_line = raw_lines.find(source)
        if content.get("cell_type") != "code" or not source:
            continue
        script.append(f"# %% cell {index}")
        cells.append(Cell(index, len(script) + 1, len(source), raw_line))
        script.extend(_plain(source))
    return "\n".join(script) + "\n", tuple(cells)


def _text(cell: dict[str, Any]) -> str:
    value: Any = cell.get("source", cell.get("input", ""))
    if isinstance(value, list):
        value = "".join(str(part) for part in cast("list[Any]", value))
    return value if isinstance(value, str) else ""


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []


def _plain(lines: list[str]) -> list[str]:
    """The cell's lines as Python, one for one."""
    first = next((line.lstrip() for line in lines if line.strip()), "")
    if first.startswith(_FOREIGN_CELLS):
        return ["# " + line for line in lines]
    if _is_python(lines):
        return lines
    out: list[str] = []
    continued = False
    for line in lines:
        if continued or _MAGIC.match(line) or _TRAILING_HELP.match(line):
            indent = line[: len(line) - len(line.lstrip())]
            out.append(f"{indent}pass  # {line.strip()}" if indent and not continued else f"# {line}")
            continued = line.rstrip().endswith("\\")
        elif assigned := _ASSIGNED_SHELL.match(line):
            out.append(f"{assigned[1]}{assigned[2].strip()} = []  # {line.strip()}")
        else:
            out.append(line)
    return out


def _is_python(lines: list[str]) -> bool:
    """The cell has no magics: what looks like one goes on with a text or a sum of the line before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse("\n".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


class _RawLines:
    """Finds where a cell's first line stands in the .ipynb text, going forward only."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._at = 0

    def find(self, source: list[str]) -> int:
        """1-based line of the cell's first source line; the last place looked at when it is not found."""
        if not source:
            return self._at + 1
        wanted = (json.dumps(source[0])[1:-1], json.dumps(source[0], ensure_ascii=False)[1:-1])
        for number in range(self._at, len(self._lines)):
            line = self._lines[number].lstrip().removeprefix('"source": ').removeprefix("[").lstrip()
            if line.startswith('"') and line[1:].startswith(wanted):
                self._at = number + max(len(source), 1)
                return number + 1
        return self._at + 1
