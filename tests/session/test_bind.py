"""Where a stop becomes a line: the cases in which debuggers go wrong."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.session.bind import Unbindable, bind, module_entry

SHAPES = (Path(__file__).with_name("scripts") / "shapes.py").read_text()
LINES = SHAPES.split("\n")


def at(text: str) -> int:
    return next(i for i, line in enumerate(LINES, 1) if text in line)


@pytest.mark.parametrize(
    ("wanted", "found", "scope"),
    [
        ("# a comment before", "total = (", "decorated"),
        ("@functools.lru_cache", "total = (", "decorated"),
        ("def decorated", "total = (", "decorated"),
        ("Of several lines", "total = (", "decorated"),
        ("        + b", "total = (", "decorated"),
        ("def listed", "squares = [", "listed"),
        ("for i in range(n)", "squares = [", "listed"),
        ("size: int", "limit = 5", "Box"),
        ("class Box", "class Box", "<module>"),
        ("elif x > 10", "elif x > 10", "choose"),
        ("# a comment in a branch", 'message = "small"', "choose"),
        ("    finally:", "done = True", "choose"),
        ("@functools.wraps", "return function(*args)", "inner"),
    ],
)
def test_stops_are_bound_to_the_first_statement_that_runs(wanted, found, scope):
    # a comment belongs to the module, where the next statement is the decorated definition
    binding = bind(SHAPES, at("@doubled" if wanted == "# a comment before" else wanted))
    assert LINES[binding.line - 1].strip().startswith(found)
    assert binding.scope == scope


def test_a_one_line_function_is_bound_to_its_line():
    binding = bind(SHAPES, at("def get(self)"))
    assert (binding.line, binding.symbol) == (at("def get(self)"), "Box.get")


def test_conditions_on_the_way_are_named_with_what_they_must_be():
    binding = bind(SHAPES, at('message = "small"'))
    assert [(b.test, b.wanted) for b in binding.branches] == [("verbose", False), ("x > 10", False)]
    assert bind(SHAPES, at('"large"')).branches[-1].wanted


def test_conditions_that_call_are_not_asked_again():
    text = "def f(x):\n    if x.pop():\n        y = 1\n    if len(x) > 2 and x.a[0]:\n        y = 2\n"
    assert not bind(text, 3).branches[0].safe
    assert bind(text, 5).branches[0].safe


@pytest.mark.parametrize(("text", "line"), [("x = (", 1), ("", 1), ('"""only words"""\n', 1), ("x = 1\n", 7)])
def test_what_cannot_be_bound_says_why(text, line):
    with pytest.raises(Unbindable, match=r"\w"):
        bind(text, line)


def test_the_first_line_that_runs_on_import():
    assert module_entry('"""Doc."""\n# c\nimport os\n') == 3


@given(st.integers(1, len(LINES) - 1))
def test_every_line_is_bound_to_a_line_of_the_file_or_refused(line):
    try:
        binding = bind(SHAPES, line)
    except Unbindable:
        return
    assert 1 <= binding.line <= binding.last <= len(LINES)
    assert LINES[binding.line - 1].strip()


@given(st.text(max_size=200), st.integers(1, 20))
def test_arbitrary_text_is_bound_or_refused(text, line):
    with contextlib.suppress(Unbindable):
        bind(text, line)


def test_a_module_begins_after_its_docstring_and_its_future_imports() -> None:
    assert module_entry('"""doc"""\nfrom __future__ import annotations\nimport os\n') == 3
    assert module_entry("import os\n") == 1
    assert module_entry('"""doc"""\n') is None
