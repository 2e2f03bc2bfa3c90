"""A repository with a tour of three stops, and the command as a user and a CI job call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Codetour = Callable[..., subprocess.CompletedProcess[str]]
Checked = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def codetour() -> Codetour:
    """`codetour(folder, "check", "--json", NAME="value")`."""

    def call(root: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "codetour", *args],
            cwd=root,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def checked(codetour: Codetour) -> Checked:
    """Exit code and document of `codetour check --json`."""

    def call(root: Path, *args: str) -> tuple[int, dict[str, Any]]:
        done = codetour(root, "check", "--json", *args)
        return done.returncode, json.loads(done.stdout)

    return call
