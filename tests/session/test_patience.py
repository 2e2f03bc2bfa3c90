"""How long a run without news goes on."""

from __future__ import annotations

from codetour.session.headless import Patience


def test_imports_are_given_two_minutes():
    assert Patience().allowed(0, any_seen=False, busy=False) == 120


def test_a_silent_program_is_given_at_least_a_minute_and_twice_its_own_time():
    assert Patience().allowed(2, any_seen=True, busy=False) == 60
    assert Patience().allowed(45, any_seen=True, busy=False) == 90
    assert Patience().allowed(900, any_seen=True, busy=False) == 120


def test_a_program_that_prints_is_given_the_most():
    assert Patience().allowed(2, any_seen=True, busy=True) == 120
