"""The screens in a real terminal: tmux, keys as a person presses them, and nothing left when it is over."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="the demo needs NumPy")
pytestmark = [
    pytest.mark.terminal,
    pytest.mark.debugger,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


class Terminal:
    """A tmux server of its own, so that nobody's sessions are touched."""

    def __init__(self, width: int, height: int, home: Path, settings: dict[str, str]) -> None:
        self.name = f"codetour-{uuid.uuid4().hex[:10]}"
        self.mark = f"CODETOUR_TERMINAL_TEST={uuid.uuid4().hex}"
        wanted = {"CODETOUR_HOME": str(home), "TERM": "xterm-256color", **settings}
        assigned = " ".join(shlex.quote(f"{k}={v}") for k, v in wanted.items())
        shell = (
            f"env {shlex.quote(self.mark)} {assigned} {shlex.quote(sys.executable)} -m codetour run demo; "
        )
        shell += "echo ended with $?; exec sleep 60"
        self.tmux("-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), shell)

    def tmux(self, *args: str) -> str:
        done = subprocess.run(["tmux", "-L", self.name, *args], capture_output=True, text=True, check=False)
        return done.stdout

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self, *options: str) -> str:
        return self.tmux("capture-pane", "-p", *options)

    def wait(self, *words: str, seconds: float = 40) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = self.screen()
            if all(word.lower() in shown.lower() for word in words):
                return shown
            time.sleep(0.2)
        pytest.fail(f"{words} did not appear:\n{self.screen()}")

    def left(self) -> list[str]:
        found: list[str] = []
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                try:
                    if self.mark.encode() in Path(entry.path, "environ").read_bytes():
                        found.append(Path(entry.path, "cmdline").read_text())
                except OSError:
                    continue
        return found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(width: int, height: int, **settings: str) -> Terminal:
        opened.append(Terminal(width, height, tmp_path / "home", settings))
        return opened[-1]

    yield start
    for one in opened:
        one.tmux("kill-server")


def quit_with_nothing_left(shown: Terminal) -> None:
    shown.press("q")
    shown.wait("ended with 0")
    end = time.monotonic() + 8
    while shown.left() and time.monotonic() < end:
        time.sleep(0.2)
    assert shown.left() == []


def test_the_demo_is_toured_at_80_by_24(terminal: Callable[..., Terminal]) -> None:
    shown = terminal(80, 24)
    shown.wait("Map of", "space begins")
    shown.press("Space")
    first = shown.wait("Where it all begins", "train.py", "sys.exit(main())", "live")
    assert "space begins" not in first
    shown.press("Space")
    shown.wait("stop 2 of", "load_config(argv)", "argv")
    shown.press("BSpace")
    shown.wait("stop 1 of", "recorded")
    shown.press("?")
    shown.wait("Help on the tour", "Next stop")
    shown.press("?")
    shown.press("c")
    shown.wait("stop 2 of", "live")
    quit_with_nothing_left(shown)
