"""Our side of the capture helper: the expressions to evaluate in the program, and reading what comes back.

The answers come from an untrusted process: every type, size and count is checked, every text cleaned and cut.
Nothing of an answer is ever evaluated or unpickled.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from codetour.model.text import clean, clean_block
from codetour.model.value import Frame, Scalar, Value
from codetour.session.axes import Dimension, name_axes
from codetour.session.injection import call

ANSWER_LIMIT: Final = 256_000
"""characters of an answer that are read at all (JSON in ASCII; the helper stays under 64 kB)"""

MAX_FRAMES: Final = 64
MAX_VALUES: Final = 400
MAX_DEPTH: Final = 5
MAX_AXES: Final = 16

Locate = Callable[[str], tuple[str, bool]]
"""file name as the program knows it -> (path to show, does it belong to the tree)"""


class BadAnswer(ValueError):
    """What came back is not an answer of the helper; the text says what was wrong."""


# -- expressions


def stack_expression(roots: Iterable[str] = (), watch: Sequence[str] = (), *, seconds: float = 0.2) -> str:
    """An expression that answers with the stopped thread's whole stack.

    `roots`: folders (the tree, and its real path where links lead there) whose frames carry values. `watch`: names,
    attributes or items to put first in the innermost of them; they are looked up, never executed.
    """
    return call("stack", tuple(map(str, roots)), tuple(w[:200] for w in watch[:40]), seconds)


def crash_expression(roots: Iterable[str] = ()) -> str:
    """An expression that answers with the stack of the uncaught exception at which the program stands.

    The debugger puts the exception into the frame that it shows, under the name `__exception__`.
    """
    text = call("crash", tuple(map(str, roots)))
    return text.replace(".crash(", ".crash(__exception__, ", 1)


def value_expression(text: str, frame: int = 0, *, seconds: float = 1.0) -> str:
    """An expression that runs `text` (the user's own) in frame number `frame` of the parsed stack."""
    return call("evaluate", text, frame, seconds)


def children_expression(path: Sequence[str], frame: int = 0, *, start: int = 0) -> str:
    """An expression that answers with what is inside the value at `path` (a local, then names of items)."""
    return call("children", tuple(path), frame, start)


# -- answers


def parse_stack(text: str, locate: Locate, *, axes: Mapping[str, str] | None = None) -> tuple[Frame, ...]:
    """The frames of an answer to `stack_expression`, innermost first, axes named; raises `BadAnswer`."""
    answer = read_answer(text)
    found = answer.get("frames")
    if not isinstance(found, list):
        raise BadAnswer("the answer has no frames")
    budget = _Budget(MAX_VALUES * 12)
    frames = [_frame(f, locate, budget) for f in _mappings(cast("object", found), MAX_FRAMES)]
    return name_axes(frames, _dimensions(answer.get("ints")), axes or {})


def parse_value(text: str) -> Value:
    """The value of an answer to `value_expression`; kind `error` where it raised; raises `BadAnswer`."""
    found = read_answer(text).get("value")
    if not isinstance(found, dict):
        raise BadAnswer("the answer has no value")
    return value_of(cast("dict[str, Any]", found))


def parse_children(text: str) -> tuple[Value, ...]:
    """The values of an answer to `children_expression`; raises `BadAnswer`."""
    found = read_answer(text).get("values")
    if not isinstance(found, list):
        raise BadAnswer("the answer has no values")
    budget = _Budget(MAX_VALUES * 4)
    return tuple(_value(v, budget, 0) for v in _mappings(cast("object", found), MAX_VALUES))


def value_of(found: dict[str, Any]) -> Value:
    """A value as the helper told it."""
    return _value(found, _Budget(MAX_VALUES * 4), 0)


def number(found: object) -> float | None:
    """A number of an answer, where it is one."""
    return _number(found) if _is_number(found) else None


class _Budget:
    """How many values one answer may still bring."""

    def __init__(self, values: int) -> None:
        self.values = values


def read_answer(text: str) -> dict[str, Any]:
    """The object of an answer of the helper; raises `BadAnswer`."""
    if len(text) > ANSWER_LIMIT:
        raise BadAnswer(f"the answer is too long ({len(text)} characters)")
    text = text.strip()
    if text[:1] == "'" and text[-1:] == "'" and len(text) > 1:
        # the debugger's own quoting of our ASCII text: nothing but doubled backslashes
        text = text[1:-1].replace("\\\\", "\\")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadAnswer(f"the answer is not JSON: {clean(text, 120)}") from problem
    if not isinstance(found, dict) or cast("dict[str, Any]", found).get("codetour") != 1:
        raise BadAnswer("the answer is not from the capture helper")
    return cast("dict[str, Any]", found)


def _mappings(found: object, limit: int) -> list[dict[str, Any]]:
    if not isinstance(found, list):
        return []
    return [cast("dict[str, Any]", x) for x in cast("list[object]", found)[:limit] if isinstance(x, dict)]


def _frame(found: dict[str, Any], locate: Locate, budget: _Budget) -> Frame:
    path = _text(found.get("file"), 1_000)
    file, inside = locate(path)
    values = tuple(_value(v, budget, 0) for v in _mappings(found.get("v"), MAX_VALUES))
    return Frame(
        symbol=_text(found.get("fn"), 200) or "<module>",
        file=clean(file, 500),
        line=max(_whole(found.get("line")) or 1, 1),
        inside=inside,
        values=values,
        omitted=max(_whole(found.get("o")) or 0, 0),
    )


def _value(found: dict[str, Any], budget: _Budget, depth: int) -> Value:
    budget.values -= 1
    items: tuple[Value, ...] = ()
    if depth < MAX_DEPTH and budget.values > 0:
        items = tuple(
            _value(v, budget, depth + 1) for v in _mappings(found.get("i"), MAX_VALUES) if budget.values > 0
        )
    return Value(
        name=_text(found.get("n"), 200),
        type=_text(found.get("t"), 80),
        kind=_text(found.get("k"), 20) or "object",
        shape=_shape(found.get("s")),
        dtype=_text(found.get("dt"), 40) or None,
        device=_text(found.get("dv"), 40) or None,
        scalar=_scalar(found.get("x"), number=found.get("k") != "text"),
        size=_whole(found.get("z")),
        stats={k: _number(v) for k, v in _pairs(found.get("st")) if _is_number(v)},
        facts={k: clean(v, 400) for k, v in _pairs(found.get("f")) if isinstance(v, str)},
        items=items,
        ref=_whole(found.get("r")) or 0,
    )


def _pairs(found: object) -> list[tuple[str, Any]]:
    if not isinstance(found, dict):
        return []
    pairs = list(cast("dict[str, Any]", found).items())[:24]
    return [(clean(k, 40), v) for k, v in pairs]


def _text(found: object, limit: int) -> str:
    return clean(found, limit) if isinstance(found, str) else ""


def _whole(found: object) -> int | None:
    """A whole number that fits 64 bits; a truth value is none."""
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) >= 1 << 63:
        return None
    return found


