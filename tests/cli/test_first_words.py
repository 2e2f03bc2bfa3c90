"""What somebody types who does not know the commands yet."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from codetour.cli.commands import group
from codetour.errors import UsageProblem


@pytest.mark.parametrize(
    ("word", "meant"),
    [("rnu", "run"), ("demo", "run demo"), ("karpathy/nanoGPT", "run karpathy/nanoGPT"), (".", "run .")],
)
def test_a_word_that_is_no_command_is_understood(word: str, meant: str) -> None:
    done = CliRunner().invoke(group, [word])
    assert done.exit_code == 2
    assert f"Did you mean `codetour {meant}`?" in done.output


def test_a_word_that_means_nothing_gets_no_guess() -> None:
    assert "Did you mean" not in CliRunner().invoke(group, ["xyzzy"]).output


def test_run_without_a_repository_names_the_next_step() -> None:
    done = CliRunner().invoke(group, ["run"])
    assert isinstance(done.exception, UsageProblem)
    assert "codetour run demo" in done.exception.hint
