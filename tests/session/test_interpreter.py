"""The interpreters of this machine, each toured for real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codetour.errors import EnvironmentProblem
from codetour.model.tour import Anchor, Stop, Tour, TourEntry

VERSIONS = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"


def stops_of(shapes: Path) -> tuple[Stop, ...]:
    return tuple(
        Stop(str(n), "model", text, Anchor("shapes.py", n))
        for n, text in enumerate(shapes.read_text().split("\n"), 1)
        if text.startswith(("def listed", "def counted", "print("))
    )


@pytest.mark.debugger
@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"])
async def test_every_supported_version_can_be_toured(scripts, run_tour, version):
    found = sorted(VERSIONS.glob(f"{version}.*/bin/python"))
    if not found:
        pytest.skip(f"no Python {version} under {VERSIONS}")
    tour = Tour("t", stops_of(scripts / "shapes.py"), entry=TourEntry("train", "shapes.py"))
    run = await run_tour(scripts, tour, python=str(found[0]), to_end=True)
    assert run.end.code == 0
    assert run.driver.interpreter.text.startswith(version + ".")
    assert len(run.reached) == 3
    assert all(s.frames[0].values for s in run.reached if s.frames[0].symbol != "<module>")


async def test_what_is_no_interpreter_is_refused_before_anything_starts(scripts, new_driver):
    fake = scripts / "python"
    fake.write_text("#!/bin/sh\necho oops >&2\nexit 3\n")
    fake.chmod(0o755)
    tour = Tour("t", stops_of(scripts / "shapes.py"), entry=TourEntry("train", "shapes.py"))
    driver = new_driver(scripts, tour, python=str(fake))
    with pytest.raises(EnvironmentProblem, match="oops"):
        await driver.start()
    await driver.close()
    assert driver.command is None
