"""Runs the commands that make an environment: every line goes to a log, the reader sees the newest, cancel ends all.

The commands get a process group of their own, so that what pip starts is ended with it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shlex
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from typing_extensions import Self

from codetour.model.text import clean
from codetour.progress import Progress

LAST: Final = 8
"""lines that an error message repeats"""
_LONGEST: Final = 20_000
"""characters of one line that are kept"""
_LOOK: Final = 0.1
"""seconds between two looks whether the reader wants to stop"""
_LINGER: Final = 1.0
"""seconds that output may still come in after the command has ended"""
_NOT_PASSED: Final = (
    *("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX"),
    *("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"),
)
"""would turn the packages away from the new environment"""


class Installer:
    """`with Installer(log) as installer: installer.run(command, progress)`."""

    def __init__(self, log: Path) -> None:
        self._path = log
        self._log: IO[str] | None = None
        self._lines: deque[str] = deque(maxlen=LAST)
        self._count = 0
        self._told = ""
        self.reason = ""
        """of the last command that failed: the line that says most"""

    def __enter__(self) -> Self:
        self._log = self._path.open("w", encoding="utf-8", errors="replace")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._log is not None
        if error is not None and kind is not None:
            self.note(f"Ended: {kind.__name__}")
        self._log.close()

    @property
    def tail(self) -> list[str]:
        """The last lines, newest at the end."""
        return list(self._lines)

    def note(self, text: str) -> None:
        """A line of ours in the log."""
        assert self._log is not None
        self._log.write(f"# {text}\n")
        self._log.flush()

    def run(
        self,
        command: Sequence[str],
        progress: Progress,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> bool:
        """Whether it ended well. Raises `Interrupted` when the reader cancels; then nothing of it is left."""
        self.note(shlex.join(command))
        self._lines.clear()
        self._told = ""
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={k: v for k, v in (os.environ if env is None else env).items() if k not in _NOT_PASSED},
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            self.reason = f"{command[0]}: {error.strerror}"
            self._lines.append(self.reason)
            return False
        stopped = threading.Event()
        try:
            self._follow(process, progress, stopped)
            code = process.wait()
        finally:
            stopped.set()
            _end(process)
        self.note(f"exit code {code}")
        if code:
            self.reason = self._told or (list(self._lines) or [f"exit code {code}, and no message"])[-1]
        return code == 0

    def _follow(self, process: subprocess.Popen[str], progress: Progress, stopped: threading.Event) -> None:
        """Read in a thread: a download can be silent for minutes, and cancel must not wait for its next line."""
        assert process.stdout is not None
        lines: queue.Queue[str | None] = queue.Queue(maxsize=1000)
        threading.Thread(target=_pour, args=(process.stdout, lines, stopped), daemon=True).start()
        silent = 0.0
        while True:
            progress.check()
            try:
                line = lines.get(timeout=_LOOK)
            except queue.Empty:
                # something that detached itself may hold the pipe for ever
                silent = silent + _LOOK if process.poll() is not None else 0.0
                if silent > _LINGER:
                    return
                continue
            if line is None:
                return
            self._take(line, progress)

    def _take(self, line: str, progress: Progress) -> None:
        assert self._log is not None
        self._log.write(line if line.endswith("\n") else line + "\n")
        self._log.flush()
        shown = clean(line.strip(), 200)
        if shown:
            self._count += 1
            self._lines.append(shown)
            said = shown.lstrip("×╰─▶│ ")
            # pip says ERROR; uv says error, and why on a line of its own
            if said != shown or said.lower().startswith(("error", "fatal", "cause")):
                self._told = said
            progress.advance(self._count, None, shown)


def _pour(stream: IO[str], lines: queue.Queue[str | None], stopped: threading.Event) -> None:
    with stream, contextlib.suppress(ValueError, OSError):
        while line := stream.readline(_LONGEST):
            _put(lines, line, stopped)
    _put(lines, None, stopped)


def _put(lines: queue.Queue[str | None], line: str | None, stopped: threading.Event) -> None:
    """Wait for room, but not for a reader who has gone."""
    while not stopped.is_set():
        with contextlib.suppress(queue.Full):
            lines.put(line, timeout=_LOOK)
            return


def _end(process: subprocess.Popen[str]) -> None:
    """Kill whatever of the group still runs, and take the dead away."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
