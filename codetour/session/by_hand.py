"""Breakpoints that the reader set by hand: what is armed for each, and whether a halt on its line is one.

A condition and a count are decided inside the program (`conditions`), where the count survives every change to the
breakpoints of the file. Where a stop of the tour lies on the same line the debugger stops at each pass, and the same
question is asked from here.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from codetour.model.driver import Breakpoint
from codetour.model.text import clean
from codetour.session.conditions import When, bring_expression, is_there_expression, problem_expression
from codetour.session.messages import StackFrame
from codetour.session.process import Process
from codetour.session.wire import Body, WireError

BREAKPOINT: Final = "breakpoint"


@dataclass(frozen=True, slots=True)
class Mark:
    """One breakpoint and its name inside the program."""

    breakpoint: Breakpoint
    when: When
    key: str


class ByHand:
    """The breakpoints by hand of one run."""

    def __init__(self) -> None:
        self.marks: dict[tuple[str, int], Mark] = {}
        """(path, line) -> mark"""
        self._numbers = count(1)

    def put(self, path: str, made: Breakpoint) -> None:
        """Take a breakpoint; its count begins anew. Raises ValueError when its condition cannot be read."""
        when = When.of(condition=made.condition, hits=made.hits, log=made.log)
        self.marks[path, made.line] = Mark(made, when, f"{path}:{made.line}:{next(self._numbers)}")

    async def bring(self, processes: Sequence[Process], made: Breakpoint) -> None:
        """Put what decides into every process that is there, so that none has to halt for it."""
        if When.of(condition=made.condition, hits=made.hits, log=made.log).always:
            return
        for process in [p for p in processes if p.alive and not p.aside]:
            with contextlib.suppress(WireError):
                if await process.evaluate(is_there_expression()) != "True":
                    await process.evaluate(bring_expression())

    def drop(self, path: str, line: int) -> bool:
        """Let a breakpoint go; False when there is none."""
        return self.marks.pop((path, line), None) is not None

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """All of them."""
        return tuple(mark.breakpoint for mark in self.marks.values())

    def paths(self) -> set[str]:
        return {path for path, _ in self.marks}

    def bodies(self, path: str) -> dict[int, Body]:
        """Line -> the breakpoint as the protocol takes it."""
        found: dict[int, Body] = {}
        for (where, line), mark in self.marks.items():
            if where == path:
                found[line] = {"line": line}
                if not mark.when.always:
                    found[line]["condition"] = mark.when.first_expression(mark.key)
        return found

    async def reason(self, process: Process, top: StackFrame, path: str, *, asked: bool) -> str:
        """Why the program stands here for the reader; empty when it does not. `asked`: the debugger did ask."""
        mark = self.marks.get((path, top.line))
        if mark is None:
            return ""
        if mark.when.always:
            return BREAKPOINT
        try:
            there = await process.evaluate(is_there_expression(), top.id) == "True"
            if not there:
                await process.evaluate(bring_expression(), top.id)
            decided = asked and there
            if not decided and await process.evaluate(mark.when.expression(mark.key), top.id) != "True":
                return ""
            problem = _text(await process.evaluate(problem_expression(mark.key), top.id))
        except WireError as error:
            problem = str(error)
        if not problem:
            return BREAKPOINT
        said = f"its condition raised {clean(problem, 200)}"
        self.marks[path, top.line] = replace(mark, breakpoint=replace(mark.breakpoint, message=said))
        return f"{BREAKPOINT}: {said}"


def _text(answer: str) -> str:
    """The text behind the debugger's quoting."""
    try:
        found = ast.literal_eval(answer)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return clean(answer, 200)
    return found if isinstance(found, str) else ""
