"""Every fixture runs bare on a CPU and ends as its index says; every mark names a stage and stands on code."""

from __future__ import annotations

import json
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codetour.model.stage import STAGES
from codetour.source.notebook import to_script
from tests.fixtures_test.demo_marks import DEMO, demo_marks

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"
INDEX: list[dict[str, Any]] = json.loads((FIXTURES / "index.json").read_text(encoding="utf-8"))
MARK = re.compile(r"# stop: ([a-z]+)$")
BROKEN_ON_PURPOSE = {"syntax_error", "python2", "pkg"}


def _sources() -> list[Path]:
    files = [*FIXTURES.rglob("*.py"), *FIXTURES.rglob("*.ipynb")]
    return sorted(f for f in files if f.parent.name not in BROKEN_ON_PURPOSE)


def _code_lines(code: types.CodeType) -> Iterator[int]:
    yield from (line for _, _, line in code.co_lines() if line)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code_lines(constant)


@pytest.mark.parametrize("path", _sources(), ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_marks_name_stages_and_stand_on_executable_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text, _ = to_script(text)
    marks = [(n, found[1]) for n, line in enumerate(text.splitlines(), 1) if (found := MARK.search(line))]
    assert [m for m in marks if m[1] not in STAGES] == []
    runs = set(_code_lines(compile(text, str(path), "exec", dont_inherit=True)))
    assert [m for m in marks if m[0] not in runs] == []


def test_marks_of_the_demo_name_stages_and_stand_on_executable_lines() -> None:
    marks = demo_marks()
    assert set(marks.values()) <= set(STAGES)
    for file in {file for file, _ in marks}:
        text = (DEMO / file).read_text(encoding="utf-8")
        runs = set(_code_lines(compile(text, file, "exec", dont_inherit=True)))
        assert {line for name, line in marks if name == file} <= runs, file


def test_every_training_fixture_marks_the_heart_of_a_training_run() -> None:
    for row in INDEX:
        if row["name"].startswith("hostile/") or row["name"] == "library_only":
            continue
        files = [p for p in (FIXTURES / row["folder"]).rglob("*") if p.suffix in {".py", ".ipynb"}]
        text = "\n".join(p.read_text(encoding="utf-8") for p in files)
        marked = set(re.findall(r"# stop: ([a-z]+)", text))
        assert {"data", "model", "step", "checkpoint"} <= marked, row["name"]


def test_the_index_lists_every_fixture() -> None:
    folders = {p.name for p in FIXTURES.iterdir() if p.is_dir() and p.name != "hostile"}
    folders |= {f"hostile/{p.name}" for p in (FIXTURES / "hostile").iterdir() if p.is_dir()}
    assert {row["folder"] for row in INDEX} == folders
    scripts = {p.stem for p in (FIXTURES / "hostile" / "scripts").glob("*.py")} - {"tiny"}
    assert {Path(row["name"]).name for row in INDEX if row["folder"] == "hostile/scripts"} == scripts


def test_every_fixture_has_a_readme_with_its_command() -> None:
    for folder in sorted({row["folder"] for row in INDEX}):
        readme = (FIXTURES / folder / "README.md").read_text(encoding="utf-8")
        assert readme.startswith("# "), folder
        assert re.search(r"python|jupyter|pip|tinyrank", readme), folder


@pytest.mark.parametrize("row", INDEX, ids=[row["name"] for row in INDEX])
def test_a_fixture_ends_as_its_index_says(
    row: dict[str, Any],
    ml_python: str,
    has_modules: Callable[[list[str]], list[str]],
    run_bare: Callable[..., Any],
    tmp_path: Path,
) -> None:
    if missing := has_modules(row["needs"]):
        pytest.skip(f"{ml_python} lacks {', '.join(missing)}: set CODETOUR_TEST_PYTHON")
    folder, argv = FIXTURES / row["folder"], list(row["argv"])
    if argv[0].endswith(".ipynb"):
        script, _ = to_script((folder / argv[0]).read_text(encoding="utf-8"))
        (tmp_path / "copy").mkdir()
        (tmp_path / "copy" / "train.py").write_text(script, encoding="utf-8")
        argv = ["train.py"]
    ends = row.get("ends", True)
    ended = run_bare(ml_python, folder, argv, limit=150 if ends else 3, stdin=row.get("stdin", ""))
    assert ended.code == (row["exit"] if ends else None), ended.err[-2000:]


def test_hostile_values_are_not_touched_by_their_own_program(run_bare: Callable[..., Any]) -> None:
    ended = run_bare(sys.executable, FIXTURES / "hostile" / "scripts", ["values.py"])
    assert "looked at: 0" in ended.out
