"""CodeTour's `when`: the condition under which a tour is offered (`isWindows || !isWeb`).

CodeTour evaluates it with an expression engine; here only its names, `!`, `&&`, `||`, `==` and parentheses are
known, and nothing of it is ever executed. What is not understood keeps the tour in the list, with a note.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Final

_TOKEN: Final = re.compile(r"\s*(&&|\|\||==|!=|!|\(|\)|[A-Za-z_]\w*|'[^']*'|\"[^\"]*\")")
_LONGEST: Final = 500
_DEEPEST: Final = 30


def here() -> dict[str, bool]:
    """The names that CodeTour gives to a condition; a terminal is never the web."""
    return {
        "isLinux": sys.platform.startswith("linux"),
        "isMac": sys.platform == "darwin",
        "isWindows": sys.platform == "win32",
        "isWeb": False,
    }


def holds(condition: str, names: Mapping[str, bool] | None = None) -> bool | None:
    """Whether the condition is met; None where it is not understood."""
    if not condition.strip():
        return True
    tokens = _tokens(condition)
    if tokens is None:
        return None
    try:
        parser = _Parser(tokens, here() if names is None else names)
        value = parser.either(0)
    except (IndexError, KeyError, ValueError):
        return None
    return bool(value) if parser.at == len(tokens) else None


def _tokens(condition: str) -> list[str] | None:
    if len(condition) > _LONGEST:
        return None
    made: list[str] = []
    at = 0
    text = condition.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        made.append(match[1])
        at = match.end()
    return made


class _Parser:
    """Recursive descent over the tokens: or, and, equality, not, name."""

    def __init__(self, tokens: list[str], names: Mapping[str, bool]) -> None:
        self.tokens, self.names, self.at = tokens, names, 0

    def _next(self, *wanted: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def either(self, depth: int) -> bool | str:
        left = self.both(depth)
        while self._next("||"):
            right = self.both(depth)
            left = left or right
        return left

    def both(self, depth: int) -> bool | str:
        left = self.equal(depth)
        while self._next("&&"):
            right = self.equal(depth)
            left = left and right
        return left

    def equal(self, depth: int) -> bool | str:
        left = self.one(depth)
        while sign := self._next("==", "!="):
            right = self.one(depth)
            left = (left == right) == (sign == "==")
        return left

    def one(self, depth: int) -> bool | str:
        if depth > _DEEPEST:
            raise ValueError
        if self._next("!"):
            return not self.one(depth + 1)
        if self._next("("):
            value = self.either(depth + 1)
            if not self._next(")"):
                raise ValueError
            return value
        token = self.tokens[self.at]
        self.at += 1
        if token[0] in "'\"":
            return token[1:-1]
        if token in ("true", "false"):
            return token == "true"  # noqa: S105 - a word of the condition
        return self.names[token]
