"""The Driver: what a screen may ask, of a live session or of a recording alike.

A screen holds one driver, draws `driver.view` after each event, and calls the methods from key presses. A live
driver talks to a debugger; a recorded one answers from data; a static one has no values. Methods that a driver
cannot serve raise `Unsupported` with a sentence the screen shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from codetour.model.events import Event
from codetour.model.explore import Explorer
from codetour.model.tour import Tour
from codetour.model.value import Seen, Value

Mode = Literal["starting", "running", "live", "exploring", "recorded", "static", "crashed", "ended"]
"""starting: no stop yet · running: between stops · live: at a stop of the tour · exploring: stopped elsewhere ·
recorded: looking back at what was seen · static: no values for this stop · crashed · ended"""


class Unsupported(Exception):
    """The driver cannot do that; the text says why and what can be done instead."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the reader is."""

    index: int
    """of the stop shown; `len(tour.stops)` is the closing card"""
    mode: Mode
    seen: Seen | None = None
    """values to show: of the stop, or of the pause when exploring"""
    live_index: int | None = None
    """the stop at which the program really stands, when it does"""
    missed: str = ""
    """why the stop shown was not reached, once known"""
    message: str = ""
    """one sentence for the status line"""
    away: str = ""
    """the process in which the tour stands, while the reader is in another process or thread"""


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A breakpoint set by hand."""

    file: str
    line: int
    condition: str = ""
    hits: str = ""
    """hit-count expression (`>= 3`, `% 10`)"""
    log: str = ""
    """text with {expressions} that is written at each pass; the program does not stop then"""
    verified: bool = False
    message: str = ""


class Driver(Protocol):
    """A tour that can be walked. All coroutines run on the screen's event loop and return soon."""

    @property
    def tour(self) -> Tour: ...

    @property
    def view(self) -> View: ...

    @property
    def output(self) -> Sequence[str]:
        """What the program wrote so far, a bounded list of lines."""
        ...

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` on the event loop for each event; returns how to stop."""
        ...

    # -- the tour
    async def start(self) -> None:
        """Begin: a live driver starts the program and goes to the first stop."""
        ...

    async def next(self) -> None:
        """The next stop: a recorded or known one at once, else the program goes on until it is reached."""
        ...

    async def previous(self) -> None: ...

    async def goto(self, index: int) -> None:
        """Show stop `index` as far as it is known; the program does not move."""
        ...

    async def resume_tour(self) -> None:
        """From exploring or looking back: to where the program stands, or on to the next stop (key c)."""
        ...

    # -- free debugging
    async def step_over(self) -> None: ...
    async def step_in(self) -> None: ...
    async def step_out(self) -> None: ...
    async def run_to(self, file: str, line: int) -> None: ...
    async def pause(self) -> None: ...
    async def evaluate(self, expression: str, frame: int = 0) -> Value:
        """Evaluate in frame number `frame` (0 innermost) of the stopped program, with a time limit."""
        ...

    async def children(self, path: Sequence[str], frame: int = 0) -> tuple[Value, ...]:
        """The children of the value at `path` (names from a local down), where they can be had."""
        ...

    async def set_breakpoint(
        self, file: str, line: int, *, condition: str = "", hits: str = "", log: str = ""
    ) -> Breakpoint: ...

    async def clear_breakpoint(self, file: str, line: int) -> None: ...

    @property
    def breakpoints(self) -> Sequence[Breakpoint]: ...

    @property
    def explorer(self) -> Explorer | None:
        """Questions beside the tour; None where no program is there to be asked."""
        ...

    async def send_input(self, text: str) -> None:
        """A line for the program's standard input."""
        ...

    async def restart(self) -> None: ...

    async def close(self) -> None:
        """End the program and everything it started; safe to call twice and at any moment."""
        ...
