"""Decides inside the program whether a breakpoint set by hand holds: its condition, its count, what went wrong.

Runs in the user's interpreter, Python 3.8 and later, standard library only. The debugger's own counts begin anew
whenever the breakpoints of a file are sent again, and it is silent about a name that does not exist.
"""

from __future__ import annotations

import _thread
import sys
import time
from typing import Any

counts: dict[str, int] = {}
"""breakpoint -> how often its line was passed with the condition true"""
problems: dict[str, tuple[str, int]] = {}
"""breakpoint -> what its condition raised last, and how often it did"""
compiled: dict[str, Any] = {}
lock = _thread.allocate_lock()
written: dict[str, list[float]] = {}
"""breakpoint -> [second, lines written in it, lines left out since the last one written]"""
A_SECOND = 100
"""lines of one breakpoint that are written in a second"""


def holds(key: str, condition: str, compare: str, number: int, log: str = "") -> bool:
    """Called by the condition that the debugger evaluates, in the frame that stands at the line."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
    if condition:
        true = truth(key, condition, frame)
        if true is None:
            # what it raises is worth one stop, the first time
            return problems[key][1] == 1
        if not true:
            return False
    if compare and not counted(key, compare, number):
        return False
    if log:
        write(key, log, frame)
    return not log


def counted(key: str, compare: str, number: int) -> bool:
    """Count the pass; whether it is one that is meant."""
    with lock:
        counts[key] = count = counts.get(key, 0) + 1
    if compare == "%":
        return number > 0 and count % number == 0
    return {
        "==": count == number,
        ">=": count >= number,
        ">": count > number,
        "<=": count <= number,
        "<": count < number,
    }[compare]


def write(key: str, log: str, frame: Any) -> None:
    """Send a line to the reader; of a line in a hot loop only so many a second."""
    with lock:
        now = float(int(time.monotonic()))
        state = written.setdefault(key, [now, 0.0, 0.0])
        if state[0] != now:
            state[:2] = [now, 0.0]
        state[1] += 1
        if state[1] > A_SECOND:
            state[2] += 1
            return
        left_out, state[2] = int(state[2]), 0.0
    try:
        text = str(evaluated(log, frame))[:2_000]
    except Exception as error:  # noqa: BLE001 - told to the user
        text = f"{type(error).__name__} in {log}"
    more = f" ({left_out} more before)" if left_out else ""
    place = key.rsplit("/", 1)[-1].rsplit(":", 1)[0]
    db: Any = sys.modules["pydevd"].get_global_debugger()
    if db is not None and db.writer is not None:
        db.writer.add_command(db.cmd_factory.make_console_message(f"{place}  {text}{more}\n"))


def evaluated(source: str, frame: Any) -> Any:
    code = compiled.get(source)
    if code is None:
        code = compiled[source] = compile(source, "<condition>", "eval")
    names = frame.f_locals
    # one namespace, so that comprehensions and lambdas see the frame's names
    space = frame.f_globals if names is frame.f_globals else {**frame.f_globals, **names}
    return eval(code, space)  # noqa: S307 - what the user typed


def truth(key: str, condition: str, frame: Any) -> bool | None:
    """Whether a condition holds; None when it raises, which is kept."""
    try:
        return bool(evaluated(condition, frame))
    except Exception as error:  # noqa: BLE001 - told to the user
        said = error.args[0] if error.args and type(error.args[0]) is str else ""
        times = problems.get(key, ("", 0))[1]
        problems[key] = (f"{type(error).__name__}: {said[:300]}", times + 1)
        return None


def problem(key: str) -> str:
    """What a breakpoint's condition raised, or nothing."""
    return problems.get(key, ("", 0))[0]
