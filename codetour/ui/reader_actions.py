"""What belongs to the reader: notes of their own beside the author's words, and links that lead elsewhere."""

from __future__ import annotations

from dataclasses import replace

from textual.content import Content

from codetour.model.text import clean
from codetour.tourfile.links import Link, bare, links, shown
from codetour.tourfile.step_facts import facts
from codetour.ui.dialogs import Chooser
from codetour.ui.edit_text import TextWindow
from codetour.ui.scene import Scene
from codetour.ui.screen_part import ScreenPart


class ReaderActions(ScreenPart):
    """The keys for notes and links."""

    def with_notes(self, scene: Scene) -> Scene:
        """The scene with the reader's note, and with links as words."""
        me = self._me
        stops = me.driver.tour.stops
        told: list[str] = []
        if scene.index < len(stops) and scene.tone != "trouble":
            stop = stops[scene.index]
            told += [f"{label}: {text}" for label, text in facts(stop)]
            if note := me.notes.get(stop.id):
                told.append(f"Your note: {note}")
        titles = me.prepared.tours
        return replace(
            scene,
            idea=shown(scene.idea, titles),
            look=shown(scene.look, titles),
            notes=(*scene.notes, *told),
        )

    def action_note(self) -> None:
        me = self._me
        keep = me.prepared.on_note
        stops = me.driver.tour.stops
        if keep is None or me.scene is None or me.scene.index >= len(stops):
            me.say("There is no stop here to write a note about.")
            return
        stop = stops[me.scene.index]

        def kept(text: str | None) -> None:
            if text is None:
                return
            keep(stop.id, text)
            me.notes.pop(stop.id, None)
            if text.strip():
                me.notes[stop.id] = text.strip()
            me.refresh_scene()

        hint = "Only you see it: it is kept in your home, not in the tour."
        window = TextWindow(f"Your note on stop {me.scene.index + 1}", me.notes.get(stop.id, ""), hint=hint)
        me.app.push_screen(window, kept)

    def action_follow(self) -> None:
        me = self._me
        stops = me.driver.tour.stops
        if me.scene is None or me.scene.index >= len(stops):
            me.say("There are no links here.")
            return
        stop = stops[me.scene.index]
        found = links(f"{stop.idea}\n{stop.look}", me.prepared.tours)
        if not found:
            me.say("There are no links at this stop.")
        elif len(found) == 1:
            self._go(found[0])
        else:
            rows = [Content(clean(link.label, 100)) for link in found]
            me.app.push_screen(
                Chooser("Where to go", rows),
                lambda index: self._go(found[index]) if index is not None else None,
            )

    def _go(self, link: Link) -> None:
        me = self._me
        if not link.tour:
            if link.step > len(me.driver.tour.stops):
                me.say(f"This tour has no stop {link.step}.", "warning")
                return
            me.walk.browse = None
            me.walk.wish(lambda: me.driver.goto(link.step - 1))
            return
        title = next((t for t in me.prepared.tours if bare(t) == link.tour), None)
        if me.prepared.open_tour is None or title is None:
            me.say(f"The tour {clean(link.tour, 60)} is not here.", "warning")
            return
        me.leave_for(me.prepared.open_tour(title, link.step, me.scene.index if me.scene is not None else 0))
