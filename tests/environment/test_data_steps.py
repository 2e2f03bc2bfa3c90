"""Preparatory steps: which command, in which folder, what happens when it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codetour.environment.data_steps import data_steps, take
from codetour.environment.doctor import examine
from codetour.errors import EnvironmentProblem
from codetour.model.entry import EntryPoint, Launch, Need
from codetour.model.source import Tree
from codetour.progress import Silent

PYTHON = Path(sys.executable)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    (root / "data").mkdir(parents=True)
    (root / "data" / "prepare.py").write_text("open('words.txt', 'w').write('made')\n")
    (root / "get.sh").write_text("mkdir -p data/raw && echo made > data/raw/x.csv\n")
    (root / "fails.py").write_text("raise SystemExit('no network here')\n")
    return Tree(root=root, name="x")


def needing(*pairs: tuple[str, str], cwd: str = ".") -> Launch:
    return Launch(cwd=cwd, needs=tuple(Need(what, "it is read", mend) for what, mend in pairs))


def test_a_script_that_writes_a_bare_name_runs_in_its_own_folder(tree: Tree) -> None:
    (step,) = data_steps(tree, needing(("file data/words.txt", "python data/prepare.py")), PYTHON)
    take(step, {}, Silent())
    assert (tree.root / "data" / "words.txt").read_text() == "made"


def test_a_shell_script_runs_at_the_root_once_for_all_that_it_makes(tree: Tree) -> None:
    launch = needing(("file data/raw/x.csv", "bash get.sh"), ("file y.csv", "bash get.sh"))
    (step,) = data_steps(tree, launch, PYTHON)
    assert step.makes == ("file data/raw/x.csv", "file y.csv")
    take(step, {"PATH": "/usr/bin:/bin"}, Silent())
    assert (tree.root / "data" / "raw" / "x.csv").exists()


def test_a_failure_says_why_and_where_to_read_more(tree: Tree) -> None:
    (step,) = data_steps(tree, needing(("file z.bin", "python fails.py")), PYTHON)
    with pytest.raises(EnvironmentProblem, match="no network here") as caught:
        take(step, {}, Silent())
    assert "preparation.log" in caught.value.hint


@pytest.mark.parametrize(
    "mend", ["python ../outside.py", "python nothing.py", "pip install x", "", "python get.sh; rm -rf /"]
)
def test_only_files_of_the_repository_are_steps(tree: Tree, mend: str) -> None:
    (tree.root.parent / "outside.py").write_text("")
    assert data_steps(tree, needing(("file x", mend)), PYTHON) == ()


def test_a_model_that_was_fetched_before_is_not_missing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    need = Need("model org/tiny", "it is named")
    entry = EntryPoint("train", "train.py", launch=Launch(needs=(need,)))
    assert need in examine(entry, None).needs
    (tmp_path / "hub" / "models--org--tiny").mkdir(parents=True)
    assert need not in examine(entry, None).needs
