"""LiveDriver: the Driver protocol over a program that really runs. One run at a time, from `start` to `close`.

The reader walks freely among what was seen while the program stands at the front; `next` at the front lets it go on
to whichever stop it reaches first. Whatever happens is told as events; methods return as soon as the request is on
its way.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from codetour.environment.probe import Interpreter, ask
from codetour.errors import CodetourError, SessionError, SourceError
from codetour.model.driver import Breakpoint, Mode, Unsupported, View
from codetour.model.events import Crashed, Ended, Event, Missed, Output, PhaseChanged, Reached
from codetour.model.explore import Explorer
from codetour.model.source import SourceText, Tree
from codetour.model.tour import Tour
from codetour.model.value import Seen, Value
from codetour.session.attached import Attached
from codetour.session.bind import Unbindable, bind
from codetour.session.command import Command, make_command, with_activation
from codetour.session.conditions import When
from codetour.session.debugger import Debugger
from codetour.session.endings import Outcome
from codetour.session.exploring import LiveExplorer
from codetour.session.itinerary import make_itinerary
from codetour.session.look import Looker
from codetour.session.meeting import meet
from codetour.session.options import LaunchOptions
from codetour.session.output import OutputRing
from codetour.session.overrides import DATA_WORKERS
from codetour.session.program import Program
from codetour.session.remote import Address, Remote
from codetour.session.scratch import scratch_folder
from codetour.session.standing import Standing
from codetour.session.stepping import Stepping
from codetour.session.walk import Walk
from codetour.source.reading import read_source

NOT_STOPPED = "The program is running; pause it first."


class LiveDriver:
    """A tour that can be walked while the program runs."""

    def __init__(self, tree: Tree, tour: Tour, options: LaunchOptions) -> None:
        self._tree = tree
        self._tour = tour
        self.options = options
        self._listeners: list[Callable[[Event], None]] = []
        self._index = 0
        self._live_index: int | None = None
        self._message = ""
        self._seen: dict[str, Seen] = {}
        self._missed: dict[str, str] = {}
        self._marks: list[Breakpoint] = []
        self._walk: Walk | None = None
        self._run_task: asyncio.Task[None] | None = None
        self._scratch: Path | None = None
        self._closing = False
        self.interpreter: Interpreter | None = None
        self.command: Command | Remote | None = None

    # -- what a screen draws

    @property
    def tour(self) -> Tour:
        return self._tour

    @property
    def view(self) -> View:
        stop = self._tour.stops[self._index] if self._index < len(self._tour.stops) else None
        seen = self._seen.get(stop.id) if stop is not None else None
        mode = self._mode(seen)
        standing = self._walk.standing if self._walk is not None else None
        if mode in {"exploring", "crashed"} and standing is not None:
            seen = standing.seen
        missed = self._missed.get(stop.id, "") if stop is not None else ""
        away = self._walk.visits.away if self._walk is not None else ""
        return View(self._index, mode, seen, self._live_index, missed, self._message, away)

    def _mode(self, seen: Seen | None) -> Mode:
        walk = self._walk
        if walk is None:
            return "starting"
        standing = walk.standing
        if standing is not None and self._index == self._front():
            return {"stop": "live", "pause": "exploring", "crash": "crashed"}[standing.kind]  # type: ignore[return-value]
        if walk.finished is not None:
            closing = self._index >= len(self._tour.stops)
            return "ended" if closing else ("recorded" if seen is not None else "static")
        if standing is None and self._index == self._front():
            return "running" if self._seen else "starting"
        return "recorded" if seen is not None else "static"

    def _front(self) -> int:
        """Where the reader is when they look at the program itself."""
        return self._live_index if self._live_index is not None else self._index

    @property
    def output(self) -> Sequence[str]:
        return self._walk.output.lines if self._walk is not None else ()

    @property
    def breakpoints(self) -> Sequence[Breakpoint]:
        walk = self._walk
        return walk.arming.by_hand.breakpoints if walk is not None else tuple(self._marks)

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What was seen at stops, in the order reached."""
        return tuple(self._seen.values())

    @property
    def missed(self) -> dict[str, str]:
        """Stop id -> why it was not reached, once the run is over."""
        return dict(self._missed)

    @property
    def finished(self) -> Ended | None:
        """How the run ended."""
        return self._walk.finished if self._walk is not None else None

    @property
    def timing(self) -> dict[str, float]:
        """Seconds from the start to first_stop, last_stop, end."""
        return dict(self._walk.clock.marks) if self._walk is not None else {}

    @property
    def walk(self) -> Walk:
        """The run under way."""
        if self._walk is None:
            raise SessionError("The program was not started.")
        return self._walk

    @property
    def explorer(self) -> Explorer | None:
        """Questions about the program beside the tour; None before it is started."""
        return LiveExplorer(self._walk, self._walk.arming.following) if self._walk is not None else None

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        self._listeners.append(listener)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    # -- the tour

    async def start(self) -> None:
        """Start the program. Raises EnvironmentProblem, NoEntryPoint or SourceError where that is hopeless."""
        if self._walk is not None:
            return
        if self.options.attach is not None:
            await self._meet(self.options.attach)
        else:
            await self._launch()
        self._run_task = asyncio.create_task(self.walk.run())

    async def _launch(self) -> None:
        self._tell(PhaseChanged(f"Asking {self.options.python}"))
        # a bare name is looked up as a shell does
        python = Path(shutil.which(self.options.python) or self.options.python)
        self.interpreter = await asyncio.to_thread(ask, python)
        self._scratch = scratch_folder()
        command = make_command(
            self._tree, self._tour, self.options, python=self.interpreter.path, scratch=self._scratch
        )
        command = await asyncio.to_thread(with_activation, command)
        patches = {} if DATA_WORKERS in self.options.refused else {"workers": 0}
        if self.options.max_batches:
            patches["max_batches"] = self.options.max_batches
        limits = self.options.limits
        self._walk = self._new_walk(command, lambda output: Debugger(command, output, limits, patches))
        self._tell(PhaseChanged(f"Starting Python {self.interpreter.text}"))

    async def _meet(self, address: Address) -> None:
        """Raises SessionError where there is no program, or none that runs the tour's entry point."""
        self._tell(PhaseChanged(f"Meeting the program at {address.text}"))
        attached = Attached(address, self.options.limits)
        try:
            remote, self.interpreter, warning = await meet(
                attached, self._tree, self._tour, self.options.maps
            )
        except CodetourError:
            await attached.close()
            raise
        self._walk = self._new_walk(remote, attached.writing_to)
        if warning:
            self._tell(Output("console", warning + "\n"))

    def _new_walk(self, command: Command | Remote, make: Callable[[OutputRing], Program]) -> Walk:
        self.command = command
        entry = self._tour.entry.file if self._tour.entry is not None else ""
        itinerary = make_itinerary(
            self._tour, self._read, command.paths.program_path, entry=entry, watch=self.options.watch_misses
        )
        looker = Looker(command.paths, self.options.limits, self._tour.axes)
        stepping = Stepping(self._read)
        walk = Walk(command, make, itinerary, self.options, looker=looker, stepping=stepping, tell=self._tell)
        for mark in self._marks:
            walk.arming.by_hand.put(command.paths.program_path(mark.file), mark)
        return walk

    def _read(self, file: str) -> SourceText | None:
        try:
            return read_source(self._tree.root, file)
        except SourceError:
            return None

    async def settled(self) -> None:
        """Wait until the program stands still or is over."""
        await self.walk.settled.wait()

    async def next(self) -> None:
        walk = self.walk
        at_front = walk.standing is not None and self._index == self._front()
        if at_front and self._seen_all() and not self.options.to_end:
            # real training goes on for hours: the reader has seen it all, and `c` lets it run to its end
            self._show(len(self._tour.stops))
        elif at_front:
            await walk.resume()
        elif walk.standing is None and walk.finished is None and self._index == self._front():
            self._message = "The program is running."
        else:
            self._show(self._index + 1)

    def _seen_all(self) -> bool:
        """The program stands at a stop of the tour, and there is none that it has not been at."""
        standing = self.walk.standing
        return (
            standing is not None
            and standing.kind == "stop"
            and all(stop.id in self._seen for stop in self._tour.stops)
        )

    async def previous(self) -> None:
        self._show(self._index - 1)

    async def goto(self, index: int) -> None:
        self._show(index)

    async def resume_tour(self) -> None:
        standing = self.walk.standing
        if self._index != self._front():
            self._show(self._front())
        elif await self.walk.visits.back():
            self._message = ""
        elif standing is not None:
            await self.walk.resume()

    def _show(self, index: int) -> None:
        self._index = max(0, min(index, len(self._tour.stops)))
        self._message = ""

    # -- free debugging

    async def step_over(self) -> None:
        await self._step("next")

    async def step_in(self) -> None:
        await self._step("stepIn")

    async def step_out(self) -> None:
        await self._step("stepOut")

    def _standing(self) -> Standing:
        if self.walk.standing is None:
            raise Unsupported(NOT_STOPPED)
        return self.walk.standing

    async def _step(self, how: str) -> None:
        if self._standing().top.beside:
            raise Unsupported("It is only looked at, and goes on by itself.")
        self._show(self._front())
        await self.walk.resume(how)

    async def run_to(self, file: str, line: int) -> None:
        walk, command, standing = self.walk, self._command(), self._standing()
        path = command.paths.program_path(file)
        walk.arming.target = (path, self._bound(file, line))
        walk.arming.target_pid = standing.halt.process.info.pid if walk.visits.held else 0
        await walk.arming.sync(walk.debugger, path)
        self._show(self._front())
        await walk.resume(alone=bool(walk.visits.held))

    async def pause(self) -> None:
        if not await self.walk.pause() and self.walk.finished is None:
            stuck = await LiveExplorer(self.walk, self.walk.arming.following).stuck()
            self._message = f"The program is {stuck}."

    async def evaluate(self, expression: str, frame: int = 0) -> Value:
        standing = self._standing()
        return await self.walk.looker.value(standing.halt.process, standing.top, expression, frame)

    async def children(self, path: Sequence[str], frame: int = 0) -> tuple[Value, ...]:
        if (standing := self.walk.standing) is None:
            return ()
        return await self.walk.looker.children(standing.halt.process, standing.top, path, frame)

    async def set_breakpoint(
        self, file: str, line: int, *, condition: str = "", hits: str = "", log: str = ""
    ) -> Breakpoint:
        bound = self._bound(file, line)
        mark = Breakpoint(file, bound, condition, hits, log, verified=True)
        try:
            When.of(condition=condition, hits=hits, log=log)
        except ValueError as error:
            raise Unsupported(f"{error}.") from error
        await self.clear_breakpoint(file, bound)
        if self._walk is not None:
            path = self._command().paths.program_path(file)
            await self._walk.arming.by_hand.bring(self._walk.debugger.processes, mark)
            self._walk.arming.by_hand.put(path, mark)
            await self._walk.arming.sync(self._walk.debugger, path)
        self._marks.append(mark)
        return mark

    def _bound(self, file: str, line: int) -> int:
        source = self._read(file)
        if source is None:
            raise Unsupported(f"{file} cannot be read.")
        try:
            return bind(source.text, line).line
        except Unbindable as error:
            raise Unsupported(f"{file}: {error}.") from error

    async def clear_breakpoint(self, file: str, line: int) -> None:
        self._marks = [m for m in self._marks if (m.file, m.line) != (file, line)]
        if self._walk is not None:
            path = self._command().paths.program_path(file)
            if self._walk.arming.by_hand.drop(path, line):
                await self._walk.arming.sync(self._walk.debugger, path)

    async def send_input(self, text: str) -> None:
        try:
            await self.walk.debugger.send_input(text if text.endswith("\n") else text + "\n")
        except SessionError as error:
            raise Unsupported(error.message) from error

    async def restart(self) -> None:
        if self.options.attach is not None:
            raise Unsupported("codetour did not start this program; start it again where it runs.")
        await self._stop(Outcome("cancelled", "The program was started again."))
        self._walk, self._live_index, self._index, self._message = None, None, 0, ""
        self._seen.clear()
        self._missed.clear()
        await self.start()

    async def end(self, outcome: Outcome) -> None:
        """End the program for a reason and wait until the run is over."""
        await self._stop(outcome)

    async def close(self) -> None:
        self._closing = True
        await self._stop(Outcome("cancelled", "The tour was left."))

    async def _stop(self, outcome: Outcome) -> None:
        walk, task = self._walk, self._run_task
        if walk is not None and task is not None:
            await walk.end(outcome)
            try:
                await asyncio.shield(task)
            except CodetourError:
                await walk.debugger.close()
        self._run_task = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _command(self) -> Command | Remote:
        if self.command is None:
            raise SessionError("The program was not started.")
        return self.command

    def _tell(self, event: Event) -> None:
        """Keep what is needed for the view, then pass it on."""
        if isinstance(event, Reached) and event.seen.stop is not None:
            self._seen[event.seen.stop] = event.seen
            self._message = ""
            index = next(i for i, s in enumerate(self._tour.stops) if s.id == event.seen.stop)
            if self._walk is not None and self._walk.standing is not None:
                self._live_index = self._index = index
        elif isinstance(event, Missed):
            self._missed[event.stop] = event.why
        elif isinstance(event, Crashed):
            self._message = f"{event.type}: {event.message}"
        elif isinstance(event, Ended):
            self._live_index = None
            self._message = event.message
        for listener in list(self._listeners):
            listener(event)
