"""What the program writes: read as it comes, cleaned, kept in a bounded ring, told in pieces.

Reading never waits for the screen; pieces are joined for a moment, so that 100,000 lines a second become some tens
of events.
"""

from __future__ import annotations

import asyncio
import codecs
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

from codetour.model.text import clean_block

Category = Literal["stdout", "stderr", "console"]

KEPT_LINES: Final = 5_000
LINE_LIMIT: Final = 2_000
"""characters of one line; the rest is cut"""
JOIN: Final = 0.05
"""seconds for which pieces are joined"""
PIECE_LIMIT: Final = 200_000
"""characters of one event; the beginning is dropped when more came in one moment"""


class OutputRing:
    """The last lines, and who wants to hear of new ones."""

    def __init__(self, tell: Callable[[Category, str], None]) -> None:
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._tell = tell
        self.partial: dict[Category, str] = {"stdout": "", "stderr": "", "console": ""}

    def add(self, category: Category, text: str) -> None:
        """Take `text` as it was written."""
        shown = clean_block(text[-PIECE_LIMIT:], PIECE_LIMIT)
        if not shown:
            return
        *whole, rest = (self.partial[category] + shown).split("\n")
        self.lines.extend(line[:LINE_LIMIT] for line in whole[-KEPT_LINES:])
        self.partial[category] = rest[-LINE_LIMIT:]
        self._tell(category, shown)

    def flush(self) -> None:
        """Lines without an end become lines."""
        for category, rest in self.partial.items():
            if rest:
                self.lines.append(rest)
                self.partial[category] = ""

    async def follow(self, stream: asyncio.StreamReader, category: Category) -> None:
        """Read a pipe until it closes."""
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while data := await stream.read(1 << 18):
            pieces = [decode(data)]
            size = len(data)
            # whatever arrives within a moment becomes one event
            until = asyncio.get_running_loop().time() + JOIN
            while size < PIECE_LIMIT and (left := until - asyncio.get_running_loop().time()) > 0:
                try:
                    data = await asyncio.wait_for(stream.read(1 << 18), left)
                except asyncio.TimeoutError:
                    break
                if not data:
                    break
                size += len(data)
                pieces.append(decode(data))
            self.add(category, "".join(pieces))
