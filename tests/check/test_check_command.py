"""`codetour new` and `codetour check` as a user and a CI job call them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

CODE = """import torch


def train(model, loader, optimizer):
    for x, y in loader:
        loss = model(x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
"""


def codetour(root: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "codetour", *args],
        cwd=root,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(CODE)
    at = [w for n in (6, 8, 9) for w in ("--at", f"train.py:{n}")]
    made = codetour(tmp_path, "new", ".tours/first.tour", *at)
    assert made.returncode == 0, made.stderr
    return tmp_path


def check(root: Path, *args: str) -> tuple[int, dict[str, Any]]:
    done = codetour(root, "check", "--json", *args)
    return done.returncode, json.loads(done.stdout)


def drift(root: Path) -> None:
    """One stop moved, one changed, one lost."""
    text = CODE.replace("import torch\n", "import torch\nimport math\n")
    text = text.replace("loss = model(x, y)", "loss = model(x, y).mean()").replace(
        "        optimizer.step()\n", ""
    )
    (root / "train.py").write_text(text)


def test_a_fresh_tour_is_ok(repository: Path) -> None:
    code, document = check(repository)
    assert (code, document["schema"]) == (0, "codetour.check/1")
    assert [s["status"] for s in document["tours"][0]["stops"]] == ["ok"] * 3


def test_drift_is_told_per_stop(repository: Path) -> None:
    drift(repository)
    code, document = check(repository, ".tours/first.tour")
    stops = document["tours"][0]["stops"]
    assert code == 1
    assert [(s["status"], s["file"], s["line"]) for s in stops] == [
        ("changed", "train.py", 7),
        ("moved", "train.py", 9),
        ("lost", None, None),
    ]
    assert stops[2]["was"] == {"file": "train.py", "line": 9}
    assert set(stops[0]) == {"id", "index", "status", "file", "line", "was", "confidence", "reason"}


def test_strict_fails_on_a_changed_stop(repository: Path) -> None:
    (repository / "train.py").write_text(CODE.replace("model(x, y)", "model(x, y).mean()"))
    assert check(repository)[0] == 0
    assert check(repository, "--strict")[0] == 1


def test_fix_mends_what_drifted_and_nothing_else(repository: Path) -> None:
    path = repository / ".tours/first.tour"
    text = path.read_text().replace(
        '"description": "`loss.backward()`"', '"zebra": [1,2,   3],\n      "description": "b"'
    )
    path.write_text(text)
    (repository / "train.py").write_text(CODE.replace("import torch\n", "import torch\nimport math\n"))
    code, document = check(repository, "--fix")
    assert (code, document["summary"]["fixed"]) == (1, [str(Path(".tours/first.tour"))])
    fixed = path.read_text()
    assert '"zebra": [1,2,   3],\n      "description": "b"' in fixed
    code, document = check(repository)
    assert (code, [s["status"] for s in document["tours"][0]["stops"]]) == (0, ["ok"] * 3)
    assert check(repository, "--fix")[0] == 0
    assert path.read_text() == fixed


def test_fix_leaves_a_lost_stop_as_it_was(repository: Path) -> None:
    before = json.loads((repository / ".tours/first.tour").read_text())
    drift(repository)
    check(repository, "--fix")
    after = json.loads((repository / ".tours/first.tour").read_text())
    assert after["steps"][2] == before["steps"][2]
    assert [s["status"] for s in check(repository)[1]["tours"][0]["stops"]] == ["ok", "ok", "lost"]


def test_each_format_holds_the_lost_stop(repository: Path) -> None:
    drift(repository)
    out = {
        f: codetour(repository, "check", "--format", f).stdout
        for f in ("text", "github", "sarif", "junit", "markdown")
    }
    assert "lost" in out["text"]
    first = out["github"].split("\n")[0]
    assert first.startswith("::error file=")
    assert "first.tour,line=" in first
    sarif = json.loads(out["sarif"])
    assert [r["ruleId"] for r in sarif["runs"][0]["results"]] == ["tour-lost", "tour-changed", "tour-moved"]
    suite = ET.fromstring(out["junit"]).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert "| lost |" in out["markdown"]


def test_a_tour_that_is_a_link_to_elsewhere_is_not_looked_at_unasked(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "outside.tour"
    outside.write_text(
        json.dumps({"title": "Secret", "steps": [{"description": "x", "file": "train.py", "line": 1}]})
    )
    (repository / ".tours").mkdir(exist_ok=True)
    (repository / ".tours/link.tour").symlink_to(outside)
    assert "link.tour" not in codetour(repository, "check", "--fix").stdout
    assert "link.tour" not in codetour(repository, "check", ".tours").stdout
    assert "link.tour" in codetour(repository, "check", ".tours/link.tour").stdout


def test_tours_of_a_part_are_checked_against_that_part(tmp_path: Path, repository: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    for name in ("train.py", ".tours"):
        (repository / name).rename(whole / name)
    done = codetour(tmp_path, "check", "whole/.tours", "--json")
    assert [stop["status"] for stop in json.loads(done.stdout)["tours"][0]["stops"]] == ["ok"] * 3
    assert codetour(tmp_path, "check", "whole/.tours/first.tour", "--fix", "--strict").returncode == 0
    assert "3 lost" in codetour(tmp_path, "check", "whole/.tours", "--repo", "whole/.tours").stdout


def test_a_folder_without_tours_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert codetour(tmp_path, "check", "empty").stderr == "No tour file in empty.\n"


SUITE = ("name", "package", "id", "hostname", "timestamp", "tests", "failures", "errors", "time")
"""attributes that the JUnit schema asks for"""


def test_junit_has_all_that_strict_readers_ask_for(repository: Path) -> None:
    (repository / "train.py").write_text("# \uffff new\n" + (repository / "train.py").read_text())
    (repository / "odd.tour").write_text(json.dumps({"title": "\uffff\ufffe", "steps": [{"file": "a.py"}]}))
    out = codetour(repository, "check", ".", "--format", "junit").stdout
    root = ET.fromstring(out)
    assert [suite.tag for suite in root] == ["testsuite"] * 2
    for suite in root:
        assert set(suite.attrib) == set(SUITE)
        assert [child.tag for child in suite][:1] == ["properties"]
        assert [child.tag for child in suite][-2:] == ["system-out", "system-err"]
        for case in suite.iter("testcase"):
            assert set(case.attrib) == {"name", "classname", "time"}
            assert all(set(child.attrib) == {"type", "message"} for child in case)
    assert "moved #1" in (root.findtext(".//system-out") or "")


def test_github_gets_ten_findings_of_a_level_and_the_rest_in_the_summary(repository: Path) -> None:
    steps = [{"file": "gone.py", "line": n, "description": "100% new,\r\nold: x"} for n in range(1, 15)]
    (repository / "many.tour").write_text(json.dumps({"title": "Many: a, b", "steps": steps}))
    summary = repository / "summary.md"
    done = codetour(repository, "check", "many.tour", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.count("::error ") == 10
    assert "4 more errors" in done.stdout
    assert summary.read_text().count("| lost |") == 14


def test_github_gets_a_step_summary(repository: Path) -> None:
    summary = repository / "summary.md"
    codetour(repository, "check", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert "Every stop of every tour resolves." in summary.read_text()


FOREIGN: list[tuple[dict[str, Any], str]] = [
    ({"file": "train.py", "line": 5}, "ok"),
    ({"file": "train.py", "line": 99}, "lost"),
    ({"file": "gone.py", "line": 1}, "lost"),
    ({"file": "train.py", "pattern": r"^[^\S\n]*loss\.backward\(\)"}, "ok"),
    ({"file": "train.py", "pattern": "optimizer"}, "lost"),
    ({"file": "train.py", "pattern": "no such line"}, "lost"),
    ({"file": "train.py", "pattern": r"def (?<name>\w+)\(model"}, "ok"),
    ({"file": "train.py", "pattern": "(unclosed"}, "lost"),
    ({"directory": "no/such"}, "lost"),
    ({}, "ok"),
]


@pytest.mark.parametrize(("step", "status"), FOREIGN)
def test_tours_of_other_players_are_judged(repository: Path, step: dict[str, Any], status: str) -> None:
    path = repository / ".vscode/tours/theirs.tour"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"title": "T", "steps": [{"description": "d", **step}]}))
    _, document = check(repository, ".vscode/tours")
    assert document["tours"][0]["stops"][0]["status"] == status


def test_a_pattern_that_never_ends_is_stopped(repository: Path) -> None:
    (repository / "train.py").write_text("a" * 60 + "!\n")
    path = repository / "evil.tour"
    path.write_text(
        json.dumps(
            {"title": "T", "steps": [{"description": "d", "file": "train.py", "pattern": "(?=(a+)+$)b"}]}
        )
    )
    _, document = check(repository, "evil.tour")
    assert "takes more than" in document["tours"][0]["stops"][0]["reason"]


def test_dead_links_and_refs_are_warned_of(repository: Path) -> None:
    path = repository / "links.tour"
    steps = [{"description": "see [#7]"}]
    path.write_text(
        json.dumps({"title": "T", "ref": "--upload-pack=x", "nextTour": "Nowhere", "steps": steps})
    )
    code, document = check(repository, "links.tour")
    assert code == 0
    assert len(document["tours"][0]["warnings"]) == 3


def test_an_invalid_tour_exits_2_with_its_lines(repository: Path) -> None:
    path = repository / "bad.tour"
    path.write_text(
        '{"title": 1,\n "steps": [{"description": "d", "file": "../../etc/passwd", "line": "x"}]}'
    )
    done = codetour(repository, "check", "bad.tour")
    assert done.returncode == 2
    assert "1:11: title" in done.stdout
    assert "leads outside the repository" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "place", ["train.py", "train.py:0", "train.py:999", "../x:1", "gone.py:1", "/etc/passwd:1"]
)
def test_new_refuses_a_place_that_is_not_there(repository: Path, place: str) -> None:
    done = codetour(repository, "new", "x.tour", "--at", place)
    assert done.returncode == 2
    assert "next:" in done.stderr
    assert not (repository / "x.tour").exists()


def test_new_takes_a_line_for_code_and_not_for_words(repository: Path) -> None:
    (repository / "a.sh").write_text("# first\n>> rm -rf x\n``` `` `a`\n\n")
    places = [word for n in (1, 2, 3, 4) for word in ("--at", f"a.sh:{n}")]
    assert codetour(repository, "new", ".tours/words.tour", *places).returncode == 0
    steps = json.loads((repository / ".tours/words.tour").read_text())["steps"]
    shown = [s["description"] for s in steps]
    # no heading, no command that VS Code would offer to run
    assert shown == ["`# first`", "`>> rm -rf x`", "```` ``` `` `a` ````", ""]


def test_new_does_not_replace_a_tour_unasked(repository: Path) -> None:
    assert codetour(repository, "new", ".tours/first.tour", "--at", "train.py:1").returncode == 2
