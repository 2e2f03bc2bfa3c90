"""Answers to what a reader asks beside the tour (`model.explore`), from the helper inside each process.

Threads and tasks are asked without a frame, beside the program's own threads, so it may run or sit in compiled code.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Final, Literal, cast

from codetour.model.driver import Unsupported
from codetour.model.explore import Call, Detail, Histogram, History, ProcessState, Stack
from codetour.model.text import clean, clean_block
from codetour.session.capture import BadAnswer, number, read_answer, value_of
from codetour.session.following import Following
from codetour.session.injection import call, install_expression
from codetour.session.outside import calls_of, state_words
from codetour.session.process import Process
from codetour.session.standing import Standing
from codetour.session.visits import name_of
from codetour.session.walk import Walk
from codetour.session.wire import WireError

NOT_STOPPED: Final = "The program is running; pause it first."
STACKS: Final = 200
CALLS: Final = 24
PROCESSES: Final = 64
TABLE: Final = 300
PICTURE: Final = (48, 128)
WHERE: Final = 3.0
"""seconds for a process to tell its stacks"""
LONG: Final = 8.0
"""seconds for a close look"""


class LiveExplorer:
    """The explorer of one run."""

    def __init__(self, walk: Walk, following: Following) -> None:
        self._walk = walk
        self._following = following

    def _alive(self) -> list[Process]:
        alive = [p for p in self._walk.debugger.processes if p.alive]
        if not alive:
            over = self._walk.finished is not None
            raise Unsupported("The program is over." if over else "The program is being started.")
        return alive

    async def processes(self) -> tuple[ProcessState, ...]:
        alive = self._alive()
        await self._walk.company.identify_all()
        everybody = self._walk.debugger.processes
        return tuple(self._state_of(p, everybody.index(p)) for p in alive[:PROCESSES])

    def _state_of(self, process: Process, number: int) -> ProcessState:
        standing = self._walk.standing
        here = standing is not None and standing.halt.process is process
        held = [standing] if here else [s for s in self._walk.visits.held if s.halt.process is process]
        state = "runs"
        if held and held[0] is not None:
            state = f"stands at {held[0].words}"
        elif self._walk.is_waiting(process):
            state = "stopped, waits to be looked at"
        elif process.aside:
            state = "runs beside the tour, which follows another rank"
        return ProcessState(number, name_of(process), process.info.pid, state, here)

    async def visit(self, number: int, key: str = "") -> str:
        everybody = self._walk.debugger.processes
        if not 0 <= number < len(everybody):
            raise Unsupported("There is no such process any more.")
        process = everybody[number]
        try:
            await self._install(process)
            return await self._walk.visits.go(process, key)
        except WireError as error:
            raise Unsupported(f"It gives no answer: {clean(str(error), 200)}.") from error

    async def stacks(self) -> tuple[Stack, ...]:
        alive = self._alive()
        await self._walk.company.identify_all()
        found = await asyncio.gather(*(self._stacks_of(p) for p in alive[:32]))
        return tuple(s for one in found for s in one)[:STACKS]

    async def _from_outside(self, process: Process) -> Stack:
        """The main thread of a process that lets nobody in, as the interpreter tells it on a signal."""
        calls = await calls_of(process.info.pid, self._walk.scratch) if self._walk.scratch is not None else []
        told = tuple(c for c in (self._call([*one]) for one in calls[:CALLS]) if c is not None)
        words = state_words(process.info.pid) if self._walk.scratch is not None else ""
        said = words or ("inside compiled code" if told else "inside compiled code, or ending")
        return Stack("thread", "MainThread", said, process.name, told, self._number(process))

    async def stuck(self) -> str:
        """What the program is doing that does not stand still when asked to, as the end of "the program is ..."."""
        main = self._walk.company.main()
        if main is None or main.said_goodbye:
            others = [name_of(p) for p in self._walk.debugger.processes[1:] if p.alive]
            shown = ", ".join(others[:4]) + (f" and {len(others) - 4} more" if len(others) > 4 else "")
            waits = f"waiting for {shown}" if others else "in what it does when it exits (atexit, threads)"
            return f"at its end, {waits}"
        stacks = await self._stacks_of(main)
        first = next((s for s in stacks if s.kind == "thread" and s.name == "MainThread"), None)
        call = next((c for c in first.calls if c.inside), None) if first is not None else None
        words = state_words(main.info.pid) if self._walk.scratch is not None else ""
        place = f", called at {call.file}:{call.line}" if call is not None else ""
        return (
            f"standing still: {words}"
            if words
            else f"inside compiled code{place or ', which lets nobody in'}"
        )

    async def _stacks_of(self, process: Process) -> list[Stack]:
        """Nothing of a process that does not answer."""
        try:
            await self._install(process)
            answer = read_answer(await process.evaluate(call("stacks"), None, limit=WHERE))
        except (WireError, BadAnswer):
            return [await self._from_outside(process)]
        return [self._stack(s, process) for s in _mappings(answer.get("stacks"), STACKS)]

    @staticmethod
    async def _install(process: Process) -> None:
        if not process.helped:
            await process.evaluate(install_expression(), None, limit=WHERE)
            process.helped = True

    def _stack(self, found: dict[str, Any], process: Process) -> Stack:
        calls = tuple(c for c in (self._call(x) for x in _list(found.get("calls"), CALLS)) if c is not None)
        kind: Literal["thread", "task"] = "task" if found.get("kind") == "task" else "thread"
        name, state = _text(found.get("name"), 80), _text(found.get("state"), 100)
        standing = self._walk.standing
        here = standing is not None and standing.halt.process is process and kind == "thread"
        if here and standing is not None and calls and _same(standing, calls):
            state = "stopped here"
        awaits = tuple(_text(a, 40) for a in _list(found.get("awaits"), 20))
        key = _text(found.get("key"), 40)
        return Stack(kind, name, state, process.name, calls, self._number(process), key, awaits)

    def _number(self, process: Process) -> int:
        everybody = self._walk.debugger.processes
        return everybody.index(process) if process in everybody else 0

    def _call(self, found: object) -> Call | None:
        if not isinstance(found, list) or len(cast("list[Any]", found)) != 3:
            return None
        symbol, path, line = cast("list[Any]", found)
        if not isinstance(path, str) or not isinstance(line, int):
            return None
        file, inside = self._walk.looker.locate(path)
        return Call(_text(symbol, 200), clean(file, 500), max(line, 1), inside)

    @property
    def stops_at_raise(self) -> bool:
        return "raised" in self._walk.debugger.filters

    async def stop_at_raise(self, *, wanted: bool) -> None:
        program = self._walk.debugger
        program.filters = ("uncaught", "raised") if wanted else ("uncaught",)
        for process in [p for p in program.processes if p.alive]:
            with contextlib.suppress(WireError):
                await process.set_exceptions(program.filters)

    async def detail(self, path: Sequence[str], frame: int = 0) -> Detail:
        found = await self._ask(call("detail", tuple(path), frame), limit=LONG)
        inner = found.get("detail")
        if not isinstance(inner, dict) or "value" not in inner:
            raise Unsupported(f"{clean('.'.join(path), 80)} is not there any more.")
        return detail_of(cast("dict[str, Any]", inner))

    async def complete(self, text: str, frame: int = 0) -> tuple[str, tuple[str, ...]]:
        found = await self._ask(call("complete", text[-500:], frame))
        names = tuple(_text(n, 80) for n in _list(found.get("names"), 100) if isinstance(n, str))
        return _text(found.get("word"), 80), tuple(n for n in names if n.isidentifier())

    async def definition(self, text: str, frame: int = 0) -> Call | None:
        found = await self._ask(call("definition", text[:500], frame))
        path, line = found.get("file"), found.get("line")
        if not isinstance(path, str) or not path or not isinstance(line, int):
            return None
        return self._call([clean(text, 80), path, line])

    async def explain(self, text: str, frame: int = 0) -> str:
        found = await self._ask(call("explain", text[:500], frame))
        if not found.get("found"):
            raise Unsupported(f"There is no {clean(text, 80)} here.")
        words = clean_block(str(found.get("words") or "no documentation"), 1_500)
        return f"{clean(text, 80)}{_text(found.get('head'), 400)}\n{words}"

    async def histories(self) -> tuple[History, ...]:
        return await self._following.histories(self._walk)

    async def follow(self, expression: str, file: str, line: int) -> History:
        return await self._following.follow(self._walk, expression, file, line)

    async def _ask(self, expression: str, *, limit: float | None = None) -> dict[str, Any]:
        standing = self._walk.standing
        if standing is None:
            raise Unsupported(NOT_STOPPED)
        try:
            text = await self._walk.looker.ask(standing.halt.process, standing.top, expression, limit=limit)
            return read_answer(text)
        except (WireError, BadAnswer) as error:
            raise Unsupported(f"The program gave no answer: {clean(str(error), 200)}.") from error


def detail_of(found: dict[str, Any]) -> Detail:
    """The helper's answer as a value, every size and type checked."""
    return Detail(
        value=value_of(
            cast("dict[str, Any]", found["value"]) if isinstance(found.get("value"), dict) else {}
        ),
        histogram=_histogram(found.get("histogram")),
        picture=_picture(found.get("picture")),
        columns=tuple(_text(c, 40) for c in _list(found.get("columns"), 8)),
        rows=tuple(tuple(_text(c, 200) for c in _list(r, 8)) for r in _list(found.get("rows"), TABLE)),
    )


