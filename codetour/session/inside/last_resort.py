"""Writes where each thread is, when asked by a signal, also while compiled code lets nobody in: `register(folder)`.

The handler is the interpreter's own (`faulthandler`), which needs neither the lock of the interpreter nor the debugger.
Runs in the user's interpreter, Python 3.8 and later, standard library only; nothing happens where there is no such
signal.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
from typing import Any

NAME = "stacks-%d"


def register(folder: str) -> None:
    """Do so in this process and in those that are forked off; the stacks go to a file below `folder`."""
    first = getattr(signal, "SIGRTMIN", None)
    if first is None:
        return

    def begin() -> None:
        with contextlib.suppress(Exception):
            import faulthandler

            opened: Any = open(os.path.join(folder, NAME % os.getpid()), "w")  # noqa: PTH118, PTH123, SIM115 - stays open
            kept[:] = [opened]
            faulthandler.register(first + 9, file=opened, all_threads=True, chain=False)

    def end() -> None:
        # what hangs on the list of things to do after a fork is let go when there are no files any more
        with contextlib.suppress(Exception):
            import faulthandler

            faulthandler.unregister(first + 9)
            kept.pop().close()

    kept: list[Any] = []
    begin()
    atexit.register(end)
    os.register_at_fork(after_in_child=begin)
