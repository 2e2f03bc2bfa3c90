"""`check --live` runs the tour's own stops under the debugger, after consent, and names those not reached."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

TRAIN = """import random


def loss_of(weight, x, y):
    return (weight * x - y) ** 2


def report(step, loss):
    print(step, loss)


def main():
    weight = 0.0
    for step in range(5):
        x = random.random()
        loss = loss_of(weight, x, 2 * x)
        weight -= 0.1 * 2 * (weight * x - 2 * x) * x
        if step > 3:
            report(step, loss)


if __name__ == "__main__":
    main()
"""


@pytest.fixture
def toured(tmp_path: Path, codetour: Any) -> Path:
    (tmp_path / "train.py").write_text(TRAIN)
    at = [w for n in (5, 9, 16) for w in ("--at", f"train.py:{n}")]
    assert codetour(tmp_path, "new", ".tours/a.tour", *at).returncode == 0
    path = tmp_path / ".tours/a.tour"
    document = json.loads(path.read_text())
    document["x-codetour"]["entry"] = {"role": "train", "file": "train.py", "qualname": "<module>"}
    path.write_text(json.dumps(document, indent=2))
    return tmp_path


def live(root: Path, codetour: Any, *args: str) -> Any:
    return codetour(root, "check", "--live", "--python", sys.executable, *args)


def test_nothing_runs_before_consent(toured: Path, codetour: Any) -> None:
    (toured / "train.py").write_text(TRAIN + '    open("ran", "w").close()\n')
    done = live(toured, codetour)
    assert done.returncode == 6
    assert "codetour will execute code" in done.stderr
    assert "not run: Nothing was run" in done.stdout
    assert not (toured / "ran").exists()


def test_reached_stops_are_told(toured: Path, codetour: Any) -> None:
    done = live(toured, codetour, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    stops = json.loads(done.stdout)["tours"][0]["stops"]
    assert [s["live"] for s in stops] == [{"status": "reached", "why": ""}] * 3


def test_a_stop_that_resolves_but_is_not_reached_fails(toured: Path, codetour: Any) -> None:
    # one line further down, and never called: only a run can tell
    (toured / "train.py").write_text("# moved\n" + TRAIN.replace("step > 3", "step > 9"))
    done = live(toured, codetour, "--yes", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["summary"]["missed"]) == (1, 1)
    stops = document["tours"][0]["stops"]
    assert [s["live"]["status"] for s in stops] == ["reached", "missed", "reached"]
    assert stops[1]["live"]["why"]


def test_every_format_names_the_missed_stop(toured: Path, codetour: Any) -> None:
    from codetour.check import formats
    from codetour.check.report import Report, StopReport, TourReport
    from codetour.model.check import Resolution

    now = Resolution("ok", "train.py", 9, 1.0, "unchanged")
    stop = StopReport("s", 1, "Report", "train.py", 9, now, live="`report` was never called")
    report = Report((TourReport("a.tour", "a", (stop,)),), folder="sub/")
    assert report.exit_code(strict=False) == 1
    assert "missed  #2 Report" in formats.as_text(report)
    assert "::error file=sub/train.py,line=9" in formats.as_github(report)
    assert json.loads(formats.as_sarif(report))["runs"][0]["results"][0]["ruleId"] == "tour-missed"
    case = ET.fromstring(formats.as_junit(report)).find(".//testcase/failure")
    assert case is not None
    assert "never called" in str(case.get("message"))
    assert "| missed |" in formats.as_markdown(report)


@pytest.mark.parametrize("option", [["--yes"], ["--python", "x"], ["--timeout", "3"]])
def test_options_of_a_run_need_live(toured: Path, codetour: Any, option: list[str]) -> None:
    done = codetour(toured, "check", *option)
    assert done.returncode == 2
    assert "belong to --live" in done.stderr
