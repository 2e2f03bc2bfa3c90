"""What of a recording still belongs to a tour whose stops have moved, or were put elsewhere."""

from __future__ import annotations

from dataclasses import replace

from codetour.model.recording import Recording
from codetour.model.tour import Anchor, Stop, Tour
from codetour.model.value import Frame, Seen
from codetour.record.freshness import STALE, fitting, marks


def a_tour(line: int, text: str = "loss = f(x)", file: str = "a.py") -> Tour:
    return Tour("T", (Stop("s", "loss", "T", Anchor(file, line, "main", text)),))


def recorded(line: int = 10, at: int = 10) -> Recording:
    frames = (Frame("lib", "x.py", 3, inside=False), Frame("main", "a.py", at), Frame("<module>", "a.py", 50))
    return Recording("T", marks(a_tour(line)), seen=(Seen("s", frames),))


def lines(recording: Recording) -> list[int]:
    return [f.line for f in recording.seen[0].frames]


def test_nothing_changes_where_nothing_has_moved() -> None:
    recording = recorded()
    assert fitting(recording, a_tour(10), a_tour(10)) is recording


def test_the_own_frame_moves_with_its_stop_and_the_callers_stay() -> None:
    moved = fitting(recorded(), a_tour(10), a_tour(14, file="b.py"))
    assert lines(moved) == [3, 14, 50]
    assert moved.seen[0].frames[1].file == "b.py"


def test_a_tour_that_was_mended_since_keeps_its_values() -> None:
    """`check --fix` has written line 12 into the file; the recording is of line 10; the code is at 15 by now."""
    assert lines(fitting(recorded(), a_tour(12), a_tour(15))) == [3, 15, 50]


def test_a_stop_inside_a_long_statement_keeps_its_distance() -> None:
    assert lines(fitting(recorded(10, at=8), a_tour(10), a_tour(20))) == [3, 18, 50]


def test_a_stop_that_was_put_elsewhere_has_no_values() -> None:
    other = a_tour(30, "optimizer.step()")
    left = fitting(recorded(), other, other)
    assert left.seen == ()
    assert left.missed == {"s": STALE}


def test_an_older_recording_is_taken_at_its_word() -> None:
    old = replace(recorded(), anchors={})
    assert lines(fitting(old, a_tour(10), a_tour(12))) == [3, 12, 50]
    broken = replace(recorded(), anchors={"s": "no number:x"})
    assert lines(fitting(broken, a_tour(10), a_tour(10))) == [3, 10, 50]


def test_a_stop_that_is_gone_stays_in_the_recording() -> None:
    assert fitting(recorded(), Tour("T", ()), Tour("T", ())) == recorded()
