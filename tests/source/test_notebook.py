from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.errors import SourceError
from codetour.model.source import SourceText
from codetour.source.notebook import to_script


def notebook(*cells: tuple[str, str]) -> str:
    listed = [{"cell_type": kind, "source": source.splitlines(keepends=True)} for kind, source in cells]
    return json.dumps({"cells": listed, "nbformat": 4}, indent=1)


def test_script_lines_map_back_to_cells_and_raw_lines() -> None:
    text = notebook(("markdown", "# Title"), ("code", "import os\nx = 1\n"), ("code", "y = x\nprint(y)"))
    script, cells = to_script(text)
    assert script == "# %% cell 1\nimport os\nx = 1\n# %% cell 2\ny = x\nprint(y)\n"
    source = SourceText("a.ipynb", script, "notebook", cells)
    cell, line = source.cell_of(6) or (None, 0)
    assert (cell and cell.index, line) == (2, 2)
    assert source.cell_of(4) is None
    raw = text.split("\n")
    assert "import os" in raw[cells[0].raw - 1]
    assert "y = x" in raw[cells[1].raw - 1]


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!pip install x\nx = 1",
        "if True:\n    !ls",
        "%%bash\necho 'a b' | wc",
        "files = !ls",
        "t = %timeit -o f()",
        "model.fit?",
        "for i in range(3):\n    %time f()\n",
        "!pip install a \\\n  b",
        "x = 7 % 2\ny = a != b",
    ],
)
def test_magics_become_python_line_for_line(source: str) -> None:
    script, cells = to_script(notebook(("code", source)))
    ast.parse(script)
    assert cells[0].count == len(source.removesuffix("\n").split("\n"))


def test_operators_are_no_magics() -> None:
    script, _ = to_script(notebook(("code", "x = (7\n% 2)\n")))
    assert "% 2" in script


@pytest.mark.parametrize(
    "cell",
    [
        "print('%d of %d'\n      %(1, 2))",
        "total = (7\n    %step)",
        'text = """\n!not a command\n%nor a magic\n"""',
    ],
)
def test_a_line_that_goes_on_with_the_one_before_is_no_magic(cell: str) -> None:
    script, _ = to_script(notebook(("code", cell)))
    assert script == f"# %% cell 0\n{cell}\n"


def test_a_text_is_formatted_beside_magics() -> None:
    script, _ = to_script(notebook(("code", "%matplotlib inline\nprint('%d of %d'\n      %(1, 2))")))
    assert ast.unparse(ast.parse(script)) == "print('%d of %d' % (1, 2))"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", '{"cells": 3}', "nope", "{" * 5000, '{"worksheets": []}']
)
def test_what_is_no_notebook_is_said(text: str) -> None:
    with pytest.raises(SourceError):
        to_script(text)


def test_odd_cells_are_passed_over() -> None:
    text = json.dumps(
        {
            "cells": [
                1,
                None,
                {"cell_type": "code"},
                {"cell_type": "code", "source": 3},
                {"cell_type": "code", "source": ["a\n", 4]},
            ]
        }
    )
    script, cells = to_script(text)
    assert [c.index for c in cells] == [4]
    assert script.splitlines()[1] == "a"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_keeps_one_script_line_per_cell_line(sources: list[str]) -> None:
    script, cells = to_script(json.dumps({"cells": [{"cell_type": "code", "source": s} for s in sources]}))
    assert len(script.split("\n")) == sum(c.count + 1 for c in cells) + (1 if cells else 2)
