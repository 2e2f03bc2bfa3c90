"""The program and its debugger: starts it under the guard, meets every process of it, tells what happens.

The debug server inside each process (pydevd, as debugpy ships it) connects straight to us and speaks the Debug
Adapter Protocol; no adapter or launcher process stands between. Each process proves with a token that it is ours;
children are attached the moment they appear, because an unattached one waits for ever.

    debugger.breakpoints[path] = [{"line": 12}]
    await debugger.start()
    while (happening := await debugger.happenings.get()): ...
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Final

from codetour.errors import SessionError
from codetour.session.command import Command
from codetour.session.guarded import Guarded
from codetour.session.messages import BreakpointAnswer, Stopped
from codetour.session.options import Limits
from codetour.session.output import OutputRing
from codetour.session.process import Process, set_everywhere
from codetour.session.program import Gone, Halt, Happening, Left
from codetour.session.sandbox import PORT, SOCKET
from codetour.session.wire import Body, Connection, WireError

STREAM_LIMIT: Final = 1 << 20
END_OF_INPUT: Final = "^D"
"""typed alone, it ends the program's input, as the key does in a terminal"""
PIPES_CLOSE: Final = 2.0
"""seconds to read what is left in the pipes of a program that has ended"""


class Debugger:
    """One run of a command."""

    def __init__(
        self, command: Command, output: OutputRing, limits: Limits, patches: Mapping[str, int]
    ) -> None:
        self._command = command
        self._output = output
        self._limits = limits
        self._patches = patches
        self._token = secrets.token_hex(16)
        self._server: asyncio.Server | None = None
        self._program: Guarded | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._first: asyncio.Event = asyncio.Event()
        self.processes: list[Process] = []
        self.breakpoints: dict[str, list[Body]] = {}
        self.places: dict[str, list[int]] = {}
        self.answers: dict[str, list[BreakpointAnswer]] = {}
        """where the first process put the breakpoints it was started with"""
        self.filters: tuple[str, ...] = ("uncaught",)
        self.happenings: asyncio.Queue[Happening] = asyncio.Queue()
        self.code: int | None = None
        self.cut = False
        self._ending = False
        """`kill` was called, perhaps before there was a program"""

    @property
    def root(self) -> Process | None:
        """The main process."""
        return self.processes[0] if self.processes else None

    @property
    def farewell(self) -> str:
        return "the program was ended"

    async def start(self, *, stdin: bool) -> None:
        """Start the program; returns when it runs under the debugger. Raises SessionError when it does not."""
        address = await self._listen()
        argv, env = self._command.debugged(address, self._token, self._patches, self.places)
        try:
            if self._command.sandbox is not None:
                # copies the work tree, which may take a moment
                argv = await asyncio.to_thread(
                    self._command.sandbox.wrap, argv, self._command, self._command.scratch
                )
            self._program = await Guarded.start(
                argv, cwd=self._command.cwd, env=env, scratch=self._command.scratch
            )
        except OSError as error:
            raise SessionError(f"The program cannot be started: {error}.") from error
        self._run(self._follow(self._program))
        if self._ending:
            await self.kill()
        if not stdin:
            self._program.stdin.close()
        first = asyncio.create_task(self._first.wait())
        await asyncio.wait(
            {first, self._program.ended}, timeout=self._limits.start, return_when="FIRST_COMPLETED"
        )
        if not first.done():
            first.cancel()
            ended = self._program.ended.done()
            await self.close()
            raise SessionError(
                "The interpreter ended before the debugger was in place."
                if ended
                else f"The interpreter did not answer in {self._limits.start:g} seconds.",
                hint="\n".join(list(self._output.lines)[-3:]),
            )

    async def _listen(self) -> str:
        """Be there for the program's processes; the address that they connect to."""
        if self._command.sandbox is not None:
            socket = str(self._command.scratch / SOCKET)
            self._server = await asyncio.start_unix_server(self._meet, socket, limit=STREAM_LIMIT)
            return f"127.0.0.1:{PORT}"
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=STREAM_LIMIT)
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{host}:{port}"

    async def set_breakpoints(self, path: str, places: Sequence[Body]) -> list[BreakpointAnswer]:
        """Replace the breakpoints of one file, in every process; the answer of the main one."""
        self.breakpoints[path] = list(places)
        return await set_everywhere(self.processes, path, places)

    async def kill(self) -> None:
        """End the program and everything that it started, at once; one that is being started ends as it begins."""
        self._ending = True
        if self._program is not None:
            self.code = self._exit_code(await self._program.kill())

    async def close(self) -> None:
        """End everything; safe to call twice."""
        if self._server is not None:
            self._server.close()
        await self.kill()
        for process in self.processes:
            await process.close()
        tasks = [t for t in self._tasks if t is not asyncio.current_task()]
        if tasks:
            await asyncio.wait(tasks, timeout=PIPES_CLOSE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def send_input(self, text: str) -> None:
        """Write to the program's standard input; raises SessionError when nobody reads it any more."""
        if self._program is None or self._program.stdin.is_closing():
            raise SessionError("The program's input is closed.")
        if text.strip() == END_OF_INPUT:
            self._program.stdin.close()
            return
        try:
            self._program.stdin.write(text.encode())
            await self._program.stdin.drain()
        except (OSError, RuntimeError) as error:
            raise SessionError("The program's input is closed.") from error

    def _exit_code(self, code: int) -> int:
        """Bubblewrap tells a signal as a shell does, by 128 and its number."""
        return 128 - code if self._command.sandbox is not None and 128 < code < 160 else code

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, program: Guarded) -> None:
        """Read the output; when the program has ended, say so after its last words."""
        reading = asyncio.gather(
            self._output.follow(program.stdout, "stdout"), self._output.follow(program.stderr, "stderr")
        )
        try:
            self.code = self._exit_code(await asyncio.shield(program.ended))
            self.cut = self.root is not None and not self.root.said_goodbye
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(reading, PIPES_CLOSE)
        finally:
            reading.cancel()
            await asyncio.wait([reading])
            self._output.flush()
            self.happenings.put_nowait(Gone(self.code if self.code is not None else -9))

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A process has connected: is it ours, who is it, let it run."""
        connection = Connection(reader, writer)
        process = Process(connection, self._limits)
        connection.on_event = lambda name, body: self._hear(process, name, body)
        connection.on_closed = lambda: self.happenings.put_nowait(Left(process))
        try:
            await process.greet(self._token)
            self._admit(process)
            answers = await process.begin(self.breakpoints, self._rules(), self.filters)
        except WireError:
            await connection.close()
            return
        if process is self.root:
            self.answers = answers
            self._first.set()

    def _admit(self, process: Process) -> None:
        """Take a process into the list; one that has replaced itself (`os.execv`) keeps its place."""
        for i, known in enumerate(self.processes):
            if known.info.pid == process.info.pid:
                process.name = known.name
                self.processes[i] = process
                return
        process.name = f"process {len(self.processes) + 1}" if self.processes else ""
        self.processes.append(process)

    def _hear(self, process: Process, name: str, body: Body) -> None:
        if name == "stopped":
            process.deaf = False
            self.happenings.put_nowait(Halt(process, Stopped.of(body)))
        elif name == "output" and body.get("category") == "console" and isinstance(body.get("output"), str):
            self._output.add(
                "console", body["output"]
            )  # what a breakpoint writes; the rest comes through pipes
        elif name == "terminated":
            process.hang_up()  # the process waits for this before it ends

    def _rules(self) -> list[Body]:
        """The tree is the user's own code even where it lies among libraries."""
        root = str(self._command.paths.root)
        inside = "site-packages" in root or "dist-packages" in root
        return [{"path": root, "include": True}] if inside else []
