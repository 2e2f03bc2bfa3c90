"""What a reader may ask of a running program beside the tour: its threads and tasks, names, close looks at values.

A driver that can answer has an `explorer`; a recording has none. All methods may raise `driver.Unsupported`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from codetour.model.value import Value


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a stack."""

    symbol: str
    file: str
    line: int
    inside: bool
    """the file belongs to the tree"""


@dataclass(frozen=True, slots=True)
class Stack:
    """What a thread or an asyncio task is doing; the innermost call comes first."""

    kind: Literal["thread", "task"]
    name: str
    state: str
    """main, daemon, stopped here, waits for Lock.acquire, ..."""
    process: str
    """"" for the main one"""
    calls: tuple[Call, ...] = ()
    number: int = 0
    """of the process, as `ProcessState` has it"""
    key: str = ""
    """names it, within its process"""
    awaits: tuple[str, ...] = ()
    """keys of the tasks without which a task does not go on"""


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One process of the program."""

    number: int
    """0 is the main one"""
    name: str
    """"the main process", "rank 1", "Process-3" """
    pid: int
    state: str
    """where it stands, or what it does"""
    here: bool = False
    """the reader is in it: steps, values and expressions are its own"""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How numbers are spread between the smallest and the largest."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A close look at one value; each part is empty where it makes no sense."""

    value: Value
    histogram: Histogram | None = None
    picture: tuple[tuple[int | None, ...], ...] = ()
    """rows of brightness 0 to 255, None for what is not finite"""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """a table: the layers of a model with their gradients, the groups of an optimizer"""


@dataclass(frozen=True, slots=True)
class History:
    """The numbers that one name was, in the order in which the program had them."""

    name: str
    place: str
    """where they were taken: FILE:LINE"""
    numbers: tuple[float, ...]
    count: int
    """how many there were in all; only the last ones are kept"""


class Explorer(Protocol):
    """Questions about the program as it is now. `frame` counts from 0, the innermost."""

    async def stacks(self) -> tuple[Stack, ...]:
        """Every thread and task of every process; the program need not stand still."""
        ...

    async def processes(self) -> tuple[ProcessState, ...]:
        """Every living process, the main one first."""
        ...

    async def visit(self, number: int, key: str = "") -> str:
        """Stand in process `number`, in the thread or task `key` (its main thread): the reader is in it from now on.

        What does not stand still (a system call, compiled code, a task) can be looked at but not stepped in. Returns
        a sentence on what that means, for the reader and for the other processes.
        """
        ...

    @property
    def stops_at_raise(self) -> bool:
        """The program stops where an exception is raised, not only where nobody catches it."""
        ...

    async def stop_at_raise(self, *, wanted: bool) -> None:
        """Stop where exceptions are raised in the tree's own code, or only at uncaught ones."""
        ...

    async def detail(self, path: Sequence[str], frame: int = 0) -> Detail:
        """A close look at the value at `path` (names from a local down)."""
        ...

    async def complete(self, text: str, frame: int = 0) -> tuple[str, tuple[str, ...]]:
        """(the last word of `text`, the names it may become)."""
        ...

    async def definition(self, text: str, frame: int = 0) -> Call | None:
        """Where what `text` names was written."""
        ...

    async def explain(self, text: str, frame: int = 0) -> str:
        """Signature and documentation of what `text` names."""
        ...

    async def histories(self) -> tuple[History, ...]:
        """Numbers followed over the run: losses, and what the reader asked to follow."""
        ...

    async def follow(self, expression: str, file: str, line: int) -> History:
        """Keep the number that `expression` is each time the line is passed."""
        ...
