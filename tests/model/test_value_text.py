"""Values in one narrow line: what is of most use stands first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.model.value import Value
from codetour.model.value_text import contents, details, numbers_text

F32 = {"kind": "tensor", "dtype": "float32"}


def tensor(name: str, *shape: int, **more) -> Value:
    return Value(name, "Tensor", shape=shape, **F32, **more)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (tensor("x", 2, 3, stats={"min": -1, "max": 2, "mean": 0.125, "zero": 0.01},
                facts={"first": "1 2", "grad": "leaf"}),
         "f32  2×3  -1…2 · mean 0.12  grad leaf"),
        (tensor("x", 4, stats={"nan": 3, "inf": 1}), "f32  4  NaN 3 · Inf 1"),
        (tensor("x", 4, stats={"min": 0, "max": 3, "mean": 1, "zero": 0.5}), "f32  4  0…3 · mean 1 · zero 50%"),
        (tensor("x", -1, 3), "f32  ?×3"),
        (Value("x", "Tensor", "tensor", (4,), dtype="bool", stats={"min": 0, "max": 1, "mean": 0.25}),
         "bool  4  true 25%"),
        (Value("x", "list", "list", size=2, items=(tensor("0", 2, 3), tensor("1", 5, 3))),
         "list  2 items  [f32 2×3, 5×3]"),
        (Value("x", "list", "list", size=50, items=(tensor("0", 2, 3),) * 6), "list  50 items  [each f32 2×3]"),
        (Value("x", "list", "list", size=9, items=(Value("0", scalar=1, kind="scalar"),) * 6),
         "list  9 items  [1, 1, 1, 1, 1, 1, …]"),
        (Value("x", "dict", "dict", size=2, items=(tensor("ids", 2), Value("lr", kind="scalar", scalar=0.5))),
         "dict  2 keys  {ids f32 2, lr=0.5}"),
        (Value("x", "Step", "tuple", size=1, items=(Value("reward", kind="scalar", scalar=2),)),
         "Step  1 item  (reward=2)"),
        (Value("x", "ReLU", "module", size=0, facts={"mode": "train"}), "ReLU  mode train"),
        (Value("x", "Data", "object", items=(tensor("train", 9), Value("_n", scalar=1))), "Data  train f32 9"),
    ],
)  # fmt: skip
def test_one_line(value: Value, line: str) -> None:
    assert details(value) == line


NUMBER = st.floats(allow_nan=True, allow_infinity=True)
VALUES = st.recursive(
    st.builds(Value, st.text(max_size=9), kind=st.sampled_from(["list", "dict", "tensor", "object", "tuple"]),
              stats=st.dictionaries(st.sampled_from(["min", "max", "mean", "nan", "inf", "zero"]), NUMBER),
              shape=st.none() | st.tuples(st.integers(-1, 9)), size=st.none() | st.integers(0, 9),
              scalar=st.none() | st.text(max_size=9) | st.integers()),
    lambda inner: st.builds(Value, st.text(max_size=9), kind=st.sampled_from(["list", "dict", "set", "config"]),
                            items=st.lists(inner, max_size=3).map(tuple)),
    max_leaves=6,
)  # fmt: skip


@given(VALUES)
def test_any_value_is_one_short_line(value: Value) -> None:
    for text in (details(value), contents(value), numbers_text(value)):
        assert "\n" not in text
        assert "\x1b" not in text
        assert len(text) < 2_000
