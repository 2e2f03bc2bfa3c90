"""`codetour share`, `tours` and `new` as a user calls them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codetour.cli.reader import Reader
from codetour.model.recording import Recording
from codetour.model.value import Frame, Seen, Value
from codetour.record import store
from codetour.tourfile.read import load

TRAIN = """\
import os

TOKEN = "ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2"


def main():
    loss = compute()
    print(loss)


main()
"""


@pytest.fixture
def repo(make_repo: Callable[..., Path]) -> Path:
    root = make_repo({"train.py": TRAIN})
    done = codetour("new", ".tours/first.tour", "--at", "train.py:7", "--at", "train.py:11", cwd=root)
    assert done.returncode == 0, done.stderr
    values = (
        Value("loss", "float", "scalar", scalar=2.5),
        Value("name", "str", "text", scalar="a private text"),
    )
    seen = Seen("stop-1", (Frame("main", "train.py", 7, values=values),))
    store.save(
        Recording("first", seen=(seen,), output="one\ntwo\n"),
        store.recording_path(root / ".tours/first.tour"),
    )
    return root


def codetour(*args: str, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codetour", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def test_nothing_is_written_where_nobody_agrees(repo: Path) -> None:
    done = codetour(
        "share", ".tours/first.tour", "--to", "html", "-o", "out.html", cwd=repo, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert "Taken out: 1× token" in done.stderr
    assert "train.py:3: token ghp_…" in done.stderr
    assert "--yes" in done.stderr
    assert not (repo / "out.html").exists()


@pytest.mark.parametrize("to", ["html", "md", "notebook", "tour", "bundle"])
def test_what_is_agreed_to_is_written(repo: Path, to: str) -> None:
    out = repo / "given" / f"out.{to}"
    done = codetour("share", ".tours/first.tour", "--to", to, "-o", str(out), "--yes", "--json", cwd=repo)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "codetour.share/1"
    assert document["written"] is True
    assert document["bytes"] == out.stat().st_size
    assert b"a1B2a1B2" not in out.read_bytes()
    assert document["stops"] == 2
    again = codetour("share", ".tours/first.tour", "--to", to, "-o", str(out), "--yes", cwd=repo)
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_a_dry_run_writes_nothing_and_needs_no_name(repo: Path) -> None:
    done = codetour(
        "share", ".tours/first.tour", "--to", "bundle", "--dry-run", "--content", "--json", cwd=repo
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["written"] is False
    assert document["output_lines"] == 2
    assert document["removed"] == [{"where": "train.py:3", "kind": "token", "hint": "ghp_…"}]
    assert sorted(p.name for p in repo.iterdir()) == [".git", ".tours", "train.py"]


def test_the_tour_itself_is_not_overwritten(repo: Path) -> None:
    done = codetour(
        "share", ".tours/first.tour", "--to", "tour", "-o", ".tours/first.tour", "--yes", "--force", cwd=repo
    )
    assert done.returncode == 2
    assert load(repo / ".tours/first.tour").stops[0].anchor.text == "loss = compute()"


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False)])
def test_on_a_terminal_one_is_asked(repo: Path, answer: str, written: bool) -> None:
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "codetour", "share", ".tours/first.tour", "--to", "md", "-o", "out.md"],
        cwd=repo, stdin=other, stdout=other, stderr=other, close_fds=True,
    )  # fmt: skip
    os.close(other)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(main, 4096)
    os.write(main, answer.encode() + b"\n")
    assert process.wait(60) == (0 if written else 2)
    os.close(main)
    assert b"Taken out" in said
    assert (repo / "out.md").exists() is written


def test_links_point_at_the_commit_that_is_here(repo: Path, git: Callable[..., str]) -> None:
    git(repo, "remote", "add", "origin", "https://user:secret@github.com/o/n.git")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "second")
    commit = git(repo, "rev-parse", "HEAD")
    done = codetour("share", ".tours/first.tour", "--to", "md", "-o", "../out.md", "--yes", cwd=repo)
    assert done.returncode == 0, done.stderr
    text = (repo.parent / "out.md").read_text()
    assert f"(https://github.com/o/n/blob/{commit}/train.py#L7)" in text
    assert "secret" not in text


def test_a_commit_that_no_remote_branch_holds_is_said(repo: Path, git: Callable[..., str]) -> None:
    git(repo, "remote", "add", "origin", "https://github.com/own/er.git")

    def told() -> bool:
        done = codetour("share", ".tours/first.tour", "--to", "md", "--dry-run", cwd=repo)
        assert done.returncode == 0, done.stderr
        return "No remote branch holds commit" in done.stderr

    assert not told()  # a clone that knows no branch of its remote cannot say
    git(repo, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert not told()
    git(repo, "commit", "-q", "--allow-empty", "-m", "not pushed")
    assert told()
    git(repo, "tag", "v1")
    assert not told()


def test_a_stop_that_moved_is_shared_where_it_is_now(repo: Path) -> None:
    (repo / "train.py").write_text(TRAIN.replace("import os\n", "import os\nimport sys\n"))
    done = codetour("share", ".tours/first.tour", "--to", "md", "-o", "out.md", "--yes", cwd=repo)
    assert done.returncode == 0, done.stderr
    text = (repo / "out.md").read_text()
    assert "`train.py:8`" in text
    assert ">     8     loss = compute()" in text
    plain = codetour("replay", ".tours/first.tour", "--plain", cwd=repo)
    assert "train.py:8  in main" in plain.stdout
    assert ">    8      loss = compute()" in plain.stdout


def test_own_notes_go_along_only_when_asked_for(repo: Path) -> None:
    Reader(load(repo / ".tours/first.tour"), repo).write_note("stop-1", "Why *not* a mean?")
    for more, there in ((), False), (("--notes",), True):
        done = codetour(
            "share", ".tours/first.tour", "--to", "md", "-o", "o.md", "--yes", "--force", *more, cwd=repo
        )
        assert done.returncode == 0, done.stderr
        assert ("Why *not* a mean?" in (repo / "o.md").read_text()) is there
    assert "Why" not in (repo / ".tours/first.tour").read_text()


def test_tours_are_listed_with_progress_and_what_follows(repo: Path) -> None:
    (repo / ".tours/2.tour").write_text(json.dumps({"title": "2 - Next", "steps": []}))
    (repo / ".tours/1.tour").write_text(
        json.dumps(
            {
                "title": "1 - Begin",
                "steps": [{"file": "train.py", "line": n, "description": "x"} for n in (1, 7)],
            }
        )
    )
    (repo / ".tours/bad.tour").write_text("[")
    reader = Reader(load(repo / ".tours/1.tour"), repo)
    reader.arrive(0)
    reader.write_note("step-1", "mine")
    done = codetour("tours", "--json", cwd=repo)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "codetour.tours/1"
    assert document["primary"].endswith(".tours/1.tour")
    first, second, ours, bad = document["tours"]
    assert first["title"] == "1 - Begin"
    assert first["next"] == "2 - Next"
    assert first["progress"] == {"seen": 1, "of": 2, "stop": "step-1", "ended": False}
    assert (first["notes"], first["made_by"], first["recording"]) == (1, "other", False)
    assert second["title"] == "2 - Next"
    assert (ours["made_by"], ours["recording"]) == ("codetour", True)
    assert "1:2" in bad["problem"]
    text = codetour("tours", cwd=repo).stdout
    assert "* 1 - Begin  (begin here)" in text
    assert "1 of 2 seen · 1 note of yours · then: 2 - Next" in text
    assert "codetour replay .tours/1.tour" in text
    plain = codetour("replay", ".tours/1.tour", "--plain", cwd=repo).stdout
    assert "Your note: mine" in plain
    assert "Next tour: 2 - Next" in plain


def test_a_folder_is_replayed_by_its_first_tour(repo: Path, tmp_path: Path) -> None:
    assert "Stop 1 of 2" in codetour("replay", ".", "--plain", cwd=repo).stdout
    (tmp_path / "empty").mkdir()
    done = codetour("replay", "empty", "--plain", cwd=tmp_path)
    assert done.returncode == 2
    assert "codetour tours" in done.stderr


def test_a_repository_without_tours_says_so(tmp_path: Path) -> None:
    done = codetour("tours", str(tmp_path), cwd=tmp_path)
    assert done.returncode != 0 or "brings no tour" in done.stdout
    (tmp_path / "a.py").write_text("x = 1\n")
    assert "brings no tour" in codetour("tours", ".", cwd=tmp_path).stdout
    assert "kept no tours" in codetour("tours", "--all", cwd=tmp_path).stdout


def test_hostile_titles_reach_no_terminal(repo: Path) -> None:
    evil = "\x1b]0;got\x07[red]<b>`|\u202e"
    step = {
        "file": "train.py",
        "line": 1,
        "title": evil,
        "description": evil + " [#1] >> x",
        "commands": [evil],
    }
    tour = {"title": evil, "description": evil, "nextTour": evil, "steps": [step]}
    (repo / ".tours/e.tour").write_text(json.dumps(tour))
    for command in (["tours"], ["replay", ".tours/e.tour", "--plain"],
                    ["share", ".tours/e.tour", "--to", "md", "--dry-run"]):  # fmt: skip
        done = codetour(*command, cwd=repo)
        assert done.returncode == 0, done.stderr
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)


def test_editing_needs_a_terminal(repo: Path) -> None:
    done = codetour("edit", ".tours/first.tour", cwd=repo, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "codetour new" in done.stderr


def test_without_a_first_tour_any_can_be_taken(repo: Path) -> None:
    (repo / ".tours/other.tour").write_text(json.dumps({"title": "Other", "steps": []}))
    text = codetour("tours", cwd=repo).stdout
    assert "(begin here)" not in text
    assert "Take one with:  codetour replay .tours/" in text


def test_tours_shared_together_lead_to_each_other(repo: Path) -> None:
    step = {
        "file": "train.py",
        "line": 7,
        "description": "then [the end][Finish#2], or [Gone#1], or [Finish]",
    }
    (repo / ".tours/first one.tour").write_text(
        json.dumps({"title": "1 - Begin", "nextTour": "2 - Finish", "steps": [step]})
    )
    (repo / ".tours/last.tour").write_text(
        json.dumps({"title": "2 - Finish", "steps": [step, {"description": "back to [Begin#1], [#1]"}]})
    )
    tours = (".tours/first one.tour", ".tours/last.tour")
    for to, begin, end in (("html", "s", "s"), ("md", "stop-", "stop-")):
        done = codetour("share", *tours, "--to", to, "-o", "pages", "--yes", "--json", cwd=repo)
        assert done.returncode == 0, done.stderr
        assert [t["output"] for t in json.loads(done.stdout)["tours"]] == [
            f"pages/first one.{to}",
            f"pages/last.{to}",
        ]
        first = (repo / f"pages/first one.{to}").read_text()
        last = (repo / f"pages/last.{to}").read_text()
        assert f"./last.{to}#{end}2" in first
        assert f"./first%20one.{to}#{begin}1" in last
        assert first.count(f"./last.{to}") == 3  # in words twice, and at the end
        assert "Gone" in first
    alone = codetour("share", tours[0], "--to", "html", "-o", "alone.html", "--yes", cwd=repo)
    assert alone.returncode == 0, alone.stderr
    assert "./last" not in (repo / "alone.html").read_text()


def test_of_several_tours_none_is_written_where_one_is_there(repo: Path) -> None:
    (repo / "pages").mkdir()
    (repo / "pages/first.html").write_text("mine")
    (repo / ".tours/second.tour").write_text(json.dumps({"title": "Second", "steps": [{"description": "x"}]}))
    done = codetour(
        "share", ".tours/second.tour", ".tours/first.tour", "--to", "html", "-o", "pages", "--yes", cwd=repo
    )
    assert done.returncode == 2
    assert [p.name for p in (repo / "pages").iterdir()] == ["first.html"]
