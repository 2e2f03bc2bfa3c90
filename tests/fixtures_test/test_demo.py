"""The demo learns, remembers what it learned, and its hand-written gradients are right."""

from __future__ import annotations

import ast
import csv
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures_test.demo_marks import DEMO, demo_marks

REPOSITORY = Path(__file__).resolve().parents[2]

pytest.importorskip("numpy", reason="the demo needs NumPy")


@pytest.fixture
def demo(run_bare: Callable[..., Any]) -> Callable[..., Any]:
    """`demo("train.py", "--steps", "20")`: with this interpreter, warnings as errors."""
    return lambda *argv: run_bare(sys.executable, DEMO, ["-W", "error", *argv])


def test_the_loss_falls_from_blind_guessing_and_the_checkpoint_evaluates(
    demo: Callable[..., Any], tmp_path: Path
) -> None:
    trained = demo("train.py")
    assert trained.code == 0, trained.err
    assert trained.err == ""
    losses = [float(x) for x in re.findall(r"train loss ([\d.]+)", trained.out)]
    assert losses[0] == pytest.approx(math.log(57), abs=0.1)
    assert losses[-1] < 1.3
    with (tmp_path / "copy" / "out" / "log.csv").open() as log:
        rows = list(csv.DictReader(log))
    best = min(float(row["loss"]) for row in rows)
    assert best < 1.3

    tested = demo("eval.py", "--checkpoint", "out/model.npz")
    assert tested.code == 0, tested.err
    assert f"val   loss {best:.3f}" in tested.out, "the saved model is the best one, restored exactly"


def test_two_runs_with_one_seed_print_the_same(demo: Callable[..., Any]) -> None:
    first, second = demo("train.py", "--steps", "12"), demo("train.py", "--steps", "12")
    assert first.code == second.code == 0
    assert first.out == second.out


def test_the_gradients_agree_with_finite_differences(demo: Callable[..., Any]) -> None:
    checked = demo("check_gradients.py")
    assert checked.code == 0, checked.out
    assert checked.out.count(" ok") == checked.out.count("\n") >= 30
    assert "off by" not in checked.out


def test_settings_come_from_the_file_and_the_command_line(demo: Callable[..., Any]) -> None:
    ended = demo("train.py", "--steps", "3", "--n_layer", "1", "--n_embd", "32", "--batch_size", "4")
    assert ended.code == 0, ended.err
    assert demo("train.py", "--steps", "many").code == 2


def test_evaluating_before_training_says_what_to_do(demo: Callable[..., Any]) -> None:
    ended = demo("eval.py")
    assert ended.code == 1
    assert "python train.py" in ended.err


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.py")), ids=lambda p: p.name)
def test_the_demo_is_written_for_old_interpreters_too(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_every_stage_is_marked() -> None:
    assert set(demo_marks().values()) == {
        "config", "data", "model", "forward", "loss", "backward", "step", "eval", "metrics", "checkpoint", "logging"
    }  # fmt: skip


def test_its_readers_see_no_marks_of_the_tests() -> None:
    for path in [*DEMO.glob("*.py"), DEMO / "README.md"]:
        assert "# stop:" not in path.read_text(encoding="utf-8"), path.name


def test_no_function_is_longer_than_a_screen() -> None:
    for path in DEMO.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 35, f"{path.name}: {node.name}"


def test_the_package_never_imports_the_demo() -> None:
    assert not (DEMO / "__init__.py").exists()
    for path in (REPOSITORY / "codetour").rglob("*.py"):
        if DEMO not in path.parents:
            assert "codetour.demo" not in path.read_text(encoding="utf-8"), path
