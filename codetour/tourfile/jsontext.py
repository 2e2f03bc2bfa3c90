"""A strict JSON reader with limits that knows the line and column of every value.

`parse` takes the standard library's fast decoder and turns to the reader of `json_reader` only to say where
something is wrong; `spots` maps each path (`("steps", 1, "line")`) to the span of its value in the text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from codetour.tourfile.json_limits import DIGITS, Path, Span, nested

if TYPE_CHECKING:
    from codetour.tourfile.json_reader import Reader


def parse(text: str) -> Any:
    """The value of a JSON document. Raises JsonError, also for double keys, NaN and too much depth."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole)
    except (ValueError, RecursionError):
        return _reader(text).document()
    return _reader(text).document() if nested(value) else value


def spots(text: str) -> dict[Path, Span]:
    """Path -> (start, end) of each value in `text`, which `parse` has accepted."""
    reader = _reader(text)
    reader.document()
    return reader.found


def _reader(text: str) -> Reader:
    from codetour.tourfile.json_reader import Reader  # only what is wrong, or rewritten, is read by it

    return Reader(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("double key")
    return made


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError("long number")
    return int(digits)
