from __future__ import annotations

import os
from pathlib import Path

import pytest

from codetour.source.files import list_files


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def test_lists_relative_posix_paths_sorted(tmp_path: Path) -> None:
    write(tmp_path, "b.py", "a/c.py", "README.md")
    assert list_files(tmp_path).files == ("README.md", "a/c.py", "b.py")


def test_leaves_out_environments_and_git(tmp_path: Path) -> None:
    write(tmp_path, "a.py", ".git/config", "env39/lib/x.py", "node_modules/y.py")
    (tmp_path / "env39" / "pyvenv.cfg").write_text("")
    assert list_files(tmp_path).files == ("a.py",)


def test_a_loop_of_links_ends_and_links_outside_are_left_out(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("x")
    root = tmp_path / "root"
    write(root, "a.py")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "out.py").symlink_to(outside)
    (root / "in.py").symlink_to(root / "a.py")
    listed = list_files(root)
    assert listed.files == ("a.py", "in.py")
    assert any("lead outside" in note for note in listed.notes)


def test_the_limit_keeps_what_is_nearest_to_the_root(tmp_path: Path) -> None:
    write(tmp_path, "deep/er/z.py", "a.py", "b.py")
    listed = list_files(tmp_path, limit=2)
    assert listed.files == ("a.py", "b.py")
    assert listed.notes


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes only on POSIX")
def test_a_name_that_is_no_text_is_skipped_with_a_note(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    (tmp_path / os.fsdecode(b"bad\xff.py")).write_text("")
    listed = list_files(tmp_path)
    assert listed.files == ("a.py",)
    assert "not valid text" in listed.notes[0]
