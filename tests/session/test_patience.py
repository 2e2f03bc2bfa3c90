"""How long a run without news goes on."""

from __future__ import annotations

import pytest

from codetour.session.forecast import counting
from codetour.session.headless import Patience
from tests.session.conftest import tour_of


def test_imports_are_given_two_minutes():
    assert Patience().allowed(0, any_seen=False, busy=False) == 120


def test_a_silent_program_is_given_at_least_a_minute_and_twice_its_own_time():
    assert Patience().allowed(2, any_seen=True, busy=False) == 60
    assert Patience().allowed(45, any_seen=True, busy=False) == 90
    assert Patience().allowed(900, any_seen=True, busy=False) == 120


def test_a_program_that_prints_is_given_the_most():
    assert Patience().allowed(2, any_seen=True, busy=True) == 120


LATE = """import time

every = %d


def train():
    for i in range(10**6):
        time.sleep(0.05)
        if (i + 1) %% every == 0:
            print("late", i)


train()
"""


@pytest.mark.debugger
async def test_a_stop_that_is_known_to_come_is_waited_for(tmp_path, run_tour):
    (tmp_path / "train.py").write_text(LATE % 100)
    tour = tour_of("train.py", ("train.py", 3), ("train.py", 10))
    run = await run_tour(tmp_path, tour, patience=1.0)
    assert [s.stop for s in run.reached] == ["s0", "s1"]


@pytest.mark.debugger
async def test_a_stop_that_is_too_far_is_given_up_with_its_distance(tmp_path, run_tour):
    (tmp_path / "train.py").write_text(LATE % 100_000)
    tour = tour_of("train.py", ("train.py", 3), ("train.py", 10))
    run = await run_tour(tmp_path, tour, patience=1.0)
    assert [s.stop for s in run.reached] == ["s0"]
    assert run.end.how == "timeout"
    assert "`(i + 1) % every == 0` would be true after 99" in run.end.message
    assert "more passes of 0.0" in run.missed["s1"]


@pytest.mark.parametrize(
    ("test", "parts"),
    [
        ("(i + 1) % 100 == 0", ("i + 1", "100", 0)),
        ("step % args.log_every == 5 and rank == 0", ("step", "args.log_every", 5)),
        ("not step % n", ("step", "n", 0)),
        ("i % f(x) == 0", None),
        ("i % 10 != 0", None),
        ("loss < 3", None),
        ("i % 10 == k", None),
        ("if", None),
    ],
)
def test_conditions_that_count(test, parts):
    assert counting(test) == parts
