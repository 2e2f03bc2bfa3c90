"""`check --since REF` looks only at stops whose files differ from that commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codetour.check.since import changed_since, known_commit

FILES = {"train.py": "import os\nloss = 1\n", "model.py": "width = 4\n", "bild.png": "x"}


@pytest.fixture
def toured(make_repo: Callable[..., Path], git: Callable[..., str], codetour: Any) -> Path:
    root = make_repo(FILES)
    for name, place in (("a", "train.py:2"), ("b", "model.py:1")):
        assert codetour(root, "new", f".tours/{name}.tour", "--at", place).returncode == 0
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "tours")
    return root


def statuses(document: dict[str, Any]) -> list[list[str]]:
    return [[s["status"] for s in t["stops"]] for t in document["tours"]]


def test_nothing_is_looked_at_while_nothing_differs(toured: Path, checked: Any) -> None:
    code, document = checked(toured, "--since", "HEAD")
    assert (code, statuses(document), document["summary"]["unchanged"]) == (0, [[], []], 2)


def test_an_uncommitted_edit_counts(toured: Path, checked: Any) -> None:
    (toured / "train.py").write_text("import os\n")
    code, document = checked(toured, "--since", "HEAD")
    assert (code, statuses(document)) == (1, [["lost"], []])


def test_a_committed_edit_counts_from_the_commit_before(
    toured: Path, checked: Any, git: Callable[..., str]
) -> None:
    (toured / "model.py").write_text("# first\nwidth = 4\n")
    git(toured, "commit", "-q", "-am", "edit")
    assert statuses(checked(toured, "--since", "HEAD")[1]) == [[], []]
    assert statuses(checked(toured, "--since", "HEAD~1")[1]) == [[], ["moved"]]


def test_a_tour_that_differs_is_checked_as_a_whole(toured: Path, checked: Any) -> None:
    path = toured / ".tours/a.tour"
    path.write_text(path.read_text().replace('"title": "a"', '"title": "A"'))
    assert statuses(checked(toured, "--since", "HEAD")[1]) == [["ok"], []]


def test_a_commit_that_is_not_there_says_what_to_do(toured: Path, codetour: Any) -> None:
    for ref in ("origin/main", "--output=/tmp/x", "", "a b", "HEAD:train.py"):
        done = codetour(toured, "check", f"--since={ref}")
        assert done.returncode == 2
        assert "no such commit here" in done.stderr
        assert "fetch-depth" in done.stderr


def test_names_with_magic_are_taken_literally(make_repo: Callable[..., Path]) -> None:
    root = make_repo({":(top)x.py": "a\n", "*.py": "b\n", "x.py": "c\n"})
    (root / "x.py").write_text("d\n")
    assert changed_since(root, "HEAD", [":(top)x.py", "*.py", "x.py", "none.py"]) == {"x.py", "none.py"}


def test_refs_are_names_and_never_options(make_repo: Callable[..., Path], git: Callable[..., str]) -> None:
    root = make_repo({"a.py": "x\n"})
    assert known_commit(root, "HEAD") == git(root, "rev-parse", "HEAD")
    assert known_commit(root, "main") is not None
    assert known_commit(root, "--all") is None
    assert known_commit(root, "HEAD^{tree}:a") is None


def test_a_folder_that_git_knows_nothing_of_is_told_from_a_commit_that_is_not_fetched(
    toured: Path, tmp_path_factory: pytest.TempPathFactory, codetour: Any
) -> None:
    assert "no such commit here" in codetour(toured, "check", "--since", "gone").stderr
    (toured / ".git").rename(tmp_path_factory.mktemp("away") / "git")
    done = codetour(toured, "check", "--since", "HEAD")
    assert done.returncode == 2
    assert "git knows nothing of" in done.stderr
    assert "safe.directory" in done.stderr
