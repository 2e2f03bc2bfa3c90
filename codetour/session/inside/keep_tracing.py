"""The program cannot take the debugger's tracing away: `keep(pydevd_tracing, wanted)`.

Up to Python 3.11 there is one trace function per thread, and coverage tools and profilers set their own, or none. The
tour would end there without a word. Pydevd puts itself before `sys.settrace` and lets such calls through with a
warning; here they are left out instead, and said once. From 3.12 on both can trace at the same time.

Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

OURS = ("pydevd", "_pydevd", "debugpy")
SAID = (
    "codetour: the program's own tracing (sys.settrace at %s:%d) is left out: the debugger needs the hook.\n"
)


def written_in_python(function: Any) -> bool:
    """A hook for threads that is not pydevd's, which is compiled or wrapped."""
    owner = str(getattr(function, "__module__", "") or "")
    return hasattr(function, "__code__") and not owner.startswith(OURS)


def keep(tracing: Any, wanted: Callable[[], bool]) -> None:
    """`tracing`: the module that holds pydevd's stand-in for `sys.settrace`. `wanted()`: threads are to be traced."""
    if sys.version_info >= (3, 12) or not hasattr(tracing, "_internal_set_trace"):
        return
    through = tracing._internal_set_trace  # noqa: SLF001 - there is no other way in
    # what passes here was let through on purpose; pydevd would warn of us, in the midst of the program's own output
    tracing.TracingFunctionHolder._warn = False  # noqa: SLF001 - its own switch
    said: set[str] = set()

    def set_trace(function: Any) -> None:
        frame: Any = inspect.currentframe()
        frame = frame.f_back  # who asks decides
        caller = str(frame.f_globals.get("__name__", ""))
        if caller.startswith(OURS) or (caller == "threading" and not written_in_python(function)):
            if function is None or wanted():
                through(function)
        elif caller not in said:
            said.add(caller)
            sys.stderr.write(SAID % (frame.f_code.co_filename, frame.f_lineno))

    tracing._internal_set_trace = set_trace  # noqa: SLF001 - pydevd looks it up by this name
