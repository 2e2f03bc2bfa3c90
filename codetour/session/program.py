"""A program under the debugger, whichever way it came there: started by us (`Debugger`) or met running (`Attached`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codetour.session.messages import BreakpointAnswer, Stopped
from codetour.session.process import Process
from codetour.session.wire import Body


@dataclass(frozen=True, slots=True)
class Halt:
    """A thread stands still."""

    process: Process
    stopped: Stopped


@dataclass(frozen=True, slots=True)
class Left:
    """One process of the program has ended, or lets nobody in any more."""

    process: Process


@dataclass(frozen=True, slots=True)
class Gone:
    """The program has ended, or is no longer ours to look at."""

    code: int | None
    """None where nobody knows"""


Happening = Halt | Left | Gone


class Program(Protocol):
    """What a walk needs of it."""

    processes: list[Process]
    """the main one first"""
    breakpoints: dict[str, list[Body]]
    """absolute path -> those that each process is to have"""
    answers: dict[str, list[BreakpointAnswer]]
    """where the first process put the breakpoints it began with"""
    places: dict[str, list[int]]
    """absolute path -> every line on which the tour may set one while it runs"""
    filters: tuple[str, ...]
    """at which exceptions each process stops: "uncaught", "raised" """
    happenings: asyncio.Queue[Happening]

    cut: bool
    """it ended without a word to the debugger"""

    @property
    def root(self) -> Process | None:
        """The main process."""
        ...

    @property
    def farewell(self) -> str:
        """What becomes of the program when the tour is over: "the program was ended"."""
        ...

    async def start(self, *, stdin: bool) -> None:
        """Let it run under the debugger. Raises SessionError where that cannot be."""
        ...

    async def set_breakpoints(self, path: str, places: Sequence[Body]) -> list[BreakpointAnswer]:
        """Replace the breakpoints of one file, in every process; the answer of the main one."""
        ...

    async def kill(self) -> None:
        """The tour is over: end the program and all it started, or leave it alone where it is not ours."""
        ...

    async def close(self) -> None:
        """As `kill`, and let go of everything; safe to call twice."""
        ...

    async def send_input(self, text: str) -> None:
        """Write to its standard input. Raises SessionError when nobody reads it."""
        ...
