"""Standing in another process or thread than the one that the tour stands in, and the way back.

What stood before stays held meanwhile. While somebody is visited, only the halts of that process are looked at; those
of others wait until the reader is back.

    said = await visits.go(process)            # pauses it; steps, expressions and `run to` are its own from now on
    await visits.back()                        # it runs on; the screen is where it was before
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from codetour.model.driver import Unsupported
from codetour.model.events import Paused, PhaseChanged
from codetour.session.messages import StackFrame, Stopped
from codetour.session.process import Process
from codetour.session.program import Halt
from codetour.session.standing import Standing
from codetour.session.wire import WireError

if TYPE_CHECKING:
    from codetour.session.walk import Walk

STANDS: Final = 1.5
"""seconds for a visited process to stand still before it is looked at from beside; it stands whenever it can"""
PAUSED: Final = "pause"
MAIN_THREAD: Final = "thread:0"


class Visits:
    """Where the reader came from, and whom they look at."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self.held: list[Standing] = []
        """what stands meanwhile, the tour's own place first"""
        self.wanted: Process | None = None
        """only this process's halts are taken now"""

    @property
    def away(self) -> str:
        """The process of the tour's own place, while the reader is elsewhere; else ""."""
        return name_of(self.held[0].halt.process) if self.held else ""

    def steps_in(self, halt: Halt) -> bool:
        """A process that was only looked at has come to stand."""
        standing = self._walk.standing
        return (
            standing is not None
            and standing.top.beside == MAIN_THREAD
            and standing.halt.process is halt.process
        )

    def minds(self, halt: Halt) -> bool:
        """Whether a halt is looked at now."""
        return self.wanted is None or halt.process is self.wanted

    async def go(self, process: Process, key: str = "") -> str:
        """Stand in `process`, in its thread or task `key`; a sentence on what that means.

        What does not stand still is only looked at. Raises Unsupported where there is nobody, WireError where there
        is no answer.
        """
        walk = self._walk
        if walk.finished is not None or not process.alive:
            raise Unsupported(f"Nobody gets into {name_of(process)}: it is over, or about to end.")
        if walk.standing is None or walk.standing.halt.process is not process:
            await self._enter(process)
        if key:
            await self._turn_to(process, key)
        standing = walk.standing
        assert standing is not None
        if not self.held:
            self.wanted = None
        walk.tell(Paused(standing.seen))
        return " ".join(t for t in (self._looked_at(standing), self._meaning(process)) if t)

    async def _enter(self, process: Process) -> None:
        walk = self._walk
        await walk.company.identify(process)
        await walk.company.choose(process)
        if walk.standing is not None:
            self.held.append(walk.standing)
        self.wanted = process
        walk.leave()
        known = next((s for s in self.held if s.halt.process is process), None)
        if known is not None:
            self.held.remove(known)
            walk.stand(known)
            return
        await walk.take_waiting()
        if walk.standing is None and not await self._made_stand(process):
            try:
                await self._look(process, MAIN_THREAD)
            except (Unsupported, WireError):
                await self._withdraw(process)
                await self._return()
                raise

    async def _made_stand(self, process: Process) -> bool:
        walk = self._walk
        walk.tell(PhaseChanged(f"Waiting for {name_of(process)} to stand still"))
        with contextlib.suppress(WireError):
            threads = await process.threads()
            main = next((t for t, name in threads if name == "MainThread"), threads[0][0] if threads else 1)
            await process.pause(main)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(walk.settled.wait(), STANDS)
        return walk.standing is not None and walk.standing.halt.process is process

    @staticmethod
    async def _withdraw(process: Process) -> None:
        """It does not stand: take the wish away again."""
        with contextlib.suppress(WireError):
            threads = await process.threads()
            await process.resume(threads[0][0] if threads else 1)

    async def _turn_to(self, process: Process, key: str) -> None:
        """Another thread, or a task, of a process that stands."""
        walk, here = self._walk, self._walk.standing
        assert here is not None
        kind, _, number = key.partition(":")
        thread = await process.thread_of(int(number)) if kind == "thread" and number.isdigit() else 0
        if thread and thread == here.halt.stopped.thread and not here.top.beside:
            return
        if not here.top.beside and not any(s.halt.process is process for s in self.held):
            self.held.append(here)
        frames = await process.frames(thread) if thread else []
        if not frames:
            await self._look(process, key)
            return
        halt = Halt(process, Stopped(thread, PAUSED, ""))
        seen = await walk.see(halt, frames[0], "another thread")
        walk.stand(Standing("pause", halt, frames[0], seen))

    async def _look(self, process: Process, key: str) -> None:
        """From beside: nothing has to stand still."""
        top = StackFrame(0, "", "", 0, beside=key)
        halt = Halt(process, Stopped(0, PAUSED, ""))
        seen = await self._walk.see(halt, top, "looked at")
        if not seen.frames or not seen.frames[0].file:
            raise Unsupported("It is over.")
        self._walk.stand(Standing("pause", halt, top, seen))

    @staticmethod
    def _looked_at(standing: Standing) -> str:
        if not standing.top.beside:
            return ""
        if standing.top.beside.startswith("task:"):
            return "A task that waits is looked at, not stepped in; a breakpoint stops it where it goes on."
        return "It is inside compiled code, looked at from beside; it stands as soon as it is back in Python."

    def _meaning(self, process: Process) -> str:
        others = [s for s in self.held if s.halt.process is not process]
        if not others:
            return ""
        first = others[0]
        said = f"Meanwhile {name_of(first.halt.process)} is held at {first.words}"
        if process.rank is not None and first.halt.process.rank is not None:
            said += "; a collective operation here (all_reduce, barrier) waits for it"
        return f"{said}."

    async def back(self) -> bool:
        """The visited process runs on, the reader is where they came from; False when there is no such place."""
        if not self.held:
            return False
        walk = self._walk
        visited = walk.standing
        walk.leave()
        others = [s for s in (visited, *self.held[1:]) if s is not None]
        for other in others:
            if other.halt.process is not self.held[0].halt.process:
                with contextlib.suppress(WireError):
                    await other.halt.process.resume(other.halt.stopped.thread or 1)
        await self._return()
        return True

    async def _return(self) -> None:
        """To the tour's own place."""
        walk, first = self._walk, self.held[:1]
        self.held.clear()
        self.wanted = None
        await walk.company.choose(None)
        if first:
            walk.stand(first[0])
            walk.tell(Paused(first[0].seen))
        else:
            await walk.take_waiting()

    async def release(self) -> None:
        """The tour goes on in the process where the reader is: everything that is held runs on."""
        walk = self._walk
        chosen = walk.company.chosen
        if chosen is not None and chosen.rank is not None:
            walk.company.rank = chosen.rank
        held, self.held, self.wanted = self.held, [], None
        await walk.company.choose(None)
        for standing in held:
            with contextlib.suppress(WireError):
                await standing.halt.process.resume(standing.halt.stopped.thread or 1)

    def steps(self, process: Process) -> None:
        """It moves: whatever else was looked at in the same process has moved as well."""
        self.held = [s for s in self.held if s.halt.process is not process]
        if not self.held:
            self.wanted = None

    async def lost(self, process: Process) -> None:
        """A process is gone."""
        walk = self._walk
        self.held = [s for s in self.held if s.halt.process is not process]
        if self.wanted is process or (walk.standing is not None and walk.standing.halt.process is process):
            walk.leave()
            await self._return()


def name_of(process: Process) -> str:
    """As people call it."""
    return process.name or "the main process"
