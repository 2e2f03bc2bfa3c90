"""The debugger's keys: stepping, frames, breakpoints, evaluation, threads, input."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from codetour.model.driver import Unsupported
from codetour.model.text import clean
from codetour.model.value_text import details
from codetour.ui.dialogs import Ask, Tell
from codetour.ui.evaluate_screen import EvaluateScreen
from codetour.ui.explore_actions import ExploreActions

EVALUATED = 6
"""children of an evaluated value that are told with it"""
SLOW = 1.0
"""seconds after which an expression is said to take long"""
NAMED = re.compile(r"[A-Za-z_][\w.]*\s*\?")
"""a question about a name"""
QUOTED = re.compile(r"""'[^']*\{.*\}[^']*'|"[^"]*\{.*\}[^"]*\"""")
"""a text with expressions in it"""
PARTS = re.compile(r""";(?=(?:[^"']|"[^"]*"|'[^']*')*$)""")
HITS = re.compile(r"(?:[<>=]=?|%)?\s*\d+")
"""how often, instead of when: none of these is an expression that can be false"""


def read_when(text: str) -> tuple[str, str, str]:
    """(condition, how often, what to write) of what was typed: parts joined by semicolons, the text in quotes."""
    condition, hits, log = "", "", ""
    for part in (p.strip() for p in PARTS.split(text)):
        if QUOTED.fullmatch(part):
            log = part[1:-1]
        elif HITS.fullmatch(part):
            hits = part
        elif part:
            condition = f"({condition}) and ({part})" if condition else part
    return condition, hits, log


class DebugActions(ExploreActions):
    """The group Debugger of `keys`, with what is asked beside the tour."""

    _expressions: list[str] = []  # noqa: RUF012 - typed expressions are shared by the tours of one sitting

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
        self._me.walk.wish(self._me.walk.restart)

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
            me.walk.now(
                lambda: self.drop_points(
                    [b for b in me.driver.breakpoints if (b.file, b.line) == (place.file, number)]
                )
            )
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
        hint = 'loss > 5;  how often: 10, >= 10, % 10;  or write only: "loss {loss:.3f}";  parts joined by ;'
        me.app.push_screen(Ask(prompt, answer, hint=hint))

    async def _set(self, file: str, line: int, when: str) -> None:
        me = self._me
        condition, hits, log = read_when(when)
        made = await me.driver.set_breakpoint(file, line, condition=condition, hits=hits, log=log)
        self.keep_points()
        if made.message:
            me.say(clean(made.message, 200), "information" if made.verified else "warning")
        elif made.line != line:
            me.say(f"The breakpoint went to line {made.line}, the next one that runs.")

    def action_evaluate(self) -> None:
        me = self._me
        scene = me.scene
        frame = scene.frame if scene is not None else None
        where = scene.place.symbol if scene is not None and scene.place is not None else ""

        def run(text: str, tell: Tell) -> None:
            me.walk.now(lambda: self._evaluate(text, frame or 0, tell))

        async def complete(text: str) -> tuple[str, Sequence[str]]:
            return await self.explorer().complete(text, frame or 0)

        prompt = f"Evaluate in {where if where not in ('', '<module>') else 'the main level'}"
        me.app.push_screen(EvaluateScreen(prompt, run, complete, self._expressions))

    async def _evaluate(self, text: str, frame: int, tell: Tell) -> None:
        loop = asyncio.get_running_loop()
        slow = loop.call_later(SLOW, lambda: tell(f"{text}  …  the program works on it"))
        try:
            if NAMED.fullmatch(text):
                tell(await self.explorer().explain(text[:-1].strip(), frame))
                return
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

    def action_send_input(self) -> None:
        me = self._me

        def answer(text: str, tell: Tell) -> bool:
            me.walk.now(lambda: self._send(text, tell))
            return True

        me.app.push_screen(
            Ask("A line for the program's input", answer, hint="Enter sends it; ^D alone ends the input")
        )

    async def _send(self, text: str, tell: Tell) -> None:
        await self._me.driver.send_input(text)
        tell(f"sent: {text}")
