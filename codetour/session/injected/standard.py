"""Summaries of what the standard library has beside containers: errors, locks, files, queues, views, environments.

Fields of types written in C are read from exactly those types; a subclass may answer with code of its own.
"""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
from typing import Any

from codetour.session.injected.plain_values import dict_value, put_attributes, sequence_value
from codetour.session.injected.reach import Budget, _type_name, attributes, cut, mro, put_items

_arguments: Any = BaseException.__dict__["args"].__get__


def error_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """An exception that the program holds: its first words, without asking its own `__str__`."""
    out["k"] = "object"
    given = _arguments(value)
    if given and str in mro(type(given[0])):
        out["f"] = {"message": cut(given[0], 200)}
    elif given and type(given[0]) is int and len(given) > 1 and type(given[1]) is str:
        out["f"] = {"message": cut(given[1], 200)}
    put_attributes(out, attributes(value), budget, depth)


def lock_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "object"
    if _type_name(type(value)) == "lock":
        out["f"] = {"state": "held" if value.locked() else "free"}


def event_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "object"
    flag = attributes(value).get("_flag", attributes(value).get("_value"))
    if type(flag) is bool:
        out["f"] = {"state": "set" if flag else "not set"}
    elif type(flag) is int:
        out["f"] = {"free": str(flag)}


def thread_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "object"
    own = attributes(value)
    facts = out.setdefault("f", {})
    if type(own.get("_name")) is str:
        facts["name"] = cut(own["_name"], 60)
    if own.get("_daemonic") is True:
        facts["daemon"] = "True"


def queue_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    held: Any = own.get("queue", own.get("_queue"))
    out["k"] = "list"
    with contextlib.suppress(TypeError):
        kind = type(held)
        if _type_name(kind) in ("deque", "list") and kind.__module__ in ("collections", "builtins"):
            out["z"] = len(held)
            if depth < budget.depth:
                head = [held[i] for i in range(min(len(held), budget.items))]
                put_items(out, [str(i) for i in range(len(head))], head, budget, depth)
    most = own.get("maxsize", own.get("_maxsize"))
    if type(most) is int and most > 0:
        out["f"] = {"most": str(most)}


def file_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """An open file: its name and mode, walked down to the file itself, each layer only if it is Python's own."""
    import io

    out["k"] = "object"
    facts = out.setdefault("f", {})
    layers: Any = (io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.FileIO)
    step: Any = value
    with contextlib.suppress(Exception):
        if type(step) is io.TextIOWrapper:
            step = step.buffer
        if type(step) in layers and type(step) is not io.FileIO:
            step = step.raw
        if type(step) is io.FileIO:
            name = attributes(step).get("name")
            if type(name) in (str, int):
                facts["file"] = cut(str(name), 120)
            facts["mode"] = "closed" if step.closed else step.mode
    if type(value) in (io.BytesIO, io.StringIO):
        with contextlib.suppress(ValueError):
            facts["at"] = str(value.tell())


def wrapper_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """UserDict, UserList, ChainMap: what they wrap."""
    own = attributes(value)
    held = own.get("data", own.get("maps"))
    if held is not None and dict in mro(type(held)):
        dict_value(held, out, budget, depth)
    elif held is not None and (list in mro(type(held)) or tuple in mro(type(held))):
        sequence_value(held, out, budget, depth)


def environment_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """`os.environ`: how many entries; what they hold is nobody's business."""
    held = attributes(value).get("_data")
    out["k"] = "dict"
    if type(held) is dict:
        out["z"] = len(held)


def pattern_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "object"
    given = value.pattern
    if type(given) is str:
        out.update(k="text", z=len(given), x=cut(given, 200))


def buffer_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """`memoryview` and `array.array`."""
    import array

    out["k"] = "array"
    if type(value) is memoryview:
        out["s"] = list(value.shape) if value.shape is not None else []
        out["dt"] = value.format
    elif array.array in mro(type(value)):
        kind: Any = array.array
        out["s"], out["dt"] = [kind.__len__(value)], kind.__dict__["typecode"].__get__(value)
    out["z"] = out["s"][0] if out.get("s") else None


def slice_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    parts = (value.start, value.stop, value.step)
    if all(p is None or (type(p) is int and p.bit_length() < 64) for p in parts):
        shown = ["" if p is None else str(p) for p in parts]
        out.update(k="text", x=":".join(shown if shown[2] else shown[:2]))


def logger_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    import logging

    own = attributes(value)
    facts = out.setdefault("f", {})
    if type(own.get("name")) is str:
        facts["name"] = cut(own["name"], 60)
    if type(own.get("level")) is int:
        name = logging._levelToName.get(own["level"])
        facts["level"] = name if type(name) is str else str(own["level"])[:20]


def future_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    state = attributes(value).get("_state")
    if type(state) is str:
        out["f"] = {"state": cut(state.lower(), 20)}


def socket_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    closed = attributes(value).get("_closed")
    if type(closed) is bool:
        out["f"] = {"state": "closed" if closed else "open"}


def pool_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    most = attributes(value).get("_max_workers")
    if type(most) is int:
        out["f"] = {"workers": str(most)}


def parser_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """`argparse.ArgumentParser`: its options, by their names."""
    actions = attributes(value).get("_actions")
    if type(actions) is list:
        names = [attributes(a).get("dest") for a in actions[:40]]
        shown = [cut(n, 30) for n in names if type(n) is str and n != "help"]
        out["f"] = {"options": str(max(len(actions) - 1, 0)), "names": cut(", ".join(shown), 200)}
