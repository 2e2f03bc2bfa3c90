"""codetour is ended in the middle of a run: nothing that it started is left."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid
from pathlib import Path

import pytest

from codetour.ui.app import LAST_RESORT

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "fixtures" / "hostile" / "scripts"

pytestmark = pytest.mark.debugger


def marked(mark: str) -> list[int]:
    """Processes whose environment holds our mark; the dead that nobody has reaped have none."""
    found: list[int] = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in Path(entry.path, "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_for(wanted: bool, mark: str, seconds: float) -> list[int]:
    end = time.monotonic() + seconds
    while bool(found := marked(mark)) is not wanted and time.monotonic() < end:
        time.sleep(0.2)
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
@pytest.mark.parametrize("script", ["endless_training.py", "ignores_signals.py"])
def test_nothing_is_left_when_codetour_is_ended(script: str, sign: signal.Signals, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(SCRIPTS, copy)
    name, value = "CODETOUR_KILL_TEST", uuid.uuid4().hex
    mark = f"{name}={value}"
    argv = [sys.executable, "-m", "codetour", "run", str(copy), "--entry", script, "--python", sys.executable]
    argv += ["--set", mark, "--headless", "--json", "--yes", "--to-end", "--timeout", "100"]
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert wait_for(True, mark, 40), "the program was started"
        time.sleep(1.5)  # in the middle of the run, not in its first moment
        assert process.poll() is None
        process.send_signal(sign)
        process.wait(30)
        assert wait_for(False, mark, 10) == []
    finally:
        process.kill()
        process.wait()
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)


def read_for(terminal: int, seconds: float) -> bytes:
    """What a terminal shows in the next seconds."""
    os.set_blocking(terminal, False)
    end, seen = time.monotonic() + seconds, b""
    while time.monotonic() < end:
        with contextlib.suppress(BlockingIOError):
            seen += os.read(terminal, 65_536)
        time.sleep(0.02)
    return seen


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc")
def test_a_screen_whose_terminal_takes_no_more_ends_all_the_same(tmp_path: Path) -> None:
    """A frozen terminal: the writer waits for ever, and the screens behind it for the writer."""
    mark = f"CODETOUR_KILL_TEST={uuid.uuid4().hex}"
    name, _, value = mark.partition("=")
    ours, theirs = pty.openpty()
    env = os.environ | {name: value, "TERM": "xterm-256color", "CODETOUR_HOME": str(tmp_path)}
    argv = [sys.executable, "-m", "codetour", "run", "demo", "--yes"]
    process = subprocess.Popen(
        argv, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
    )
    os.close(theirs)
    try:
        assert b"codetour" in read_for(ours, 5.0)
        # each size is painted anew and nobody reads: the terminal's buffer, then Textual's queue, are full
        for turn in range(40):
            fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 50 + turn % 2, 160, 0, 0))
            process.send_signal(signal.SIGWINCH)
            time.sleep(0.1)
        assert process.poll() is None
        process.send_signal(signal.SIGHUP)
        process.wait(LAST_RESORT + 10)
        assert wait_for(False, mark, 10) == []
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)
