"""Starting the program under the guard: its pipes, its end, and the certainty that nothing is left running.

program = await Guarded.start(argv, cwd=..., env=..., scratch=...)
program.stdout, program.stderr, program.stdin
code = await program.ended
await program.kill()
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

GUARD: Final = Path(__file__).with_name("guard.py")
READ_SIZE: Final = 1 << 18


class Guarded:
    """A program that ends when we do."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._process = process
        self._control = control
        self.ended: asyncio.Future[int] = loop.create_future()
        """the exit code; negative for a signal"""
        self.pid = 0
        self._watch_task = asyncio.create_task(self._watch())

    @staticmethod
    async def start(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], scratch: Path) -> Guarded:
        """Start `argv`; `scratch` is removed at its end. Raises OSError when our own guard cannot be started."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(GUARD), str(theirs.fileno()), str(scratch), *argv),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=cwd,
                env=env,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                limit=READ_SIZE,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Guarded(process, ours)

    @property
    def stdout(self) -> asyncio.StreamReader:
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def stderr(self) -> asyncio.StreamReader:
        assert self._process.stderr is not None
        return self._process.stderr

    @property
    def stdin(self) -> asyncio.StreamWriter:
        assert self._process.stdin is not None
        return self._process.stdin

    async def kill(self) -> int:
        """Kill the program and everything it started, and wait until that is done."""
        if not self.ended.done():
            with contextlib.suppress(OSError):
                self._control.send(b"kill\n")
        code = await asyncio.shield(self.ended)
        await self._process.wait()
        return code

    async def _watch(self) -> None:
        """Read what the guard tells; the end of the guard is the end of the program."""
        loop, pending, code = asyncio.get_running_loop(), b"", -int(signal.SIGKILL)
        with contextlib.suppress(OSError):
            while data := await loop.sock_recv(self._control, 512):
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    word, _, number = line.partition(b" ")
                    if word == b"pid":
                        self.pid = int(number)
                    elif word == b"exit":
                        code = int(number)
        self._control.close()
        await self._process.wait()
        if not self.ended.done():
            self.ended.set_result(code)
