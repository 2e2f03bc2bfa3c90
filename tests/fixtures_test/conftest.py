"""Runs of the fixtures without codetour: a copy of their own, a limit, and nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a bare run ended."""

    code: int | None
    """None: it was still running at the limit and was killed"""
    out: str
    err: str


def index() -> list[dict[str, Any]]:
    return json.loads((FIXTURES / "index.json").read_text(encoding="utf-8"))


def kill_marked(mark: str) -> None:
    """Kill every process that inherited our mark, however far it has detached itself."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in Path(entry.path, "environ").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue


@pytest.fixture(scope="session")
def ml_python() -> str:
    """The interpreter that has the ML packages: CODETOUR_TEST_PYTHON, else the one that runs the tests."""
    return os.environ.get("CODETOUR_TEST_PYTHON") or sys.executable


@pytest.fixture(scope="session")
def has_modules(ml_python: str) -> Callable[[list[str]], list[str]]:
    """`has_modules(["torch"])`: those that the ML interpreter lacks."""
    known: dict[str, bool] = {}

    def missing(names: list[str]) -> list[str]:
        for name in names:
            if name not in known:
                code = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
                known[name] = subprocess.run([ml_python, "-c", code, name], check=False).returncode == 0
        return [name for name in names if not known[name]]

    return missing


@pytest.fixture
def run_bare(tmp_path: Path) -> Iterator[Callable[..., Ended]]:
    """`run_bare(python, folder, ["train.py"], limit=60, stdin="")`: in a copy; afterwards nothing is alive."""
    mark = f"CODETOUR_FIXTURE_RUN={uuid.uuid4().hex}"

    def run(python: str, folder: Path, argv: list[str], *, limit: float = 100, stdin: str = "") -> Ended:
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        name, value = mark.split("=")
        env = {
            **os.environ,
            name: value,
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
        }
        out, err = tmp_path / "out.txt", tmp_path / "err.txt"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [python, *argv], cwd=copy, env=env, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr
            )
            code: int | None
            try:
                process.communicate(stdin.encode(), timeout=limit)
                code = process.returncode
            except subprocess.TimeoutExpired:
                code = None
                process.kill()
                process.wait()
        return Ended(code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"))

    yield run
    kill_marked(mark)
