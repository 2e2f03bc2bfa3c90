"""Recording <-> plain JSON values. Reading trusts nothing: every type, size and count is checked.

The dataclasses of `codetour.model` are the schema; this module walks their fields, so that a field added there is
kept here without another word.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.text import clean_block

SCHEMA: Final = "codetour.recording/1"
_LONGEST_TEXT: Final = 1_000_000
_MOST_ITEMS: Final = 20_000
_DEEPEST: Final = 40
_NOT_SHARED: Final = frozenset({"ref", "id"})
"""identities inside a process that is gone"""


def to_json(recording: Recording) -> dict[str, Any]:
    """The document; fields with their default value are left out, which is most of them."""
    return {"schema": SCHEMA, **plain(recording)}


def from_json(document: Any) -> Recording:
    """The recording in `document`. Raises `UsageProblem` naming the first place that is not as it should be."""
    if not isinstance(document, dict) or cast("dict[str, Any]", document).get("schema") != SCHEMA:
        found = cast("dict[str, Any]", document).get("schema") if isinstance(document, dict) else None
        known = isinstance(found, str) and found.startswith("codetour.recording/")
        hint = (
            "It was made by another version of codetour."
            if known
            else "Give a file that `codetour run` wrote."
        )
        raise UsageProblem("This is no recording that can be read here.", hint=hint)
    fields = {k: v for k, v in cast("dict[str, Any]", document).items() if k != "schema"}
    found = _reader(Recording)(fields, "recording", 0)
    assert isinstance(found, Recording)
    return found


def plain(value: Any) -> Any:
    """A dataclass of the model as plain JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        made: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if field.name not in _NOT_SHARED and not _is_default(field, item):
                made[field.name] = plain(item)
        return made
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in cast("tuple[Any, ...]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}  # strict JSON has no word for these
    return value


def _is_default(field: dataclasses.Field[Any], item: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        # True == 1, so the type counts too
        return type(item) is type(field.default) and item == field.default
    return field.default_factory is not dataclasses.MISSING and item == field.default_factory()


Reader = Callable[[Any, str, int], Any]
"""(raw, where, depth) -> the value; raises `UsageProblem`"""


@cache
def _reader(kind: Any) -> Reader:
    """How to read the annotated type `kind`: worked out once per type, since a tour holds thousands of values."""
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _fields_reader(cast("type[Any]", kind))
    if origin is Literal:
        return _literal_reader(get_args(kind))
    if origin in {Union, types.UnionType}:
        return _union_reader(get_args(kind))
    if origin is tuple:
        return _tuple_reader(_reader_later(get_args(kind)[0]))
    if origin is dict:
        return _dict_reader(_reader_later(get_args(kind)[1]))
    return _scalar_reader(kind)


def _reader_later(kind: Any) -> Reader:
    """The reader of a type that may hold itself."""

    def read(raw: Any, where: str, depth: int) -> Any:
        return _reader(kind)(raw, where, depth)

    return read


def _fields_reader(kind: type[Any]) -> Reader:
    hints = get_type_hints(kind)
    fields = [
        (f.name, _reader_later(hints[f.name]), f.default is f.default_factory is dataclasses.MISSING)
        for f in dataclasses.fields(kind)
    ]

    def read(raw: Any, where: str, depth: int) -> Any:
        if depth > _DEEPEST:
            raise _wrong(where, "nested too deep")
        pairs = _mapping(raw, where)
        made: dict[str, Any] = {}
        for name, reader, required in fields:
            if name in pairs:
                made[name] = reader(pairs[name], f"{where}.{name}", depth + 1)
            elif required:
                raise _wrong(f"{where}.{name}", "missing")
        return kind(**made)

    return read


def _literal_reader(choices: tuple[Any, ...]) -> Reader:
    def read(raw: Any, where: str, depth: int) -> Any:
        del depth
        if not isinstance(raw, str) or raw not in choices:
            raise _wrong(where, f"not one of {', '.join(map(str, choices))}")
        return raw

    return read


def _union_reader(choices: tuple[Any, ...]) -> Reader:
    by_type: dict[Any, Reader] = {c: _reader_later(c) for c in choices if c in {bool, int, float, str}}
    others = [_reader_later(c) for c in choices if c is not type(None) and c not in by_type]
    optional = type(None) in choices

    def read(raw: Any, where: str, depth: int) -> Any:
        if raw is None and optional:
            return None
        # by exact type: JSON's true is no number
        reader = by_type.get(float if _special(raw) else type(raw))
        if reader is None and others:
            reader = others[0]
        if reader is None:
            raise _wrong(where, "of the wrong type")
        return reader(raw, where, depth)

    return read


def _tuple_reader(inner: Reader) -> Reader:
    def read(raw: Any, where: str, depth: int) -> Any:
        if depth > _DEEPEST:
            raise _wrong(where, "nested too deep")
        return tuple([inner(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(_items(raw, where))])

    return read


def _dict_reader(inner: Reader) -> Reader:
    def read(raw: Any, where: str, depth: int) -> Any:
        found: dict[str, Any] = {}
        for key, item in _mapping(raw, where).items():
            name = _text(key, where)
            found[name] = inner(item, f"{where}.{name[:40]}", depth + 1)
        return found

    return read


def _scalar_reader(kind: Any) -> Reader:
    def read(raw: Any, where: str, depth: int) -> Any:
        del depth
        if kind is str:
            return _text(raw, where)
        if kind is float and _special(raw):
            return float(raw["float"])
        if kind is float and type(raw) is int and abs(raw) < 2**63:
            return float(raw)
        if type(raw) is not kind or (kind is int and raw.bit_length() > 4096):
            raise _wrong(where, f"not {'a number' if kind in {int, float} else kind.__name__}")
        return raw

    return read


def _special(raw: Any) -> bool:
    return isinstance(raw, dict) and cast("dict[str, Any]", raw).get("float") in {"nan", "inf", "-inf"}


def _text(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or len(raw) > _LONGEST_TEXT:
        raise _wrong(where, "no text, or too long")
    # most texts are names: nothing in them can be hostile
    return raw if raw.isascii() and raw.isprintable() else clean_block(raw, _LONGEST_TEXT)


def _items(raw: Any, where: str) -> list[Any]:
    if not isinstance(raw, list) or len(cast("list[Any]", raw)) > _MOST_ITEMS:
        raise _wrong(where, "no list, or too long")
    return cast("list[Any]", raw)


def _mapping(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict) or len(cast("dict[str, Any]", raw)) > _MOST_ITEMS:
        raise _wrong(where, "no object, or too large")
    return cast("dict[str, Any]", raw)


def _wrong(where: str, what: str) -> UsageProblem:
    return UsageProblem(
        f"The recording is damaged: {where} is {what}.", hint="Record the tour again with `codetour run`."
    )
