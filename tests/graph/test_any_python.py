"""Arbitrary valid Python, and arbitrary text: no exception, bounded time."""

from __future__ import annotations

import ast
import contextlib
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesmith import from_grammar, from_node

from codetour.graph.build import build_graph
from codetour.graph.deep_thread import GRACE
from codetour.graph.machine import Limits
from codetour.graph.syntax import parse
from codetour.model.source import Tree
from codetour.progress import Silent

NAMES = st.sampled_from(["a", "b", "f", "A", "self", "x", "print", "len", "super", "args"])


def expressions(depth: int = 3) -> st.SearchStrategy[str]:
    leaf = NAMES | st.sampled_from(
        ["1", "'s'", "None", "[]", "{}", "()", "-1", "...", "lambda: a", "__name__"]
    )
    if depth == 0:
        return leaf
    inner = expressions(depth - 1)
    return leaf | st.one_of(
        st.builds("{}({})".format, inner, inner),
        st.builds("{}(*{}, **{})".format, inner, inner, inner),
        st.builds("({}).{}".format, inner, NAMES),
        st.builds("{}[{}]".format, NAMES, inner),
        st.builds("[{}, *{}]".format, inner, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("(lambda a=1, *b: {})".format, inner),
        st.builds("getattr({}, {})".format, inner, inner),
        st.builds("({} in {})".format, inner, inner),
        st.builds("{}[{}:{}]".format, NAMES, inner, inner),
        st.builds("f'{{{}}}'".format, NAMES),
    )


def indent(lines: list[str]) -> str:
    return "\n".join("    " + line for text in lines for line in text.split("\n"))


def statements(depth: int = 2) -> st.SearchStrategy[str]:
    value = expressions(2)
    leaf = st.one_of(
        st.builds("{} = {}".format, NAMES, value),
        st.builds("{}.{} = {}".format, NAMES, NAMES, value),
        st.builds("{}, *{} = {}".format, NAMES, NAMES, value),
        st.builds("{} += {}".format, NAMES, value),
        st.builds("{}: {} = {}".format, NAMES, value, value),
        value,
        st.just("import main, os.path as b"),
        st.just("from main import *"),
    )
    if depth == 0:
        return leaf
    body = st.lists(statements(depth - 1), min_size=1, max_size=3).map(indent)
    return leaf | st.one_of(
        st.builds("def {}(a=1, *args, b=2, **x):\n{}\n    return {}".format, NAMES, body, value),
        st.builds("def {}(self):\n{}\n    yield {}".format, NAMES, body, value),
        st.builds("@{}\nclass {}({}):\n{}".format, NAMES, NAMES, NAMES, body),
        st.builds("class {}:\n{}".format, NAMES, body),
        st.builds("for {} in {}:\n{}".format, NAMES, value, body),
        st.builds("while {}:\n{}\n    break".format, value, body),
        st.builds("with {} as {}:\n{}".format, value, NAMES, body),
        st.builds("try:\n{}\nexcept {} as {}:\n{}".format, body, value, NAMES, body),
        st.builds("if {}:\n{}\nelse:\n{}".format, value, body, body),
        st.builds("match {}:\n    case A(x=a):\n{}".format, value, body.map(lambda b: indent([b]))),
    )


def build(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.py").write_text(text, "utf-8", "surrogatepass")
        build_graph(
            Tree(Path(folder).resolve(), "x"), "main.py", Silent(), limits=Limits(steps=20_000, seconds=5)
        )


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(statements(), min_size=1, max_size=8))
def test_generated_programs_build(body: list[str]) -> None:
    text = "\n".join(body) + "\n"
    with contextlib.suppress(SyntaxError):
        ast.parse(text)
        build(text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(from_grammar())
def test_programs_from_pythons_grammar_build_in_bounded_time(text: str) -> None:
    began = time.process_time()
    build(text)
    # the budget is 5 s; what is looked at is whether it is kept, not how fast it is
    assert time.process_time() - began < 5 + GRACE + 5


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(from_node(), statements())
def test_programs_from_syntax_trees_build_beside_others(text: str, other: str) -> None:
    both = f"{text}\n{other}\n"
    with contextlib.suppress(SyntaxError, ValueError):
        ast.parse(both)
        build(both)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=200) | st.text("abc()[]{}:=,.*'\"\n \t@\\#f", max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(SyntaxError):
        parse(text)


def test_the_standard_library_builds() -> None:
    home = Path(ast.__file__).parent
    for name in ("ast.py", "argparse.py", "dataclasses.py", "typing.py", "enum.py", "unittest/case.py"):
        build((home / name).read_text("utf-8"))
