"""The tables are read whole and say what the code expects."""

from __future__ import annotations

from codetour.knowledge.locate_tables import launchers, mark_rules, read_table, words
from codetour.locate.small import given_rules, small_rules

KINDS = {"grad", "step", "fit", "mode", "zero", "eval", "metric", "predict", "infer"}


def test_marks_have_known_kinds_and_something_to_match() -> None:
    rows = read_table("marks")["mark"]
    assert {kind for row in rows for kind in row["kind"].split("+")} == KINDS
    assert all(row.get("methods") or row.get("functions") for row in rows)
    assert mark_rules().methods["backward"][0].fits("loss", 0)


def test_weights_lie_between_zero_and_one() -> None:
    for table in (words().helpers, words().folders):
        assert table
        assert all(0 <= weight <= 1 for weight in table.values())


def test_small_run_rules_have_a_reason_and_a_value() -> None:
    for rule in [*small_rules().values(), *given_rules().values()]:
        assert rule.why
        assert rule.to != "min" or rule.at_most >= 1


def test_no_program_is_both_a_shell_and_a_wrapper() -> None:
    table = launchers()
    assert not table.shells & (table.wrappers | table.distributed)
