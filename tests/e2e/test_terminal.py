"""The screens in a real terminal: tmux, keys as a person presses them, and nothing left when it is over."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
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

    def __init__(self, width: int, height: int, home: Path, settings: dict[str, str], *argv: str) -> None:
        self.name = f"codetour-{uuid.uuid4().hex[:10]}"
        self.mark = f"CODETOUR_TERMINAL_TEST={uuid.uuid4().hex}"
        wanted = {"CODETOUR_HOME": str(home), "TERM": "xterm-256color", **settings}
        assigned = " ".join(shlex.quote(f"{k}={v}") for k, v in wanted.items())
        command = shlex.join([sys.executable, "-m", "codetour", *(argv or ("run", "demo"))])
        shell = f"env {shlex.quote(self.mark)} {assigned} {command}; echo ended with $?; exec sleep 60"
        self.tmux("-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), shell)

    def tmux(self, *args: str) -> str:
        # readline, which pytest imports, puts COLUMNS and LINES where only children see them
        env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        argv = ["tmux", "-L", self.name, *args]
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
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

    def wait_gone(self, word: str) -> None:
        end = time.monotonic() + 10
        while word in self.screen() and time.monotonic() < end:
            time.sleep(0.2)
        assert word not in self.screen()

    def pids(self) -> list[int]:
        """Everything that was started in this terminal and still runs."""
        found: list[int] = []
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                try:
                    if self.mark.encode() in Path(entry.path, "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(width: int, height: int, *argv: str, **settings: str) -> Terminal:
        opened.append(Terminal(width, height, tmp_path / "home", settings, *argv))
        return opened[-1]

    yield start
    for one in opened:
        one.tmux("kill-server")


def nothing_left(shown: Terminal) -> None:
    end = time.monotonic() + 8
    while shown.pids() and time.monotonic() < end:
        time.sleep(0.2)
    assert shown.pids() == []


def quit_with_nothing_left(shown: Terminal) -> None:
    shown.press("q")
    shown.wait("ended with 0")
    nothing_left(shown)


def coloured(painted: str) -> bool:
    """Whether any cell has a colour other than the terminal's own two."""
    return re.search(r"\x1b\[(?:\d+;)*(?:[34]8;|3[0-7]|4[0-7]|9[0-7]|10[0-7])", painted) is not None


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


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A run of the demo, shared in one file; the home it was made in is gone."""
    made, out = tmp_path / "made", tmp_path / "demo.codetour"
    env = {**os.environ, "CODETOUR_HOME": str(made / "home")}
    for argv in (
        ["run", "demo", "--headless", "--json", "--save", str(made / "demo.tour")],
        ["share", str(made / "demo.tour"), "--to", "bundle", "-o", str(out), "--yes"],
    ):
        subprocess.run([sys.executable, "-m", "codetour", *argv], env=env, capture_output=True, check=True)
    shutil.rmtree(made)
    return out


def test_a_bundle_is_replayed_with_its_values_and_starts_no_program(
    terminal: Callable[..., Terminal], bundle: Path
) -> None:
    shown = terminal(120, 40, "replay", str(bundle))
    shown.wait("Map of", "space begins")
    shown.press("Space")
    shown.wait("stop 1 of", "recorded", "sys.exit(main())")
    shown.press("Space")
    shown.wait("stop 2 of", "load_config(argv)")
    shown.press("Space")
    shown.wait("stop 3 of", "val_fraction  0.1")
    assert len(shown.pids()) == 1
    shown.press("n")
    shown.wait("This is a recording")
    quit_with_nothing_left(shown)


def test_a_static_tour_runs_nothing(terminal: Callable[..., Terminal]) -> None:
    shown = terminal(80, 24, "run", "demo", "--static")
    shown.wait("Map of", "space begins")
    shown.press("Space")
    shown.wait("stop 1 of", "static, no values")
    shown.press("Space")
    shown.wait("stop 2 of", "load_config(argv)")
    assert len(shown.pids()) == 1
    quit_with_nothing_left(shown)


def test_plain_text_in_a_terminal_asks_nothing_of_it(terminal: Callable[..., Terminal]) -> None:
    shown = terminal(80, 24, "run", "demo", "--plain", "--static")
    end = shown.wait("Where your own idea would go", "ended with 0")
    assert "Saved: " in end
    whole = shown.screen("-S", "-")
    assert "Stop 1 of " in whole
    assert max(map(len, whole.splitlines())) <= 80
    assert shown.screen("-a") == ""  # the other screen was never opened
    nothing_left(shown)


@pytest.mark.parametrize("argv", [("run", "demo"), ("replay", "gone.tour")], ids=lambda a: a[0])
def test_a_terminal_too_small_is_told_so_at_once(
    terminal: Callable[..., Terminal], argv: tuple[str, ...]
) -> None:
    shown = terminal(20, 5, *argv)
    shown.wait("ended with 2")
    said = " ".join(shown.screen("-S", "-").split())
    assert "codetour: This terminal is 20×5" in said.replace("- ", "-") or "20×5" in said
    assert "--plain" in said
    assert "Traceback" not in said
    nothing_left(shown)


def test_a_terminal_made_tiny_on_the_way_loses_nothing(terminal: Callable[..., Terminal]) -> None:
    shown = terminal(80, 24)
    shown.wait("Map of", "space begins")
    shown.press("Space")
    shown.wait("stop 1 of", "live")
    shown.tmux("resize-window", "-x", "20", "-y", "5")
    shown.wait("Too small")
    shown.tmux("resize-window", "-x", "80", "-y", "24")
    shown.wait("stop 1 of", "live", "sys.exit(main())")
    quit_with_nothing_left(shown)


def test_no_color_means_none(terminal: Callable[..., Terminal]) -> None:
    shown = terminal(80, 24, NO_COLOR="1")
    shown.wait("Map of", "space begins")
    assert not coloured(shown.screen("-e"))
    shown.press("Space")
    shown.wait("stop 1 of", "live")
    assert not coloured(shown.screen("-e"))
    quit_with_nothing_left(shown)
    bright = terminal(80, 24, "run", "demo", "--static")
    bright.wait("Map of", "space begins")
    assert coloured(bright.screen("-e"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_kill_ends_the_program_and_gives_the_terminal_back(
    terminal: Callable[..., Terminal], number: signal.Signals
) -> None:
    shown = terminal(80, 24)
    shown.wait("Map of", "space begins")
    shown.press("Space")
    shown.wait("stop 1 of", "live")
    ours = min(shown.pids())
    os.kill(ours, number)
    shown.wait("nothing is left running", "ended with 130")
    nothing_left(shown)


SLOW_TRAINING = """import time


