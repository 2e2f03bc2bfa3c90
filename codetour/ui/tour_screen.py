"""The tour screen: composes the panes, paints the scene into them, and turns keys into wishes of the `Walk`."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from codetour.errors import CodetourError
from codetour.model.driver import Driver
from codetour.model.naming import name_of
from codetour.model.source import SourceText
from codetour.model.text import clean
from codetour.model.value import Value
from codetour.ui.cards import ClosingCard, map_content
from codetour.ui.code_view import CodeView
from codetour.ui.debug_actions import DebugActions
from codetour.ui.dialogs import Card
from codetour.ui.graph_map import GraphActions
from codetour.ui.keymap import Keymap
from codetour.ui.keys import ACTIONS, BY_NAME, CLOSING, RUNNING
from codetour.ui.look_actions import LookActions
from codetour.ui.outline_pane import OutlinePane
from codetour.ui.output_pane import OutputPane
from codetour.ui.pane_actions import PaneActions
from codetour.ui.panes import IdeaPane, KeyBar, Saying, ShapesStrip, TitleBar
from codetour.ui.path_pane import PathPane
from codetour.ui.prepared import Prepare, Prepared
from codetour.ui.reader_actions import ReaderActions
from codetour.ui.room import SMALLEST
from codetour.ui.scene import Place, Scene
from codetour.ui.search_actions import SearchActions
from codetour.ui.shapes_beside import beside
from codetour.ui.tour_actions import TourActions
from codetour.ui.values_pane import Fetch, ValuesPane
from codetour.ui.walk import Walk, Weight

ENLARGE = "Too small to read code: make the terminal 60×16 or larger. q leaves."
LIVE_KEYS = ("next_stop", "previous_stop", "step_over", "step_in", "continue", "outline", "help", "palette")
STILL_KEYS = ("next_stop", "previous_stop", "go_to_stop", "outline", "search", "map", "help", "palette")
BEHIND_KEYS = ("next_stop", "previous_stop", "continue", "go_to_stop", "outline", "search", "help", "palette")
"""while the reader looks back and a program waits further on"""
SIDE_KEYS = ("values", "output")


class TourScreen(
    TourActions,
    ReaderActions,
    DebugActions,
    LookActions,
    SearchActions,
    PaneActions,
    GraphActions,
    Screen[Prepare | None],
):
    """Shows a tour over a driver; returns what to prepare next, None when the reader leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back_to_code", "Back to the code", show=False),
        # the palette's key belongs to the app; the rest must work whatever has the focus
        *(
            Binding(",".join(a.keys), a.name, a.title, show=False, priority=True, id=a.name)
            for a in ACTIONS
            if a.name != "palette"
        ),
    ]
    AUTO_FOCUS = "#code"

    def __init__(self, prepared: Prepared, driver: Driver, keymap: Keymap, *, show_map: bool = True) -> None:
        super().__init__()
        self.keymap = keymap
        self.prepared = prepared
        self.driver = driver
        self.walk = Walk(
            driver, changed=self._soon, say=self.say, heard=self._heard, keymap=keymap, known=prepared.problem
        )
        self.scene: Scene | None = None
        self.inline = True
        self._browsed: Place | None = None
        self.found = ""
        """what was searched for, marked in the code"""
        self.notes = dict(prepared.notes)
        self._show_map = show_map
        self._painting = False
        self._kept_place = -1
        self._code_titles: tuple[str, ...] = ()
        self._sources: dict[str, SourceText | None] = {}
        self._reading: asyncio.Task[None] | None = None
        self._clock: Timer | None = None
        tour = driver.tour
        role = {"train": "training", "eval": "evaluation"}.get(tour.entry.role if tour.entry else "", "tour")
        self._title_bar = TitleBar(tour.repo.rpartition("/")[2] or tour.title, role, id="title")
        self.outline = OutlinePane(tour, id="outline")
        self.idea = IdeaPane(id="idea")
        self.code = CodeView(id="code")
        self.closing = ClosingCard(tour, keymap, id="closing")
        self._strip = ShapesStrip(id="strip")
        self.values = ValuesPane(id="values")
        self.path = PathPane(id="path")
        self.output = OutputPane(id="output")
        self.saying = Saying(id="saying")
        self._keys = KeyBar(keymap, id="keys")

    def compose(self) -> ComposeResult:
        yield self._title_bar
        with Horizontal(id="body"):
            yield self.outline
            with Vertical(id="main"):
                yield self.idea
                yield self.code
                yield self.closing
                yield self._strip
            with Vertical(id="side"):
                yield self.values
                yield self.path
        yield self.output
        yield self._keys
        yield self.saying
        yield Static(ENLARGE, id="enlarge", markup=False)

    def on_mount(self) -> None:
        """Start the driver; the map is read meanwhile."""
        self.output.fill(self.driver.output)
        self._clock = self.set_interval(0.2, self._tick, pause=True)
        self.walk.wish(self._begin)
        self._paint()
        for problem in self.keymap.problems[:3]:
            self.say(problem, "warning")
        if self._show_map:
            self.app.push_screen(self.map_card())

    async def _begin(self) -> None:
        try:
            await self.driver.start()
        except CodetourError as problem:
            # the tour goes on without a program, and says why
            self.say(clean(f"{problem.message} {problem.hint}".strip(), 500), "error")
            self.driver = self.prepared.static()
            await self.walk.change_to(self.driver, problem)
            await self.driver.start()
        if 0 < self.prepared.place <= len(self.driver.tour.stops) and self.driver.view.mode in (
            "recorded",
            "static",
        ):
            await self.driver.goto(self.prepared.place)
        self.tell_kept()

    # -- painting

    def _soon(self) -> None:
        """Paint once for all that happens in this turn of the loop."""
        if not self._painting and self.is_attached:
            self._painting = True
            self.call_next(self._paint)

    def _tick(self) -> None:
        if self.scene is not None:
            self._show_busy(self.scene)
            self.watch_wait(self.walk.busy)

    def _paint(self) -> None:
        self._painting = False
        if not self.is_attached:
            return
        scene = self.scene = self.with_notes(self.with_watched(self.walk.scene()))
        tour = self.driver.tour
        self._keep_place(scene)
        self.idea.show(scene, tour.description)
        self.values.show(scene, tour.axes, self._fetcher(scene))
        self.path.show(scene)
        self.outline.show(scene, self.walk.reached, self.walk.missed)
        self._show_busy(scene)
        closing = scene.closing and scene.place is None
        if closing and self.walk.browse is None:
            second = self.prepared.second.label if self.prepared.second is not None else ""
            ran = bool(self.walk.reached) or bool(self.walk.missed)
            ending = self.walk.ending or self._waiting()
            self.closing.show(self.walk.reached, self.walk.missed, ending, second, ran=ran)
        was = self.has_class("-closing")
        self.set_class(closing and self.walk.browse is None, "-closing")
        if closing and not was:
            self.closing.take_focus()
        elif was and not closing:
            self.code.focus()
        self._show_code(scene)

    def _show_busy(self, scene: Scene) -> None:
        busy = self.walk.busy
        # the first moments are no wait: a recorded stop comes within a frame
        shown = busy if busy > 0.2 else 0.0
        self._title_bar.show(scene, shown)
        running = self.output.last(2) or [self.walk.phase or "the program is running"] if shown else None
        self._strip.show(scene, self.driver.tour.axes, running)
        names = RUNNING if shown else self._offered(scene)
        if self.prepared.second is None:
            names = tuple(n for n in names if n != "second_tour")
        self._keys.show(
            (*names[:-2], *SIDE_KEYS, *names[-2:]) if self.size.width >= 100 and not shown else names
        )
        if self._clock is not None:
            (self._clock.resume if busy else self._clock.pause)()

    def _waiting(self) -> str:
        """A program that could go on for hours stands at the last stop while the reader is at the end."""
        at = self.driver.view.live_index
        if at is None:
            return ""
        key = self.keymap.key("continue")
        return (
            f"The program still waits at stop {at + 1}: {key} goes there, {key} again lets it run to its end."
        )

    def _offered(self, scene: Scene) -> tuple[str, ...]:
        """The actions that matter where the reader is, while nothing runs."""
        if scene.closing:
            return CLOSING
        if scene.tone == "live":
            return LIVE_KEYS
        return BEHIND_KEYS if "returns to live" in scene.mode else STILL_KEYS

    def _keep_place(self, scene: Scene) -> None:
        if scene.index != self._kept_place:
            self._kept_place = scene.index
            self.prepared.on_place(scene.index)

    def _fetcher(self, scene: Scene) -> Fetch | None:
        if scene.tone not in ("live", "trouble"):
            return None
        frame = scene.frame or 0

        async def fetch(path: tuple[str, ...]) -> tuple[Value, ...]:
            return await self.driver.children(path, frame)

        return fetch

    # -- the code pane

    def _show_code(self, scene: Scene) -> None:
        place = self.walk.browse or scene.place
        if place is None:
            return
        if place.file in self._sources:
            self._place_code(scene, place)
        elif self._reading is None:
            self._reading = asyncio.create_task(self._read(place.file))

    async def _read(self, file: str) -> None:
        """Files are read beside the loop: a repository may lie on a slow disk."""
        try:
            self._sources[file] = await asyncio.to_thread(self.prepared.sources.read, file)
        except Exception as problem:  # noqa: BLE001 - a file that cannot be read is no reason to end a tour
            self._sources[file] = None
            self.say(clean(f"{file}: {problem}", 300), "warning")
        finally:
            self._reading = None
        self._soon()

    def _place_code(self, scene: Scene, place: Place) -> None:
        source = self._sources[place.file]
        if source is None:
            source = SourceText(
                place.file,
                f"\n  {clean(place.file, 200)} is not here; line {place.line} cannot be shown.",
                "text",
            )
            self._sources[place.file] = source
        new = self.code.source is not source
        self.code.show(source)
        at_arrow = scene.place is not None and scene.place.file == place.file
        stops = {s.anchor.line: name_of(s) for s in self.driver.tour.stops if s.anchor.file == place.file}
        points = {b.line: b.verified for b in self.driver.breakpoints if b.file == place.file}
        notes: dict[int, str] = {}
        if self.inline and at_arrow and scene.place is not None and scene.values:
            notes = beside(self.code.plain_lines, scene.place.line, scene.values)
        self.code.mark(stops=stops, points=points, notes=notes)
        self.code.highlight(self.found)
        here = (scene.place.line, scene.arrow) if at_arrow and scene.place is not None else None
        if here is not None and (new or (self.code.arrow, self.code.arrow_kind) != here):
            self.code.point(*here)
        browsed = self.walk.browse
        if browsed is not None and (new or browsed is not self._browsed):
            self.code.move_cursor(place.line)
            self.code.reveal(place.line)
        self._browsed = browsed
        self._title_code(place, scene)

    def _title_code(self, place: Place, scene: Scene) -> None:
        cell = self.code.source.cell_of(place.line) if self.code.source is not None else None
        where = f"  cell {cell[0].index}" if cell is not None else ""
        symbol = "" if place.symbol in ("", "<module>") else f"  {place.symbol}"
        # a crash is told above the code already
        message = (
            ("" if self.driver.view.mode == "crashed" else self.driver.view.message)
            if self.walk.browse is None
            else f"not on the tour, {self.keymap.key('arrow')} goes back to the arrow"
        )
        titles = (place.file, where, symbol, message)
        if titles == self._code_titles:
            return  # setting a border title repaints the whole pane
        self._code_titles = titles
        self.code.border_title = Content.assemble((clean(place.file, 100), "bold"), where, clean(symbol, 100))
        self.code.border_subtitle = Content(clean(message, 200))

    # -- what happens

    def say(self, text: str, weight: Weight = "information") -> None:
        """A sentence for the reader above the key line, until the next key."""
        if self.is_attached:
            self.saying.say(text, weight)

    def hush(self) -> None:
        """The reader goes on: what was said has been read."""
        self.saying.hush()

    def _heard(self, text: str) -> None:
        self.output.hear(text)

    def on_resize(self, event: events.Resize) -> None:
        """Below the smallest size there is one sentence instead of a heap of borders."""
        self.set_class(event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1], "-enlarge")
        self._soon()

    def on_screen_resume(self) -> None:
        """A terminal that was resized under a window told only the window."""
        self.tell_kept()
        size = self.app.size
        self.post_message(events.Resize(size, size))

    def on_code_view_clicked(self, event: CodeView.Clicked) -> None:
        self.action_breakpoint(event.line)

    def on_outline_pane_chosen(self, event: OutlinePane.Chosen) -> None:
        index = event.index
        self.walk.wish(lambda: self.driver.goto(index))
        self.action_back_to_code()

    def on_path_pane_chosen(self, event: PathPane.Chosen) -> None:
        if event.row.frame is not None:
            self.walk.frame, self.walk.browse = event.row.frame, None
        elif event.row.place is not None:
            self.walk.browse = event.row.place
        self._soon()

    def on_closing_card_jump(self, event: ClosingCard.Jump) -> None:
        e = event.extension
        self.browse(Place(e.file, e.line, e.symbol))

    def refresh_scene(self) -> None:
        """Paint now: the reader changed what is looked at."""
        self._paint()

    def browse(self, place: Place) -> None:
        """Show a place that is not where the tour is."""
        self.walk.browse, self._browsed = place, None
        self._paint()
        self.code.focus()

    def map_card(self) -> Card:
        """The map of the repository, as a card to read."""
        tour = self.driver.tour
        # a program cannot be started in its middle
        place = self.prepared.place if self.driver.view.mode in ("recorded", "static") else 0
        first = self.scene is None or self.scene.index in (0, place)
        go_on = (
            "closes" if not first else f"goes on at stop {place + 1}, where you were" if place else "begins"
        )
        content = map_content(tour, problem=self.prepared.problem)
        return Card(f"Map of {clean(tour.repo or tour.title, 60)}", content, key="m", go_on=go_on)

    def pane(self, name: str) -> Widget:
        """The pane that an action names."""
        return {"outline": self.outline, "values": self.values, "path": self.path, "output": self.output}[
            name
        ]


assert all(hasattr(TourScreen, f"action_{name}") for name in BY_NAME)
