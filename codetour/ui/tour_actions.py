"""What each key of the tour screen does; the screen itself (panes and painting) is in `tour_screen`."""

from __future__ import annotations

import asyncio
import re
import subprocess
from typing import TYPE_CHECKING, cast

from textual.app import SuspendNotSupported
from textual.content import Content

from codetour.model.driver import Unsupported
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean
from codetour.model.value_text import details
from codetour.ui.background import in_thread
from codetour.ui.dialogs import Ask, Card, Chooser, Tell
from codetour.ui.editor import editor_command
from codetour.ui.help_screen import HelpScreen
from codetour.ui.scene import Place

if TYPE_CHECKING:
    from codetour.ui.tour_screen import TourScreen

EVALUATED = 6
"""children of an evaluated value that are told with it"""
SLOW = 1.0
"""seconds after which an expression is said to take long"""
HITS = re.compile(r"(?:[<>=]=?|%)?\s*\d+")
"""how often, instead of when: none of these is an expression that can be false"""


class TourActions:
    """Mixed into `TourScreen`; split from it only for the length of the file."""

    _expressions: list[str] = []  # noqa: RUF012 - typed expressions are shared by the tours of one sitting
    _searched: str = ""

    @property
    def _me(self) -> TourScreen:
        return cast("TourScreen", self)

    # -- the tour

    def action_next_stop(self) -> None:
        me = self._me
        me.walk.browse = None
        me.walk.wish(me.driver.next)

    def action_previous_stop(self) -> None:
        me = self._me
        if me.walk.browse is not None:
            self.action_arrow()
            return
        me.walk.wish(me.driver.previous)

    def action_continue(self) -> None:
        me = self._me
        me.walk.browse = None
        me.walk.wish(me.driver.resume_tour)

    def action_go_to_stop(self) -> None:
        me = self._me
        stops = me.driver.tour.stops
        rows = [
            Content.assemble(
                (f"{i + 1:>3} ", "dim"),
                "✓ " if s.id in me.walk.reached else "✗ " if s.id in me.walk.missed else "· ",
                clean(s.title, 80),
                (f"  {STAGE_TITLES[s.stage]}  {clean(s.anchor.file, 60)}:{s.anchor.line}", "dim"),
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
        prepare = me.prepared.second.prepare

        async def leave() -> None:
            me.say("Ending the program…")
            await me.walk.close()
            me.dismiss(prepare)

        me.app.run_worker(leave(), exclusive=False)

    # -- the debugger

    def action_step_over(self) -> None:
        self._me.walk.wish(self._me.driver.step_over)

    def action_step_in(self) -> None:
        self._me.walk.wish(self._me.driver.step_in)

    def action_step_out(self) -> None:
        self._me.walk.wish(self._me.driver.step_out)

    def action_run_here(self) -> None:
        me = self._me
        place = self._cursor()
        if place is not None:
            me.walk.browse = None
            me.walk.wish(lambda: me.driver.run_to(place.file, place.line))

    def action_pause(self) -> None:
        self._me.walk.now(self._me.driver.pause)

    def action_restart(self) -> None:
        self._me.walk.wish(self._me.driver.restart)

    def action_up(self) -> None:
        self._pick(-1)

    def action_down(self) -> None:
        self._pick(1)

    def _pick(self, by: int) -> None:
        me = self._me
        if me.scene is None:
            return
        if me.walk.pick(me.scene, by):
            me.refresh_scene()
        elif not any(row.frame is not None for row in me.scene.rows):
            self._browse_planned(by)
        else:
            me.say("This is the innermost call." if by > 0 else "This is where the program starts.")

    def _browse_planned(self, by: int) -> None:
        """Without a program the planned call path can be walked all the same."""
        me = self._me
        assert me.scene is not None
        rows = [row.place for row in me.scene.rows]
        at = rows.index(me.walk.browse) if me.walk.browse in rows else len(rows) - 1
        if 0 <= at + by < len(rows) and rows[at + by] is not None:
            place = rows[at + by]
            assert place is not None
            me.browse(place)

    def action_breakpoint(self, line: int | None = None) -> None:
        me = self._me
        place = self._cursor()
        if place is None:
            return
        number = place.line if line is None else line
        if any((b.file, b.line) == (place.file, number) for b in me.driver.breakpoints):
            me.walk.now(lambda: me.driver.clear_breakpoint(place.file, number))
        else:
            me.walk.now(lambda: self._set(place.file, number, ""))

    def action_condition(self) -> None:
        me = self._me
        place = self._cursor()
        if place is None:
            return

        def answer(text: str, _tell: object) -> bool:
            me.walk.now(lambda: self._set(place.file, place.line, text.strip()))
            return False

        prompt = f"Stop at {place.file}:{place.line} only when"
        hint = "an expression, such as  loss > 5;  or how often:  10,  >= 10,  % 10"
        me.app.push_screen(Ask(prompt, answer, hint=hint))

    async def _set(self, file: str, line: int, when: str) -> None:
        me = self._me
        count = HITS.fullmatch(when) is not None
        made = await me.driver.set_breakpoint(
            file, line, condition="" if count else when, hits=when if count else ""
        )
        if made.message:
            me.say(clean(made.message, 200), "information" if made.verified else "warning")
        elif made.line != line:
            me.say(f"The breakpoint went to line {made.line}, the next one that runs.")

    def action_evaluate(self) -> None:
        me = self._me
        scene = me.scene
        frame = scene.frame if scene is not None else None
        where = scene.place.symbol if scene is not None and scene.place is not None else ""

        def answer(text: str, tell: Tell) -> bool:
            if text.strip():
                me.walk.now(lambda: self._evaluate(text.strip(), frame or 0, tell))
            return True

        prompt = f"Evaluate in {where if where not in ('', '<module>') else 'the main level'}"
        me.app.push_screen(
            Ask(prompt, answer, hint="an expression, such as  x.shape", history=self._expressions)
        )

    async def _evaluate(self, text: str, frame: int, tell: Tell) -> None:
        loop = asyncio.get_running_loop()
        slow = loop.call_later(SLOW, lambda: tell(f"{text}  …  the program works on it"))
        try:
            value = await self._me.driver.evaluate(text, frame)
        except Unsupported as no:
            tell(f"{text}  →  {no}")
        except Exception as problem:  # noqa: BLE001 - the expression is the reader's, the answer the program's
            tell(f"{text}  ✗  {problem}")
        else:
            if value.kind == "error":
                tell(f"{text}  ✗  {value.type}: {value.scalar or ''}".rstrip(": "))
                return
            inside = ", ".join(f"{v.name} {details(v)}" for v in value.items[:EVALUATED])
            tell(f"{text}  →  {details(value)}" + (f"  ({inside})" if inside else ""))
        finally:
            slow.cancel()

    def action_threads(self) -> None:
        me = self._me

        async def show() -> None:
            found = await me.driver.threads()
            lines = [
                f"{'paused ' if t.stopped else 'running'}  {clean(t.process or 'main', 40)}  {clean(t.name, 80)}"
                for t in found
            ]
            me.app.push_screen(
                Card("Threads", Content("\n".join(lines) or "The program has no threads now."), key="T")
            )

        me.walk.now(show)

    def action_send_input(self) -> None:
        me = self._me

        def answer(text: str, tell: Tell) -> bool:
            me.walk.now(lambda: self._send(text, tell))
            return True

        me.app.push_screen(Ask("A line for the program's input", answer, hint="Enter sends it"))

    async def _send(self, text: str, tell: Tell) -> None:
        await self._me.driver.send_input(text)
        tell(f"sent: {text}")

    # -- looking

    def action_arrow(self) -> None:
        me = self._me
        me.walk.browse, me.walk.frame = None, None
        me.code.arrow = 0
        me.refresh_scene()
        if not me.has_class("-closing"):
            me.code.focus()

    def action_search(self) -> None:
        me = self._me
        if me.code.source is None:
            return
        start = me.code.cursor

        def typing(text: str) -> None:
            self._searched = text
            me.code.find(text, start=start)

        def answer(text: str, tell: Tell) -> bool:
            if not text:
                return False
            if not me.code.find(text, start=me.code.cursor + 1):
                tell(f"“{text}” is not in {me.code.source.file if me.code.source else 'this file'}.")
            return True

        def done(_result: None) -> None:
            me.code.find("", start=1)

        me.app.push_screen(
            Ask(f"Search {me.code.source.file}", answer, hint="Enter goes to the next one", typing=typing),
            done,
        )

    def action_inline(self) -> None:
        me = self._me
        me.inline = not me.inline
        me.say(f"Shapes beside the code: {'on' if me.inline else 'off'}")
        me.refresh_scene()

    def action_copy_place(self) -> None:
        me = self._me
        place = self._cursor()
        if place is not None:
            me.app.copy_to_clipboard(f"{place.file}:{place.line}")
            me.say(f"Copied {place.file}:{place.line}")

    def action_editor(self) -> None:
        me = self._me
        place = self._cursor()
        if place is None:
            return
        if me.prepared.root is None:
            me.say("This tour brings its own copy of the code; there is no file to open.", "warning")
            return
        path = me.prepared.root / place.file
        command = editor_command(path, place.line)
        if command is None or not path.is_file():
            me.say(
                "Set EDITOR to the editor you like." if command is None else f"{path} is not there.",
                "warning",
            )
            return
        trouble = ""
        try:
            with me.app.suspend():
                # nothing may be raised in here, or the terminal is never taken back
                try:
                    subprocess.run(command, check=False)
                except OSError as problem:
                    trouble = f"{command[0]}: {problem.strerror}. Set EDITOR to an editor that is there."
        except SuspendNotSupported:
            trouble = "This terminal cannot be handed to an editor."
        if trouble:
            me.say(trouble, "warning")

    # -- panes

    def action_outline(self) -> None:
        self._toggle("outline", wide="-three")

    def action_values(self) -> None:
        self._toggle("values", wide="-two")

    def action_path(self) -> None:
        self._toggle("path", wide="-two")

    def action_output(self) -> None:
        me = self._me
        opened = me.has_class("-open-output")
        me.set_class(not opened, "-open-output")
        (me.code if opened else me.output).focus()

    def _toggle(self, name: str, *, wide: str) -> None:
        """Where the pane has a column of its own it gets the focus; elsewhere it opens over the code."""
        me = self._me
        pane = me.pane(name)
        has_column = me.has_class(wide) or (wide == "-two" and me.has_class("-three"))
        flag = f"-open-{'outline' if name == 'outline' else 'side'}"
        if pane.has_focus:
            me.remove_class(flag)
            me.code.focus()
            return
        if not has_column:
            self._close_overlays()
            me.add_class(flag)
        pane.focus()

    def _close_overlays(self) -> None:
        self._me.remove_class("-open-outline", "-open-side")

    def action_back_to_code(self) -> None:
        me = self._me
        if me.maximized is not None:
            me.minimize()
        self._close_overlays()
        if me.has_class("-closing"):
            me.closing.take_focus()
        else:
            me.code.focus()

    def action_idea(self) -> None:
        me = self._me
        me.idea.folded = not me.idea.folded
        me.refresh_scene()

    def action_zoom(self) -> None:
        me = self._me
        if me.maximized is not None:
            me.minimize()
        elif me.focused is not None:
            me.maximize(me.focused)

    # -- other

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

        me.app.push_screen(HelpScreen(me.scene, busy=bool(me.walk.busy)), then)

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

    def _cursor(self) -> Place | None:
        me = self._me
        if me.code.source is None or me.has_class("-closing"):
            me.say("There is no line of code under a cursor here.")
            return None
        return Place(me.code.source.file, me.code.cursor)
