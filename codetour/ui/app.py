"""The app: preparation, choice, consent, tour, and the second tour after it. See `codetour.ui` for how to call it.

The journey is one coroutine that reads from top to bottom; blocking work runs in daemon threads beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from codetour.errors import CodetourError, Interrupted
from codetour.model.driver import Driver
from codetour.model.text import clean
from codetour.places import config_dir
from codetour.progress import Progress
from codetour.ui.background import in_thread
from codetour.ui.dress import HEIGHTS, WIDTHS, dress, plain_colours
from codetour.ui.keymap import FILE, load_keymap
from codetour.ui.phases import Phases
from codetour.ui.prepare_screen import PreparationScreen
from codetour.ui.prepared import Choice, Decision, Farewell, Outcome, Prepare, Prepared

if TYPE_CHECKING:
    from codetour.ui.tour_screen import TourScreen

T = TypeVar("T")
PATIENCE = 10.0
"""seconds that cancelled work, or a program being ended, gets before the app leaves without it"""
LAST_RESORT = 15.0
"""seconds after a signal until the process ends, whatever it waits for"""


def _end_at_last(number: int, _frame: object) -> None:
    """End for certain: what is written to a closed terminal may be waited for without end. The guard ends the rest."""
    last = threading.Timer(LAST_RESORT, os._exit, (128 + number,))
    last.daemon = True
    last.start()


class CodetourApp(App[Farewell]):
    """`CodetourApp("karpathy/nanoGPT", prepare).run()`, or `prepared=` and `driver=` for a replay."""

    TITLE = "codetour"
    # Textual annotates these two as instance variables by a misplaced bracket
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [*WIDTHS]  # pyright: ignore[reportIncompatibleVariableOverride]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [*HEIGHTS]  # pyright: ignore[reportIncompatibleVariableOverride]
    CSS_PATH = "screens.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+p", "command_palette", "Palette", show=False, priority=True, id="palette"),
    ]

    def __init__(
        self,
        title: str,
        prepare: Prepare | None = None,
        *,
        prepared: Prepared | None = None,
        driver: Driver | None = None,
        theme: str = "dark",
        show_map: bool = True,
    ) -> None:
        """`theme` is dark, light, ansi, ansi-light or the name of a theme of Textual."""
        super().__init__(ansi_color=plain_colours())
        self._about, self._prepare, self._prepared, self._given = clean(title, 80), prepare, prepared, driver
        self._driver_shown: Driver | None = None
        self._phases: Phases | None = None
        self._work: asyncio.Future[object] | None = None
        self._show_map = show_map
        self._leaving = False
        self._told_to_end = False
        self._failure: CodetourError | None = None
        self._seen: set[str] = set()
        self._retry = asyncio.Event()
        self._preparation: PreparationScreen | None = None
        self._keymap_read = load_keymap(config_dir() / FILE)
        self.set_keymap(dict(self._keymap_read.changed))
        dress(self, theme)

    def get_default_screen(self) -> Screen[None]:
        """The first frame is already the preparation."""
        self._preparation = PreparationScreen(self._about, self._retry.set)
        return self._preparation

    def on_mount(self) -> None:
        """Paint first, work then."""
        # what was imported stays; without this a full collection costs 50 ms in the middle of a key press
        gc.freeze()
        self._listen_for_the_end()
        self.call_after_refresh(lambda: self.run_worker(self._journey(), exit_on_error=True))

    # -- the journey

    async def _journey(self) -> None:
        prepared, driver, prepare = self._prepared, self._given, self._prepare
        while True:
            if prepared is None:
                assert prepare is not None, "neither a preparation nor something prepared was given"
                prepared = await self._until_prepared(prepare)
            if driver is None:
                driver = await self._driver_for(prepared)
            self._failure = prepared.failure
            self._driver_shown = driver
            # the tour's panes take 50 ms to import: the preparation is painted first
            from codetour.ui.tour_screen import TourScreen

            screen = TourScreen(prepared, driver, self._keymap_read, show_map=self._show_map)
            prepare = await self.push_screen_wait(screen)
            self._seen |= screen.walk.reached
            self._driver_shown = None
            if prepare is None:
                return
            prepared = driver = None

    async def _until_prepared(self, prepare: Prepare) -> Prepared:
        outcome = await self._work_on(prepare)
        while isinstance(outcome, Choice):
            outcome = await self._choose(outcome)
        return outcome

    async def _choose(self, choice: Choice) -> Outcome:
        from codetour.ui.dialogs import Chooser

        rows = [
            Content.assemble((clean(o.label, 200), "bold"), (_indented(o.detail), "dim"))
            for o in choice.options
        ]
        taken = await self.push_screen_wait(
            Chooser(clean(choice.question, 100), rows, hint="words narrow the list", text=choice.text)
        )
        if taken is None:
            await self.action_leave()
            await asyncio.Event().wait()
            raise Interrupted
        return await self._work_on(lambda progress: choice.then(taken, progress))

    async def _driver_for(self, prepared: Prepared) -> Driver:
        live = prepared.live
        if live is None:
            return prepared.static()
        decision = Decision(
            prepared.execution.launch if prepared.execution is not None else prepared.tour.launch
        )
        if prepared.execution is not None and not prepared.agreed:
            from codetour.ui.consent_screen import ConsentScreen

            answer = await self.push_screen_wait(ConsentScreen(prepared.tour, prepared.execution))
            if answer == "quit":
                self.exit(Farewell())
                await asyncio.Event().wait()
            if not isinstance(answer, Decision):
                return prepared.static()
            decision = answer
        agreed = decision
        return await self._work_on(lambda progress: live(agreed, progress))

    async def _work_on(self, work: Callable[[Progress], T]) -> T:
        """Run `work` in a thread under the preparation screen, again and again until it succeeds."""
        assert self._preparation is not None
        screen = self._preparation
        while True:
            phases = self._phases = screen.phases = Phases()
            screen.error = None
            future = in_thread(partial(work, phases), "preparation")
            self._work = future  # type: ignore[assignment]
            try:
                return await asyncio.shield(future)
            except Interrupted:
                # whoever cancelled also leaves; this coroutine ends with the app
                await asyncio.Event().wait()
            except CodetourError as problem:
                screen.error = problem
            except Exception as problem:  # noqa: BLE001 - a defect is shown like any trouble, with its type
                screen.error = CodetourError(
                    f"{type(problem).__name__}: {problem}",
                    hint="this is a defect of codetour; run the command with --plain to see all of it",
                )
            finally:
                self._phases = self._work = None
            self._retry.clear()
            await self._retry.wait()

    async def on_event(self, event: events.Event) -> None:
        """What was said is gone with the next key or click on the tour."""
        if isinstance(event, events.Key | events.MouseDown):
            tour = self._tour_screen()
            if tour is not None and tour is self.screen:
                tour.hush()
        await super().on_event(event)

    # -- leaving

    def _listen_for_the_end(self) -> None:
        """A terminal that is closed, or a kill, ends the program as the key does, and puts the terminal in order."""
        loop = asyncio.get_running_loop()

        def told() -> None:
            self._told_to_end = True
            self.call_later(self.action_leave)

        for number in (signal.SIGTERM, signal.SIGHUP):
            # only the main thread may, and not everywhere
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, told)
                # the loop hears of it all the same, and this even where it waits for a terminal that is gone
                signal.signal(number, _end_at_last)

    async def action_leave(self) -> None:
        """Cancel the work or end the program, then go; a second time goes at once."""
        if self._leaving:
            self._bye()
            return
        self._leaving = True
        self.run_worker(self._leave(), group="leave")

    async def _leave(self) -> None:
        if self._phases is not None:
            self._phases.cancel()
            if self._preparation is not None:
                self._preparation.stopping = True
            if self._work is not None:
                await asyncio.wait([self._work], timeout=PATIENCE)
        screen = self._tour_screen()
        if screen is not None:
            self._seen |= screen.walk.reached
            slow = self.set_timer(0.4, lambda: screen.say("Ending the program…  (q again leaves at once)"))
            with contextlib.suppress(Exception):
                await asyncio.wait_for(screen.walk.close(), PATIENCE)
            slow.stop()
        self._bye()

    def _tour_screen(self) -> TourScreen | None:
        """The tour, where it is shown."""
        from codetour.ui.tour_screen import TourScreen

        return next((s for s in self.screen_stack if isinstance(s, TourScreen)), None)

    def _bye(self) -> None:
        error = self._preparation.error if self._preparation is not None else None
        if error is None and self._preparation is not None and self._preparation.stopping:
            error = Interrupted()
        if error is None:
            error = self._failure
        if self._told_to_end:
            error = Interrupted("Ended from outside; nothing is left running.")
        code = error.exit_code if error is not None else 0
        self.exit(Farewell(code, error, frozenset(self._seen)))

    async def on_unmount(self) -> None:
        """However the app ends, the program does too."""
        if self._driver_shown is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._driver_shown.close(), PATIENCE)

    # -- the palette

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the tour screen by its name, then the themes."""
        if self._tour_screen() is screen:
            for action in self._keymap_read.actions:
                if action.name == "palette":
                    continue
                name = action.name
                title = f"{action.title.rstrip('…')}  ({action.shown.split()[0]})"
                yield SystemCommand(
                    title, action.help, lambda name=name: self.call_later(screen.run_action, name)
                )
        yield SystemCommand("Theme", "dark, light, ansi and others", self.action_change_theme)
        yield SystemCommand(
            "Screenshot",
            "an SVG picture of this screen",
            lambda: self.set_timer(0.1, self.deliver_screenshot),
        )


def _indented(text: str) -> str:
    return "".join(f"\n    {clean(line, 200)}" for line in text.splitlines()[:3])
