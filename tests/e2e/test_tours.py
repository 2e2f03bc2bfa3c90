"""The tours that ship with the repository still resolve, hold nothing of the machine that made them, and stay small."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TOURS = sorted((REPOSITORY / "tours").glob("*.tour"))


def test_every_stop_of_the_shipped_tours_resolves() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codetour", "check", "tours", "--repo", ".", "--json"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    checked = json.loads(done.stdout)["tours"]
    assert {Path(tour["path"]).name for tour in checked} == {tour.name for tour in TOURS}
    assert {"demo.tour", "pytorch_gpt.tour", "codetour-pipeline.tour"} <= {tour.name for tour in TOURS}
    assert all(len(tour["stops"]) >= 8 for tour in checked)


@pytest.mark.parametrize("path", TOURS, ids=lambda p: p.name)
def test_a_shipped_tour_is_small_explained_and_of_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 100_000
    assert re.findall(r"(?:/tmp|/home|/root|/Users|[A-Z]:\\\\)[/\\][^\s\"]*", text) == []
    tour = json.loads(text)
    assert next(iter(tour)) == "$schema"
    for step in tour["steps"]:
        assert (REPOSITORY / step["file"]).is_file()
        assert len(step["description"]) > 40, step["title"]
    assert not (path.parent / ".codetour").exists()
