"""The command line's frame: help, exit codes, what is imported when."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from codetour.cli.commands import COMMANDS


def codetour(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "codetour", *args], capture_output=True, text=True)


def test_help_lists_every_command_and_how_to_begin() -> None:
    done = codetour("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert "codetour run demo" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    done = codetour(name, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage: " in done.stdout


def test_an_unknown_command_is_a_usage_error_with_the_nearest_one() -> None:
    done = codetour("chekc")
    assert done.returncode == 2
    assert "`codetour check`" in done.stderr


def test_an_error_goes_to_stderr_with_its_next_step_and_stdout_stays_empty() -> None:
    done = codetour("entries", "/nowhere/at/all", "--json")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "next:" in done.stderr


HEAVY = ("libcst", "networkx", "debugpy", "textual", "git", "yaml", "markdown_it", "pygments")


@pytest.mark.parametrize("command", ["", "replay"])
def test_the_command_line_and_replay_load_nothing_heavy(command: str) -> None:
    """libcst costs 250 ms of CPU, networkx 480, Textual 520: `--help` and `replay` must not pay."""
    script = (
        "import json, sys\nfrom codetour.cli.commands import group\n"
        f"group.get_command(None, {command!r})\n"
        f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_closed_pipe_is_no_error() -> None:
    line = f"{sys.executable} -m codetour --help | head -c 1"
    assert subprocess.run(line, shell=True, capture_output=True, text=True).stderr == ""
