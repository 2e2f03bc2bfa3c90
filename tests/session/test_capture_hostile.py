"""The helper in real interpreters: no code of the program is called, and time and size stay bounded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codetour.session.capture import parse_children, parse_stack, parse_value
from codetour.session.injection import install_expression

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
HOSTILE = Path(__file__).with_name("scripts") / "hostile_values.py"


def interpreter(version: str) -> Path:
    """An interpreter of that version."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return Path(sys.executable)
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = sorted(home.glob(f"versions/{version}.*/bin/python"))
    if not found:
        pytest.skip(f"no Python {version} here")
    return found[0]


def look(python: Path, *names: str) -> dict:
    """Run the hostile script, look at the frame that holds `names`, and say what came back."""
    done = subprocess.run(
        [python, "-I", HOSTILE, *names],
        input=install_expression(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def here(path: str) -> tuple[str, bool]:
    return path, True


@pytest.mark.parametrize("version", VERSIONS)
def test_no_method_of_the_program_is_called_in_any_interpreter(version: str) -> None:
    found = look(interpreter(version))
    assert found["called"] == []
    assert found["seconds"] < 3
    assert all(len(text) <= 64_000 for text in found["answers"].values())
    assert found["problems"] == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_hostile_value_has_a_summary(version: str) -> None:
    found = look(interpreter(version))
    (frame, *_) = parse_stack(found["answers"]["stack"], here)
    assert frame.symbol == "stopped"
    shown = {v.name: v for v in frame.values}
    assert set(found["names"]) <= set(shown)
    assert not [v.name for v in frame.values if "unseen" in v.facts]
    assert shown["huge_text"].size == 10_000_000
    assert shown["huge_list"].size == 1_000_000
    assert shown["huge_dict"].size == 200_000
    assert shown["huge_int"].facts["bits"] == "1000001"
    assert shown["lies_about_class"].type == "LiesAboutClass"
    assert shown["lies_about_class"].kind == "object"
    assert shown["explodes"].type == "Explodes"
    assert shown["hostile_str"].kind == "text"
    assert shown["hostile_list"].size == 2
    assert shown["hostile_dict"].size == 1
    assert shown["endless"].kind == "object"
    assert shown["generator"].kind == "iterator"


def test_the_user_and_the_tree_of_values_get_the_same_care() -> None:
    answers = look(Path(sys.executable))["answers"]
    assert parse_value(answers["value"]).scalar == 3
    assert parse_value(answers["raised"]).kind == "error"
    assert parse_value(answers["exit"]).kind == "error"
    assert [v.name for v in parse_children(answers["cyclic"])][:1] == ["0"]
    assert parse_children(answers["explodes"]) is not None
    assert parse_children(answers["nowhere"]) == ()


def test_a_crash_shows_the_frames_of_the_exception() -> None:
    frames = parse_stack(look(Path(sys.executable))["answers"]["crash"], here)
    assert [f.symbol for f in frames][:2] == ["fails", "calls"]
    assert {v.name: v.scalar for v in frames[0].values} == {"divisor": 0}
    assert {v.name: v.scalar for v in frames[1].values} == {"given": 7}


def test_a_deep_recursion_shows_both_ends() -> None:
    frames = parse_stack(look(Path(sys.executable))["answers"]["deep"], here)
    assert 30 <= len(frames) <= 40
    assert frames[0].symbol == "deep"
    assert frames[-1].symbol == "<module>"


def test_of_too_many_names_the_rest_is_counted() -> None:
    started = time.monotonic()
    (frame, *_) = parse_stack(look(Path(sys.executable))["answers"]["many"], here)
    assert len(frame.values) + frame.omitted == 300
    assert frame.omitted
    assert time.monotonic() - started < 20
