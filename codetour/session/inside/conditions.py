"""Decides inside the program whether a breakpoint set by hand holds: its condition, its count, what went wrong.

Runs in the user's interpreter, Python 3.8 and later, standard library only. The debugger's own counts begin anew
whenever the breakpoints of a file are sent again, and it is silent about a name that does not exist.
"""

from __future__ import annotations

import _thread
import sys
from typing import Any

counts: dict[str, int] = {}
"""breakpoint -> how often its line was passed with the condition true"""
problems: dict[str, tuple[str, int]] = {}
"""breakpoint -> what its condition raised last, and how often it did"""
compiled: dict[str, Any] = {}
lock = _thread.allocate_lock()


def holds(key: str, condition: str, compare: str, number: int) -> bool:
    """Called by the condition that the debugger evaluates, in the frame that stands at the line."""
    if condition:
        true = truth(key, condition, sys._getframe(1))  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        if true is None:
            # what it raises is worth one stop, the first time
            return problems[key][1] == 1
        if not true:
            return False
    if not compare:
        return True
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


def truth(key: str, condition: str, frame: Any) -> bool | None:
    """Whether a condition holds; None when it raises, which is kept."""
    try:
        code = compiled.get(condition)
        if code is None:
            code = compiled[condition] = compile(condition, "<condition>", "eval")
        names = frame.f_locals
        # one namespace, so that comprehensions and lambdas see the frame's names
        space = frame.f_globals if names is frame.f_globals else {**frame.f_globals, **names}
        return bool(eval(code, space))  # noqa: S307 - what the user typed
    except Exception as error:  # noqa: BLE001 - told to the user
        said = error.args[0] if error.args and type(error.args[0]) is str else ""
        times = problems.get(key, ("", 0))[1]
        problems[key] = (f"{type(error).__name__}: {said[:300]}", times + 1)
        return None


def problem(key: str) -> str:
    """What a breakpoint's condition raised, or nothing."""
    return problems.get(key, ("", 0))[0]
