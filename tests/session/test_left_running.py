"""Whoever kills codetour itself, however, leaves nothing of the program behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codetour.session import sandbox
from tests.session.conftest import alive, gone

pytestmark = pytest.mark.debugger


def sleepers(mark: str) -> int:
    """How many of the programs that family.py starts are there."""
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in alive(mark)]
    return sum(b"time.sleep(600)" in command for command in commands)


def started(folder: Path, mark: str, *options: str) -> subprocess.Popen[bytes]:
    """Codetour, running a program that starts more programs and never ends, once all of them are there."""
    command = (
        sys.executable,
        "-m",
        "codetour",
        "run",
        str(folder),
        "--entry",
        "family.py",
        "--headless",
        "--yes",
    )
    command += ("--python", sys.executable, "--to-end", *options, "--", mark, "stay")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    # its child, the one in a session of its own, the daemon
    while sleepers(mark) < 3:
        assert process.poll() is None, "codetour ended"
        assert time.monotonic() < until, "the program did not start"
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("box", ["none", "bwrap"])
def test_nothing_outlives_codetour(scripts, tmp_path, monkeypatch, number, box):
    if box == "bwrap" and sandbox.obstacle():
        pytest.skip(f"no sandbox here: {sandbox.obstacle()}")
    mark = f"orphan-{time.monotonic_ns()}"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    process = started(scripts, mark, "--sandbox", box)
    try:
        os.kill(process.pid, number)
        process.wait(20)
        assert gone(mark, 15.0), [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in alive(mark)]
        # the last to go, and on a busy machine a moment after its command line
        until = time.monotonic() + 5
        while list(scratch.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        assert list(scratch.iterdir()) == []
    finally:
        process.kill()
        process.wait()
        for pid in alive(mark):
            os.kill(pid, signal.SIGKILL)
