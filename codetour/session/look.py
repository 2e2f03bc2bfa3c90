"""Looking into a program that stands still: the whole stack with its values, expressions, who the process is."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Final

from codetour.model.text import clean
from codetour.model.value import Frame, Value
from codetour.session.capture import (
    BadAnswer,
    children_expression,
    crash_expression,
    parse_children,
    parse_stack,
    parse_value,
    stack_expression,
    value_expression,
)
from codetour.session.command import INSIDE
from codetour.session.injection import MODULE, call_at, install_expression
from codetour.session.messages import StackFrame
from codetour.session.options import Limits
from codetour.session.paths import Paths
from codetour.session.process import Process
from codetour.session.wire import NoAnswer, WireError

PASS: Final = (
    f"(lambda f: '%d %d' % (id(f), f.f_lasti))(__import__('sys').modules[{MODULE!r}].user_frames()[0])"
)
"""which frame, and where in it: the same statement goes on while the second number grows"""
COMPILES: Final = "'torch._dynamo' in __import__('sys').modules"
OURS: Final = "codetour:"


class Looker:
    """Captures for one run."""

    def __init__(self, paths: Paths, limits: Limits, axes: Mapping[str, str]) -> None:
        self._paths = paths
        self._limits = limits
        self._axes = axes

    async def stack(self, process: Process, top: StackFrame, watch: Sequence[str] = ()) -> tuple[Frame, ...]:
        """The frames of a stopped thread with values; without values where the program does not let us look.

        Raises NoAnswer when the program is stuck.
        """
        try:
            await self._prepare(process, top.asked_in)
            asked = call_at(top.beside, stack_expression(self._paths.roots, tuple(watch)))
            text = await process.evaluate(asked, top.asked_in, limit=self._limits.capture)
            return self._program_frames(parse_stack(text, self._locate, axes=self._axes))
        except NoAnswer:
            raise
        except (WireError, BadAnswer):
            file, inside = self._paths.locate(top.path)
            return (Frame(clean(top.name, 200), clean(file), max(top.line, 1), inside),)

    async def crash(self, process: Process, top: StackFrame) -> tuple[Frame, ...]:
        """The frames that an uncaught exception has left, innermost first, with their values.

        Raises NoAnswer when the program is stuck.
        """
        try:
            await self._prepare(process, top.id)
            text = await process.evaluate(
                crash_expression(self._paths.roots), top.id, limit=self._limits.capture
            )
            if frames := self._program_frames(parse_stack(text, self._locate, axes=self._axes)):
                return frames
        except NoAnswer:
            raise
        except (WireError, BadAnswer):
            pass
        return await self.stack(process, top)

    async def value(self, process: Process, top: StackFrame, text: str, frame: int = 0) -> Value:
        """The value of an expression; of kind `error` where it raised or took too long."""
        try:
            answer = await self.ask(process, top, value_expression(text, frame), limit=self._limits.evaluate)
            return parse_value(answer)
        except NoAnswer:
            limit = f"no value within {self._limits.evaluate:g} seconds"
            return Value(clean(text, 200), "TimeoutError", "error", scalar=limit)
        except (WireError, BadAnswer) as error:
            return Value(clean(text, 200), "Error", "error", scalar=clean(str(error), 400))

    async def children(
        self, process: Process, top: StackFrame, path: Sequence[str], frame: int = 0
    ) -> tuple[Value, ...]:
        """What is inside a value; nothing where it cannot be had."""
        try:
            return parse_children(await self.ask(process, top, children_expression(path, frame)))
        except (WireError, BadAnswer):
            return ()

    async def ask(
        self, process: Process, top: StackFrame, expression: str, *, limit: float | None = None
    ) -> str:
        """What the helper answers; one question at a time, so that none pays for the slow one before it.

        Raises WireError.
        """
        async with process.asking:
            await self._prepare(process, top.asked_in)
            return await process.evaluate(call_at(top.beside, expression), top.asked_in, limit=limit)

    def locate(self, path: str) -> tuple[str, bool]:
        """(name to show, does it belong to the tree)."""
        return self._locate(path)

    async def pass_of(self, process: Process, top: StackFrame) -> tuple[int, int]:
        """(frame, instruction) where the thread stands; (0, 0) where it cannot be had."""
        try:
            await self._prepare(process, top.id)
            frame, _, instruction = (await process.evaluate(PASS, top.id)).strip("'").partition(" ")
            return int(frame), int(instruction)
        except (WireError, ValueError):
            return 0, 0

    async def compiles(self, process: Process, top: StackFrame) -> bool:
        """The program has loaded PyTorch's compiler."""
        with contextlib.suppress(WireError):
            return await process.evaluate(COMPILES, top.id) == "True"
        return False

    async def _prepare(self, process: Process, frame: int | None) -> None:
        if not process.helped:
            await process.evaluate(install_expression(), frame)
            process.helped = True

    def _locate(self, path: str) -> tuple[str, bool]:
        if path.startswith(str(INSIDE)):
            return OURS, False
        return self._paths.locate(path)

    @staticmethod
    def _program_frames(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        """Without our own files at the outer end; those between frames of the program stay, to keep the count."""
        end = len(frames)
        while end > 1 and frames[end - 1].file == OURS:
            end -= 1
        return frames[:end]
