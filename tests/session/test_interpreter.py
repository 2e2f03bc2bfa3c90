"""Which interpreters are taken, and what is said of the others."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from codetour.errors import EnvironmentProblem
from codetour.session.interpreter import probe


def test_our_own_interpreter_answers_with_its_version():
    assert probe(Path(sys.executable)).version == sys.version_info[:3]


def test_a_missing_interpreter(tmp_path):
    with pytest.raises(EnvironmentProblem, match="no interpreter"):
        probe(tmp_path / "python")


def test_something_that_is_no_interpreter(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho oops >&2\nexit 3\n")
    fake.chmod(0o755)
    with pytest.raises(EnvironmentProblem, match="oops"):
        probe(fake)


def test_one_that_does_not_answer(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    fake.chmod(0o755)
    with pytest.raises(EnvironmentProblem, match="did not answer"):
        probe(fake, limit=0.3)


def _others() -> list[str]:
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [str(p) for p in sorted(folder.glob("3.*/bin/python"))]
    found += [p for v in range(8, 14) if (p := shutil.which(f"python3.{v}"))]
    return list({os.path.realpath(p): p for p in found}.values())


@pytest.mark.debugger
@pytest.mark.parametrize("python", _others() or [sys.executable])
async def test_every_interpreter_of_this_machine_can_be_toured(scripts, run_tour, python):
    from codetour.model.tour import Anchor, Stop, Tour, TourEntry

    shapes = (scripts / "shapes.py").read_text().split("\n")
    stops = [
        Stop(str(n), "model", text, Anchor("shapes.py", n))
        for n, text in enumerate(shapes, 1)
        if text.startswith(("def listed", "def counted", "print("))
    ]
    tour = Tour("t", tuple(stops), entry=TourEntry("train", "shapes.py"))
    run = await run_tour(scripts, tour, python=python)
    assert len(run.reached) == 3
    assert all(s.frames[0].values for s in run.reached if s.frames[0].symbol != "<module>")


def test_python_2_is_refused(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho '2 7 18'\n")
    fake.chmod(0o755)
    with pytest.raises(EnvironmentProblem, match="Python 2.7"):
        probe(fake)
