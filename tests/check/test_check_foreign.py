"""Bare line numbers of other players' tours, judged by what git knows of the moment when they were set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CODE = "import os\n\nconst = 1\nfunction = 2\nlast = 3\n"
TOUR: dict[str, Any] = {
    "$schema": "https://aka.ms/codetour-schema",
    "title": "Theirs",
    "zebra": [1, 2],
    "steps": [
        {"file": "a.ts", "line": 3, "description": "const"},
        {"file": "a.ts", "description": "both", "selection": {"start": {"line": 3, "character": 1},
         "end": {"line": 4, "character": 2}}},
        {"description": "no file"},
    ],
}  # fmt: skip


@pytest.fixture
def toured(make_repo: Callable[..., Path]) -> Path:
    return make_repo({"a.ts": CODE, ".vscode/tours/t.tour": json.dumps(TOUR, indent=1)})


def edit(root: Path, git: Callable[..., str], text: str, name: str = "a.ts") -> None:
    (root / name).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "edit")


def stops(document: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    return [(s["status"], s["file"], s["line"]) for s in document["tours"][0]["stops"]]


def test_lines_above_move_a_bare_number(toured: Path, git: Any, checked: Any) -> None:
    edit(toured, git, "// new\n// lines\n" + CODE)
    code, document = checked(toured)
    assert (code, stops(document)) == (0, [("moved", "a.ts", 5), ("moved", "a.ts", 6), ("ok", None, None)])
    assert "when the step was last set" in document["tours"][0]["stops"][0]["reason"]


def test_a_deleted_line_is_lost(toured: Path, git: Any, checked: Any) -> None:
    edit(toured, git, CODE.replace("const = 1\n", ""))
    code, document = checked(toured)
    assert code == 1
    assert [s[0] for s in stops(document)] == ["lost", "moved", "ok"]


def test_a_renamed_file_is_followed(toured: Path, git: Any, checked: Any) -> None:
    git(toured, "mv", "a.ts", "b.ts")
    git(toured, "commit", "-q", "-m", "rename")
    assert stops(checked(toured)[1])[0] == ("moved", "b.ts", 3)


def test_a_number_set_later_counts_from_then(toured: Path, git: Any, checked: Any) -> None:
    edit(toured, git, "// new\n" + CODE)
    tour = (toured / ".vscode/tours/t.tour").read_text()
    edit(toured, git, tour.replace('"line": 3,\n   "description"', '"line": 4,\n   "description"'),
         ".vscode/tours/t.tour")  # fmt: skip
    assert stops(checked(toured)[1])[0] == ("ok", "a.ts", 4)
    edit(toured, git, "// once more\n// new\n" + CODE)
    assert stops(checked(toured)[1])[:2] == [("moved", "a.ts", 5), ("moved", "a.ts", 6)]


def test_fix_moves_numbers_and_selections_and_nothing_else(toured: Path, git: Any, checked: Any) -> None:
    edit(toured, git, "// new\n// lines\n" + CODE)
    code, document = checked(toured, "--fix")
    assert (code, document["summary"]["fixed"]) == (1, [".vscode/tours/t.tour"])
    expected = json.loads(json.dumps(TOUR))
    expected["steps"][0]["line"] = 5
    expected["steps"][1]["selection"]["start"]["line"] = 5
    expected["steps"][1]["selection"]["end"]["line"] = 6
    assert (toured / ".vscode/tours/t.tour").read_text() == json.dumps(expected, indent=1)
    git(toured, "commit", "-q", "-am", "fix")
    assert [s[0] for s in stops(checked(toured)[1])] == ["ok"] * 3
    assert checked(toured, "--fix")[0] == 0


def test_a_tour_with_a_ref_is_read_at_it_and_never_rewritten(toured: Path, git: Any, checked: Any) -> None:
    git(toured, "tag", "v1")
    edit(toured, git, "// new\n" + CODE)
    edit(toured, git, json.dumps({**TOUR, "ref": "v1"}, indent=1), ".vscode/tours/t.tour")
    code, document = checked(toured, "--fix")
    assert stops(document)[0] == ("moved", "a.ts", 4)
    assert (code, document["summary"]["fixed"]) == (0, [])


def test_an_uncommitted_or_untracked_tour_is_only_numbers(toured: Path, git: Any, checked: Any) -> None:
    edit(toured, git, "// new\n" + CODE)
    path = toured / ".vscode/tours/t.tour"
    path.write_text(path.read_text() + "\n")
    found = checked(toured)[1]["tours"][0]["stops"][0]
    assert (found["status"], found["confidence"]) == ("ok", 0.5)


def test_outside_git_it_is_only_numbers(tmp_path: Path, checked: Any) -> None:
    (tmp_path / ".tours").mkdir()
    (tmp_path / "a.ts").write_text(CODE)
    (tmp_path / ".tours/t.tour").write_text(json.dumps(TOUR))
    assert stops(checked(tmp_path)[1])[0] == ("ok", "a.ts", 3)


def test_a_tour_on_one_line_is_blamed_as_a_whole(toured: Path, git: Any, checked: Any) -> None:
    edit(toured, git, json.dumps(TOUR), ".vscode/tours/t.tour")
    edit(toured, git, "// new\n" + CODE)
    assert stops(checked(toured)[1])[0] == ("moved", "a.ts", 4)


def test_replay_shows_the_line_that_was_meant(toured: Path, git: Any, codetour: Any) -> None:
    edit(toured, git, "// new\n// lines\n" + CODE)
    shown = codetour(toured, "replay", ".vscode/tours/t.tour", "--plain").stdout
    assert "a.ts:5" in shown
    assert "a.ts:3" not in shown


def test_a_step_that_is_found_by_a_pattern_has_no_line_to_name(toured: Path, codetour: Any, git: Any) -> None:
    tour = {"title": "Theirs", "steps": [{"file": "a.ts", "pattern": "^class Gone", "description": "x"}]}
    (toured / ".vscode/tours/t.tour").write_text(json.dumps(tour))
    assert "lost    #1: a.ts: the pattern matches no line" in codetour(toured, "check").stdout
