"""Answers of an untrusted process: read or refused, and nothing hostile survives."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.model.value import Value
from codetour.session.capture import (
    ANSWER_LIMIT,
    MAX_DEPTH,
    MAX_FRAMES,
    BadAnswer,
    parse_children,
    parse_stack,
    parse_value,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=6), inner, max_size=6),
    max_leaves=8,
)
FIELDS = ("n", "t", "k", "s", "dt", "dv", "x", "z", "st", "f", "r", "i")
VALUES = st.recursive(
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8),
    lambda inner: st.fixed_dictionaries({"n": st.text(max_size=9), "i": st.lists(inner, max_size=4)}),
    max_leaves=5,
)
FRAMES = st.lists(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("fn", "file", "line", "o"), JSON) | {"v": st.lists(VALUES, max_size=2)}
    ),
    max_size=3,
)  # fmt: skip


def here(path: str) -> tuple[str, bool]:
    return path, True


def plain(text: str) -> bool:
    return not [c for c in text if unicodedata.category(c) in {"Cc", "Cs"}]


def harmless(value: Value, depth: int = 0) -> None:
    texts = [value.name, value.type, value.kind, value.dtype or "", value.device or ""]
    texts += [*value.facts, *value.facts.values(), *value.stats, *(value.dims or ())]
    for text in texts:
        assert plain(text)
    if isinstance(value.scalar, str):
        assert plain(value.scalar.replace("\n", "").replace("\t", ""))
    assert depth <= MAX_DEPTH
    assert all(isinstance(n, int) for n in value.shape or ())
    assert all(isinstance(n, float) for n in value.stats.values())
    for item in value.items:
        harmless(item, depth + 1)


@settings(max_examples=50)
@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (lambda t: parse_stack(t, here), parse_value, parse_children):
        with suppress(BadAnswer):
            read(text)


@settings(max_examples=50)
@given(FRAMES, JSON)
def test_nothing_hostile_survives_in_frames(frames, ints) -> None:
    for frame in parse_stack(json.dumps({"codetour": 1, "frames": frames, "ints": ints}), here):
        assert frame.line >= 1
        assert frame.omitted >= 0
        assert plain(frame.symbol)
        assert plain(frame.file)
        for value in frame.values:
            harmless(value)


@settings(max_examples=50)
@given(VALUES)
def test_nothing_hostile_survives_in_values(value) -> None:
    harmless(parse_value(json.dumps({"codetour": 1, "value": value})))
    for one in parse_children(json.dumps({"codetour": 1, "values": [value]})):
        harmless(one)


@pytest.mark.parametrize(
    "text", ["", "'", "''", "{}", "[]", "null", "NaN", '{"codetour":2}', '{"codetour":1}', "[" * 100_000, "9" * 9_999]
)  # fmt: skip
def test_what_is_no_answer_is_refused(text: str) -> None:
    for read in (lambda t: parse_stack(t, here), parse_value, parse_children):
        with pytest.raises(BadAnswer):
            read(text)


def test_counts_and_sizes_are_cut() -> None:
    with pytest.raises(BadAnswer, match="too long"):
        parse_value(" " * (ANSWER_LIMIT + 1))
    many = json.dumps({"codetour": 1, "frames": [{}] * (MAX_FRAMES + 9)})
    assert len(parse_stack(many, here)) == MAX_FRAMES


def test_the_debuggers_quoting_is_undone_without_evaluating() -> None:
    answer = json.dumps({"codetour": 1, "value": {"n": "a\\b", "k": "text", "x": "it\u2019s \x1b[31m"}})
    quoted = "'" + answer.replace("\\", "\\\\") + "'"
    assert parse_value(quoted) == parse_value(answer)
    assert parse_value(quoted).name == "a\\b"
