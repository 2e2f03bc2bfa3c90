"""Uncaught exceptions are told to the debugger from here, since it sees them by tracing: `tell(pydevd)`.

A program that runs untraced (see `fast_forward`) ends in an exception that nobody saw on its way. So whoever catches
it last, our own call of the program or the end of a thread, calls `crashed`; one that the debugger did see is not told
twice. From Python 3.12 on the debugger sees to all of it by itself.
Runs in the user's interpreter, Python 3.8 to 3.11, standard library only.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Any

QUIET = (SystemExit, KeyboardInterrupt)
"""ways to end"""
told: dict[str, int] = {}
"""the exception that was told last"""


def tell(pydevd: Any) -> None:
    """From now on, for threads that begin later too."""
    if sys.version_info >= (3, 12):
        return
    stop = pydevd.PyDB.do_stop_on_unhandled_exception

    def stop_once(db: Any, thread: Any, frame: Any, by_id: Any, arg: Any) -> None:
        if told.get("last") != id(arg[1]):
            told["last"] = id(arg[1])
            stop(db, thread, frame, by_id, arg)

    pydevd.PyDB.do_stop_on_unhandled_exception = stop_once
    module: Any = threading
    make = module._make_invoke_excepthook  # noqa: SLF001 - called by each thread as it is made

    def make_invoke_excepthook() -> Any:
        invoke = make()

        def invoke_excepthook(thread: Any) -> None:
            crashed()
            told.clear()
            invoke(thread)

        return invoke_excepthook

    module._make_invoke_excepthook = make_invoke_excepthook  # noqa: SLF001


def crashed() -> None:
    """The exception being handled will not be caught by the program."""
    kind, error, trace = sys.exc_info()
    if error is None or sys.version_info >= (3, 12) or isinstance(error, QUIET):
        return
    try:
        db: Any = importlib.import_module("_pydevd_bundle.pydevd_constants").get_global_debugger()
        if db is None or db.pydb_disposed:
            return
        thread = threading.current_thread()
        info = db.set_additional_thread_info(thread)
        info.is_tracing += 1
        try:
            breakpoints: Any = importlib.import_module("_pydevd_bundle.pydevd_breakpoints")
            breakpoints.stop_on_unhandled_exception(db, thread, info, (kind, error, trace))
        finally:
            info.is_tracing -= 1
    except Exception:  # noqa: BLE001 - the program's own exception goes on
        return
