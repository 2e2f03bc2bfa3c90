"""Looking at a thread that does not stand still, and at an asyncio task: their frames in place of the caller's own."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from codetour.session.injected.frames import _crashed, debugger_folders
from codetour.session.injected.reach import FRAMES_INNER, FRAMES_OUTER
from codetour.session.injected.stacks import all_tasks, outward_frames, task_steps

_turn = threading.RLock()


def at(key: str, ask: Callable[[], str]) -> str:
    """What `ask` answers of the thread `thread:IDENT` or the task `task:ID`, which may go on meanwhile."""
    with _turn:
        kept = _crashed[:]
        _crashed[:] = [(frame, frame.f_lineno or 0) for frame in frames_at(key)]
        try:
            return ask()
        finally:
            _crashed[:] = kept


def frames_at(key: str) -> list[Any]:
    """Innermost first; raises LookupError when the thread or the task is over."""
    kind, _, number = key.partition(":")
    if kind == "task":
        task = next((t for t in all_tasks() if id(t) == int(number)), None)
        found = task_steps(task)[0] if task is not None else []
    else:
        frame = sys._current_frames().get(int(number) or threading.main_thread().ident or 0)
        found = outward_frames(frame, debugger_folders())
    if not found:
        raise LookupError("it is over")
    if len(found) > FRAMES_INNER + FRAMES_OUTER:
        found = found[:FRAMES_INNER] + found[-FRAMES_OUTER:]
    return found
