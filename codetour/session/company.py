"""The processes of one run: who they are, and which of them the tour looks at.

Of several ranks one is followed, the others run on without breakpoints. A process that the reader has chosen to stand
in is looked at whatever its rank; as long as it is chosen, its rank is the one that is followed.
"""

from __future__ import annotations

import contextlib

from codetour.session.process import Process
from codetour.session.program import Program
from codetour.session.wire import WireError


class Company:
    """The processes of `program`, with rank number `rank` followed."""

    def __init__(self, program: Program, rank: int) -> None:
        self._program = program
        self.rank = rank
        self.chosen: Process | None = None
        self._met: set[int] = set()

    @property
    def followed(self) -> int:
        chosen = self.chosen.rank if self.chosen is not None else None
        return self.rank if chosen is None else chosen

    def main(self) -> Process | None:
        """The process that is meant when none is named: the chosen one, the rank that is followed, the first one."""
        alive = [p for p in self._program.processes if p.alive]
        if self.chosen in alive:
            return self.chosen
        ranks = [p for p in alive if p.rank == self.followed and not self._is_helper(p)]
        return ranks[0] if ranks else self._program.root

    async def concerns(self, process: Process, frame: int | None = None) -> bool:
        """Whether a halt of this process is anybody's concern; one that is not loses its breakpoints."""
        await self.identify(process, frame)
        if process is self.chosen or process.rank in {None, self.followed}:
            return True
        for path in self._program.breakpoints:
            await process.set_breakpoints(path, [])
        process.aside = True
        return False

    async def identify(self, process: Process, frame: int | None = None) -> None:
        """Learn its rank and name; the main process is asked only where there may be ranks."""
        is_first = process is self._program.root
        if process.rank is not None or (is_first and not self.rank and not self._met):
            return
        parent = self._parent(process)
        if parent is not None and parent.rank is None and not is_first:
            await parent.ask_who(None)
        await process.ask_who(frame)
        if process.rank is None:
            return
        self._met.add(process.rank)
        known = f"rank {process.rank}"
        process.name = f"{known}, {process.name}" if self._is_helper(process) else known

    async def identify_all(self) -> None:
        for process in self._program.processes[1:]:
            if process.alive:
                await self.identify(process)

    def _is_helper(self, process: Process) -> bool:
        """A worker of a rank has the rank's environment."""
        parent = self._parent(process)
        return parent is not None and parent.rank is not None and parent.rank == process.rank

    def _parent(self, process: Process) -> Process | None:
        parent = process.info.parent
        return next((p for p in self._program.processes if parent and p.info.pid == parent), None)

    async def choose(self, process: Process | None) -> None:
        """From now on this one is looked at; None: nobody is chosen."""
        self.chosen = process
        for one in self._program.processes:
            if one.aside and one.alive and (one is process or one.rank == self.followed):
                one.aside = False
                with contextlib.suppress(WireError):
                    for path, places in self._program.breakpoints.items():
                        await one.set_breakpoints(path, places)

    def ranks(self) -> str:
        """Why stops were missed, where the rank that was to be followed never came; else ""."""
        if not self._met or self.rank in self._met:
            return ""
        there = ", ".join(str(r) for r in sorted(self._met)[:8])
        return f"there was no rank {self.rank}, only {there}"
