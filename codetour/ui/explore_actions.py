"""Questions beside the tour: stacks, close looks, definitions, watched expressions, followed numbers."""

from __future__ import annotations

import re
from dataclasses import replace

from textual.content import Content

from codetour.model.driver import Unsupported
from codetour.model.explore import Explorer
from codetour.model.text import clean
from codetour.model.value import Value
from codetour.ui.dialogs import Ask, Card, Chooser, Tell
from codetour.ui.explore_cards import curve_text, detail_card
from codetour.ui.point_actions import PointActions
from codetour.ui.scene import Place, Scene
from codetour.ui.stack_rows import Meant, rows_of

NO_PROGRAM = "No program is running here; a live tour has one."
WATCHES = 12
LONG_WAIT = 20.0
"""seconds without a stop after which a reader is told where the program is; then at twice the time"""
NAMES = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


class ExploreActions(PointActions):
    """Part of the group Debugger of `keys`."""

    _watched: dict[str, Value]
    _told_wait: float = 0.0
    _watched_at: tuple[object, ...] = ()

    def explorer(self) -> Explorer:
        """Raises Unsupported where nothing runs."""
        found = self._me.driver.explorer
        if found is None:
            raise Unsupported(NO_PROGRAM)
        return found

    def _frame(self) -> int:
        scene = self._me.scene
        return scene.frame or 0 if scene is not None else 0

    # -- a program that does not come to its next stop

    def watch_wait(self, seconds: float) -> None:
        """Say where the program is, now and then, to a reader who waits for it; called again and again."""
        if seconds < LONG_WAIT:
            self._told_wait = 0.0
        elif seconds >= max(self._told_wait * 2, LONG_WAIT):
            self._told_wait = seconds
            self._me.walk.now(lambda: self._tell_wait(seconds))

    async def _tell_wait(self, seconds: float) -> None:
        me = self._me
        where = "inside compiled code, or still importing"
        explorer = me.driver.explorer
        stacks = await explorer.stacks() if explorer is not None else ()
        calls = [c for s in stacks[:1] for c in s.calls if c.inside]
        if calls:
            where = f"at {calls[0].file}:{calls[0].line} in {calls[0].symbol}"
        pause, restart, leave = (me.keymap.key(n) for n in ("pause", "restart", "leave"))
        me.say(
            f"No stop for {seconds:.0f} s; the program is {where}."
            f" {pause} pauses it there, {restart} starts it again, {leave} ends it."
        )

    # -- threads, tasks, processes

    def action_threads(self) -> None:
        me = self._me

        async def show() -> None:
            explorer = self.explorer()
            stacks = await explorer.stacks()
            rows, meant = rows_of(await explorer.processes(), stacks)
            place = sum(1 for m in meant if not m.key)

            def go(index: int | None) -> None:
                if index is None:
                    return
                found = meant[index]
                if found.call is not None:
                    me.browse(Place(found.call.file, found.call.line, found.call.symbol))
                else:
                    me.walk.wish(lambda: self._visit(found))

            title = "Processes, threads, tasks: Enter stands in it, or goes to the line"
            me.app.push_screen(Chooser(title, rows, at=place, hint="words of a name or a place"), go)

        me.walk.now(show)

    async def _visit(self, found: Meant) -> None:
        """From now on values, steps and expressions are those of another process, thread or task."""
        me = self._me
        said = await self.explorer().visit(found.number, found.key)
        if said:
            me.say(said)

    # -- close looks

    def action_examine(self) -> None:
        me = self._me
        path = me.values.path_under_cursor() if me.values.has_focus else ()
        if path:
            me.walk.now(lambda: self._examine(path))
            return

        def answer(text: str, _tell: Tell) -> bool:
            if text.strip():
                me.walk.now(lambda: self._evaluated(text.strip()))
            return False

        names = "a name or an expression; in the values pane the key takes the value under the cursor"
        me.app.push_screen(Ask("Look closely at", answer, hint=names))

    async def _evaluated(self, text: str) -> None:
        value = await self._me.driver.evaluate(text, self._frame())
        if value.kind == "error":
            raise Unsupported(f"{text}: {value.type} {value.scalar or ''}")
        await self._examine((text,))

    async def _examine(self, path: tuple[str, ...]) -> None:
        detail = await self.explorer().detail(path, self._frame())
        # the terminal's own few colours hold no shades of grey
        colours = not (self._me.app.no_color or self._me.app.native_ansi_color)
        card = detail_card(detail, colours=colours)
        self._me.app.push_screen(Card(clean(".".join(path), 100), card, key="k"))

    # -- definitions

    def action_definition(self) -> None:
        me = self._me
        place = self._cursor()
        if place is None or me.code.source is None:
            return
        lines = me.code.plain_lines
        text = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
        names = list(dict.fromkeys(NAMES.findall(text.partition("#")[0])))[:40]
        if not names:
            me.say("There is no name on this line.")
        elif len(names) == 1:
            me.walk.now(lambda: self._define(names[0]))
        else:

            def go(index: int | None) -> None:
                if index is not None:
                    me.walk.now(lambda: self._define(names[index]))

            rows = [Content(name) for name in names]
            me.app.push_screen(Chooser("Where was it written?", rows, hint="part of the name"), go)

    async def _define(self, name: str) -> None:
        me = self._me
        found = await self.explorer().definition(name, self._frame())
        if found is None:
            raise Unsupported(f"{name} does not tell where it was written.")
        if not found.inside:
            raise Unsupported(f"{name} was written in {found.file}:{found.line}, a library.")
        me.browse(Place(found.file, found.line, name))

    # -- watched expressions

    def action_watch(self) -> None:
        me = self._me
        watched = self._watches()

        def answer(text: str, tell: Tell) -> bool:
            text = text.strip()
            if text and watched.pop(text, None) is None:
                if len(watched) >= WATCHES:
                    tell(f"{WATCHES} are watched already; type one of them again to let it go.")
                    return True
                watched[text] = Value(text, kind="text", scalar="…")
            self._watched_at = ()
            me.refresh_scene()
            self.keep_points()
            tell("watched: " + ("  ".join(watched) or "nothing"))
            return True

        hint = "an expression shown at every stop; the same again lets it go"
        me.app.push_screen(Ask("Watch", answer, hint=hint))

    def _watches(self) -> dict[str, Value]:
        if not hasattr(self, "_watched"):
            self._watched = {t: Value(t, kind="text", scalar="…") for t in self._me.prepared.kept.watches}
        return self._watched

    def watched_expressions(self) -> tuple[str, ...]:
        """As they were typed."""
        return tuple(self._watches())

    def with_watched(self, scene: Scene) -> Scene:
        """The scene with the watched values before its own; they are asked anew wherever the program stands."""
        watched = self._watches()
        if not watched or scene.place is None:
            return scene
        here = (scene.index, id(self._me.driver.view.seen), scene.frame)
        if here != self._watched_at:
            self._watched_at = here
            self._me.walk.now(self._read_watched)
        return replace(scene, values=(*watched.values(), *scene.values))

    async def _read_watched(self) -> None:
        for text in list(self._watches()):
            try:
                value = await self._me.driver.evaluate(text, self._frame())
            except Unsupported as no:
                value = Value(text, kind="text", scalar=str(no))
            if text in self._watches():
                self._watches()[text] = replace(value, name=text)

    # -- numbers over the run

    def action_track(self) -> None:
        me = self._me
        place = self._cursor()
        if place is None:
            return

        def answer(text: str, _tell: Tell) -> bool:
            if text.strip():
                me.walk.now(lambda: self._follow(text.strip(), place))
            return False

        prompt = f"Follow which number, each time {place.file}:{place.line} is passed?"
        me.app.push_screen(Ask(prompt, answer, hint="such as  loss  or  optimizer.param_groups[0]['lr']"))

    async def _follow(self, text: str, place: Place) -> None:
        await self.explorer().follow(text, place.file, place.line)
        self._me.say(f"{clean(text, 60)} is followed from now on; H shows how it went.")

    def action_histories(self) -> None:
        me = self._me

        async def show() -> None:
            found = await self.explorer().histories()
            text = "\n\n".join(curve_text(h) for h in found)
            none = "Nothing is followed yet: L follows a number at the cursor's line; the loss is, from its stop on."
            me.app.push_screen(Card("Numbers over the run", Content(text or none), key="H"))

        me.walk.now(show)
