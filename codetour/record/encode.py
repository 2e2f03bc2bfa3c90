"""Recording <-> plain JSON values. Reading trusts nothing: every type, size and count is checked.

The dataclasses of `codetour.model` are the schema; this module walks their fields, so that a field added there is
kept here without another word.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.text import clean_block

SCHEMA: Final = "codetour.recording/1"
_LONGEST_TEXT: Final = 1_000_000
_MOST_ITEMS: Final = 20_000
_DEEPEST: Final = 40
_NOT_SHARED: Final = frozenset({"ref", "id"})
"""identities inside a process that is gone"""

T = TypeVar("T")


def to_json(recording: Recording) -> dict[str, Any]:
    """The document; fields with their default value are left out, which is most of them."""
    return {"schema": SCHEMA, **_plain(recording)}


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
    return _read(Recording, fields, "recording", 0)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        made: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if field.name not in _NOT_SHARED and not _is_default(field, item):
                made[field.name] = _plain(item)
        return made
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in cast("tuple[Any, ...]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}  # strict JSON has no word for these
    return value


def _is_default(field: dataclasses.Field[Any], item: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        # True == 1, so the type counts too
        return type(item) is type(field.default) and item == field.default
    return field.default_factory is not dataclasses.MISSING and item == field.default_factory()


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, raw: Any, where: str, depth: int) -> Any:
    """`raw` as a value of the annotated type `kind`."""
    if depth > _DEEPEST:
        raise _wrong(where, "nested too deep")
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _read_fields(cast("type[Any]", kind), raw, where, depth)
    if origin is Literal:
        if raw not in get_args(kind):
            raise _wrong(where, f"not one of {', '.join(map(str, get_args(kind)))}")
        return raw
    if origin in {Union, types.UnionType}:
        return _read_union(kind, raw, where, depth)
    if origin is tuple:
        items = _items(raw, where)
        inner = get_args(kind)[0]
        return tuple(_read(inner, item, f"{where}[{i}]", depth + 1) for i, item in enumerate(items))
    if origin is dict:
        inner = get_args(kind)[1]
        pairs = _mapping(raw, where)
        return {
            _text(k, where): _read(inner, v, f"{where}.{_text(k, where)[:40]}", depth + 1)
            for k, v in pairs.items()
        }
    return _read_scalar(kind, raw, where)


def _read_fields(kind: type[Any], raw: Any, where: str, depth: int) -> Any:
    pairs = _mapping(raw, where)
    hints = _hints(kind)
    made: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.name in pairs:
            made[field.name] = _read(hints[field.name], pairs[field.name], f"{where}.{field.name}", depth + 1)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _wrong(f"{where}.{field.name}", "missing")
    return kind(**made)


def _read_union(kind: Any, raw: Any, where: str, depth: int) -> Any:
    choices = get_args(kind)
    if raw is None and type(None) in choices:
        return None
    for choice in choices:
        if choice is type(None):
            continue
        # bool before int: JSON's true is no number
        if (
            choice in {bool, int, float, str}
            and type(raw) is not choice
            and not (choice is float and _special(raw))
        ):
            continue
        return _read(choice, raw, where, depth)
    raise _wrong(where, "of the wrong type")


def _read_scalar(kind: Any, raw: Any, where: str) -> Any:
    if kind is float and _special(raw):
        return float(raw["float"])
    if kind is float and type(raw) is int and abs(raw) < 2**63:
        return float(raw)
    if kind is str:
        return _text(raw, where)
    if type(raw) is not kind or (kind is int and raw.bit_length() > 4096):
        raise _wrong(where, f"not {'a number' if kind in {int, float} else kind.__name__}")
    return raw


def _special(raw: Any) -> bool:
    return isinstance(raw, dict) and cast("dict[str, Any]", raw).get("float") in {"nan", "inf", "-inf"}


def _text(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or len(raw) > _LONGEST_TEXT:
        raise _wrong(where, "no text, or too long")
    return clean_block(raw, _LONGEST_TEXT)


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
