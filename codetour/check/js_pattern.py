"""JavaScript's regular expressions in words that RE2 and Python's `re` both know.

CodeTour runs `new RegExp(pattern, "m")`. Sets are written out as ranges, since the engines disagree on `\\s`, `.`,
`[^]` and most escapes; groups lose their names, since only the place of a match counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NoReturn

Ranges = tuple[tuple[int, int], ...]

_LAST: Final = 0x10FFFF
_DIGIT: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Final[Ranges] = (
    (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
_LINE_ENDS: Final[Ranges] = ((10, 10), (13, 13), (0x2028, 0x2029))
_SETS: Final = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_SIGNS: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??")
_BOUNDS: Final = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_GROUP: Final = re.compile(r"\(\?(?:(:)|(<?[=!])|<([A-Za-z_$][\w$]*)>)")
_HEX: Final = {"x": re.compile(r"x([0-9A-Fa-f]{2})"), "u": re.compile(r"u([0-9A-Fa-f]{4})")}
_LOW_HALF: Final = re.compile(r"\\u([dD][c-fC-F][0-9A-Fa-f]{2})")
_NUMBER: Final = re.compile(r"[1-9]\d{0,4}")
_NAME: Final = re.compile(r"k<([A-Za-z_$][\w$]*)>")
_NO_GROUP: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_CAPTURES: Final = re.compile(r"\((?:\?<([A-Za-z_$][\w$]*)>|(?!\?))")
_OCTAL: Final = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_MOST_REPEATS: Final = 1000
"""as RE2 allows"""


class NoPattern(ValueError):
    """JavaScript would refuse it, or nobody can tell what it means."""


class Translated:
    """The expression, and what it needs that no linear-time engine has."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._groups = _names_of_groups(pattern)
        self.needs: set[str] = set()
        """"look-around", "back-reference", "more than 1,000 repetitions" """
        self.pattern = self._alternatives()
        if self._at < len(pattern):
            self._fail("a bracket is closed that was not opened")

    def _fail(self, why: str) -> NoReturn:
        raise NoPattern(f"{why}, at character {min(self._at, len(self._text) - 1) + 1}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _alternatives(self) -> str:
        made: list[str] = []
        # a list and no recursion: thousands of brackets must not be an error of ours
        stack: list[list[str]] = []
        while self._at < len(self._text):
            if self._peek() == ")":
                if not stack:
                    break
                self._at += 1
                inner = "".join(made)
                made = stack.pop()
                made[-1] += inner + ")"
                made[-1] += self._quantifier()
                continue
            if self._peek() == "(":
                made.append(self._opening())
                stack.append(made)
                made = []
                continue
            made.append(self._term())
        if stack:
            self._fail("a bracket is not closed")
        return "".join(made)

    def _opening(self) -> str:
        found = _GROUP.match(self._text, self._at)
        if found is None:
            if self._text.startswith("(?", self._at):
                self._fail("this kind of group is not known")
            self._at += 1
            return "("
        self._at = found.end()
        if found[2]:
            self.needs.add("look-around")
            return f"(?{found[2]}"
        return "(" if found[3] else "(?:"

    def _term(self) -> str:
        char = self._take()
        if char == "|":
            return "|"
        if char in "^$":
            return char
        if char in "*+?":
            self._at -= 1
            self._fail("nothing to repeat")
        if char == "{" and _BOUNDS.match(self._text, self._at - 1):
            self._at -= 1
            self._fail("nothing to repeat")
        if char == "\\" and self._peek() in ("b", "B"):
            return "\\" + self._take()
        if char == ".":
            made = _written(_complement(_LINE_ENDS))
        elif char == "[":
            made = self._set()
        elif char == "\\":
            made = self._escape()
        else:
            made = _sign(ord(char))
        return made + self._quantifier()

    def _quantifier(self) -> str:
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        if bounds := _BOUNDS.match(found[0]):
            low, high = int(bounds[1]), int(bounds[2] or bounds[1])
            if high < low:
                self._fail("a repetition from more to less")
            if high > _MOST_REPEATS:
                self.needs.add("more than 1,000 repetitions")
        if _QUANTIFIER.match(self._text, self._at):
            self._fail("nothing to repeat")
        return found[0]

    def _escape(self) -> str:
        """What stands behind a back slash, outside of a set."""
        if not self._peek():
            self._fail("a back slash at the end")
        number = _NUMBER.match(self._text, self._at)
        if number and int(number[0]) <= len(self._groups):
            self._at = number.end()
            self.needs.add("back-reference")
            return f"(?({number[0]})\\{number[0]})"
        char = self._peek()
        if char == "k" and any(self._groups) and (name := _NAME.match(self._text, self._at)):
            self._at = name.end()
            self.needs.add("back-reference")
            number = self._number_of(name[1])
            return f"(?({number})\\{number})"
        if char.lower() in _SETS:
            return _written(self._class())
        return _sign(self._code())

    def _number_of(self, name: str) -> int:
        if name not in self._groups:
            self._fail("no group has this name")
        return self._groups.index(name) + 1

    def _class(self) -> Ranges:
        char = self._take()
        found = _SETS[char.lower()]
        return found if char.islower() else _complement(found)

    def _code(self) -> int:
        """The code point of an escaped sign; letters that mean nothing stand for themselves, as without flag u."""
        char = self._peek()
        if char in _HEX and (found := _HEX[char].match(self._text, self._at)):
            self._at = found.end()
            return self._whole(int(found[1], 16))
        if found := _OCTAL.match(self._text, self._at):
            self._at = found.end()
            return int(found[0], 8)
        if char == "c" and (letter := self._text[self._at + 1 : self._at + 2]).isascii() and letter.isalpha():
            self._at += 2
            return ord(letter) % 32
        if char == "c":
            return ord("\\")
        self._at += 1
        return _SIGNS.get(char, ord(char))

    def _whole(self, code: int) -> int:
        """A code point of two halves `\\ud83d\\ude00`."""
        if not 0xD800 <= code <= 0xDFFF:
            return code
        low = _LOW_HALF.match(self._text, self._at)
        if code >= 0xDC00 or low is None:
            self._fail("half of a character")
        self._at = low.end()
        return 0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)

    def _set(self) -> str:
        negated = self._peek() == "^"
        self._at += negated
        found: list[tuple[int, int]] = []
        while self._peek() != "]":
            if not self._peek():
                self._fail("a set is not closed")
            first = self._member()
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                last = self._member()
                if _single(first) and _single(last):
                    if last[0][0] < first[0][0]:
                        self._fail("a range from later to earlier")
                    found.append((first[0][0], last[0][0]))
                else:
                    found += [*first, (45, 45), *last]
            else:
                found += first
        self._at += 1
        made = _merged(found)
        return _written(_complement(made) if negated else made)

    def _member(self) -> Ranges:
        char = self._take()
        if char != "\\":
            return ((ord(char), ord(char)),)
        if not self._peek():
            self._fail("a back slash at the end")
        if self._peek().lower() in _SETS:
            return self._class()
        if self._peek() == "b":
            self._at += 1
            return ((8, 8),)
        code = self._code()
        return ((code, code),)


