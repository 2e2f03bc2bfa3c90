"""Colouring a file's lines in pieces: 5,000 lines take 120 ms, which is eight frames, so nobody waits for all.

A `Colouring` holds the pieces made so far: per line, runs of (text, class), where the class is one of `CLASSES`
and "" means plain. Pygments is only imported when the first piece is made.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

Run = tuple[str, str]

CLASSES = (
    "keyword",
    "constant",
    "builtin",
    "function",
    "class",
    "decorator",
    "string",
    "doc",
    "comment",
    "number",
)
_BY_TOKEN: dict[tuple[str, ...], str] = {
    ("Keyword",): "keyword",
    ("Keyword", "Constant"): "constant",
    ("Operator", "Word"): "keyword",
    ("Name", "Builtin"): "builtin",
    ("Name", "Exception"): "builtin",
    ("Name", "Function"): "function",
    ("Name", "Class"): "class",
    ("Name", "Tag"): "function",
    ("Name", "Decorator"): "decorator",
    ("Literal", "String"): "string",
    ("Literal", "String", "Doc"): "doc",
    ("Literal", "Number"): "number",
    ("Comment",): "comment",
}
_OTHER_LEXERS = {
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "toml": "toml",
    "sh": "bash",
    "md": "markdown",
}


class Colouring:
    """The colours of one file, made on demand from its first line on."""

    def __init__(self, file: str, kind: str, lines: list[str]) -> None:
        self._lines = lines
        self._made: list[list[Run]] = []
        self._rest = self._run(file, kind)

    @property
    def made(self) -> int:
        """How many lines are coloured."""
        return len(self._made)

    @property
    def done(self) -> bool:
        return len(self._made) >= len(self._lines)

    def runs(self, number: int) -> list[Run] | None:
        """The runs of line `number` (1-based), or None while they are not made."""
        return self._made[number - 1] if 0 < number <= len(self._made) else None

    def make(self, upto: int, seconds: float) -> None:
        """Colour on to line `upto`, or until `seconds` are gone."""
        end = time.perf_counter() + seconds
        while len(self._made) < min(upto, len(self._lines)):
            runs = next(self._rest, None)
            at = len(self._made)
            # the lexer must never change what is shown: where it disagrees, the line stays plain
            if runs is None or "".join(text for text, _ in runs) != self._lines[at]:
                runs = [(self._lines[at], "")]
            self._made.append(runs)
            if not at % 16 and time.perf_counter() > end:
                return

    def _run(self, file: str, kind: str) -> Iterator[list[Run]]:
        lexer = _lexer_for(file, kind)
        if lexer is None:
            return
        line: list[Run] = []
        for token, text in lexer.get_tokens("\n".join(self._lines)):
            css = _class_of(tuple(token))
            pieces = text.split("\n")
            for piece in pieces[:-1]:
                if piece:
                    line.append((piece, css))
                yield line
                line = []
            if pieces[-1]:
                line.append((pieces[-1], css))
        yield line


def _class_of(token: tuple[str, ...]) -> str:
    for length in range(len(token), 0, -1):
        css = _BY_TOKEN.get(token[:length])
        if css is not None:
            return css
    return ""


def _lexer_for(file: str, kind: str) -> Lexer | None:
    if kind in ("python", "notebook"):
        from pygments.lexers.python import PythonLexer

        return PythonLexer(stripnl=False, ensurenl=False)
    name = _OTHER_LEXERS.get(file.rpartition(".")[2].lower())
    if name is None:
        return None
    from pygments.lexers import find_lexer_class_by_name

    return find_lexer_class_by_name(name)(stripnl=False, ensurenl=False)
