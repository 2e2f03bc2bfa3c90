"""The run itself: every halt of every process is understood here and becomes a stop, a pause, a crash or nothing.

    walk.start(); walk.standing -> where the program stands; await walk.resume(); await walk.end(outcome)

All stops are armed at once and served in the order in which the program reaches them. One thing stands at a time:
halts of other processes wait their turn.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from codetour.errors import CodetourError
from codetour.model.change import changes
from codetour.model.events import (
    Crashed,
    Ended,
    Event,
    Missed,
    Output,
    Paused,
    PhaseChanged,
    Reached,
    Resumed,
)
from codetour.model.text import clean
from codetour.model.value import Frame, Seen
from codetour.session.arming import Arming
from codetour.session.command import Command
from codetour.session.company import Company
from codetour.session.endings import Outcome, crash, ended, with_local_help
from codetour.session.itinerary import FOREIGN_PASSES, Itinerary, Place, Watch
from codetour.session.look import Looker
from codetour.session.messages import StackFrame, quoted
from codetour.session.options import LaunchOptions
from codetour.session.output import Category, OutputRing
from codetour.session.process import Process
from codetour.session.program import Gone, Halt, Left, Program
from codetour.session.remote import Remote
from codetour.session.standing import Clock, Standing
from codetour.session.stepping import Stepping
from codetour.session.visits import Visits
from codetour.session.wire import NoAnswer, WireError

QUIET_EXITS = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit"})
"""exceptions that are a way to end, not a crash"""
QUIET_RAISES = QUIET_EXITS | {"StopIteration", "StopAsyncIteration"}
PASSED = "[f.filename for f in __import__('traceback').extract_tb(__exception__[2])[1:]]"
"""the files through which an exception has come so far"""

BREAKPOINTS = frozenset({"breakpoint", "function breakpoint", "goto"})
"""why a thread stands, when some breakpoint is the cause"""


class Walk:
    """One run of the program along a tour."""

    def __init__(
        self,
        command: Command | Remote,
        make: Callable[[OutputRing], Program],
        itinerary: Itinerary,
        options: LaunchOptions,
        *,
        looker: Looker,
        stepping: Stepping,
        tell: Callable[[Event], None],
    ) -> None:
        self.itinerary = itinerary
        self.arming = Arming(itinerary)
        self.clock = Clock()
        self.output = OutputRing(self._wrote)
        self.standing: Standing | None = None
        self._before: Seen | None = None
        self.finished: Ended | None = None
        self.settled = asyncio.Event()
        """the program stands still, or is over"""
        self.looker = looker
        self.stepping = stepping
        self._command = command
        here = command if isinstance(command, Command) and command.sandbox is None else None
        self.scratch = here.scratch if here is not None else None
        """the run's own folder, where its processes are those of this machine"""
        self._options = options
        self.tell = tell
        self._waiting: deque[Halt] = deque()
        self._taking = asyncio.Lock()
        """one halt is understood at a time"""
        self._outcome: Outcome | None = None
        self._crash: Outcome | None = None
        self._crashed_in: Process | None = None
        self.debugger = make(self.output)
        self.company = Company(self.debugger, options.rank)
        self.visits = Visits(self)
        self._pump_task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Start the program and follow it to its end."""
        try:
            await self._follow()
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of it, and the program must end
            said = clean(f"{type(error).__name__}: {error}", 300)
            await self._finish(Outcome("failed", f"codetour's own side of the debugger failed: {said}"))

    async def _follow(self) -> None:
        self.arming.prepare(self.debugger)
        try:
            await self.debugger.start(stdin=self._options.interactive)
        except CodetourError as error:
            await self._finish(self._outcome or Outcome("failed", error.message, error.hint))
            return
        for path, answers in self.debugger.answers.items():
            self.arming.check(path, answers)
        self.tell(PhaseChanged(f"Running {clean(' '.join(self._command.shown[1:]), 120)}"))
        while True:
            happening = await self.debugger.happenings.get()
            if isinstance(happening, Gone):
                break
            if isinstance(happening, Left):
                await self.visits.lost(happening.process)
            else:
                self._waiting.append(happening)
                await self.take_waiting()
        code = happening.code
        outcome = self._outcome or ended(
            code, list(self.output.lines)[-5:], self._crash, cut=self.debugger.cut
        )
        await self._finish(outcome, None if self._outcome is not None and code == -9 else code)

    def program_path(self, file: str) -> str:
        """Where a file of the tree is for the program."""
        return self._command.paths.program_path(file)

    async def resume(self, how: str = "continue", *, alone: bool = False) -> None:
        """Let the program go on; `how` is continue, next, stepIn or stepOut. `alone`: nothing else that is held."""
        standing = self.standing
        if standing is None:
            return
        if standing.due and how == "continue":
            await self._serve(standing.halt, standing.top, standing.due)
            return
        if self._options.interactive and standing.place is not None:
            await self.arming.following.follow_loss(self, standing.place, standing.seen)
        file = self._command.paths.tree_file(standing.top.path)
        self.stepping.begin(how, file, standing.top.name, standing.top.line)
        beside = bool(standing.top.beside)
        if not beside:
            self.visits.steps(standing.halt.process)
        self.leave()
        self.tell(Resumed())
        with contextlib.suppress(WireError):
            await self.arming.sync_all(self.debugger)
            if how == "continue" and not alone:
                await self.visits.release()
            await standing.halt.process.resume(standing.halt.stopped.thread or 1, how)
        await self.take_waiting()

    async def end(self, outcome: Outcome) -> None:
        """End the program now."""
        if self._outcome is None and self.finished is None:
            self._outcome = outcome
        await self.debugger.kill()

    async def pause(self) -> bool:
        """Ask the running program to stand still; False when it does not answer in time."""
        await self.company.identify_all()
        process = self.company.main()
        if self.standing is not None or process is None:
            return self.standing is not None
        with contextlib.suppress(WireError):
            threads = await process.threads()
            await process.pause(threads[0][0] if threads else 1)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.settled.wait(), self._options.limits.pause)
        return self.standing is not None

    # -- halts

    async def take_waiting(self) -> None:
        """Look at the halts that wait, until the program stands; those of nobody's concern go on."""
        async with self._taking:
            for halt in tuple(self._waiting):
                free = self.standing is None or self.visits.steps_in(halt)
                if free and self.visits.minds(halt) and halt in self._waiting:
                    self._waiting.remove(halt)
                    await self._take(halt)

    def is_waiting(self, process: Process) -> bool:
        """It stands, and was not looked at yet."""
        return any(halt.process is process for halt in self._waiting)

    async def _take(self, halt: Halt) -> None:
        """Understand a halt; what is no concern of anybody goes on at once."""
        try:
            stands = await self._consider(halt)
            if not stands and halt.process.alive:
                await halt.process.resume(halt.stopped.thread)
        except NoAnswer:
            said = f"The program gave no answer while its values were looked at; {self.debugger.farewell}."
            await self.end(Outcome("hang", said))
        except WireError:
            return  # the process is gone; its end is told elsewhere

    async def _consider(self, halt: Halt) -> bool:
        frames = await halt.process.frames(halt.stopped.thread)
        if not frames:
            return False
        top = frames[0]
        if halt.stopped.reason == "exception":
            return await self._consider_exception(halt, top)
        file = self._command.paths.tree_file(top.path)
        path = self._command.paths.program_path(file) if file is not None else top.path
        if not await self.company.concerns(halt.process, top.id):
            return False
        watch = self.itinerary.watches.get((path, top.line))
        if watch is not None and not watch.passed:
            await self._note(halt, top, watch)
        probe = self.arming.probes.get((path, top.line))
        if probe is not None and not probe.done:
            await probe.take(self.looker, halt.process, top)
        by_hand = await self._by_hand(halt, top, path)
        due = await self._due_at(halt, top, path)
        if due:
            await self._serve(halt, top, due)
            return True
        if halt.stopped.reason == "step" and self.stepping.goes_on(file, top.name, top.line):
            await halt.process.resume(halt.stopped.thread, self.stepping.how)
            return True
        if await self._is_pause(halt, top, path, by_hand):
            return True
        await self.arming.sync(self.debugger, path)
        return False

    async def _due_at(self, halt: Halt, top: StackFrame, path: str) -> list[Place]:
        """The stops that this halt is; passes are counted."""
        due: list[Place] = []
        for place in self.itinerary.at(path, top.line):
            if place.binding is None:
                continue
            if place.binding.scope != top.name.rpartition(".")[2]:
                place.foreign += 1
                place.resting = place.foreign >= FOREIGN_PASSES
                continue
            if place.stop.hit > 1 and not await self._is_new_pass(halt, top, place):
                continue
            place.passes += 1
            self.clock.news = self.clock.now()
            if place.passes >= place.stop.hit:
                due.append(place)
            elif place.earlier is None or place.passes == place.stop.hit - 1:
                place.earlier = await self.see(halt, top, place=place)
        return due

    async def _is_new_pass(self, halt: Halt, top: StackFrame, place: Place) -> bool:
        """One statement can stop the program several times; it goes on while the instruction grows."""
        here = await self.looker.pass_of(halt.process, top)
        before, place.last_pass = place.last_pass, here
        return not (here[0] == before[0] != 0 and here[1] > before[1])

    async def _by_hand(self, halt: Halt, top: StackFrame, path: str) -> str:
        """Why a breakpoint by hand holds here; passes are counted also where a stop is served first."""
        if halt.stopped.reason not in BREAKPOINTS:
            return ""
        asked = self.arming.asked(path, top.line)
        return await self.arming.by_hand.reason(halt.process, top, path, asked=asked)

    async def _is_pause(self, halt: Halt, top: StackFrame, path: str, by_hand: str) -> bool:
        reason = halt.stopped.reason
        if reason in BREAKPOINTS:
            reason = "run to here" if self.arming.target == (path, top.line) else by_hand
            if self._options.interactive and not reason:
                reason = self.stepping.own_break(self._command.paths.tree_file(top.path), top.line)
            if not reason:
                return False
        self.arming.target = None
        seen = await self.see(halt, top, clean(reason, 300))
        self.stand(Standing("pause", halt, top, seen))
        self.tell(Paused(seen))
        return True

    async def _consider_exception(self, halt: Halt, top: StackFrame) -> bool:
        info = await halt.process.exception(halt.stopped.thread)
        kind = clean(info.type, 200)
        if info.handled:
            return await self._consider_raised(halt, top, f"{kind}: {info.message}")
        if kind.rpartition(".")[2] in QUIET_EXITS:
            return False
        frames = await self.looker.crash(halt.process, top)
        reason, now = clean(f"{kind}: {info.message}", 500), round(self.clock.now(), 3)
        seen = Seen(None, frames, seconds=now, process=halt.process.name, reason=reason)
        place = next((self.place_of(f) for f in seen.frames if f.inside), "")
        if self._crashed_in in {None, halt.process}:
            # a launcher's own words on a process that has crashed say less
            self._crash, self._crashed_in = crash(kind, info.message, place), halt.process
        self.stand(Standing("crash", halt, top, seen))
        self.tell(Crashed(seen, kind, clean(info.message, 2000)))
        return True

    async def _consider_raised(self, halt: Halt, top: StackFrame, said: str) -> bool:
        """An exception that may be caught yet: worth one stop, not one in each frame that it passes."""
        name = said.partition(":")[0].rpartition(".")[2]
        if name in QUIET_RAISES or self._command.paths.tree_file(top.path) is None:
            return False
        passed = quoted(await halt.process.evaluate(PASSED, top.id))
        if any(self._command.paths.tree_file(file) is not None for file in passed):
            return False
        if not await self.company.concerns(halt.process, top.id):
            return False
        seen = await self.see(halt, top, clean(f"Raised here: {said}", 500))
        self.stand(Standing("pause", halt, top, seen))
        self.tell(Paused(seen))
        return True

    def place_of(self, frame: Frame) -> str:
        """FILE:LINE; in a notebook the cell and its line."""
        if not frame.file.endswith(".ipynb"):
            return f"{frame.file}:{frame.line}"
        here = (p for p in self.itinerary.places if p.stop.anchor.file == frame.file)
        return next((f"{frame.file}, {p.words(frame.line)}" for p in here), frame.file)

    async def _note(self, halt: Halt, top: StackFrame, watch: Watch) -> None:
        """A place on the way was passed: remember it, with what its condition was."""
        watch.passed = True
        self.clock.news = self.clock.now()
        if watch.branch is not None and watch.branch.safe:
            value = await self.looker.value(halt.process, top, f"bool({watch.branch.test})")
            if isinstance(value.scalar, bool):
                watch.value = value.scalar

    async def _serve(self, halt: Halt, top: StackFrame, due: Sequence[Place]) -> None:
        place = due[0]
        seen = await self.see(halt, top, place=place)
        place.served = True
        self.clock.news = self.clock.now()
        self.clock.marks.setdefault("first_stop", round(self.clock.news, 3))
        self.clock.mark("last_stop")
        for other in self.itinerary.places:
            if other.resting:
                other.resting, other.foreign = False, 0
        self.stand(Standing("stop", halt, top, seen, place, tuple(due[1:])))
        self.tell(Reached(seen))

    async def see(self, halt: Halt, top: StackFrame, reason: str = "", *, place: Place | None = None) -> Seen:
        """What is there to be seen where a thread stands."""
        watch = place.stop.watch if place is not None else ()
        frames = await self.looker.stack(halt.process, top, watch)
        if "TORCHDYNAMO_DISABLE" in self._options.refused and not self.itinerary.compiled:
            self.itinerary.compiled = await self.looker.compiles(halt.process, top)
        seen = Seen(
            stop=place.stop.id if place is not None else None,
            frames=frames,
            hits=place.passes if place is not None else 1,
            seconds=round(self.clock.now(), 3),
            process=halt.process.name,
            reason=reason,
        )
        seen = replace(seen, changes=changes(self._before, seen))
        if place is not None:
            self._before = seen
        return seen

    def stand(self, standing: Standing) -> None:
        """The program stands, or is looked at, here."""
        self.standing = standing
        self.settled.set()

    def leave(self) -> None:
        """It does not stand where it did."""
        self.standing = None
        self.settled.clear()

    # -- the end

    async def _finish(self, outcome: Outcome, code: int | None = None) -> None:
        await self.debugger.close()
        outcome = with_local_help(outcome, self._command.paths.root, self._command.cwd)
        because = "; ".join(t for t in (self.company.ranks(), outcome.because) if t)
        self.leave()
        self.clock.mark("end")
        for place in self.itinerary.places:
            if place.served:
                continue
            if place.earlier is not None:
                # it wanted a later pass than ever came: what was seen before is better than nothing
                place.served = True
                self.tell(Reached(replace(place.earlier, reason=self.itinerary.explain(place, because))))
            else:
                self.tell(Missed(place.stop.id, self.itinerary.explain(place, because)))
        self.finished = Ended(outcome.how, code, outcome.message, outcome.mend, round(self.clock.now(), 3))
        self.tell(self.finished)
        self.settled.set()

    def _wrote(self, category: Category, text: str) -> None:
        self.clock.heard = self.clock.now()
        self.tell(Output(category, text))