def _names_of_groups(pattern: str) -> list[str]:
    """Of each capturing group, "" for one without; sets and escapes hold none."""
    bare = _NO_GROUP.sub("", pattern)
    return [found[1] or "" for found in _CAPTURES.finditer(bare)]


def _single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    made: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if made and low <= made[-1][1] + 1:
            made[-1] = made[-1][0], max(high, made[-1][1])
        else:
            made.append((low, high))
    return tuple(made)


def _complement(ranges: Ranges) -> Ranges:
    made: list[tuple[int, int]] = []
    at = 0
    for low, high in ranges:
        if low > at:
            made.append((at, low - 1))
        at = high + 1
    if at <= _LAST:
        made.append((at, _LAST))
    return tuple(made)


def _written(ranges: Ranges) -> str:
    """A set of both engines; the shorter of itself and its opposite."""
    other = _complement(ranges)
    if not other:
        return "(?s:.)"
    if not ranges:
        return "[^" + _range((0, _LAST)) + "]"
    sign, shown = ("", ranges) if len(ranges) <= len(other) else ("^", other)
    return f"[{sign}{''.join(map(_range, shown))}]"


def _range(ends: tuple[int, int]) -> str:
    low, high = ends
    return _sign(low) if low == high else f"{_sign(low)}-{_sign(high)}"


def _sign(code: int) -> str:
    """One character that stands for itself, in a set and outside."""
    char = chr(code)
    return char if char.isalnum() or code > 127 or code < 32 or char in " _" else "\\" + char
