"""Breakpoints kept from one sitting to the next, found again where their lines have gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.cli.kept_points import points_file, read_points, write_points
from codetour.model.driver import Breakpoint

TEXT = """\
import os


def load(path):
    data = open(path).read()
    rows = data.split()
    return rows


def train(rows):
    for row in rows:
        step = len(row)
        print(step)
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))
    root = tmp_path / "repo"
    root.mkdir()
    (root / "train.py").write_text(TEXT)
    return root


def test_what_was_set_is_there_again_with_its_conditions_and_nothing_is_written_into_the_repository(tree):
    path = points_file("owner/name", tree)
    points = [Breakpoint("train.py", 12, "step > 3", "% 10", "step {step}"), Breakpoint("train.py", 6)]
    write_points(path, tree, points, ["len(rows)"])
    kept = read_points(path, tree)
    assert kept.points == tuple(points)
    assert kept.watches == ("len(rows)",)
    assert [p.name for p in tree.iterdir()] == ["train.py"]


def test_a_line_that_moved_is_followed_and_one_that_is_gone_is_counted(tree):
    path = points_file("", tree)
    write_points(path, tree, [Breakpoint("train.py", 12), Breakpoint("train.py", 6)], [])
    changed = TEXT.replace("    rows = data.split()\n    return rows\n", "    return data\n")
    (tree / "train.py").write_text("import sys\nimport json\n" + changed)
    kept = read_points(path, tree)
    assert [(p.file, p.line, p.message) for p in kept.points] == [("train.py", 13, "was at train.py:12")]
    assert kept.lost == 1


def test_two_folders_keep_their_own_and_all_commits_of_a_clone_share(tree, tmp_path):
    clones = tmp_path / "home" / "cache" / "clones"
    one, two = clones / "a" / "1", clones / "a" / "2"
    assert points_file("a", one) == points_file("a", two) != points_file("b", one)
    assert points_file("a", tree) != points_file("a", tmp_path)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda c: (
            st.lists(c)
            | st.dictionaries(
                st.sampled_from(["breakpoints", "watches", "file", "line", "anchor", "print", "condition"]), c
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_the_file_holds_is_no_error(tmp_path_factory, found):
    folder = tmp_path_factory.mktemp("kept")
    (folder / "x.json").write_text(json.dumps(found))
    read_points(folder / "x.json", folder)
