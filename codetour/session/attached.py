"""A program that runs already under debugpy (`debugpy --listen`, `debugpy.listen`): met, looked at, left running.

Its own adapter speaks the Debug Adapter Protocol at the address where it listens. Nothing is started and nothing
ended: the tour's end is a goodbye, after which the program goes on as if nobody had been there. The same happens when
codetour itself is killed, because the adapter lets go of the program when the connection closes.

    attached = Attached(address, limits)
    facts = await attached.meet()          # before anything is armed
    await attached.start(stdin=False)      # now it may run
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from typing import Any, Final, cast

from codetour.errors import SessionError
from codetour.session.facts import Facts, ask_facts
from codetour.session.messages import BreakpointAnswer, Stopped, SystemInfo
from codetour.session.options import Limits
from codetour.session.output import Category, OutputRing
from codetour.session.process import CLIENT, Process, set_everywhere
from codetour.session.program import Gone, Halt, Happening, Left
from codetour.session.remote import Address
from codetour.session.wire import Body, Connection, WireError

CONNECT: Final = 10.0
"""seconds for a connection to be made"""
GOODBYE: Final = 3.0
"""seconds for the debugger to take its breakpoints away"""
CATEGORIES: Final[dict[str, Category]] = {"stdout": "stdout", "stderr": "stderr", "console": "console"}


class Attached:
    """A visit to a running program."""

    def __init__(self, address: Address, limits: Limits) -> None:
        self._address = address
        self._limits = limits
        self._output: OutputRing | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pending: dict[Process, asyncio.Task[Body]] = {}
        """the request to attach of each, answered when all is set up"""
        self._left = False
        self.processes: list[Process] = []
        self.breakpoints: dict[str, list[Body]] = {}
        self.places: dict[str, list[int]] = {}
        self.answers: dict[str, list[BreakpointAnswer]] = {}
        self.filters: tuple[str, ...] = ("uncaught",)
        self.happenings: asyncio.Queue[Happening] = asyncio.Queue()
        self.code: int | None = None
        self.cut = False

    @property
    def root(self) -> Process | None:
        return self.processes[0] if self.processes else None

    @property
    def farewell(self) -> str:
        return "the program runs on"

    def writing_to(self, output: OutputRing) -> Attached:
        """What the program writes goes there."""
        self._output = output
        return self

    async def meet(self) -> Facts:
        """Connect and ask what it is; it does not run on before `start` where it waits for us.

        Raises SessionError when nobody is there, or somebody else is debugging it.
        """
        process = await self._introduce(self._address, {})
        self.processes.append(process)
        try:
            await self._learn_pid(process)
            return await ask_facts(process)
        except WireError as error:
            await self.close()
            raise SessionError(
                f"The program at {self._address.text} does not say what it is: {error}.",
                hint="It must run under debugpy 1.8 or later.",
            ) from error

    async def start(self, *, stdin: bool) -> None:
        """Arm what is in `breakpoints` and let the program run on."""
        process = self.root
        assert process is not None
        try:
            for path, places in self.breakpoints.items():
                self.answers[path] = await process.set_breakpoints(path, places)
            await self._release(process)
        except WireError as error:
            await self.close()
            raise SessionError(f"The program at {self._address.text} went away: {error}.") from error

    @staticmethod
    async def _learn_pid(process: Process) -> None:
        with contextlib.suppress(WireError):
            process.info = SystemInfo.of(await process.ask("pydevdSystemInfo"))

    async def _introduce(self, address: Address, more: Body) -> Process:
        """Connect, say who we are and that we want to look; returns when it may be configured."""
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_connection(address.host, address.port, limit=1 << 20), CONNECT
            )
        except (OSError, asyncio.TimeoutError) as error:
            raise SessionError(
                f"Nobody listens at {address.text}.",
                hint=f"Start the program with `python -m debugpy --listen {address.port} --wait-for-client ...`.",
            ) from error
        connection = Connection(reader, writer)
        process = Process(connection, self._limits)
        process.tells_by_raising = True
        ready = asyncio.Event()

        def hear(name: str, body: Body) -> None:
            if name == "initialized":
                ready.set()
            self._hear(process, name, body)

        connection.on_event = hear
        connection.on_closed = lambda: self._lost(process)
        try:
            await process.ask("initialize", **CLIENT)
            pending = asyncio.create_task(process.ask_long("attach", self._wishes(more)))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({waiting, pending}, timeout=CONNECT, return_when="FIRST_COMPLETED")
            waiting.cancel()
            if not ready.is_set():
                pending.cancel()
                raise WireError(_reason(pending))
            self._pending[process] = pending
        except WireError as error:
            await connection.close()
            raise SessionError(
                f"The debugger at {address.text} refuses: {error}.",
                hint="Close the other debugger first; a program has room for one.",
            ) from error
        return process

    def _wishes(self, more: Body) -> Body:
        return {
            "name": "codetour",
            "type": "python",
            "request": "attach",
            "connect": {"host": self._address.host, "port": self._address.port},
            "justMyCode": True,
            "subProcess": True,
            "redirectOutput": True,
            "showReturnValue": True,
            **more,
        }

    async def _release(self, process: Process) -> None:
        await process.set_exceptions(self.filters)
        await process.ask("configurationDone")
        await self._pending.pop(process)

    async def _child(self, body: Body) -> None:
        """A process of the program's waits for us: meet it as well."""
        connect = body.get("connect")
        port: object = cast("Body", connect).get("port") if isinstance(connect, dict) else None
        address = Address(self._address.host, port if isinstance(port, int) else self._address.port)
        more = {k: v for k, v in body.items() if k in {"subProcessId", "connect"}}
        try:
            process = await self._introduce(address, more)
            await self._learn_pid(process)
            process.name = f"process {len(self.processes) + 1}"
            self.processes.append(process)
            for path, places in self.breakpoints.items():
                await process.set_breakpoints(path, places)
            await self._release(process)
        except (WireError, SessionError):
            return  # it has ended already

    async def set_breakpoints(self, path: str, places: Sequence[Body]) -> list[BreakpointAnswer]:
        self.breakpoints[path] = list(places)
        return await set_everywhere(self.processes, path, places)

    async def kill(self) -> None:
        """Say goodbye; the program goes on."""
        if self._left:
            return
        self._left = True
        for process in reversed(self.processes):
            with contextlib.suppress(WireError):
                await process.goodbye(GOODBYE)
        self.happenings.put_nowait(Gone(self.code))

    async def close(self) -> None:
        await self.kill()
        for process in self.processes:
            await process.close()
        left: list[asyncio.Task[Any]] = [*self._tasks, *self._pending.values()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def send_input(self, text: str) -> None:
        raise SessionError("The program's input is where it was started.")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hear(self, process: Process, name: str, body: Body) -> None:
        if name == "stopped":
            process.deaf = False
            self.happenings.put_nowait(Halt(process, Stopped.of(body)))
        elif name == "output":
            self._write(body)
        elif name == "debugpyAttach":
            self._run(self._child(body))
        elif name == "exited" and process is self.root:
            code = body.get("exitCode")
            self.code = code if isinstance(code, int) else None
        elif name == "terminated":
            self._lost(process)

    def _lost(self, process: Process) -> None:
        """There is nothing more to come from it."""
        if process is not self.root:
            self.happenings.put_nowait(Left(process))
        if process is self.root and not self._left:
            self._left = True
            if self._output is not None:
                self._output.flush()
            self.happenings.put_nowait(Gone(self.code))

    def _write(self, body: Body) -> None:
        category, text = CATEGORIES.get(str(body.get("category"))), body.get("output")
        if self._output is not None and category is not None and isinstance(text, str):
            self._output.add(category, text)


def _reason(pending: asyncio.Task[Body]) -> str:
    if pending.done() and not pending.cancelled() and (error := pending.exception()) is not None:
        return str(error)
    return "no answer"
