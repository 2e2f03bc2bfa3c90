from __future__ import annotations

import pytest
from click.testing import CliRunner

from codetour.cli.commands import COMMANDS, group


@pytest.mark.parametrize("name", COMMANDS)
def test_no_formatting_mark_is_left_in_the_help(name: str) -> None:
    shown = CliRunner().invoke(group, [name, "--help"]).output
    assert "\\b" not in shown
    assert "\b" not in shown
