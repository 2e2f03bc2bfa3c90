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


def test_a_stop_that_no_run_can_reach_is_not_missed(toured: Path, codetour: Any) -> None:
    (toured / "README.md").write_text("# Read me\n")
    steps = [{"file": "README.md", "line": 1, "description": "x"}, {"file": "train.py", "line": 9, "description": "y"},
             {"file": "train.py", "line": 1, "description": "z"}]  # fmt: skip
    (toured / ".tours/b.tour").write_text(json.dumps({"title": "By hand", "steps": steps}))
    done = live(toured, codetour, ".tours/b.tour", "--yes", "--json")
    assert done.returncode == 0, done.stdout
    stops = json.loads(done.stdout)["tours"][0]["stops"]
    assert [s.get("live", {}).get("status") for s in stops] == [None, "reached", "reached"]


def test_a_tour_without_an_entry_runs_the_script_that_it_is_about(toured: Path, codetour: Any) -> None:
    (toured / "other.py").write_text(TRAIN.replace("report", "tell"))
    steps = [{"file": "other.py", "line": 9, "description": "y"}]
    (toured / ".tours/b.tour").write_text(json.dumps({"title": "By hand", "steps": steps}))
    done = live(toured, codetour, ".tours/b.tour", "--yes")
    assert "other.py is run" in done.stderr
    assert "1 reached" in done.stdout


def test_a_tour_goes_on_running_when_its_script_was_renamed(toured: Path, codetour: Any) -> None:
    (toured / "train.py").rename(toured / "fit.py")
    done = live(toured, codetour, "--yes")
    assert "starts train.py, which is gone; fit.py is run" in done.stderr
    assert "3 reached" in done.stdout, done.stdout


def test_time_that_was_up_is_told_once_for_the_tour(toured: Path, codetour: Any) -> None:
    text = TRAIN.replace("    weight = 0.0\n", "    weight = 0.0\n    __import__('time').sleep(60)\n")
    (toured / "train.py").write_text(text)
    done = live(toured, codetour, "--yes", "--timeout", "4")
    assert done.returncode == 1
    assert "not run to its end: Time was up after 4 s" in done.stdout
    assert "loss_of was never called\n" in done.stdout


def test_a_stop_that_was_not_reached_when_it_was_recorded_fails_nothing(toured: Path, codetour: Any) -> None:
    from codetour.model.events import Ended
    from codetour.model.recording import Recording
    from codetour.record.store import recording_path, save

    (toured / "train.py").write_text(TRAIN.replace("step > 3", "step > 9"))
    tour = toured / ".tours/a.tour"
    ids = [s["x-codetour"]["id"] for s in json.loads(tour.read_text())["steps"]]
    kept = Recording("a", missed={ids[1]: "never called"}, end=Ended("finished"))
    save(kept, recording_path(tour))
    done = live(toured, codetour, "--yes", "--json")
    assert done.returncode == 0, done.stdout
    assert f"{ids[1]} was not reached when the tour was recorded either" in done.stderr
    # a run that was cut short proves nothing
    save(Recording("a", missed=kept.missed, end=Ended("crashed")), recording_path(tour))
    assert live(toured, codetour, "--yes", "--json").returncode == 1


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
