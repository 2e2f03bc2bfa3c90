"""A repository that can make the data which its run would miss: the question, and each of its answers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codetour.cli import run as run_command
from codetour.cli.pipeline import plan_repository
from codetour.cli.run_screen import _interpreted
from codetour.progress import Silent
from codetour.ui.prepared import Choice, Prepared

TRAIN = "data = open('data/words.txt').read()\nw, lr = 0.0, 0.1\nfor i in range(9):\n    dw = w - 1\n    w -= lr * dw\n"


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))
    root = tmp_path / "tree"
    (root / "data").mkdir(parents=True)
    (root / "train.py").write_text(TRAIN)
    (root / "data" / "prepare.py").write_text("open('words.txt', 'w').write('made')\n")
    return plan_repository(str(root), None, Silent())


def request(**more) -> run_command.Request:
    return run_command.Request(repo="x", python=sys.executable, sandbox="none", quiet=True, **more)


def test_the_reader_is_asked_before_anything_runs(planned) -> None:
    question = _interpreted(request(), planned, Silent())
    assert isinstance(question, Choice)
    assert "prepare.py" in question.text
    assert not (planned.tree.root / "data" / "words.txt").exists()


def test_the_data_is_made_when_the_reader_agrees(planned) -> None:
    outcome = _interpreted(request(), planned, Silent()).then(0, Silent())
    assert isinstance(outcome, Prepared)
    assert (planned.tree.root / "data" / "words.txt").read_text() == "made"


def test_without_the_data_the_tour_can_still_be_run_or_read(planned) -> None:
    question = _interpreted(request(), planned, Silent())
    assert question.then(1, Silent()).live is not None
    assert question.then(2, Silent()).live is None
    assert not (planned.tree.root / "data" / "words.txt").exists()


def test_a_failure_is_told_and_asked_about_again(planned) -> None:
    (planned.tree.root / "data" / "prepare.py").write_text(
        "words.txt write\nraise SystemExit('nothing to fetch')\n"
    )
    again = _interpreted(request(), planned, Silent()).then(0, Silent())
    assert isinstance(again, Choice)
    assert "SyntaxError" in again.text


def test_the_flags_agree_beforehand(planned) -> None:
    outcome = _interpreted(request(prepare=True, yes=True), planned, Silent())
    assert isinstance(outcome, Prepared)
    assert (planned.tree.root / "data" / "words.txt").exists()
