"""What a debug session tells: one frozen value per event, in the order in which things happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codetour.model.value import Seen

Ending = Literal["finished", "all-stops", "crashed", "timeout", "hang", "cancelled", "failed"]
"""why a session is over: the program ended by itself; every stop was served; uncaught exception; out of time; no
answer; the user; the debugger itself"""


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The session entered a phase ("Starting python", "Running train.py")."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """The program wrote something."""

    category: Literal["stdout", "stderr", "console"]
    text: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A planned stop was reached; the program stands still."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class Paused:
    """The program stands still somewhere else: a step, a breakpoint by hand, a pause."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class Missed:
    """A planned stop will not be reached, and why (found out, not guessed)."""

    stop: str
    why: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """An uncaught exception; the program stands at it."""

    seen: Seen
    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The program runs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over and no process is left."""

    how: Ending
    code: int | None = None
    """exit code of the program, where it ended"""
    message: str = ""
    """one sentence for people"""
    mend: str = ""
    """the command or step that would mend it"""
    seconds: float = 0.0
    """wall time from start to end"""


Event = PhaseChanged | Output | Reached | Paused | Missed | Crashed | Resumed | Ended
