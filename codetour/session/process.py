"""One process of the program under the debugger: the handshake, and the few things asked of it afterwards."""

from __future__ import annotations

import ast
import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from codetour.model.text import clean
from codetour.session.messages import BreakpointAnswer, ExceptionInfo, StackFrame, SystemInfo
from codetour.session.options import Limits
from codetour.session.wire import Body, Connection, NoAnswer, WireError

Breakpoints = Mapping[str, Sequence[Body]]
"""absolute path -> breakpoints as the protocol takes them (line, condition, hitCondition)"""

CLIENT: Final = {
    "clientID": "codetour",
    "clientName": "codetour",
    "adapterID": "debugpy",
    "pathFormat": "path",
    "linesStartAt1": True,
    "columnsStartAt1": True,
    "supportsVariableType": True,
    "locale": "en",
}
WHO: Final = (
    "(lambda os, sys, process: (lambda dist, target, given: ["
    "dist.get_rank() if dist is not None and dist.is_available() and dist.is_initialized() else None, "
    "given[1] if getattr(target, '__module__', '') == 'torch.multiprocessing.spawn' and len(given) > 1 else None, "
    "os.environ.get('RANK'), os.environ.get('LOCAL_RANK'), "
    "next((a.partition('=')[2] for a in sys.argv if a.startswith(('--local_rank=', '--local-rank='))), None), "
    "process.name])"
    "(sys.modules.get('torch.distributed'), getattr(process, '_target', None), getattr(process, '_args', ())))"
    "(__import__('os'), __import__('sys'), __import__('multiprocessing').current_process())"
)
"""the rank, by whatever tells it first (the process group exists only some way into the program, torchrun's variables
and an old launcher's option from its beginning), and a name"""
THREAD_OF: Final = (
    "(lambda schema, ident: next((schema.BaseSchema._obj_id_to_dap_id.get(getattr(t, '__pydevd_id__', ''), 0)"
    " for t in __import__('threading').enumerate() if t.ident == ident), 0))"
    "(__import__('sys').modules['_pydevd_bundle._debug_adapter.pydevd_base_schema'], {ident})"
)
"""the number that the debugger has for a thread"""
LONG: Final = 86_400.0
"""seconds that some answers may take"""
OPEN: Final = "<<codetour "
SHUT: Final = " codetour>>"
ASKED_AGAIN: Final = 20
"""halts at which a process without a rank is asked again"""


class Unauthorized(WireError):
    """Something connected that is not the program that we started."""


