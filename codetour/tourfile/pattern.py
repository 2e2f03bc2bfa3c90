"""CodeTour's `pattern`: a regular expression for one line, built the way its editor builds it.

Almost all patterns in the wild are such escaped lines; `literal` recognises them, so that they can be looked for
as plain text. `codetour.check.patterns` runs the others, in linear time where that can be.
"""

from __future__ import annotations

from typing import Final

PREFIX: Final = r"^[^\S\n]*"
_SPECIAL: Final = frozenset(".*+?^${}()|[]\\")
_ESCAPED: Final = str.maketrans({sign: "\\" + sign for sign in _SPECIAL})


def build(line: str) -> str:
    """The pattern that VS Code CodeTour writes for a line of code."""
    return PREFIX + line.strip().translate(_ESCAPED)


def literal(pattern: str) -> str | None:
    """The text that `pattern` stands for when it is an escaped line, with or without the prefix, else None."""
    rest = pattern.removeprefix(PREFIX)
    made: list[str] = []
    at = 0
    while at < len(rest):
        char = rest[at]
        if char == "\\":
            at += 1
            char = rest[at : at + 1]
            # `\d` and the like are classes; an escaped sign is the sign
            if not char or char.isalnum():
                return None
        elif char in _SPECIAL:
            return None
        made.append(char)
        at += 1
    return "".join(made)


def count_lines(lines: list[str], text: str, *, anchored: bool) -> list[int]:
    """1-based numbers of the lines that hold `text`, at their beginning when `anchored`."""
    if anchored:
        return [n for n, line in enumerate(lines, 1) if line.lstrip(" \t\f\v").startswith(text)]
    return [n for n, line in enumerate(lines, 1) if text in line]
