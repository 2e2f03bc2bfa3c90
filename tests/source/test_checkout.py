from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from codetour.errors import Interrupted, SourceError
from codetour.places import cache_dir
from codetour.progress import Silent
from codetour.source.checkout import get_tree, local_tree

Git = Callable[..., str]
MakeRepo = Callable[..., Path]


class Heard(Silent):
    """Remembers what was reported."""

    def __init__(self) -> None:
        super().__init__()
        self.phases: list[str] = []

    def begin(self, phase: str) -> None:
        self.phases.append(phase)


def test_clones_a_remote_at_its_head_and_reports(make_repo: MakeRepo, git: Git) -> None:
    origin = make_repo({"train.py": "x = 1\n"})
    heard = Heard()
    tree = get_tree(f"file://{origin}", heard)
    assert (tree.root / "train.py").read_text() == "x = 1\n"
    assert tree.commit == git(origin, "rev-parse", "HEAD")
    assert heard.phases == ["Fetching repo"]
    assert not tree.dirty


@pytest.mark.parametrize("how", ["branch", "tag", "commit", "short"])
def test_a_ref_picks_the_commit(make_repo: MakeRepo, git: Git, silent: Silent, how: str) -> None:
    origin = make_repo({"a.py": "old\n"})
    old = git(origin, "rev-parse", "HEAD")
    git(origin, "branch", "feature/old")
    git(origin, "tag", "-a", "v1", "-m", "v1")
    (origin / "a.py").write_text("new\n")
    git(origin, "commit", "-qam", "second")
    ref = {"branch": "feature/old", "tag": "v1", "commit": old, "short": old[:9]}[how]
    tree = get_tree(f"file://{origin}@{ref}", silent)
    assert (tree.root / "a.py").read_text() == "old\n"
    assert tree.commit == old


def test_a_second_visit_uses_the_cache_and_a_lost_remote_is_survived(
    make_repo: MakeRepo, silent: Silent
) -> None:
    origin = make_repo({"a.py": "1\n"})
    first = get_tree(f"file://{origin}", silent)
    shutil.rmtree(origin)
    again = get_tree(f"file://{origin}", silent)
    assert again.root == first.root
    assert again.notes


def test_an_aborted_fetch_goes_on(make_repo: MakeRepo, silent: Silent) -> None:
    origin = make_repo({"a.py": "1\n"})
    cancelled = Silent()
    cancelled.cancel()
    with pytest.raises(Interrupted):
        get_tree(f"file://{origin}", cancelled)
    assert (get_tree(f"file://{origin}", silent).root / "a.py").exists()


def test_owner_and_name_use_the_configured_host(
    make_repo: MakeRepo, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = make_repo({"a.py": "1\n"}, name="owner/name")
    monkeypatch.setenv("CODETOUR_HOST", f"file://{origin.parent.parent}")
    tree = get_tree("owner/name", silent)
    assert tree.name == "owner/name"
    assert cache_dir() in tree.root.parents


@pytest.mark.parametrize(
    "spec", ["file:///nowhere/at/all", "file://{empty}", "file://{repo}@nope", "{repo}/a.py", "{bare}"]
)
def test_what_cannot_be_had_ends_with_code_3_and_a_next_step(
    make_repo: MakeRepo, git: Git, tmp_path: Path, silent: Silent, spec: str
) -> None:
    repo = make_repo({"a.py": "1\n"})
    empty = tmp_path / "empty"
    git(tmp_path, "init", "-q", str(empty))
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(repo), str(bare))
    with pytest.raises(SourceError) as caught:
        get_tree(spec.format(repo=repo, empty=empty, bare=bare), silent)
    assert caught.value.exit_code == 3
    assert caught.value.hint


def test_a_part_of_a_repository_is_a_tree_of_its_own(make_repo: MakeRepo) -> None:
    repo = make_repo({"mnist/main.py": "1\n", "README.md": "x"})
    tree = local_tree(repo / "mnist")
    assert (tree.root, tree.top, tree.prefix) == (repo / "mnist", repo, "mnist")


def test_a_plain_folder_needs_no_git(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "train.py").write_text("1\n")
    tree = local_tree(tmp_path / "plain")
    assert (tree.commit, tree.top, tree.name) == (None, None, "plain")


def test_the_origin_gives_the_name_and_loses_its_password(make_repo: MakeRepo, git: Git) -> None:
    repo = make_repo({"a.py": "1\n"})
    git(repo, "remote", "add", "origin", "https://me:secret@example.org/owner/name.git")
    tree = local_tree(repo)
    assert (tree.name, tree.url) == ("owner/name", "https://example.org/owner/name")


@pytest.mark.parametrize("change", ["edit", "stage", "touch"])
def test_dirty_means_different_content(make_repo: MakeRepo, git: Git, change: str) -> None:
    repo = make_repo({"a.py": "1\n"})
    assert not local_tree(repo).dirty
    (repo / "a.py").write_text("1\n" if change == "touch" else "2\n")
    if change == "stage":
        git(repo, "add", "-A")
    assert local_tree(repo).dirty == (change != "touch")


def test_looking_at_a_hostile_checkout_runs_nothing(make_repo: MakeRepo, git: Git, tmp_path: Path) -> None:
    """`git status` would run these: a file monitor and a clean filter named by the repository's own config."""
    repo = make_repo({"a.py": "1\n", ".gitattributes": "*.py filter=evil\n"})
    mark = tmp_path / "ran"
    git(repo, "config", "core.fsmonitor", f"touch {mark}; false")
    git(repo, "config", "filter.evil.clean", f"touch {mark}; cat")
    (repo / "a.py").write_text("2\n")
    assert local_tree(repo).dirty
    assert not mark.exists()
