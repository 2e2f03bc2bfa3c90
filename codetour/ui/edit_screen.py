"""The editor: the stops, the words of one of them, and the code that it points at. Every change is saved at once."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codetour.errors import CodetourError
from codetour.model.naming import counted, heading_of, name_of
from codetour.model.source import SourceText
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean, clean_block
from codetour.model.tour import Stop, Tour
from codetour.model.value_text import details
from codetour.ui.background import in_thread
from codetour.ui.code_view import CodeView
from codetour.ui.edit_changes import EditChanges
from codetour.ui.edit_conflict import EditConflict
from codetour.ui.edit_desk import ChangedOutside, Desk
from codetour.ui.edit_draft import Draft
from codetour.ui.edit_keys import EDITS
from codetour.ui.edit_record import EditRecord
from codetour.ui.inline_code import with_code

MOST_VALUES = 6
SHOWN_FIRST = ("help", "leave", "add", "title", "idea", "undo", "file", "place", "watch", "earlier", "tour")
"""keys that a narrow terminal shows"""


class EditScreen(EditChanges, EditConflict, EditRecord, Screen[None]):
    """Shows a `Draft` and turns keys into changes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(",".join(a.keys), a.name, a.title, show=False, priority=True)
            for a in EDITS
            if a.name != "palette"
        ),
        Binding("escape", "back_to_code", "Back to the code", show=False),
    ]
    AUTO_FOCUS = "#code"
    DEFAULT_CSS = """
    EditScreen { layout: vertical; }
    EditScreen #edit-title, EditScreen #edit-keys { height: 1; }
    EditScreen #desk { height: 1fr; layout: vertical; }
    EditScreen #stops { height: 6; border: round $primary-muted; padding: 0; text-wrap: nowrap;
        text-overflow: ellipsis; }
    EditScreen #page { height: 1fr; }
    EditScreen #stops, EditScreen #words, EditScreen #code { border-title-color: $text; }
    EditScreen #words { height: 7; border: round $primary-muted; padding: 0 1; }
    EditScreen #code { height: 1fr; border: round $primary-muted; }
    EditScreen #stops:focus, EditScreen #words:focus, EditScreen #code:focus { border: round $primary; }
    EditScreen.-two #desk, EditScreen.-three #desk { layout: horizontal; }
    EditScreen.-two #stops, EditScreen.-three #stops { width: 38; height: 1fr; }
    EditScreen.-tall #words { height: 11; }
    EditScreen.-tiny #stops, EditScreen.-short #stops { display: none; }
    EditScreen.-short #words { height: 4; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.draft = Draft(desk.tour, desk.place)
        self.recording = desk.recording
        self.saved = True
        self.trouble = ""
        self.outside = False
        """the trouble is that somebody else has changed the file"""
        self._saving = False
        self._sources: dict[str, SourceText | None] = {}
        self._shown: tuple[object, ...] = ()
        self._shown_stop: tuple[str, int] = ("", 0)
        self._title = Static(markup=False, id="edit-title")
        self._stops = OptionList(id="stops", markup=False)
        self._text = Static(markup=False)
        self._words = VerticalScroll(id="words", can_focus=True)
        self.code = CodeView(id="code")
        self._keys = Static(markup=False, id="edit-keys")

    def compose(self) -> ComposeResult:
        yield self._title
        with Container(id="desk"):
            yield self._stops
            with Vertical(id="page"):
                with self._words:
                    yield self._text
                yield self.code
        yield self._keys

    def on_mount(self) -> None:
        self.code.border_title = "code"
        self.paint()
        if self.desk.notes:
            self.say(" ".join(self.desk.notes), "warning")
        if self.draft.stop is None:
            self.say("This tour has no stop yet: f opens a file, a adds a stop at the cursor's line.")

    # -- painting

    def paint(self) -> None:
        """Show the draft as it is."""
        # saving may end while the app is being left, when there is nothing to paint on any more
        if not (self.is_attached and self.is_running):
            return
        tour, at = self.draft.tour, self.draft.at
        shown = (tour.stops, at)
        if shown != self._shown:
            self._shown = shown
            self._stops.clear_options()
            self._stops.add_options([Option(_row(n, s)) for n, s in enumerate(tour.stops, 1)])
            if tour.stops:
                self._stops.highlighted = at
            self._stops.border_title = Content(counted(len(tour.stops), "stop"))
        self._paint_words()
        self._paint_bars()
        stop = self.draft.stop
        if stop is not None and stop.anchor.file:
            place = (stop.anchor.file, stop.anchor.line)
            if place != self._shown_stop or self.code.source is None:
                self._shown_stop = place
                self.show_file(stop.anchor.file, stop.anchor.line)
        self._mark()

    def _paint_bars(self) -> None:
        tour = self.draft.tour
        state = ("not saved", "bold $text-error") if self.trouble else ("saved", "$text-success")
        if not self.trouble and not self.saved:
            state = ("saving…", "$text-warning")
        number = f"stop {self.draft.at + 1} of {len(tour.stops)}" if tour.stops else "no stops"
        title = clean(tour.title, 60)
        trouble = (f"  {clean(self.trouble, 200)}", "$text-error")
        self._title.update(
            Content.assemble(" edit ", (f"· {title}  ", "bold"), f"{number}  ", state, trouble)
        )
        self._keys.update(_key_line(self.size.width))

    def _paint_words(self) -> None:
        stop = self.draft.stop
        words = self._words
        if stop is None:
            words.border_title = Content("")
            self._text.update(
                Content("A tour leads a reader from line to line, and says what is to be seen there.")
            )
            return
        words.border_title = Content.assemble((heading_of(stop, 100) or "without a title", "bold"))
        words.border_subtitle = Content(
            STAGE_TITLES[stop.stage] + (f" · pass {stop.hit}" if stop.hit > 1 else "")
        )
        blocks = [
            with_code(clean_block(stop.idea, 4_000))
            if stop.idea
            else Content("no idea yet: i").stylize("dim")
        ]
        if stop.look:
            blocks.append(
                Content.assemble(("Look: ", "bold $text-accent"), with_code(clean_block(stop.look, 4_000)))
            )
        watched = ", ".join(clean(w, 60) for w in stop.watch)
        blocks.append(
            Content.assemble(("Watch: ", "bold $text-accent"), watched or ("nothing in particular", "dim"))
        )
        if values := self._values(stop):
            blocks.append(Content.assemble(("Seen: ", "bold $text-accent"), values))
        self._text.update(Content("\n").join(blocks))

    def _values(self, stop: Stop) -> str:
        if self.recording is None:
            return ""
        known = self.desk.fitting(self.recording, self.draft.tour)
        seen = known.of(stop.id)
        frame = next((f for f in seen.frames if f.inside), None) if seen is not None else None
        if frame is None:
            missed = known.missed.get(stop.id, "")
            return f"not reached: {clean(missed, 200)}" if missed else ""
        first = sorted(frame.values, key=lambda v: v.name not in stop.watch)[:MOST_VALUES]
        return " · ".join(f"{clean(v.name, 30)} {details(v)}" for v in first)

    # -- the code pane

    def show_file(self, file: str, line: int) -> None:
        """Show a file with the cursor on a line."""
        if file not in self._sources:
            source = self.desk.sources.read(file)
            self._sources[file] = source or SourceText(file, f"\n  {clean(file, 200)} is not here.", "text")
        source = self._sources[file]
        assert source is not None
        self.code.show(source)
        self.code.border_title = Content(clean(file, 100))
        stop = self.draft.stop
        if stop is not None and (stop.anchor.file, stop.anchor.line) == (file, line):
            self.code.point(max(line, 1), "static")
        else:
            self.code.move_cursor(max(line, 1))
            self.code.reveal(max(line, 1))
        self._mark()

    def _mark(self) -> None:
        if self.code.source is not None:
            file = self.code.source.file
            stops = {s.anchor.line: name_of(s) for s in self.draft.tour.stops if s.anchor.file == file}
            self.code.mark(stops=stops)

    # -- keeping

    def changed(self) -> None:
        """Paint, and save beside the loop; the newest state wins."""
        self.saved = False
        self.paint()
        if not self._saving:
            self._saving = True
            self.run_worker(self._save(), group="save")

    async def _save(self) -> None:
        written: Tour | None = None
        while written is not self.draft.tour:
            written = self.draft.tour
            try:
                fresh = await in_thread(lambda tour=written: self.desk.save(tour), "save")
            except ChangedOutside as problem:
                self.trouble, self.outside = problem.message, True
                self.ask_whose()
                break
            except CodetourError as problem:
                self.trouble, self.outside = problem.message, False
                self.say(f"Not saved: {problem.message.rstrip('.')}. {problem.hint}".strip(), "error")
                break
            self.trouble, self.outside = "", False
            if written is self.draft.tour:
                self.draft.saved_as(fresh)
                written = self.draft.tour
        self._saving = False
        self.saved = not self.trouble
        self.paint()

    async def settled(self) -> None:
        """Wait until what was written is saved."""
        saving = [w for w in self.workers if w.group in ("save", "settle") and w.node is self]
        if saving:  # an empty list would mean every worker, and one may be recording for hours
            await self.workers.wait_for_complete(saving)

    # -- what happens

    def say(self, text: str, weight: str = "information") -> None:
        """A sentence for the writer, gone after a while."""
        if self.is_attached:
            # one at a time: they stand over the code
            self.app.clear_notifications()
            severity = "error" if weight == "error" else "warning" if weight == "warning" else "information"
            self.app.notify(
                clean(text, 600), severity=severity, timeout=4 if weight == "information" else 9, markup=False
            )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list is self._stops and event.option_index != self.draft.at:
            self.draft.look_at(event.option_index)
            self._shown = (self.draft.tour.stops, self.draft.at)
            self.paint()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.code.focus()

    def on_resize(self, event: events.Resize) -> None:
        if self.is_mounted:
            self._paint_bars()

    def action_back_to_code(self) -> None:
        self.code.focus()


def _row(number: int, stop: Stop) -> Content:
    place = f"{stop.anchor.file.rpartition('/')[2]}:{stop.anchor.line}" if stop.anchor.file else "no file"
    title = name_of(stop, 60) or "without a title"
    return Content.assemble((f"{number:>3} ", "dim"), title, (f"  {clean(place, 40)}", "dim"))


def _key_line(width: int) -> Content:
    """As many keys as there is room for, the last of them the way to all the others."""
    shown = [a for a in EDITS if a.short]
    order = sorted(
        shown, key=lambda a: SHOWN_FIRST.index(a.name) if a.name in SHOWN_FIRST else len(SHOWN_FIRST)
    )
    room = width - 2
    kept: set[str] = set()
    for action in order:
        room -= len(action.shown) + len(action.short) + 3
        if room >= 0:
            kept.add(action.name)
    parts: list[str | tuple[str, str]] = [" "]
    for action in shown:
        if action.name in kept:
            parts += [(action.shown, "bold $text-accent"), f" {action.short}  "]
    return Content.assemble(*parts)
