"""Small trees, tours made of lines, and a run of them under a real debugger."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from codetour.model.entry import Launch
from codetour.model.events import Crashed, Ended, Event, Missed, Output, Paused, Reached
from codetour.model.source import Tree
from codetour.model.tour import Anchor, Stop, Tour, TourEntry
from codetour.session.headless import Patience, drive
from codetour.session.injection import install_expression
from codetour.session.live import LiveDriver
from codetour.session.options import LaunchOptions

SCRIPTS = Path(__file__).with_name("scripts")
PYTHON = os.environ.get("CODETOUR_TEST_PYTHON", sys.executable)
"""the interpreter of tests that look into ML libraries"""
needs_torch = pytest.mark.skipif(
    subprocess.run(
        [PYTHON, "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('torch') is None)"],
        check=False,
    ).returncode
    != 0,
    reason="CODETOUR_TEST_PYTHON names no interpreter with torch",
)


def run_looking(start: str, code: str) -> str:
    """What `code` prints in the interpreter with the libraries; the helper is given to `start`, which comes first."""
    done = subprocess.run(
        [PYTHON, "-c", start + textwrap.dedent(code)],
        input=install_expression() + "\n",
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1000:] + done.stdout[-300:]
    return done.stdout


def answers_in(printed: str) -> list[str]:
    """Those of the helper among other lines."""
    return [line for line in printed.splitlines() if line.startswith('{"codetour"')]


def line_of(path: Path, text: str) -> int:
    """The number of the first line that holds `text`."""
    return next(i for i, line in enumerate(path.read_text().split("\n"), 1) if text in line)


def tour_of(entry: str, *stops: tuple, qualname: str = "<module>", **launch) -> Tour:
    """A tour with a stop at each (file, line[, hit])."""
    made = [
        Stop(f"s{i}", "model", f"{file}:{line}", Anchor(file, line), hit=rest[0] if rest else 1)
        for i, (file, line, *rest) in enumerate(stops)
    ]
    return Tour("test", tuple(made), entry=TourEntry("train", entry, qualname), launch=Launch(**launch))


@dataclass
class Run:
    """What a finished run told."""

    driver: LiveDriver
    events: list[Event] = field(default_factory=list)
    end: Ended | None = None

    def of(self, kind):
        return [e for e in self.events if isinstance(e, kind)]

    @property
    def reached(self):
        return [e.seen for e in self.of(Reached)]

    @property
    def missed(self):
        return {e.stop: e.why for e in self.of(Missed)}

    @property
    def text(self):
        return "".join(e.text for e in self.of(Output))


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the scripts as a tree."""
    return Path(shutil.copytree(SCRIPTS, tmp_path / "tree"))


@pytest.fixture
def new_driver() -> Callable[..., LiveDriver]:
    def make(root: Path, tour: Tour, *argv: str, python: str = sys.executable, **options) -> LiveDriver:
        return LiveDriver(Tree(root, "test"), tour, LaunchOptions(Path(python), argv=argv or None, **options))

    return make


@pytest.fixture
def run_tour(new_driver):
    """Drive a tour to its end and gather what was told."""

    async def run(root: Path, tour: Tour, *argv: str, timeout=60.0, patience=None, **options) -> Run:
        driver = new_driver(root, tour, *argv, **options)
        told = Run(driver)
        driver.subscribe(told.events.append)
        waiting = Patience(first=30, least=patience, most=patience) if patience else None
        told.end = await drive(driver, timeout=timeout, patience=waiting)
        return told

    return run


def interpreter(version: str) -> str:
    """A Python of that version of this machine; the test is skipped where there is none."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    found = sorted(versions.glob(f"{version}.*/bin/python"))
    if not found:
        pytest.skip(f"no Python {version} under {versions}")
    return str(found[0])


@pytest.fixture(params=["3.11", "3.13"])
def python(request: pytest.FixtureRequest) -> str:
    """One whose debugger traces, and one whose debugger monitors."""
    return interpreter(request.param)


@pytest.fixture
def write(tmp_path: Path):
    """Files of a small tree."""

    def files(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(text).lstrip("\n"))
        return tmp_path

    return files


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for a condition; raises TimeoutError when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


def alive(mark: str) -> list[int]:
    """Pids of processes whose command line holds `mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if mark.encode() in command and state not in "ZX":
                found.append(int(entry.name))
    return found


def gone(mark: str, seconds: float = 5.0) -> bool:
    """Every process with `mark` on its command line ends within some seconds."""
    until = time.monotonic() + seconds
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(mark)


__all__ = ["Crashed", "Paused"]
