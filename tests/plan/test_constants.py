from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.plan.constants import Known, evaluate

NAMES = {"step": Known(0, varies=True), "epochs": Known(3), "cfg.name": Known("net"), "flag": Known(False)}


def worth(text: str) -> Known | None:
    return evaluate(ast.parse(text, mode="eval").body, NAMES.get)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("epochs > 2", True),
        ("not flag", True),
        ("flag and unknown", False),
        ("unknown or epochs", 3),
        ("cfg.name == 'net'", True),
        ("'net' in ['a', 'net']", True),
        ("int(os.environ.get('RANK', -1)) != -1", False),
        ("torch.cuda.is_available()", False),
        ("{'a': 1, 'b': 2}['b']", 2),
        ("cfg.name.upper()", "NET"),
        ("1 if flag else 2", 2),
    ],
)
def test_constants_decide(text, value):
    assert worth(text) == Known(value)


@pytest.mark.parametrize(
    "text", ["unknown", "unknown and epochs", "f(x) > 1", "1 / 0", "'a' < 1", "[1][5]", "x[unknown]"]
)
def test_what_is_not_known_stays_open(text):
    assert worth(text) is None


def test_a_counter_is_known_now_and_varies():
    assert worth("step % 10 == 0") == Known(True, varies=True)


def test_what_is_given_is_taken_for_something():
    assert worth("targets is not None") == Known(True, varies=True)
    assert worth("checkpoint is not None") == Known(False, varies=True)


@given(st.recursive(
    st.sampled_from(["1", "'a'", "step", "flag", "unknown", "None", "[]", "{}", "-1", "10**9"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "//", "==", "<", "in", "and", "is"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        inner.map(lambda t: f"(not {t})"),
        inner.map(lambda t: f"int({t})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_no_expression_raises(text):
    evaluate(ast.parse(text, mode="eval").body, NAMES.get)