def _histogram(found: object) -> Histogram | None:
    if not isinstance(found, dict):
        return None
    given = cast("dict[str, Any]", found)
    low, high = number(given.get("low")), number(given.get("high"))
    counts = tuple(c for c in _list(given.get("counts"), 64) if isinstance(c, int) and 0 <= c < 1 << 40)
    return Histogram(low, high, counts) if low is not None and high is not None and counts else None


def _picture(found: object) -> tuple[tuple[int | None, ...], ...]:
    rows = [r for r in _list(found, PICTURE[0]) if isinstance(r, str)]
    return tuple(tuple(_point(r[i : i + 2]) for i in range(0, min(len(r), 2 * PICTURE[1]), 2)) for r in rows)


def _point(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None


def _same(standing: Standing, calls: tuple[Call, ...]) -> bool:
    frames = [f for f in standing.seen.frames if f.inside]
    return bool(frames) and any((c.file, c.line) == (frames[0].file, frames[0].line) for c in calls)


def _list(found: object, most: int) -> list[Any]:
    return cast("list[Any]", found)[:most] if isinstance(found, list) else []


def _mappings(found: object, most: int) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", x) for x in _list(found, most) if isinstance(x, dict)]


def _text(found: object, most: int) -> str:
    return clean(found, most) if isinstance(found, str) else ""