class Process:
    """A conversation with the debugger inside one process."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self.info = SystemInfo(0, 0, "")
        self.name = ""
        """"" for the main process, else "worker 1", "rank 0", ..."""
        self.rank: int | None = None
        """of a distributed run, once asked"""
        self.aside = False
        """nobody looks at it (another rank is followed): it has no breakpoints and gets none"""
        self.tells_by_raising = False
        """its debugger may be an old one, which prints what is evaluated without a frame instead of telling it"""
        self.helped = False
        """the capture helper is inside"""
        self.said_goodbye = False
        """the debugger inside has told that the program ends"""
        self.deaf = False
        """it has left a question unanswered, and has not been heard since"""
        self.asking = asyncio.Lock()
        """held while a question of the reader is answered"""
        self._asked = 0

    @property
    def alive(self) -> bool:
        return not self.deaf and not self._connection.closed.is_set()

    async def greet(self, token: str) -> None:
        """Make sure that it is ours and learn who it is."""
        answer = await self.ask("pydevdAuthorize", debugServerAccessToken=None)
        if answer.get("clientAccessToken") != token:
            raise Unauthorized("a process without our token connected")
        self.info = SystemInfo.of(await self.ask("pydevdSystemInfo"))

    async def begin(
        self, breakpoints: Breakpoints, rules: Sequence[Body], filters: Sequence[str]
    ) -> dict[str, list[BreakpointAnswer]]:
        """Configure and let the program run; where the breakpoints really are."""
        await self.ask("initialize", **CLIENT)
        await self.ask(
            "attach",
            name="codetour",
            type="python",
            request="attach",
            justMyCode=True,
            subProcess=True,
            redirectOutput=False,
            isOutputRedirected=True,
            showReturnValue=True,
            rules=list(rules),
        )
        answers = {path: await self.set_breakpoints(path, places) for path, places in breakpoints.items()}
        await self.set_exceptions(filters)
        await self.ask("configurationDone")
        return answers

    async def set_breakpoints(self, path: str, places: Sequence[Body]) -> list[BreakpointAnswer]:
        """Replace the breakpoints of one file."""
        answer = await self.ask("setBreakpoints", source={"path": path}, breakpoints=list(places))
        return [BreakpointAnswer.of(b) for b in _objects(answer.get("breakpoints"))]

    async def set_exceptions(self, filters: Sequence[str]) -> None:
        """At which exceptions to stop."""
        await self.ask("setExceptionBreakpoints", filters=list(filters))

    async def frames(self, thread: int, levels: int = 1) -> list[StackFrame]:
        """The innermost frames of a stopped thread."""
        answer = await self.ask("stackTrace", threadId=thread, startFrame=0, levels=levels)
        return [StackFrame.of(f) for f in _objects(answer.get("stackFrames"))]

    async def evaluate(self, expression: str, frame: int | None = None, *, limit: float | None = None) -> str:
        """The text of a value; raises WireError where it raised, NoAnswer where it took too long.

        Without a frame it is evaluated beside the program's threads, which may run.
        """
        if frame is None and self.tells_by_raising:
            return await self._raised(expression, limit)
        arguments: Body = {"expression": expression, "context": "clipboard"}
        if frame is not None:
            arguments["frameId"] = frame
        answer = await self._connection.request(
            "evaluate", arguments, limit=limit if limit is not None else self._limits.request
        )
        return str(answer.get("result", ""))

    async def _raised(self, expression: str, limit: float | None) -> str:
        """The text of a value beside the program's threads, carried by an exception."""
        error = f"__import__('builtins').RuntimeError({OPEN!r} + str(value) + {SHUT!r})"
        arguments: Body = {
            "expression": f"(lambda value: (_ for _ in ()).throw({error}))({expression})",
            "context": "clipboard",
        }
        try:
            await self._connection.request("evaluate", arguments, limit=limit or self._limits.request)
        except WireError as refused:
            _, opened, rest = refused.said.partition(OPEN)
            text, shut, _ = rest.partition(SHUT)
            if opened and shut:
                return text
            raise
        raise WireError("evaluate: an empty answer")

    async def exception(self, thread: int) -> ExceptionInfo:
        """The exception at which a thread stands."""
        return ExceptionInfo.of(await self.ask("exceptionInfo", threadId=thread))

    async def resume(self, thread: int, how: str = "continue") -> None:
        """Let it run: continue, next, stepIn or stepOut.

        The answer is not insisted on: a thread that goes straight into compiled code may keep it back for long.
        """
        with contextlib.suppress(NoAnswer):
            await self._connection.request(how, {"threadId": thread}, limit=self._limits.pause)

    async def pause(self, thread: int) -> None:
        await self._connection.request("pause", {"threadId": thread}, limit=self._limits.pause)

    async def threads(self) -> list[tuple[int, str]]:
        """(id, name) of every thread."""
        answer = await self._connection.request("threads", limit=self._limits.pause)
        found = _objects(answer.get("threads"))
        return [(int(t.get("id", 0)), clean(str(t.get("name", "")), 100)) for t in found]

    async def thread_of(self, ident: int) -> int:
        """The debugger's number of a thread; 0 when there is none."""
        await self.threads()
        answer = await self.evaluate(THREAD_OF.format(ident=ident), limit=self._limits.pause)
        return int(answer) if answer.isdigit() else 0

    async def ask_who(self, frame: int | None) -> None:
        """Learn the rank of a distributed run and the name of a worker; without a frame beside its threads."""
        if self.rank is not None or self._asked > ASKED_AGAIN:
            return
        self._asked += 1
        try:
            *ranks, name = ast.literal_eval(await self.evaluate(WHO, frame, limit=self._limits.pause))
        except (WireError, ValueError, SyntaxError, TypeError):
            return
        rank = next((str(r) for r in ranks if r is not None), "")
        worker = clean(name, 60) if isinstance(name, str) and name != "MainProcess" else ""
        if rank.isdigit():
            self.rank = int(rank)
        if self.name and worker:
            self.name = worker

    def hang_up(self) -> None:
        """It has nothing more to say."""
        self.said_goodbye = True
        self._connection.hang_up()

    async def close(self) -> None:
        await self._connection.close()

    async def ask(self, command: str, **arguments: Any) -> Body:
        """A request of the protocol and the body of its answer."""
        return await self._connection.request(command, arguments, limit=self._limits.request)

    async def ask_long(self, command: str, arguments: Body) -> Body:
        """A request that is answered whenever the program is ready for it."""
        return await self._connection.request(command, arguments, limit=LONG)

    async def goodbye(self, limit: float) -> None:
        """Take everything of ours out of the program and let it run on."""
        await self._connection.request("disconnect", {"terminateDebuggee": False}, limit=limit)


async def set_everywhere(
    processes: Sequence[Process], path: str, places: Sequence[Body]
) -> list[BreakpointAnswer]:
    """Replace the breakpoints of one file in all processes at once; the answer of the first one.

    A child that does not answer (forked off half-way, standing in a system call for good) is not asked again until it
    is heard of: the others would wait for it at every stop.
    """

    async def tell(process: Process) -> list[BreakpointAnswer]:
        try:
            return await process.set_breakpoints(path, places)
        except NoAnswer:
            process.deaf = process is not processes[0]
        except WireError:
            pass
        return []

    told = await asyncio.gather(*(tell(p) for p in processes if p.alive and not p.aside))
    return next((answers for answers in told if answers), told[0] if told else [])


def _objects(found: object) -> list[Body]:
    if not isinstance(found, list):
        return []
    return [cast("Body", x) for x in cast("list[object]", found) if isinstance(x, dict)]
