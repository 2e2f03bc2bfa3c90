"""A conda environment, laid out as conda does it: found by name, in the tree, and activated where it is used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codetour.environment.activation import activated, activation_variables, conda_prefix
from codetour.environment.find import find_interpreter
from codetour.model.source import Tree

ACTIVATE = """\
export OF_THE_PACKAGE="$CONDA_PREFIX/share/data"
if [[ -n "$CONDA_PREFIX" ]]; then export PATH="$CONDA_PREFIX/tools:$PATH"; fi
echo "chatty"
"""


def make_conda(prefix: Path) -> Path:
    """A prefix with its own interpreter and library folder, no pyvenv.cfg; the interpreter."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sys.base_prefix)
    (prefix / "bin").mkdir(parents=True)
    real = Path(os.path.realpath(sys.executable))
    shutil.copy2(real, prefix / "bin" / version)
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to(version)
    library = prefix / "lib" / version
    library.mkdir(parents=True)
    for entry in (base / "lib" / version).iterdir():
        if entry.name != "site-packages":
            (library / entry.name).symlink_to(entry)
    (library / "site-packages").mkdir()
    for entry in (base / "lib").glob("libpython*"):
        (prefix / "lib" / entry.name).symlink_to(entry)
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "history").write_text("==> 2024-01-01 00:00:00 <==\n")
    scripts = prefix / "etc" / "conda" / "activate.d"
    scripts.mkdir(parents=True)
    (scripts / "package_activate.sh").write_text(ACTIVATE)
    return prefix / "bin" / "python"


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "repo"
    root.mkdir()
    return Tree(root, "repo", top=root)


def test_an_environment_of_the_name_that_the_repository_gives_is_found(home, tree):
    python = make_conda(home / "miniforge3" / "envs" / "vision")
    (tree.root / "environment.yml").write_text("name: vision\ndependencies:\n  - numpy=1.26\n")
    found = find_interpreter(tree, ())
    assert found.path == python
    assert found.origin == "conda's vision, named by the repository"


def test_one_elsewhere_is_found_where_conda_has_noted_it(home, tree):
    python = make_conda(home / "data" / "vision")
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"/gone/vision\n{home / 'data' / 'vision'}\n")
    (tree.root / "environment.yaml").write_text("name: 'vision'\n")
    assert find_interpreter(tree, ()).path == python


def test_one_inside_the_tree_is_taken_only_where_git_does_not_know_it(home, tree):
    python = make_conda(tree.root / "env")
    assert find_interpreter(tree, ()).path != python
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@y")
    subprocess.run([*git, "init", "-q"], cwd=tree.root, check=True)
    assert find_interpreter(tree, ()).path == python
    subprocess.run([*git, "add", "env/bin/python"], cwd=tree.root, check=True)
    assert find_interpreter(tree, ()).path != python


def test_the_active_one_goes_first(home, tree, monkeypatch):
    python = make_conda(home / "anaconda3" / "envs" / "other")
    monkeypatch.setenv("CONDA_PREFIX", str(home / "anaconda3" / "envs" / "other"))
    assert find_interpreter(tree, ()).path == python


def test_the_program_gets_the_variables_of_an_activated_environment(home):
    prefix = home / "miniconda3" / "envs" / "vision"
    python = make_conda(prefix)
    assert conda_prefix(python) == prefix
    given = {"PATH": "/usr/bin:/bin", "VIRTUAL_ENV": "/elsewhere", "KEPT": "a\nb"}
    variables = activation_variables(python, given)
    assert variables["PATH"] == f"{prefix}/bin:/usr/bin:/bin"
    assert (variables["CONDA_PREFIX"], variables["CONDA_DEFAULT_ENV"]) == (str(prefix), "vision")
    assert "VIRTUAL_ENV" not in variables
    after = activated(python, variables)
    assert after["OF_THE_PACKAGE"] == f"{prefix}/share/data"
    assert after["PATH"].startswith(f"{prefix}/tools:{prefix}/bin:")
    assert after["KEPT"] == "a\nb"


def test_scripts_that_hang_or_fail_change_nothing(home, monkeypatch):
    prefix = home / "miniconda3" / "envs" / "vision"
    python = make_conda(prefix)
    monkeypatch.setattr("codetour.environment.activation.LONGEST", 0.5)
    (prefix / "etc" / "conda" / "activate.d" / "slow.sh").write_text("sleep 60\n")
    variables = activation_variables(python, {"PATH": "/usr/bin:/bin"})
    assert activated(python, variables) == variables
    (prefix / "etc" / "conda" / "activate.d" / "slow.sh").write_text("exit 3\n")
    assert activated(python, variables) == variables


def test_an_interpreter_of_no_environment_changes_nothing():
    assert activation_variables(Path("/usr/bin/python3"), {"PATH": "/bin"}) == {"PATH": "/bin"}
