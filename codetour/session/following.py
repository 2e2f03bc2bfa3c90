"""Numbers followed over a run: the loss at its own stop, and whatever the reader asks for; see `inside/following`."""

from __future__ import annotations

import ast
import base64
import contextlib
import json
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from codetour.model.driver import Unsupported
from codetour.model.explore import History
from codetour.model.text import clean
from codetour.model.value import Seen, Value
from codetour.session.itinerary import Place
from codetour.session.wire import Body, WireError

if TYPE_CHECKING:
    from codetour.session.walk import Walk

MODULE: Final = "_codetour_following"
MODULES: Final = "__import__('sys').modules"
MOST: Final = 16


@dataclass(frozen=True, slots=True)
class Followed:
    """One expression at one line."""

    key: str
    expression: str
    file: str
    path: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def body(self) -> Body:
        """The breakpoint that never stops; nothing happens in a process that lacks the module."""
        note = f"{MODULES}[{MODULE!r}].note({self.key!a}, {self.expression!a})"
        return {"line": self.line, "condition": f"{MODULE!r} in {MODULES} and {note}"}


class Following:
    """What is followed in one run."""

    def __init__(self) -> None:
        self.all: list[Followed] = []

    def bodies(self, path: str) -> dict[int, Body]:
        """Line -> breakpoint; the first one at a line."""
        found: dict[int, Body] = {}
        for one in self.all:
            if one.path == path:
                found.setdefault(one.line, one.body)
        return found

    async def follow(self, walk: Walk, expression: str, file: str, line: int) -> History:
        """Begin to follow. Raises Unsupported where that cannot be."""
        try:
            ast.parse(expression, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise Unsupported(f"{clean(expression, 80)} is no expression.") from error
        path = walk.program_path(file)
        if len(self.all) >= MOST or any((o.path, o.line) == (path, line) for o in self.all):
            raise Unsupported(f"{file}:{line} is followed already, or {MOST} places are.")
        one = Followed(f"{path}:{line}", expression, file, path, line)
        await self.bring(walk)
        self.all.append(one)
        await walk.arming.sync(walk.debugger, path)
        return History(clean(expression, 80), one.place, (), 0)

    async def follow_loss(self, walk: Walk, place: Place, seen: Seen) -> None:
        """At the stop of the loss: a reader will want to know how it went on."""
        if place.stop.stage != "loss" or place.binding is None:
            return
        held = seen.frames[0].values if seen.frames else ()
        names = [v.name for v in held if v.name in place.stop.watch or "loss" in v.name.lower()]
        numbers = [v.name for v in held if v.name in names and is_number(v)]
        if numbers:
            with contextlib.suppress(Unsupported):
                await self.follow(walk, numbers[0], place.stop.anchor.file, place.binding.line)

    async def bring(self, walk: Walk) -> None:
        """Put the module into every process that is there."""
        for process in [p for p in walk.debugger.processes if p.alive]:
            with contextlib.suppress(WireError):
                await process.evaluate(bring_expression(), None)

    async def histories(self, walk: Walk) -> tuple[History, ...]:
        """The numbers so far, those of the main process."""
        root = walk.debugger.root
        if not self.all or root is None or not root.alive:
            return ()
        try:
            found: object = json.loads(await root.evaluate(f"{MODULES}[{MODULE!r}].told()", None))
        except (WireError, ValueError, RecursionError):
            return ()
        told = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        return tuple(_history(one, told.get(one.key)) for one in self.all)


def is_number(value: Value) -> bool:
    """A plain number, or a tensor that holds one."""
    return isinstance(value.scalar, (int, float)) and not isinstance(value.scalar, bool)


def _history(one: Followed, found: object) -> History:
    if not isinstance(found, list) or len(cast("list[Any]", found)) != 3:
        return History(clean(one.expression, 80), one.place, (), 0)
    count, numbers, _ = cast("list[Any]", found)
    texts = cast("list[Any]", numbers)[:400] if isinstance(numbers, list) else []
    kept = [n for n in (_number(text) for text in texts) if n is not None]
    return History(
        clean(one.expression, 80), one.place, tuple(kept), count if isinstance(count, int) else len(kept)
    )


def _number(found: object) -> float | None:
    try:
        return float(str(found)[:40])
    except ValueError:
        return None


@lru_cache(maxsize=1)
def bring_expression() -> str:
    """Puts the module into a process, once."""
    source = Path(__file__).with_name("inside") / "following.py"
    packed = base64.b64encode(zlib.compress(source.read_bytes(), 9)).decode("ascii")
    text = f"__import__('zlib').decompress(__import__('base64').b64decode('{packed}'))"
    fresh = f"__import__('types').ModuleType({MODULE!r})"
    fill = f"__import__('builtins').exec({text}, m.__dict__)"
    make = f"(lambda m: ({fill}, {MODULES}.setdefault({MODULE!r}, m), True)[2])({fresh})"
    return f"{MODULE!r} in {MODULES} or {make}"
