"""A tour walked without a program: from a recording, or from the plan alone.

The same Driver as a live session, so that looking back in a live tour and replaying a saved one are one path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codetour.model.driver import Breakpoint, Mode, Unsupported, View
from codetour.model.events import Event
from codetour.model.recording import Recording
from codetour.model.tour import Tour
from codetour.model.value import Seen, Value

_NO_PROGRAM = "No program is running: this is a recording. `codetour run REPO` runs it again."


class RecordedDriver:
    """Answers from a recording; a stop that was not reached is shown with the reason."""

    def __init__(self, tour: Tour, recording: Recording | None = None, *, message: str = "") -> None:
        self._tour = tour
        self._recording = recording or Recording(tour.title)
        self._seen = {seen.stop: seen for seen in self._recording.seen}
        self._index = 0
        self._message = message

    @property
    def tour(self) -> Tour:
        return self._tour

    @property
    def recording(self) -> Recording:
        """What is replayed."""
        return self._recording

    @property
    def view(self) -> View:
        if self._index >= len(self._tour.stops):
            return View(self._index, "ended", message=self._message)
        stop = self._tour.stops[self._index]
        seen: Seen | None = self._seen.get(stop.id)
        mode: Mode = "recorded" if seen is not None else "static"
        missed = self._recording.missed.get(stop.id, "")
        return View(self._index, mode, seen, None, missed, self._message)

    @property
    def output(self) -> Sequence[str]:
        return self._recording.output.split("\n") if self._recording.output else ()

    @property
    def breakpoints(self) -> Sequence[Breakpoint]:
        return ()

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Nothing happens in a recording, so nothing is ever told."""
        del listener
        return lambda: None

    async def start(self) -> None: ...

    async def next(self) -> None:
        self._index = min(self._index + 1, len(self._tour.stops))

    async def previous(self) -> None:
        self._index = max(self._index - 1, 0)

    async def goto(self, index: int) -> None:
        self._index = min(max(index, 0), len(self._tour.stops))

    async def resume_tour(self) -> None:
        await self.next()

    async def step_over(self) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def step_in(self) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def step_out(self) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def run_to(self, file: str, line: int) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def pause(self) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def evaluate(self, expression: str, frame: int = 0) -> Value:
        """A recorded local by its plain name; anything else needs a program."""
        seen = self.view.seen
        if seen is not None and frame < len(seen.frames):
            for value in seen.frames[frame].values:
                if value.name == expression.strip():
                    return value
        raise Unsupported(_NO_PROGRAM)

    async def children(self, path: Sequence[str], frame: int = 0) -> tuple[Value, ...]:
        """The recorded children of a value."""
        seen = self.view.seen
        if seen is None or frame >= len(seen.frames):
            return ()
        level = seen.frames[frame].values
        for name in path:
            level = next((v.items for v in level if v.name == name), ())
        return level

    async def set_breakpoint(
        self, file: str, line: int, *, condition: str = "", hits: str = "", log: str = ""
    ) -> Breakpoint:
        raise Unsupported(_NO_PROGRAM)

    async def clear_breakpoint(self, file: str, line: int) -> None:
        raise Unsupported(_NO_PROGRAM)

    @property
    def explorer(self) -> None:
        """There is nobody to ask."""
        return

    async def send_input(self, text: str) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def restart(self) -> None:
        raise Unsupported(_NO_PROGRAM)

    async def close(self) -> None: ...
