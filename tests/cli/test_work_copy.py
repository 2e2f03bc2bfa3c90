from __future__ import annotations

from pathlib import Path

from codetour.cli.work_copy import snapshot, work_copy, written_since
from codetour.model.source import Tree
from codetour.places import cache_dir


def test_a_clone_runs_in_a_copy_that_is_kept(tmp_path: Path) -> None:
    clone = cache_dir() / "clones" / "x" / "abc"
    (clone / ".git").mkdir(parents=True)
    (clone / "train.py").write_text("x = 1\n")
    copy = work_copy(Tree(clone, "x", commit="abc"))
    assert copy.root != clone
    assert (copy.root / "train.py").read_text() == "x = 1\n"
    assert not (copy.root / ".git").exists()
    (copy.root / "model.pt").write_text("weights")
    assert (work_copy(Tree(clone, "x")).root / "model.pt").exists()
    assert not (clone / "model.pt").exists()


def test_a_local_path_runs_in_place(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "x")
    assert work_copy(tree) is tree


def test_new_and_changed_files_are_told(tmp_path: Path) -> None:
    for name in ("same.txt", "log.txt"):
        (tmp_path / name).write_text("a")
    before = snapshot(tmp_path)
    (tmp_path / "log.txt").write_text("ab")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.pt").write_text("w")
    assert written_since(before, tmp_path) == ["log.txt", "out/model.pt"]
