"""The list of breakpoints: all of them, those kept from an earlier sitting, by name, at exceptions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from textual.content import Content

from codetour.model.driver import Breakpoint, Unsupported
from codetour.model.text import clean
from codetour.ui.dialogs import Ask, Chooser, Tell
from codetour.ui.scene import Place
from codetour.ui.screen_part import ScreenPart

MOST_NAMED = 40


class PointActions(ScreenPart):
    """Part of the group Debugger of `keys`."""

    _switched_off: list[Breakpoint]
    _told_kept = False

    def keep_points(self) -> None:
        """For the next sitting with this repository: every breakpoint, on or off, and the watched expressions."""
        keep = self._me.prepared.on_points
        if keep is None:
            return
        points = [*self._me.driver.breakpoints, *self._off()]
        watches = list(self._me.watched_expressions())

        async def write() -> None:
            await asyncio.to_thread(keep, points, watches)

        self._me.walk.now(write)

    def tell_kept(self) -> None:
        """What an earlier sitting has left: once, when the reader sees the screen and there is a program."""
        if self._told_kept or self._me.driver.explorer is None or self._me.app.screen is not self._me:
            return
        self._told_kept = True
        kept = self._me.prepared.kept
        key = self._me.keymap.key("breakpoints")
        if kept.points:
            count = f"{len(kept.points)} breakpoints are" if len(kept.points) > 1 else "A breakpoint is"
            lost = f", of {kept.lost} more the code is gone" if kept.lost else ""
            self._me.say(f"{count} kept from last time, switched off{lost}; {key} lists them.")

    # -- the list

    def action_breakpoints(self) -> None:
        me = self._me
        off, on = self._off(), list(me.driver.breakpoints)
        everything = [*on, *off]
        rows = [point_row(b, on=b not in off) for b in everything]
        deeds: list[Callable[[], None]] = [lambda b=b: self._one_breakpoint(b) for b in everything]

        def also(text: str, deed: Callable[[], None]) -> None:
            rows.append(Content(f"  {text}"))
            deeds.append(deed)

        if len(off) > 1:
            also(f"Switch all {len(off)} on", lambda: me.walk.now(lambda: self._switch_on(off)))
        also("Add one by its name or place…", self._add)
        explorer = me.driver.explorer
        if explorer is not None:
            wanted = not explorer.stops_at_raise
            words = (
                "Stop also where exceptions are raised (slower)"
                if wanted
                else "Stop only at uncaught exceptions"
            )
            also(words, lambda: me.walk.now(lambda: explorer.stop_at_raise(wanted=wanted)))
        if everything:
            also("Remove all of them", lambda: me.walk.now(lambda: self.drop_points(everything)))

        def chosen(index: int | None) -> None:
            if index is not None:
                deeds[index]()

        me.app.push_screen(Chooser("Breakpoints", rows, hint="a file or a line"), chosen)

    def _one_breakpoint(self, found: Breakpoint) -> None:
        me = self._me
        is_off = found in self._off()
        deeds: list[Callable[[], Awaitable[object]]] = [
            lambda: self._switch_on([found]) if is_off else self._switch_off(found),
            lambda: self.drop_points([found]),
        ]

        def chosen(index: int | None) -> None:
            if index == 0:
                me.browse(Place(found.file, found.line))
            elif index is not None:
                me.walk.now(deeds[index - 1])

        rows = [
            Content("Go there"),
            Content("Switch it on" if is_off else "Switch it off"),
            Content("Remove it"),
        ]
        me.app.push_screen(Chooser(f"{found.file}:{found.line}", rows), chosen)

    def _off(self) -> list[Breakpoint]:
        if not hasattr(self, "_switched_off"):
            self._switched_off = list(self._me.prepared.kept.points)
        return self._switched_off

    async def _switch_off(self, found: Breakpoint) -> None:
        await self._me.driver.clear_breakpoint(found.file, found.line)
        self._off().append(found)
        self.keep_points()

    async def _switch_on(self, found: Sequence[Breakpoint]) -> None:
        for one in tuple(found):
            await self._me.driver.set_breakpoint(
                one.file, one.line, condition=one.condition, hits=one.hits, log=one.log
            )
            self._off().remove(one)
        self.keep_points()

    async def drop_points(self, found: Sequence[Breakpoint]) -> None:
        """Remove breakpoints, on or off."""
        for one in tuple(found):
            if one in self._off():
                self._off().remove(one)
            else:
                await self._me.driver.clear_breakpoint(one.file, one.line)
        self.keep_points()

    # -- by name

    def _add(self) -> None:
        me = self._me

        def answer(text: str, _tell: Tell) -> bool:
            if text.strip():
                me.walk.now(lambda: self._add_named(text.strip()))
            return False

        hint = "GPT.forward, forward, or train.py:12"
        me.app.push_screen(Ask("Stop in which function, or at which line?", answer, hint=hint))

    async def _add_named(self, text: str) -> None:
        me = self._me
        file, colon, line = text.rpartition(":")
        if colon and line.isdigit():
            await self._add_at(file, int(line))
            return
        graph = await asyncio.to_thread(me.prepared.graph) if me.prepared.graph is not None else None
        nodes = graph.nodes.values() if graph is not None else ()
        found = [
            n
            for n in nodes
            if n.file and n.kind == "function" and (n.qualname == text or n.qualname.endswith("." + text))
        ]
        if not found:
            raise Unsupported(f"The call graph has no function {clean(text, 60)}; write FILE:LINE instead.")
        if len(found) == 1:
            await self._add_at(found[0].file or "", found[0].line)
            return
        rows = [
            Content.assemble(clean(n.qualname, 80), (f"  {clean(n.file or '', 80)}:{n.line}", "dim"))
            for n in found
        ][:MOST_NAMED]

        def go(index: int | None) -> None:
            if index is not None:
                me.walk.now(lambda: self._add_at(found[index].file or "", found[index].line))

        me.app.push_screen(Chooser(f"Which {clean(text, 60)}?", rows, hint="a class or a file"), go)

    async def _add_at(self, file: str, line: int) -> None:
        made = await self._me.driver.set_breakpoint(file, line)
        self.keep_points()
        self._me.say(f"A breakpoint is at {clean(made.file, 100)}:{made.line}.")


def point_row(point: Breakpoint, *, on: bool) -> Content:
    """Where, when, and what is said of it."""
    parts = [
        f"when {point.condition}" if point.condition else "",
        point.hits,
        f'writes "{point.log}"' if point.log else "",
    ]
    words = "  ".join(clean(p, 100) for p in parts if p)
    return Content.assemble(
        "● " if on else "○ ",
        f"{clean(point.file, 120)}:{point.line}",
        (f"  {words}" if words else "", "dim"),
        (f"  {clean(point.message, 100)}" if point.message else "", "dim"),
    )
