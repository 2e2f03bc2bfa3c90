"""The reader behind `jsontext`: strict JSON by recursive descent, which knows where every value begins and ends."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from codetour.tourfile.json_limits import DEPTH, DIGITS, JsonError, Path, Span

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_STRINGS: Final = json.JSONDecoder()
_WORD: Final = re.compile(r"[A-Za-z_]+")


class Reader:
    """One pass over the text by recursive descent, bounded by `DEPTH`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[Path, Span] = {}

    def document(self) -> Any:
        value, at = self._value(self._skip(0), (), 0)
        at = self._skip(at)
        if at < len(self.text):
            raise JsonError("the document ends here, but more text follows", at)
        return value

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _value(self, at: int, path: Path, depth: int) -> tuple[Any, int]:
        start = self.text[at : at + 1]
        if start == '"':
            value, end = self._string(at)
        elif start in ("{", "["):
            if depth >= DEPTH:
                raise JsonError(f"nested more than {DEPTH} levels deep", at)
            value, end = (self._object if start == "{" else self._list)(at, path, depth + 1)
        elif start and start in "-0123456789":
            value, end = self._number(at)
        else:
            value, end = self._word(at)
        self.found[path] = (at, end)
        return value, end

    def _string(self, at: int) -> tuple[str, int]:
        try:
            return _STRINGS.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            reason = error.msg[0].lower() + error.msg[1:].rstrip(" at")
            raise JsonError(f"a text is not written properly: {reason}", error.pos) from None

    def _number(self, at: int) -> tuple[int | float, int]:
        match = _NUMBER.match(self.text, at)
        if match is None:
            raise JsonError("a minus sign without a number", at)
        digits = match.group()
        if len(digits) > DIGITS:
            raise JsonError(f"a number of more than {DIGITS} digits", at)
        return (float(digits) if re.search("[.eE]", digits) else int(digits)), match.end()

    def _word(self, at: int) -> tuple[Any, int]:
        match = _WORD.match(self.text, at)
        word = match.group() if match else ""
        if word in _WORDS:
            return _WORDS[word], at + len(word)
        if word:
            raise JsonError(f"`{word[:20]}` is no JSON value", at)
        if at >= len(self.text):
            raise JsonError("the text ends in the middle of a value", at)
        what = "a comment, which JSON does not have" if self.text[at] == "/" else "no JSON value"
        raise JsonError(f"a value is expected here, this is {what}", at)

    def _list(self, at: int, path: Path, depth: int) -> tuple[list[Any], int]:
        made: list[Any] = []
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "]":
            return made, at + 1
        while True:
            value, at = self._value(at, (*path, len(made)), depth)
            made.append(value)
            at, more = self._next(at, "]")
            if not more:
                return made, at

    def _object(self, at: int, path: Path, depth: int) -> tuple[dict[str, Any], int]:
        made: dict[str, Any] = {}
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "}":
            return made, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise JsonError('a key in double quotes is expected here ("title": ...)', at)
            key, end = self._string(at)
            if key in made:
                raise JsonError(f'the key "{key[:40]}" stands twice in one object', at)
            colon = self._skip(end)
            if self.text[colon : colon + 1] != ":":
                raise JsonError("a colon is expected after the key", colon)
            made[key], at = self._value(self._skip(colon + 1), (*path, key), depth)
            at, more = self._next(at, "}")
            if not more:
                return made, at

    def _next(self, at: int, closing: str) -> tuple[int, bool]:
        """Past the comma (True) or the closing bracket (False) that follows a value."""
        at = self._skip(at)
        char = self.text[at : at + 1]
        if char == closing:
            return at + 1, False
        if char != ",":
            raise JsonError(f"a comma or `{closing}` is expected here", at)
        after = self._skip(at + 1)
        if self.text[after : after + 1] == closing:
            raise JsonError(f"a comma before `{closing}`, which strict JSON does not allow", at)
        return after, True
