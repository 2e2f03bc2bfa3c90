"""Time from the command to the first paint, against an empty Textual app in the same run.

    python tests/benchmarks/first_paint.py            # codetour run demo
    python tests/benchmarks/first_paint.py replay FILE

Each program runs in a pseudo-terminal of 120x40, turn by turn; what counts is the moment its first words are on the
screen. Prints the medians in seconds and the ratio.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""
MARKS = (b"codetour", b"stop ")
"""on the first frame, and once the tour is there"""
ROUNDS = 7


def first_words(argv: list[str], words: bytes, limit: float = 30.0) -> float:
    """Seconds until `words` are written by `argv` in a terminal of its own; the program is ended then."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(argv[0], argv)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    written = b""
    try:
        while time.perf_counter() - began < limit:
            if select.select([terminal], [], [], 0.01)[0]:
                try:
                    written += os.read(terminal, 65536)
                except OSError:
                    break
                if words in written:
                    return time.perf_counter() - began
    finally:
        os.kill(pid, signal.SIGTERM)
        deadline = time.perf_counter() + 5
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.perf_counter() > deadline:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                break
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    os.read(terminal, 65536)
                except OSError:
                    time.sleep(0.05)
        os.close(terminal)
    raise SystemExit(f"{argv} never painted {words!r}; it wrote {written[-500:]!r}")


def main() -> None:
    words = sys.argv[1:] or ["run", "demo"]
    ours, whole, empty = [], [], []
    for _ in range(ROUNDS):
        empty.append(first_words([sys.executable, "-c", EMPTY], b"painted"))
        ours.append(first_words([sys.executable, "-m", "codetour", *words], MARKS[0]))
        whole.append(first_words([sys.executable, "-m", "codetour", *words], MARKS[1]))
    a, b = statistics.median(ours), statistics.median(empty)
    print(
        f"codetour {' '.join(words)}: first paint {a:.2f} s; empty Textual app {b:.2f} s; ratio {a / b:.2f}"
    )
    print(f"the tour itself is there after {statistics.median(whole):.2f} s")


if __name__ == "__main__":
    main()
