"""A recording stays within its limits, whatever the program held, and says what it left out."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.model.recording import Recording
from codetour.model.value import Change, Frame, Seen, Value
from codetour.record.bounds import ASK, STOP, WHOLE, bounded, size
from codetour.record.encode import to_json
from codetour.record.store import dumps, loads


def heavy(name: str, depth: int, text: int) -> Value:
    items = tuple(heavy(str(i), depth - 1, text) for i in range(6)) if depth else ()
    return Value(name, "dict", "dict", scalar="\u2713" * text, facts={"first": "1 " * 100}, items=items)


def worst(stops: int, frames: int, values: int, depth: int, text: int) -> Recording:
    held = tuple(heavy(f"name_{i}", depth, text) for i in range(values))
    seen = tuple(
        Seen(f"s{i}", tuple(Frame(f"f{k}", "a.py", k + 1, values=held) for k in range(frames)),
             changes=tuple(Change("~", f"name_{k}", "x" * 300) for k in range(24)))
        for i in range(stops)
    )  # fmt: skip
    return Recording("t", seen=seen, output="line\n" * 600_000)


def test_the_worst_program_stays_within_both_limits() -> None:
    found = bounded(worst(25, 4, 12, 2, 100))
    assert [len(s.frames) for s in found.seen] == [4] * 25
    assert max(size(s) for s in found.seen) <= STOP
    assert len(json.dumps(to_json(found), separators=(",", ":"))) <= WHOLE
    assert found.output.endswith("line\n")
    assert all(s.frames[0].values for s in found.seen)
    assert loads(dumps(worst(2, 4, 40, 2, 20))).seen[0].frames[0].omitted


def test_what_fits_is_left_as_it_is() -> None:
    small = Recording("t", seen=(Seen("s", (Frame("f", "a.py", 1, values=(heavy("x", 2, 9),)),)),))
    assert bounded(small) is small


def test_who_asks_for_everything_gets_it(monkeypatch) -> None:
    large = worst(2, 8, 20, 2, 100)
    monkeypatch.setenv(ASK, "full")
    assert bounded(large) is large


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 40), st.integers(0, 12), st.integers(0, 2), st.integers(0, 400))
def test_no_shape_of_a_recording_is_too_large(stops, frames, values, depth, text) -> None:
    found = bounded(worst(min(stops, 4), frames, values, depth, text))
    assert max(size(s) for s in found.seen) <= STOP
    assert len(json.dumps(to_json(found), separators=(",", ":"))) <= WHOLE
    assert [s.stop for s in found.seen] == [f"s{i}" for i in range(min(stops, 4))]
