"""The walk through one tour: holds the driver, hands it the reader's wishes one after another, hears its events.

No Textual in here: the screen gives two callbacks, `changed` (paint again) and `say` (a sentence for the reader).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal

from codetour.errors import CodetourError
from codetour.model.driver import Driver, Unsupported
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
from codetour.model.value import Seen
from codetour.ui.keymap import Keymap
from codetour.ui.scene import Place, Scene, compose, next_stop

Weight = Literal["information", "warning", "error"]
Wish = Callable[[], Awaitable[object]]
ENDED_WELL = ("finished", "all-stops")
QUEUE = 8
"""wishes that may wait: key repeat must not run away"""


class Walk:
    """A driver and what the reader did with it."""

    def __init__(
        self,
        driver: Driver,
        *,
        changed: Callable[[], None],
        say: Callable[[str, Weight], None],
        heard: Callable[[str], None],
        keymap: Keymap | None = None,
        known: str = "",
    ) -> None:
        self.driver = driver
        self.frame: int | None = None
        """the frame picked with u and d"""
        self.browse: Place | None = None
        """a place looked at that is not the arrow"""
        self.phase = ""
        self.crash = ""
        self.ending = ""
        self.mend = ""
        self.missed: dict[str, str] = {}
        self.reached: set[str] = set()
        self._changed, self._say, self._heard = changed, say, heard
        self._keymap = keymap or Keymap()
        self._known = clean(known, 500)
        """what was known to be missing before the program was started: most likely why it crashes"""
        self._wishes: deque[Wish] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._urgent: set[asyncio.Task[None]] = set()
        self._since: float | None = None
        self._shown: tuple[object, ...] = ()
        self._sent: int | None = None
        """the stop from which the program was sent on, while it runs"""
        self._unsubscribe = driver.subscribe(self._hear)

    # -- wishes

    @property
    def busy(self) -> float:
        """Seconds for which the reader has been waiting; 0.0 when nobody waits."""
        waiting = self._pump is not None or self.driver.view.mode in ("running", "starting")
        if not waiting:
            self._since = None
            return 0.0
        if self._since is None:
            self._since = time.monotonic()
        return time.monotonic() - self._since

    def wish(self, call: Wish) -> None:
        """Do `call` after the wishes before it."""
        if len(self._wishes) < QUEUE:
            self._wishes.append(call)
        if self._pump is None:
            # not create_task, here and below: where Textual makes tasks eager (3.12 on), they run before it returns,
            # and this one may have ended before it is kept
            self._pump = asyncio.Task(self._serve())

    def now(self, call: Wish) -> None:
        """Do `call` beside whatever is going on: pause, input, evaluation; first, whoever asks may close a window."""
        task = asyncio.Task(self._try(call))
        self._urgent.add(task)
        task.add_done_callback(self._urgent.discard)

    async def _serve(self) -> None:
        try:
            while self._wishes:
                await self._try(self._wishes.popleft())
        finally:
            self._pump = None
            self._changed()

    async def _try(self, call: Wish) -> None:
        try:
            await call()
        except Unsupported as no:
            self._wishes.clear()
            self._say(clean(str(no), 300), "information")
        except CodetourError as problem:
            self._wishes.clear()
            self._say(clean(f"{problem.message} {problem.hint}".strip(), 500), "error")
        except Exception as problem:  # noqa: BLE001 - a driver's failure must not take the screen with it
            self._wishes.clear()
            self._say(clean(f"{type(problem).__name__}: {problem}", 500), "error")
        self._changed()

    # -- events

    def _hear(self, event: Event) -> None:
        if isinstance(event, Output):
            self._heard(event.text)
            return
        if isinstance(event, Resumed):
            self._sent = self.driver.view.index
        elif isinstance(event, Reached | Paused | Crashed):
            self._sent = None
        if isinstance(event, PhaseChanged):
            self.phase = clean(event.text, 200)
        elif isinstance(event, Missed):
            self.missed[event.stop] = clean(event.why, 500)
        elif isinstance(event, Reached) and event.seen.stop is not None:
            self.reached.add(event.seen.stop)
            self.missed.pop(event.seen.stop, None)
        elif isinstance(event, Crashed):
            self.crash = clean(f"{event.type}: {event.message}", 500)
        elif isinstance(event, Ended):
            self.mend = clean(event.mend, 300)
            if event.how not in ENDED_WELL:
                self.ending = _ending(event)
            if self._sent is not None and self._sent == self.driver.view.index < len(self.driver.tour.stops):
                # the reader asked for the next stop and the program ended on the way: show them something new,
                # and not a stop that it reached before this one
                onward = next_stop(self.driver.tour, self._sent, self.reached)
                self.wish(lambda: self.driver.goto(onward))
            self._sent = None
        self._changed()

    # -- what is shown

    def scene(self) -> Scene:
        """The scene now; forgets the picked frame when the view has moved."""
        view = self.driver.view
        shown = (view.index, view.mode, id(view.seen))
        if shown != self._shown:
            self._shown, self.frame, self.browse = shown, None, None
        stops = self.driver.tour.stops
        if 0 <= view.index < len(stops):
            stop = stops[view.index].id
            if view.missed:
                self.missed[stop] = clean(view.missed, 500)
            if view.seen is not None and view.seen.stop == stop:
                self.reached.add(stop)
        self._hear_say()
        done = self.reached | self.missed.keys()
        return compose(
            self.driver.tour,
            view,
            frame=self.frame,
            ending=self.ending or (self._known if view.mode == "crashed" else ""),
            crash=self.crash,
            done=done,
            keymap=self._keymap,
        )

    def _hear_say(self) -> None:
        """What happened before this screen listened, where the driver can tell: a recording, a run under way."""
        told = getattr(self.driver, "recording", self.driver)
        seen = self.seen()
        missed: Mapping[str, str] = getattr(told, "missed", {})
        end: Ended | None = getattr(told, "end", None) if told is not self.driver else None
        if end is not None and not self.ending and end.how not in ENDED_WELL:
            self.ending = _ending(end)
        self.reached.update(s.stop for s in seen if s.stop is not None)
        for stop, why in missed.items():
            if stop not in self.reached:
                self.missed[stop] = clean(why, 500)

    def seen(self) -> Sequence[Seen]:
        """What was seen at each stop so far, where the driver can tell."""
        told = getattr(self.driver, "recording", self.driver)
        seen: Sequence[Seen] = getattr(told, "seen", ())
        return seen

    def pick(self, scene: Scene, by: int) -> bool:
        """Pick the frame `by` rows from the one shown (-1: the caller); False at the ends."""
        at = scene.row + by
        while 0 <= at < len(scene.rows):
            if scene.rows[at].frame is not None:
                self.frame, self.browse = scene.rows[at].frame, None
                return True
            at += by
        return False

    async def restart(self) -> None:
        """The program again from its beginning; what happened to the first one is forgotten."""
        await self.driver.restart()
        self.crash = self.ending = self.mend = ""
        self.missed.clear()
        self.reached.clear()

    async def change_to(self, driver: Driver, problem: CodetourError) -> None:
        """Go on with another driver because of `problem`; the first one is closed."""
        self._unsubscribe()
        await self.driver.close()
        self.driver = driver
        self.ending = clean(f"{problem.message} {problem.hint}".strip(), 700)
        self._unsubscribe = driver.subscribe(self._hear)

    async def close(self) -> None:
        """Stop listening, drop the wishes, end the program."""
        self._unsubscribe()
        self._wishes.clear()
        for task in (*self._urgent, *([self._pump] if self._pump else ())):
            task.cancel()
        await self.driver.close()


def _ending(end: Ended) -> str:
    """What happened, and on a line of its own what to do about it."""
    what = clean(end.message or end.how, 400)
    return f"{what}\nNext: {clean(end.mend, 300)}" if end.mend else what
