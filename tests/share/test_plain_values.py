"""What stays of values and changes when their contents stay at home."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.model.change import changes
from codetour.model.value import Change, Frame, Seen, Value
from codetour.share.plain_values import plain_change, plain_value


@pytest.mark.parametrize(
    ("mark", "text", "left"),
    [
        ("+", "i64  B=4 × T=32  first 0 0 14 13", "i64  B=4 × T=32"),
        ("+", "f32  4×4  first -0.009566 -0.3591 0.5308 0.003…", "f32  4×4"),
        ("+", "f32  scalar  3.25", "f32  scalar  3.25"),
        ("+", "Adam  lr 0.001 · groups 1 · name secret", "Adam  lr 0.001  groups 1"),
        ("+", "'a private line'", ""),
        ("+", "f32  4×4  -1.5…2 · mean 0.1 · zero 90%  grad AddBackward0", "f32  4×4  grad AddBackward0"),
        ("+", "bool  4  true 20%", "bool  4"),
        ("+", "f32  9000  mean 0.1 · sampled 8192 of 9000", "f32  9000"),
        ("+", "f32  4  NaN 1 · all 3", "f32  4"),
        ("+", "dict  2 keys  {age=41, text='x  Jane  y'}", "dict  2 keys"),
        ("+", "tuple  2 items  (41, 42)  most 3", "tuple  2 items"),
        ("+", "list  1 item  [41]", "list  1 item"),
        ("+", "'x  Jane  y'", ""),
        ("+", "GPT  27.2k parameters  mode train", "GPT  27.2k parameters  mode train"),
        ("-", "DataFrame  12 items  columns patient, age", "DataFrame  12 items"),
        ("~", "3.5 → 2.5", "3.5 → 2.5"),
        ("~", "shape 12×64 → 12×8×64", "shape 12×64 → 12×8×64"),
        ("~", "shape B=2 × 3 → list", "shape B=2 × 3 → list"),
        ("~", "mode train → eval", "mode train → eval"),
        ("~", "lr 0.001 → 0.0005", "lr 0.001 → 0.0005"),
        ("~", "weights moved by 1.20%", "weights moved by 1.20%"),
        ("~", "size 3 → 4", "size 3 → 4"),
        ("~", "another GPT", "another GPT"),
        ("~", "first 1 2 3 → 4 5 6", "contents"),
        ("~", "mean 0.1 → 0.2", "contents"),
        ("~", "'alice' → 'bob'", "contents"),
        ("~", "shape 'alice' → 'bob'", "contents"),
        ("~", "name alice → bob", "contents"),
        ("~", "columns a, b → a", "contents"),
    ],
)
def test_a_change_is_told_without_data(mark: str, text: str, left: str) -> None:
    assert plain_change(Change(mark, "x", text)).text == left  # type: ignore[arg-type]


def test_settings_stay_and_contents_go() -> None:
    facts = {"lr": "0.001, 0.0001", "mode": "train", "first": "5", "columns": "age", "grad": "AddmmBackward0",
             "kernel_size": "(3, 3)", "note": "patient 12",
             "sampled": "8192 of 1064960"}  # fmt: skip
    value = Value(
        "x", "T", "tensor", (2,), stats={"mean": 1.0}, facts=facts, items=(Value("k", scalar="secret"),)
    )
    plain = plain_value(value)
    assert set(plain.facts) == {"lr", "mode", "grad", "kernel_size"}
    assert plain.stats == {}
    assert plain.items == (Value("k", size=6),)


SECRET = "Jane Doe 1979"


@given(
    st.sampled_from(["tensor", "text", "object", "config", "list"]),
    st.sampled_from(["first", "note", "lr", "x"]),
)
def test_no_way_leads_a_text_out_of_a_change(kind: str, fact: str) -> None:
    """Through the module that writes changes: before, after, new and gone."""

    def seen(value: Value | None) -> Seen:
        return Seen("s", (Frame("f", "a.py", 1, values=(value,) if value else ()),))

    one = Value("x", "T", kind, scalar=SECRET, facts={fact: SECRET}, stats={"mean": 0.123}, ref=1)
    two = Value("x", "T", kind, scalar=SECRET + "!", facts={fact: SECRET + "?"}, stats={"mean": 0.456}, ref=2)
    for before, after in ((one, two), (None, one), (one, None)):
        for change in changes(seen(before), seen(after)):
            text = plain_change(change).text
            assert "Jane" not in text
            assert "1979" not in text
            assert "0.123" not in text
