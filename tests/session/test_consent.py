"""What is agreed to is one thing exactly: another variable, and it is asked again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codetour.model.launch import Launch
from codetour.model.source import Tree
from codetour.model.tour import Tour, TourEntry
from codetour.session.command import Command, make_command
from codetour.session.consent import describe, is_trusted, trust
from codetour.session.options import LaunchOptions


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))
    (tmp_path / "train.py").write_text("x = 1\n")
    return Tree(tmp_path, "mine", commit="1" * 40)


def command(tree: Tree, launch: Launch) -> Command:
    tour = Tour("t", (), entry=TourEntry("train", "train.py", "<module>"), launch=launch)
    python = Path(sys.executable)
    return make_command(tree, tour, LaunchOptions(python), python=python, scratch=tree.root)


def test_variables_that_a_tour_sets_are_shown_and_asked_for(tree: Tree) -> None:
    plain, evil = command(tree, Launch()), command(tree, Launch(env={"LD_PRELOAD": "/tmp/evil.so"}))
    assert trust(tree, plain)
    assert is_trusted(tree, plain)
    assert not is_trusted(tree, evil)
    assert "adds       LD_PRELOAD=/tmp/evil.so" in describe(evil)
    assert evil.environment.variables["LD_PRELOAD"] == "/tmp/evil.so"


@pytest.mark.parametrize("launch", [Launch(argv=("--lr", "1")), Launch(flags=("-X", "dev"))])
def test_another_command_is_asked_for_again(tree: Tree, launch: Launch) -> None:
    assert trust(tree, command(tree, Launch()))
    assert not is_trusted(tree, command(tree, launch))


def test_a_tree_with_changes_is_never_remembered(tree: Tree) -> None:
    dirty = Tree(tree.root, "mine", commit=tree.commit, dirty=True)
    assert not trust(dirty, command(dirty, Launch()))
    assert not is_trusted(dirty, command(dirty, Launch()))
