"""The keys that lead through the tour, save it, and explain; the screen itself is in `tour_screen`."""

from __future__ import annotations

from textual.content import Content

from codetour.model.naming import has_chapters, name_of
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean
from codetour.model.tour import Stop
from codetour.ui.background import in_thread
from codetour.ui.dialogs import Card, Chooser
from codetour.ui.help_screen import HelpScreen
from codetour.ui.prepared import Prepare
from codetour.ui.screen_part import ScreenPart


class TourActions(ScreenPart):
    """The groups Tour and Other of `keys`."""

    def action_next_stop(self) -> None:
        me = self._me
        me.walk.browse = None
        me.walk.wish(me.driver.next)

    def action_previous_stop(self) -> None:
        me = self._me
        if me.walk.browse is not None:
            me.action_arrow()
            return
        me.walk.wish(me.driver.previous)

    def action_continue(self) -> None:
        me = self._me
        me.walk.browse = None
        me.walk.wish(me.driver.resume_tour)

    def action_go_to_stop(self) -> None:
        me = self._me
        stops = me.driver.tour.stops
        several = has_chapters(me.driver.tour)
        rows = [
            Content.assemble(
                (f"{i + 1:>3} ", "dim"),
                "✓ " if s.id in me.walk.reached else "✗ " if s.id in me.walk.missed else "· ",
                name_of(s),
                (_beside(s, chapter=several), "dim"),
            )
            for i, s in enumerate(stops)
        ]
        rows.append(Content("    · The end of the tour"))

        def go(index: int | None) -> None:
            if index is not None:
                me.walk.browse = None
                me.walk.wish(lambda: me.driver.goto(index))

        window = Chooser(
            "Go to a stop", rows, at=me.driver.view.index, hint="a number, or words of its title"
        )
        me.app.push_screen(window, go)

    def action_map(self) -> None:
        self._me.app.push_screen(self._me.map_card())

    def action_concept(self) -> None:
        me = self._me
        from codetour.knowledge.concepts import cards

        found = cards().get(me.scene.concept) if me.scene is not None else None
        if found is None:
            me.say("There is no concept card for this stop.")
            return
        content = Content.assemble(found.idea, "\n\n", ("Look: ", "bold $text-accent"), found.look)
        me.app.push_screen(Card(found.title, content, key="x"))

    def action_second_tour(self) -> None:
        me = self._me
        if me.prepared.second is None:
            me.say("There is no second tour in this repository.")
            return
        self.leave_for(me.prepared.second.prepare)

    def leave_for(self, prepare: Prepare) -> None:
        """End this tour and go on with another."""
        me = self._me

        async def leave() -> None:
            if me.walk.busy or me.driver.view.mode not in ("recorded", "static", "ended"):
                me.say("Ending the program…")
            await me.walk.close()
            me.dismiss(prepare)

        me.app.run_worker(leave(), exclusive=False)

    def action_save(self) -> None:
        me = self._me
        save = me.prepared.save
        if save is None:
            me.say("There is nothing to save here: this tour comes from a file.")
            return

        async def work() -> None:
            me.say(clean(await in_thread(lambda: save(me.driver), "save"), 300))

        me.walk.now(work)

    def action_help(self) -> None:
        me = self._me
        if me.scene is None:
            return

        async def then(name: str | None) -> None:
            if name is not None:
                await me.run_action(name)

        me.app.push_screen(HelpScreen(me.scene, me.keymap, busy=bool(me.walk.busy)), then)

    def action_palette(self) -> None:
        self._me.app.action_command_palette()

    async def action_leave(self) -> None:
        me = self._me
        selected = me.get_selected_text()
        if selected:
            me.app.copy_to_clipboard(selected)
            me.clear_selection()
            me.say("Copied the selection")
            return
        await me.app.run_action("leave")


def _beside(stop: Stop, *, chapter: bool) -> str:
    """After a stop's name in a list: its chapter, where there are several, and its place."""
    place = f"  {clean(stop.anchor.file, 60)}:{stop.anchor.line}" if stop.anchor.file else ""
    return (f"  {STAGE_TITLES[stop.stage]}" if chapter else "") + place
