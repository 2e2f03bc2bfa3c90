"""`codetour run` on every fixture: a valid document, the stages that the repository has, nothing left running."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codetour.model.stage import STAGES
from tests.fixtures_test.demo_marks import demo_marks

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"
INDEX: list[dict[str, Any]] = json.loads((FIXTURES / "index.json").read_text(encoding="utf-8"))
NO_TRAINER = {"library_only"}
UNREADABLE = {"hostile/syntax_error", "hostile/python2"}
NEVER_RUNS = {"hostile/crash_at_import", "hostile/missing_package"}
FRIENDLY = [row for row in INDEX if not row["name"].startswith("hostile/") and row["name"] not in NO_TRAINER]
HOSTILE = [row for row in INDEX if row["name"].startswith("hostile/")]
HEART = ("data", "model", "forward", "loss", "backward", "step")
NOT_TOLD: dict[str, set[str]] = {
    # what a library does inside one call is one stop
    "hf_trainer": set(HEART),
    "keras_shaped": set(HEART),
    # plain arrays under names of their own: clicks are no known word for data, scores none for a forward pass
    "console_script": {"data", "forward"},
}

pytestmark = pytest.mark.debugger


def _marks(root: Path) -> set[str]:
    files = [p for p in root.rglob("*") if p.suffix in {".py", ".ipynb"}]
    return set(re.findall(r"# stop: ([a-z]+)", "\n".join(p.read_text(encoding="utf-8") for p in files)))


def _marked(stops: list[dict[str, Any]]) -> set[str]:
    """Stages of the demo that have a stop on a line which its mark gives to that very stage."""
    marks = demo_marks()
    return {s["stage"] for s in stops if marks.get((s["file"], s["line"])) == s["stage"]}


def _check(document: dict[str, Any] | None, err: str) -> dict[str, Any]:
    assert document is not None, err[-2000:]
    assert document["schema"] == "codetour.run/1"
    assert {s["status"] for s in document["stops"]} <= {"reached", "missed"}
    assert {s["stage"] for s in document["stops"]} <= set(STAGES)
    for stop in document["stops"]:
        assert stop["status"] == "reached" or stop["why"], "a missed stop says why"
    return document


def test_the_demo_tour_reaches_every_stop_on_marked_lines(tour: Callable[..., Any]) -> None:
    toured = tour("demo")
    document = _check(toured.document, toured.err)
    assert toured.code == 0, toured.err
    assert [s for s in document["stops"] if s["status"] != "reached"] == []
    stages = {"config", "data", "model", "forward", "loss", "backward", "step", "eval", "checkpoint"}
    assert stages <= _marked(document["stops"])
    assert 8 <= len(document["stops"]) <= 25
    assert toured.left == []


def test_the_demo_is_evaluated_after_it_was_trained(tour: Callable[..., Any]) -> None:
    assert tour("demo").code == 0
    toured = tour("demo", "--entry", "eval")
    document = _check(toured.document, toured.err)
    assert toured.code == 0, toured.err
    assert document["entry"].startswith("eval.py:")
    assert [s for s in document["stops"] if s["status"] != "reached"] == []
    assert {"model", "forward", "eval"} <= _marked(document["stops"])


@pytest.mark.torch
@pytest.mark.timeout(200)
@pytest.mark.parametrize("row", FRIENDLY, ids=[row["name"] for row in FRIENDLY])
def test_a_fixture_is_toured(
    row: dict[str, Any], tour: Callable[..., Any], needs: Callable[[list[str]], None]
) -> None:
    needs(row["needs"])
    toured = tour(row["folder"])
    document = _check(toured.document, toured.err)
    assert toured.code == 0, toured.err
    assert toured.left == []
    reached = [s for s in document["stops"] if s["status"] == "reached"]
    assert len(reached) >= 0.85 * len(document["stops"]), document["stops"]
    seen = {s["stage"] for s in reached} | {stage for s in reached for stage in s.get("also", ())}
    assert (set(HEART) & _marks(FIXTURES / row["folder"])) - NOT_TOLD.get(row["name"], set()) <= seen
    assert len(reached) >= 5


def test_a_library_without_a_trainer_is_told_so(tour: Callable[..., Any]) -> None:
    toured = tour("library_only")
    assert toured.code == 4
    assert "entry point" in toured.err
    assert toured.left == []


@pytest.mark.timeout(150)
@pytest.mark.parametrize("row", HOSTILE, ids=[row["name"] for row in HOSTILE])
def test_a_hostile_fixture_ends_with_a_document_and_leaves_nothing(
    row: dict[str, Any], tour: Callable[..., Any], needs: Callable[[list[str]], None]
) -> None:
    needs(row["needs"])
    entry, arguments = row["argv"][0], tuple(row["argv"][1:])
    toured = tour(row["folder"], "--entry", entry, "--timeout", "40", limit=110, arguments=arguments)
    assert toured.left == []
    assert "Traceback (most recent call last)" not in toured.err
    if row["name"] in UNREADABLE:
        # there is nothing to run and nothing to show: one sentence that names the file
        assert toured.code in {2, 4, 6}, toured.err
        assert "train.py" in toured.err
        return
    document = _check(toured.document, toured.err)
    assert toured.code in {0, 5, 6}, toured.err
    assert document["stops"], "the static tour is there whatever happened"
    if row["name"] in NEVER_RUNS:
        assert document["exit"]["message"]


def test_file_names_and_links_made_by_an_enemy(tour: Callable[..., Any], tmp_path: Path) -> None:
    root = tmp_path / "copy"
    (root / "loop").mkdir(parents=True)
    (root / "loop" / "again").symlink_to(root / "loop", target_is_directory=True)
    (root / "self.py").symlink_to(root / "self.py")
    (root / "outside.py").symlink_to("/etc/hostname")
    for name in (
        "\x1b[31mred.py",
        "[bold]markup[].py",
        "new\nline.py",
        "right\u202eyp.elif.py",
        "-rf.py",
        "%s{0}.py",
    ):
        (root / name).write_text("import tiny\n", encoding="utf-8")
    toured = tour("hostile/scripts", "--entry", "exit_code.py")
    document = _check(toured.document, toured.err)
    assert "\x1b" not in toured.err
    assert document["exit"]["code"] == 3 or document["exit"]["how"] != "finished"
    assert sum(s["status"] == "reached" for s in document["stops"]) >= 5
    assert toured.left == []
