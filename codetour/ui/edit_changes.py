"""The keys of the editor that change the tour; the screen itself is in `edit_screen`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.content import Content

from codetour.errors import CodetourError
from codetour.model.stage import STAGE_TITLES, STAGES
from codetour.model.text import clean
from codetour.ui.background import in_thread
from codetour.ui.dialogs import Ask, Card, Chooser
from codetour.ui.edit_keys import EDITS
from codetour.ui.edit_text import TextWindow, WatchWindow

if TYPE_CHECKING:
    from codetour.model.tour import Anchor
    from codetour.ui.edit_screen import EditScreen

MOST_PASSES = 10**6
HOW = (
    "Walk through the stops, put the cursor on a line of code, and say what is to be seen there. Every change is saved "
    "at once; u takes it back.\n\n"
)


class EditChanges:
    """Mixed into `EditScreen`, which is one class in several files only for their length."""

    @property
    def _desk(self) -> EditScreen:
        return cast("EditScreen", self)

    # -- which stop

    def action_next_stop(self) -> None:
        self._look_at(self._desk.draft.at + 1)

    def action_previous_stop(self) -> None:
        self._look_at(self._desk.draft.at - 1)

    def _look_at(self, index: int) -> None:
        self._desk.draft.look_at(index)
        self._desk.paint()

    def action_add(self) -> None:
        anchor = self._anchor_here()
        if anchor is not None:
            self._desk.draft.add(anchor)
            self._desk.changed()
            self._desk.say("Added. t gives it a title, i its idea.")

    def action_place(self) -> None:
        anchor = self._anchor_here()
        if anchor is not None and self._has_stop():
            self._desk.draft.place(anchor)
            self._desk.changed()

    def _anchor_here(self) -> Anchor | None:
        """The line under the cursor, as something that survives edits."""
        me = self._desk
        if me.code.source is None:
            me.say("No file is open: f opens one.")
            return None
        try:
            return me.desk.anchor(me.code.source.file, me.code.cursor)
        except CodetourError as problem:
            me.say(f"{problem.message} {problem.hint}", "warning")
            return None

    def action_later(self) -> None:
        self._move(1)

    def action_earlier(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        if self._has_stop():
            if self._desk.draft.move(by):
                self._desk.changed()
            else:
                self._desk.say("It is the last stop already." if by > 0 else "It is the first stop already.")

    def action_delete(self) -> None:
        if self._has_stop():
            self._desk.draft.delete()
            self._desk.changed()
            self._desk.say("Deleted; u brings it back.")

    def _has_stop(self) -> bool:
        if self._desk.draft.stop is None:
            self._desk.say("There is no stop yet: a adds one at the cursor's line.")
            return False
        return True

    # -- its words

    def action_title(self) -> None:
        stop = self._desk.draft.stop
        if stop is not None and self._has_stop():
            self._line("Title of the stop", stop.title, lambda text: self._desk.draft.reword(title=text))

    def action_idea(self) -> None:
        stop = self._desk.draft.stop
        if stop is not None and self._has_stop():
            hint = "Markdown. [#3] links to stop 3, [words][Other tour#2] to another tour's stop 2."
            self._paper(
                "The idea of this stop", stop.idea, lambda text: self._desk.draft.reword(idea=text), hint
            )

    def action_look(self) -> None:
        stop = self._desk.draft.stop
        if stop is not None and self._has_stop():
            self._paper(
                "Where to look, what to notice", stop.look, lambda text: self._desk.draft.reword(look=text)
            )

    def action_watch(self) -> None:
        me = self._desk
        stop = me.draft.stop
        if stop is None or not self._has_stop():
            return

        def keep(names: tuple[str, ...] | None) -> None:
            if names is not None:
                me.draft.reword(watch=names)
                me.changed()

        me.app.push_screen(WatchWindow(stop.watch, me.desk.names(stop, me.recording)), keep)

    def action_stage(self) -> None:
        me = self._desk
        stop = me.draft.stop
        if stop is None or not self._has_stop():
            return

        def keep(index: int | None) -> None:
            if index is not None:
                me.draft.reword(stage=STAGES[index])
                me.changed()

        rows = [Content(STAGE_TITLES[s]) for s in STAGES]
        me.app.push_screen(Chooser("Chapter of this stop", rows, at=STAGES.index(stop.stage)), keep)

    def action_hit(self) -> None:
        stop = self._desk.draft.stop
        if stop is None or not self._has_stop():
            return

        def keep(text: str) -> None:
            if text.strip().isdecimal() and 0 < int(text.strip()[:9]) <= MOST_PASSES:
                self._desk.draft.reword(hit=int(text.strip()[:9]))
            else:
                self._desk.say("A whole number from 1 is expected.", "warning")

        self._line("Stop when the line is reached for the nth time", str(stop.hit), keep)

    # -- the tour

    def action_tour(self) -> None:
        me = self._desk
        tour = me.draft.tour
        primary = tour.extra.get("isPrimary") is True
        following = str(tour.extra.get("nextTour") or "none")
        rows = [
            Content.assemble("Title  ", (clean(tour.title, 60), "dim")),
            Content.assemble("Description  ", (clean(tour.description, 60), "dim")),
            Content.assemble("Next tour  ", (clean(following, 60), "dim")),
            Content.assemble("The tour to begin with  ", ("yes" if primary else "no", "dim")),
        ]

        def chosen(index: int | None) -> None:
            if index == 0:
                self._line(
                    "Title of the tour",
                    tour.title,
                    lambda t: me.draft.describe("the title", title=t or tour.title),
                )
            elif index == 1:
                self._paper(
                    "What this tour is about",
                    tour.description,
                    lambda t: me.draft.describe("the description", description=t),
                )
            elif index == 2:
                self._choose_next()
            elif index == 3:
                me.draft.describe("which tour comes first", extra={"isPrimary": None if primary else True})
                me.changed()

        me.app.push_screen(Chooser("The tour itself", rows), chosen)  # fmt: skip

    def _choose_next(self) -> None:
        me = self._desk
        titles = me.desk.others

        def chosen(index: int | None) -> None:
            if index is not None:
                me.draft.describe("the next tour", extra={"nextTour": titles[index - 1] if index else None})
                me.changed()

        rows = [Content("none"), *(Content(clean(t, 100)) for t in titles)]
        me.app.push_screen(Chooser("The tour that follows this one", rows), chosen)

    # -- the code

    def action_file(self) -> None:
        # a large repository takes a moment to list
        self._desk.run_worker(self._choose_file(), group="files", exclusive=True)

    async def _choose_file(self) -> None:
        me = self._desk
        files = list(await in_thread(me.desk.files, "files"))

        def chosen(index: int | None) -> None:
            if index is not None:
                me.show_file(files[index], 1)
                me.code.focus()

        rows = [Content(clean(f, 200)) for f in files]
        me.app.push_screen(Chooser("Open a file", rows, hint="words of its path"), chosen)

    def action_search(self) -> None:
        me = self._desk
        start = me.code.cursor

        def go_on(text: str, _tell: Callable[[str], None]) -> bool:
            if text and not me.code.find(text, start=me.code.cursor + 1):
                me.say("Not found in this file.")
            return False

        me.app.push_screen(
            Ask(
                "Search in this file",
                go_on,
                hint="text",
                typing=lambda text: _ignore(me.code.find(text, start=start)),
            )
        )

    def action_arrow(self) -> None:
        stop = self._desk.draft.stop
        if stop is not None and stop.anchor.file:
            self._desk.show_file(stop.anchor.file, stop.anchor.line)

    def action_zoom(self) -> None:
        me = self._desk
        if me.maximized is not None:
            me.minimize()
        elif me.focused is not None:
            me.maximize(me.focused, container=False)

    # -- back, forth, away

    def action_undo(self) -> None:
        self._told(self._desk.draft.undo(), "Taken back", "There is nothing to take back.")

    def action_redo(self) -> None:
        self._told(self._desk.draft.redo(), "Done again", "There is nothing to do again.")

    def _told(self, what: str, done: str, nothing: str) -> None:
        if what:
            self._desk.changed()
        self._desk.say(f"{done}: {what}." if what else nothing)

    def action_help(self) -> None:
        parts: list[str | tuple[str, str]] = [HOW]
        for action in EDITS:
            parts += [(f"{action.shown:>4}  ", "bold $text-accent"), action.title.rstrip("…"),
                      (f"  {action.help}" if action.help else "", "dim"), "\n"]  # fmt: skip
        self._desk.app.push_screen(Card("Keys of the editor", Content.assemble(*parts), key="question_mark"))

    def action_palette(self) -> None:
        self._desk.app.action_command_palette()

    async def action_leave(self) -> None:
        await self._desk.app.run_action("leave")

    # -- windows

    def _line(self, prompt: str, text: str, keep: Callable[[str], None]) -> None:
        me = self._desk

        def answer(given: str, _tell: Callable[[str], None]) -> bool:
            keep(clean(given.strip(), 500))
            me.changed()
            return False

        window = Ask(prompt, answer, hint=prompt, history=[text] if text else [])
        me.app.push_screen(window)
        # what is there is edited, not typed again
        window.call_after_refresh(window.action_older)

    def _paper(self, title: str, text: str, keep: Callable[[str], None], hint: str = "") -> None:
        me = self._desk

        typed = False

        def write(given: str) -> None:
            # all that is typed in one window is one change
            nonlocal typed
            if typed:
                me.draft.undo()
            before = me.draft.tour
            keep(given)
            typed = me.draft.tour is not before
            me.changed()

        def kept(given: str | None) -> None:
            if given is not None:
                write(given)
            elif typed:
                me.draft.undo()
                me.changed()

        me.app.push_screen(TextWindow(title, text, hint=hint, typing=write), kept)


def _ignore(_value: object) -> None:
    """The cursor has moved, which is all that was wanted."""
