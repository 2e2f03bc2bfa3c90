"""What our side calls: `stack`, `crash`, `evaluate`, `children`, `install`.

Answers are JSON in ASCII without a single quote, so that the debugger's quoting only doubles backslashes and can be
undone without evaluating anything.
"""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from typing import Any

from codetour.session.injected.frames import (
    _crashed,
    absolute,
    debugger_folders,
    dimension_names,
    entries,
    follow_text,
    frame_symbol,
    frame_values,
    inside,
    local_values,
    user_frames,
)
from codetour.session.injected.plain_values import field_names, skipped
from codetour.session.injected.reach import (
    FRAMES_INNER,
    FRAMES_OUTER,
    LIMIT,
    VERSION,
    Budget,
    _type_name,
    attributes,
    cut,
    label,
    mro,
    summary,
)

_evaluated: dict[str, Any] = {}


def answer(found: dict[str, Any]) -> str:
    return json.dumps(found, separators=(",", ":")).replace("'", "\\u0027")


LEVELS = ((6, 2, 160, 60, 30), (5, 1, 100, 40, 16), (3, 1, 60, 24, 8), (0, 0, 40, 12, 4))
"""items of a container, depth, characters of a text, values of the innermost frame, of the others"""


def stack(roots: Any = (), watch: Any = (), seconds: float = 0.2) -> str:
    """All frames of the calling thread; values of those whose file lies under one of `roots`."""
    started = time.perf_counter()
    _evaluated.clear()
    where = tuple(str(r) for r in roots)
    frames = user_frames()
    lines = [line for _, line in _crashed] or [frame.f_lineno for frame in frames]
    text = ""
    for items, depth, chars, inner, outer in LEVELS:
        budget = Budget(items, depth, chars, seconds)
        out, first = [], True
        for frame, line in zip(frames, lines):  # noqa: B905 - `strict` is 3.10
            one: dict[str, Any] = {
                "fn": frame_symbol(frame),
                "file": cut(absolute(frame.f_code.co_filename), 1_000),
                "line": line,
            }
            if not where or inside(frame.f_code.co_filename, where):
                one["v"], left_out = frame_values(
                    frame, tuple(watch) if first else (), budget, inner if first else outer
                )
                if left_out:
                    one["o"] = left_out
                first = False
            out.append(one)
        text = answer(
            {
                "codetour": VERSION,
                "ms": round((time.perf_counter() - started) * 1e3, 2),
                "pid": os.getpid(),
                "frames": out,
                "ints": dimension_names(frames, where),
            }
        )
        if len(text) <= LIMIT:
            return text
    return (
        answer({"codetour": VERSION, "pid": os.getpid(), "frames": [], "ints": []})
        if len(text) > LIMIT
        else text
    )


def crash(error: Any, roots: Any = (), watch: Any = (), seconds: float = 0.2) -> str:
    """`stack`, of the frames that an uncaught exception has left: they are off the thread's own stack by then."""
    folders = debugger_folders()
    found = []
    step = error[2]
    while step is not None and len(found) < 20_000:
        if not step.tb_frame.f_code.co_filename.startswith(folders):
            found.append((step.tb_frame, step.tb_lineno))
        step = step.tb_next
    while found and found[0][0].f_globals.get("__name__") == "runpy":
        found.pop(0)
    _crashed[:] = reversed(found[:FRAMES_OUTER] + found[FRAMES_OUTER:][-FRAMES_INNER:])
    return stack(roots, watch, seconds)


def evaluate(text: str, frame: int = 0, seconds: float = 1.0) -> str:
    """Run what the user typed in one of the frames; the value of its last expression."""
    import ast

    started = time.perf_counter()
    try:
        frames = user_frames()
        where = frames[frame] if frame < len(frames) else None
        if where is None:
            raise LookupError("no such frame")
        tree = ast.parse(text)
        last: Any = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        value = None
        names = local_values(where)
        if tree.body:
            run_statements(compile(tree, "<codetour>", "exec"), where)
            names = local_values(where)
        if last is not None:
            # one namespace, so that comprehensions and lambdas see the frame's names
            space = where.f_globals if names is where.f_globals else {**where.f_globals, **names}
            value = eval(compile(ast.Expression(last.value), "<codetour>", "eval"), space)  # noqa: S307 - the user typed it
        _evaluated[text] = value
        while len(_evaluated) > 8:
            _evaluated.pop(next(iter(_evaluated)))
        found = summary(cut(text.strip(), 200), value, Budget(24, 2, 4_000, seconds))
    except BaseException as problem:  # noqa: BLE001 - whatever was typed, the answer is an answer
        message = problem.args[0] if problem.args and type(problem.args[0]) is str else ""
        kind = type(problem).__name__
        found = {"n": cut(text.strip(), 200), "t": cut(kind, 60), "k": "error", "x": cut(message, 400)}
    return fit({"codetour": VERSION, "ms": round((time.perf_counter() - started) * 1e3, 2), "value": found})


