"""`codetour graph` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from codetour.cli.graph import command

SOURCE = "def f():\n    g()\n\n\ndef g():\n    print(1)\n\n\nf()\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "repo" / "pkg" / "main.py"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE, "utf-8")
    return path


def run(*args: str) -> str:
    result = CliRunner().invoke(command, ["-q", *args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_file_with_its_root_writes_adjacency_to_a_file(script: Path, tmp_path: Path) -> None:
    out = tmp_path / "calls.json"
    assert run(str(script), "--root", str(tmp_path / "repo"), "--json", str(out)) == ""
    assert json.loads(out.read_text()) == {
        "pkg.main": ["pkg.main.f"], "pkg.main.f": ["pkg.main.g"], "pkg.main.g": ["<builtin>.print"],
        "<builtin>.print": [],
    }  # fmt: skip


def test_a_folder_with_an_entry_prints_one_json_document(script: Path) -> None:
    data = json.loads(run(str(script.parents[1]), "-e", "pkg/main.py:f", "--json"))
    assert data["schema"] == "codetour.graph/1"
    assert data["entry"] == "pkg.main.f"


def test_json_before_the_repository_means_standard_output(script: Path) -> None:
    assert json.loads(run("--json", str(script)))["entry"] == "main"


def test_the_default_is_a_tree_without_what_is_outside(script: Path) -> None:
    assert run(str(script)).splitlines() == ["main.py  main.py:1", "  f  main.py:1", "    g  main.py:5"]


def test_filters_combine(script: Path) -> None:
    data = json.loads(run(str(script), "--focus", "g", "--hide-external", "--format", "json"))
    assert {n["id"] for n in data["nodes"]} == {"main.f", "main.g"}


def test_a_focus_that_is_not_there_is_a_usage_error(script: Path) -> None:
    result = CliRunner().invoke(command, ["-q", str(script), "--focus", "nothing"])
    assert result.exit_code == 2
    assert "nothing" in result.stderr