def train():
    data = [(x, 2 * x) for x in range(8)]
    w = 0.0
    for round in range(100_000):
        time.sleep(0.05)
        shift = round * 2
    for x, y in data:
        loss = (w * x - y) ** 2
        w -= 0.01 * 2 * (w * x - y) * x
    return w


if __name__ == "__main__":
    train()
"""


def test_a_running_program_is_paused_looked_into_and_sent_on(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "train.py").write_text(SLOW_TRAINING)
    argv = ("run", str(tmp_path / "slow"), "--entry", "train.py", "--python", sys.executable, "--yes")
    shown = terminal(120, 40, *argv)
    shown.wait("Map of", "space begins")
    shown.press("Space")
    shown.wait("stop 1 of", "live")
    for _ in range(8):
        shown.press("Space")
        time.sleep(1.0)
        if "running" in shown.screen().splitlines()[0]:
            break
    shown.wait("running", "Pause")
    shown.press("P")
    shown.wait("exploring", "The program was paused here", "train.py")
    assert "DEBUGGER" not in shown.screen(), "nothing of the debugger's stands in the program's output"
    shown.press("p")
    shown.wait("Evaluate")
    shown.press("2", "0", "*", "2", "+", "2", "Enter")
    shown.wait("42")
    shown.press("Escape")
    shown.wait_gone("Evaluate in")  # or the next letter would be taken for alt with that letter
    for _ in range(12):  # to the line that the loop runs next
        if "shift" in next((line for line in shown.screen().splitlines() if "▶" in line), ""):
            break
        shown.press("n")
        time.sleep(0.6)
    shown.press("b")
    shown.wait("●▶")
    shown.press("c")
    shown.wait("breakpoint of yours", "exploring")
    shown.press("b")
    shown.press("c")
    shown.wait("running")
    quit_with_nothing_left(shown)


@pytest.mark.parametrize(
    ("argv", "words", "code"),
    [
        (("run", "/no/such/folder"), ("Not found: /no/such/folder", "Next:"), 3),
        (("run", "demo", "--entry", "nope.py"), ("no file 'nope.py'", "Next:"), 4),
        (("run", "demo", "--python", "/no/such/python"), ("It cannot be run", "/no/such/python", "space"), 5),
        (("replay", "no.tour"), ("Not found: no.tour", "Next:"), 2),
    ],
    ids=["source", "entry", "interpreter", "tour"],
)
def test_bad_input_is_told_on_the_screen_and_again_when_it_is_left(
    terminal: Callable[..., Terminal], argv: tuple[str, ...], words: tuple[str, ...], code: int
) -> None:
    shown = terminal(80, 24, *argv)
    shown.wait(*words)
    shown.press("Escape")  # from the map, where there is one; it leaves an error
    time.sleep(1.0)
    if "ended with" not in shown.screen():
        shown.press("q")
    assert "next: " in shown.wait(f"ended with {code}", "codetour: ")
    nothing_left(shown)


ENDLESS_TRAINING = """import itertools
import time


def main():
    data = [(x, 2 * x) for x in range(8)]
    w, lr = 0.0, 0.01
    for epoch in itertools.count():
        for x, y in data:
            loss = (w * x - y) ** 2
            w -= lr * 2 * (w * x - y) * x
        time.sleep(0.05)


if __name__ == "__main__":
    main()
"""


def test_the_end_comes_when_all_is_seen_however_long_the_training(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    (tmp_path / "endless").mkdir()
    (tmp_path / "endless" / "train.py").write_text(ENDLESS_TRAINING)
    argv = ("run", str(tmp_path / "endless"), "--entry", "train.py", "--python", sys.executable, "--yes")
    shown = terminal(80, 24, *argv)
    shown.wait("Map of", "space begins")
    shown.press("Space")
    shown.wait("stop 1 of", "live")
    for _ in range(20):
        if "the end" in shown.screen().splitlines()[0]:
            break
        shown.press("Space")
        time.sleep(0.7)
    shown.wait("The end of the tour", "still waits at stop", "waits at stop")
    shown.press("c")
    shown.wait("live, paused")
    shown.press("c")
    shown.wait("running")
    quit_with_nothing_left(shown)
