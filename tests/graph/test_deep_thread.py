"""Deep work, and work that does not end."""

from __future__ import annotations

import pytest

from codetour.graph import deep_thread
from codetour.graph.deep_thread import run_deep


def depth(n: int) -> int:
    return 0 if n == 0 else 1 + depth(n - 1)


def test_recursion_may_be_far_deeper_than_python_allows() -> None:
    assert run_deep(lambda: depth(20_000), seconds=60, late=TimeoutError) == 20_000


def test_what_the_work_raises_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        run_deep(lambda: 1 // 0, seconds=60, late=TimeoutError)


def test_a_step_that_does_not_end_is_ended_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep_thread, "GRACE", 0.1)

    def spin() -> None:
        while True:
            pass

    with pytest.raises(TimeoutError):
        run_deep(spin, seconds=0.1, late=TimeoutError)