_SPECIAL: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def _is_number(found: object) -> bool:
    if isinstance(found, str):
        return found in _SPECIAL
    return isinstance(found, float) or _whole(found) is not None


def _number(found: Any) -> float:
    return _SPECIAL[found] if isinstance(found, str) else float(found)


def _scalar(found: object, *, number: bool) -> Scalar:
    if number and isinstance(found, str) and found in _SPECIAL:
        return _SPECIAL[found]
    if found is None or isinstance(found, bool | float):
        return found
    if isinstance(found, int):
        return _whole(found)
    return clean_block(found, 4_000) if isinstance(found, str) else None


def _shape(found: object) -> tuple[int, ...] | None:
    if not isinstance(found, list):
        return None
    sizes = [_whole(n) for n in cast("list[object]", found)[:MAX_AXES]]
    return tuple(-1 if n is None else n for n in sizes)


def _dimensions(found: object) -> list[Dimension]:
    out: list[Dimension] = []
    for entry in cast("list[object]", found)[:400] if isinstance(found, list) else []:
        if isinstance(entry, list) and len(cast("list[object]", entry)) == 3:
            name, value, distance = cast("list[object]", entry)
            number, far = _whole(value), _whole(distance)
            if isinstance(name, str) and name.isidentifier() and number is not None and far is not None:
                out.append(Dimension(clean(name, 40), number, far))
    return out