def run_statements(code: Any, frame: Any) -> None:
    names = frame.f_locals
    exec(code, frame.f_globals, names)  # noqa: S102 - the user typed it
    if names is not frame.f_globals and sys.version_info < (3, 13):
        with contextlib.suppress(Exception):
            import ctypes

            # before 3.13 a function's names are a copy that has to be written back
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))


def fit(found: dict[str, Any]) -> str:
    text = answer(found)
    while len(text) > LIMIT and isinstance(found.get("value"), dict) and found["value"].get("i"):
        items = found["value"]["i"]
        found["value"]["i"] = items[: len(items) // 2]
        text = answer(found)
    return text


def resolve(path: Any, frame: int) -> tuple[bool, Any]:
    """The value at `path`: the name of a local, or an expression just evaluated, then item names."""
    frames = user_frames()
    steps = [str(p) for p in path]
    where = frames[frame] if frame < len(frames) else None
    if not steps or where is None:
        return False, None
    if steps[0] in _evaluated:
        found, value = True, _evaluated[steps[0]]
    else:
        found, value = follow_text(local_values(where), where.f_globals, steps[0])
    for name in steps[1:]:
        if not found:
            break
        pairs = inner(value, 20_000)
        at = [n for n, _ in pairs].index(name) if name in [n for n, _ in pairs] else -1
        found, value = (True, pairs[at][1]) if at >= 0 else (False, None)
    return found, value


def children(path: Any, frame: int = 0, start: int = 0, seconds: float = 1.0) -> str:
    """What is inside the value at `path`."""
    found, value = resolve(path, frame)
    pairs = inner(value, start + 100)[start:] if found else []
    budget = Budget(6, 1, 200, seconds)
    values = [summary(name, item, budget) for name, item in pairs if not budget.spent()]
    text = answer({"codetour": VERSION, "values": values})
    while len(text) > LIMIT and values:
        values = values[: len(values) // 2]
        text = answer({"codetour": VERSION, "values": values})
    return text


def inner(value: Any, most: int) -> list[tuple[str, Any]]:
    """(name, value) of what a value holds, at most so many."""
    kinds = mro(type(value))
    out: list[tuple[str, Any]] = []
    if dict in kinds:
        for key, item in dict.items(value):
            if len(out) >= most:
                break
            out.append((label(key), item))
        return out
    for kind in (list, tuple):
        if kind in kinds:
            fields = field_names(value)
            count = min(kind.__len__(value), most)
            return [
                (fields[i] if i < len(fields) else str(i), kind.__getitem__(value, i)) for i in range(count)
            ]
    for kind in (set, frozenset):
        if kind in kinds:
            for item in kind.__iter__(value):
                if len(out) >= most:
                    break
                out.append((str(len(out)), item))
            return out
    own = attributes(value)
    for part in ("_modules", "_parameters", "_buffers"):
        held = own.get(part)
        if isinstance(held, dict) and "Module" in [_type_name(k) for k in kinds]:
            out.extend((str(k), v) for k, v in dict.items(held))
    for name, item in entries(value).items():
        if not name.startswith("__") and not skipped(item):
            out.append((name, item))
    return out[:most]


def install() -> str:
    """Called once per process, after our side has run this file in a module of its own."""
    return "codetour " + str(VERSION) + (" nodelay" if nodelay() else "")


def nodelay() -> bool:
    """The debugger writes header and body in two calls: with Nagle's algorithm every request costs some 45 ms."""
    import socket

    with contextlib.suppress(Exception):
        writer = sys.modules["pydevd"].get_global_debugger().writer
        writer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True
    return False
