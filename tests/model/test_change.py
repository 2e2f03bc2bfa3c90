from __future__ import annotations

from codetour.model.change import changes
from codetour.model.value import Change, Frame, Seen, Value


def seen(*frames: Frame) -> Seen:
    return Seen("s", frames)


def frame(symbol: str, *values: Value, inside: bool = True) -> Frame:
    return Frame(symbol, "train.py", 1, inside, values)


def tensor(name: str, *shape: int, mean: float = 0.0) -> Value:
    return Value(name, "Tensor", "tensor", shape=shape, dtype="float32", stats={"mean": mean})


def test_nothing_changed_at_the_first_stop() -> None:
    assert changes(None, seen(frame("main", tensor("x", 2)))) == ()


def test_new_changed_and_gone_names_of_the_same_function() -> None:
    before = seen(
        frame("main", tensor("x", 4, 8), Value("loss", "float", "scalar", scalar=4.2), tensor("old", 1))
    )
    after = seen(
        frame("main", tensor("x", 4, 2, 4), Value("loss", "float", "scalar", scalar=3.1), tensor("new", 3))
    )
    assert changes(before, after) == (
        Change("~", "x", "shape 4×8 → 4×2×4"),
        Change("~", "loss", "4.2 → 3.1"),
        Change("+", "new", "f32  3"),
        Change("-", "old", "f32  1"),
    )


def test_a_function_not_seen_before_shows_its_names_and_callers_only_what_moved() -> None:
    before = seen(frame("main", tensor("x", 4), Value("step", "int", "scalar", scalar=1)))
    after = seen(
        frame("GPT.forward", tensor("idx", 4)),
        frame("helper", tensor("between", 1)),
        frame("main", tensor("x", 4), tensor("y", 4), Value("step", "int", "scalar", scalar=2)),
    )
    assert [(c.mark, c.name) for c in changes(before, after)] == [("+", "idx"), ("~", "step")]


def test_statistics_tell_of_a_parameter_that_moved_and_nan_stays_nan() -> None:
    nan = Value("v", "float", "scalar", scalar=float("nan"))
    before, after = (
        seen(frame("f", tensor("w", 2, mean=0.1), nan)),
        seen(frame("f", tensor("w", 2, mean=0.2), nan)),
    )
    assert changes(before, after) == (Change("~", "w", "mean 0.1 → 0.2"),)


def test_frames_of_libraries_do_not_count() -> None:
    before = seen(frame("call", tensor("x", 1), inside=False), frame("main"))
    after = seen(frame("call", tensor("x", 2), inside=False), frame("main"))
    assert changes(before, after) == ()
