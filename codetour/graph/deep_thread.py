"""Runs work that recurses deeply, in a thread with a deep stack, and ends it when its time is over.

A thread of its own is the only way to a deep stack. The work watches its budget itself; should it be caught in one
step that does not end, the exception that it would raise itself is raised in it from outside.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

STACK: Final = 512 * 1024 * 1024
RECURSION: Final = 40_000
GRACE: Final = 5.0
"""CPU seconds that the work may take longer than it was given before it is stopped from outside"""
_EVERY: Final = 0.5


def run_deep(work: Callable[[], T], *, seconds: float, late: type[Exception]) -> T:
    """What `work` returns or raises. After `seconds` of CPU time and some grace, `late` is raised inside it."""
    box: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        old = sys.getrecursionlimit()
        sys.setrecursionlimit(max(old, RECURSION))
        try:
            box.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            failed.append(error)
        finally:
            sys.setrecursionlimit(old)

    ends_at = time.process_time() + seconds + GRACE
    thread = _start(run)
    while thread.is_alive():
        thread.join(_EVERY)
        if thread.is_alive() and time.process_time() > ends_at and thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(late))
            ends_at += GRACE
    if failed:
        raise failed[0]
    return box[0]


def _start(run: Callable[[], None]) -> threading.Thread:
    size = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run, name="codetour-graph", daemon=True)
        thread.start()
    finally:
        threading.stack_size(size)
    return thread
