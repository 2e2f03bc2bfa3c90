from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codetour.environment.find import find_interpreter
from codetour.errors import EnvironmentProblem
from codetour.model.source import Tree


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)


def make_environment(folder: Path, *modules: str) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for module in modules:
        (packages / f"{module}.py").write_text("")
    return folder


def test_the_repositorys_own_environment_is_found(tmp_path: Path) -> None:
    own = make_environment(tmp_path / "repo" / ".venv")
    found = find_interpreter(Tree(tmp_path / "repo", "repo"))
    assert found.path == own / "bin" / "python"
    assert ".venv" in found.origin


def test_the_active_environment_comes_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(tmp_path / "repo" / ".venv")
    active = make_environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    assert find_interpreter(Tree(tmp_path / "repo", "repo")).path == active / "bin" / "python"


def test_one_that_has_the_packages_beats_one_that_lacks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = make_environment(tmp_path / "repo" / ".venv", "odd_package")
    active = make_environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    found = find_interpreter(Tree(tmp_path / "repo", "repo"), ["odd_package"])
    assert found.path == own / "bin" / "python"
    assert find_interpreter(Tree(tmp_path / "repo", "repo"), ["nobody_has_this"]).missing == (
        "nobody_has_this",
    )


def test_a_program_named_python_that_the_repository_ships_is_never_started(tmp_path: Path) -> None:
    shipped = tmp_path / "repo" / "venv" / "bin"
    shipped.mkdir(parents=True)
    mark = tmp_path / "ran"
    (shipped / "python").write_text(f"#!/bin/sh\ntouch {mark}\n")
    (shipped / "python").chmod(0o755)
    find_interpreter(Tree(tmp_path / "repo", "repo"))
    assert not mark.exists()


def test_a_named_one_is_taken_as_it_is(tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "env")
    named = os.path.relpath(environment / "bin" / "python")
    assert find_interpreter(Tree(tmp_path, "x"), python=named).path == environment / "bin" / "python"
    with pytest.raises(EnvironmentProblem):
        find_interpreter(Tree(tmp_path, "x"), python="no-such-python")


def test_pythonpath_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shim.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert find_interpreter(Tree(tmp_path, "x"), ["shim"], mode="current").missing == ()
