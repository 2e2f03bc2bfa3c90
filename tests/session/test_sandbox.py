"""Isolation: what a program in the sandbox can and cannot do, and that the tour works there all the same."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from codetour.errors import EnvironmentProblem
from codetour.session import sandbox
from codetour.session.command import make_command
from codetour.session.options import LaunchOptions
from tests.session.conftest import gone, line_of, tour_of

needs_bwrap = pytest.mark.skipif(bool(sandbox.obstacle()), reason=f"no sandbox here: {sandbox.obstacle()}")


@needs_bwrap
@pytest.mark.debugger
async def test_a_program_in_the_sandbox_sees_only_itself_and_is_toured_with_its_children(
    scripts, run_tour, monkeypatch, tmp_path
):
    monkeypatch.setenv("MY_SETTING", "x")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (scripts / "large.bin").write_bytes(bytes(sandbox.COPIED_FILE + 1))
    script = scripts / "looks_out.py"
    stops = (("looks_out.py", line_of(script, text)) for text in ("here = number", "end = True"))
    run = await run_tour(scripts, tour_of("looks_out.py", *stops), str(secret), sandbox="bwrap", to_end=True)
    assert {s.stop for s in run.reached} == {"s0", "s1"}
    assert all(s.frames[0].inside and s.frames[0].file == "looks_out.py" for s in run.reached)
    told = dict(line.split(" -> ", 1) for line in run.text.splitlines() if " -> " in line)
    assert told["network"] == "OSError"
    assert told["home"] == "[]" or ".ssh" not in told["home"]
    assert told["outside"] == "FileNotFoundError"
    assert told["system"] == "OSError"
    assert told["own"] == "1"
    assert told["processes"] == "True"
    assert told["secret"] == "[]"
    assert told["large"] == str(sandbox.COPIED_FILE + 1)
    assert told["large again"] == "OSError"
    assert run.end.code == 0
    assert not (scripts / "out.txt").exists()


@needs_bwrap
@pytest.mark.debugger
@pytest.mark.parametrize(("how", "code"), [("exit", 3), ("signal", -11)])
async def test_the_program_s_end_comes_out_of_the_sandbox(scripts, run_tour, how, code):
    run = await run_tour(scripts, tour_of("ends.py", ("shapes.py", 1)), how, sandbox="bwrap")
    assert run.end.code == code
    assert ("SIGSEGV" in run.end.message) == (how == "signal")


@needs_bwrap
@pytest.mark.debugger
async def test_nothing_is_left_of_a_sandbox(scripts, run_tour):
    mark = f"boxed-{time.monotonic_ns()}"
    tour = tour_of("family.py", ("family.py", line_of(scripts / "family.py", "started = True")))
    run = await run_tour(scripts, tour, mark, "stay", sandbox="bwrap")
    assert run.end.how == "all-stops"
    assert gone(mark, 1.0)


def command(scripts, tmp_path, wish):
    from codetour.model.source import Tree

    options = LaunchOptions(Path(sys.executable), sandbox=wish)
    return make_command(
        Tree(scripts, "t"), tour_of("ends.py"), options, python=options.python, scratch=tmp_path
    )


def test_without_bubblewrap_asking_for_it_is_a_clear_problem_and_auto_says_what_it_is_not(
    scripts, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match=r"bwrap.* is not installed") as caught:
        command(scripts, tmp_path, "bwrap")
    assert "--sandbox" in caught.value.hint
    made = command(scripts, tmp_path, "auto")
    assert made.sandbox is None
    assert "no isolation" in made.isolation
    assert command(scripts, tmp_path, "none").isolation == ""


def test_bubblewrap_that_does_not_work_is_told_with_its_own_words(tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'No permissions to create namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "No permissions to create namespace" in sandbox.obstacle()


def test_a_copy_leaves_out_what_is_large_and_follows_no_link(tmp_path):
    root = tmp_path / "root"
    (root / ".git").mkdir(parents=True)
    (root / "env").mkdir()
    (root / "env" / "pyvenv.cfg").touch()
    (root / "pkg").mkdir()
    (root / "pkg" / "a.py").write_text("x = 1\n")
    (root / "large.bin").write_bytes(bytes(sandbox.COPIED_FILE + 1))
    (root / "out").symlink_to("/etc")
    os.mkfifo(root / "pipe")
    kept = sandbox.copy_tree(root, tmp_path / "copy")
    assert sorted(p.name for p in kept) == [".git", "env", "large.bin"]
    assert (tmp_path / "copy" / "pkg" / "a.py").read_text() == "x = 1\n"
    assert (tmp_path / "copy" / "large.bin").stat().st_size == 0
    assert (tmp_path / "copy" / "out").is_symlink()
    assert not (tmp_path / "copy" / "pipe").exists()
