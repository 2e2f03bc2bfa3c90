"""The whole command as a user starts it, on copies of the fixtures; afterwards every process must be gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"


@dataclass(frozen=True, slots=True)
class Toured:
    """What one run of the command gave."""

    code: int
    document: dict[str, Any] | None
    """what stood on stdout, when it was one JSON document"""
    err: str
    left: list[str]
    """command lines of the processes that outlived the command"""


def alive_with(mark: str, folder: Path) -> list[int]:
    """Processes that inherited our mark or live in the fixture's copy, however far they have detached."""
    found: list[int] = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        here = Path(entry.path)
        try:
            if (here / "stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                continue
            marked = mark.encode() in (here / "environ").read_bytes()
            if marked or str(folder) in str((here / "cwd").readlink()) + (here / "cmdline").read_text():
                found.append(int(entry.name))
        except (OSError, UnicodeDecodeError):
            continue
    return found


@pytest.fixture(scope="session")
def ml_python() -> str:
    """The interpreter that has the ML packages: CODETOUR_TEST_PYTHON, else the one that runs the tests."""
    return os.environ.get("CODETOUR_TEST_PYTHON") or sys.executable


@pytest.fixture
def needs(ml_python: str) -> Callable[[list[str]], None]:
    """`needs(["torch"])`: skip, with the reason, where the ML interpreter lacks one of them."""

    def check(modules: list[str]) -> None:
        code = "import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if not u.find_spec(m)])"
        done = subprocess.run([ml_python, "-c", code, *modules], capture_output=True, text=True, check=True)
        if done.stdout.strip():
            pytest.skip(f"{ml_python} lacks {done.stdout.strip()}: set CODETOUR_TEST_PYTHON")

    return check


@pytest.fixture
def tour(tmp_path: Path, ml_python: str) -> Iterator[Callable[..., Toured]]:
    """`tour("gan")` or `tour("hostile/scripts", "--entry", "values.py", limit=90)`."""
    mark = f"CODETOUR_FIXTURE_RUN={uuid.uuid4().hex}"
    copy = tmp_path / "copy"

    def run(fixture: str, *options: str, limit: float = 150, arguments: tuple[str, ...] = ()) -> Toured:
        where = fixture
        if fixture != "demo":
            shutil.copytree(FIXTURES / fixture, copy, dirs_exist_ok=True)
            where = str(copy)
            options = ("--python", ml_python, *options)
        name, value = mark.split("=")
        env = {**os.environ, name: value, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "NO_COLOR": "1"}
        argv = [sys.executable, "-m", "codetour", "run", where, *options, "--headless", "--json", "--yes"]
        argv += ["--", *arguments] if arguments else []
        done = subprocess.run(
            argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=False
        )
        left = alive_with(mark, copy)
        if left:
            time.sleep(1.0)  # what was killed a moment ago may still be on its way out
            left = [pid for pid in alive_with(mark, copy) if pid in left]
        names = [
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:120] for pid in left
        ]
        try:
            document = json.loads(done.stdout)
        except ValueError:
            document = None
        return Toured(done.returncode, document, done.stderr.decode("utf-8", "replace"), names)

    yield run
    for pid in alive_with(mark, copy):
        os.kill(pid, signal.SIGKILL)
