"""The action and the hooks call commands that exist: each is run as CI would run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/codetour").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codetour "$@"\n')
    (tmp_path / "bin/codetour").chmod(0o755)
    (tmp_path / "train.py").write_text("loss = 1\nloss = loss * 2\n")
    run(tmp_path, "codetour new .tours/a.tour --at train.py:2")
    return tmp_path


def run(root: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=root,
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def step() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][-1]


@pytest.mark.parametrize(("paths", "strict"), [("", "false"), (".tours", "true")])
def test_the_action_passes_while_stops_resolve(repository: Path, paths: str, strict: str) -> None:
    done = run(repository, step()["run"], PATHS=paths, STRICT=strict)
    assert done.returncode == 0, done.stderr
    assert "1 ok" in done.stdout


def test_the_action_fails_on_a_lost_stop(repository: Path) -> None:
    (repository / "train.py").write_text("import os\n")
    done = run(repository, step()["run"], PATHS="", STRICT="false")
    assert done.returncode == 1
    assert done.stdout.startswith("::error ")


@pytest.mark.parametrize("number", [0, 1])
def test_the_hooks_run(repository: Path, number: int) -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[number]
    assert run(repository, hook["entry"]).returncode == 0
    (repository / "train.py").write_text("# first\nloss = 1\nloss = loss * 2\n")
    assert run(repository, hook["entry"]).returncode == number
