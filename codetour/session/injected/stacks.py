"""What every thread and every asyncio task of the process is doing, asked beside them: nothing has to stand still."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Any

from codetour.session.injected.answers import answer
from codetour.session.injected.frames import absolute, debugger_folders, frame_symbol, local_values
from codetour.session.injected.reach import VERSION, _type_name, attributes, cut, module_of

STACKS = 200  # threads and tasks told
STARTERS = os.path.join("codetour", "session", "inside")
DEEP = 24  # calls of each


def stacks() -> str:
    """Threads, then tasks, each with its calls, innermost first."""
    folders = debugger_folders()
    names = {t.ident: t for t in list(threading.enumerate())}
    found: list[dict[str, Any]] = []
    for ident, frame in list(sys._current_frames().items()):
        thread = names.get(ident)
        name = thread.name if thread is not None and type(thread.name) is str else "thread " + str(ident)
        if name.startswith(("pydevd.", "pydev_")) or ident == threading.get_ident():
            continue
        own = attributes(thread) if thread is not None else {}
        if "is_pydev_daemon_thread" in own or (thread is None and of_the_debugger(frame, folders)):
            continue
        main = thread is threading.main_thread()
        state = "main" if main else "daemon" if thread is not None and thread.daemon is True else ""
        calls = outwards(frame, folders)
        found.append({"kind": "thread", "name": cut(name, 80), "state": state, "calls": calls})
    found.sort(key=lambda one: one["state"] != "main")
    found += tasks(folders)
    return answer({"codetour": VERSION, "pid": os.getpid(), "stacks": found[:STACKS]})


def of_the_debugger(frame: Any, folders: tuple[str, ...]) -> bool:
    """It hides its threads from the list of all; they are known by what they run."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(folders):
            return True
        frame = frame.f_back
    return False


def outwards(frame: Any, folders: tuple[str, ...]) -> list[list[Any]]:
    """The program's calls of a thread: without what started it, and without the debugger that holds it."""
    everything: list[Any] = []
    while frame is not None and len(everything) < 20_000:
        everything.append(frame)
        frame = frame.f_back
    while everything and (
        everything[-1].f_code.co_filename.startswith(folders)
        or everything[-1].f_globals.get("__name__") in ("runpy", "threading")
        or os.path.dirname(everything[-1].f_code.co_filename).endswith(STARTERS)
    ):
        everything.pop()
    held = [i for i, one in enumerate(everything) if one.f_code.co_filename.startswith(folders)]
    return [call_of(one) for one in everything[held[-1] + 1 if held else 0 :][:DEEP]]


def call_of(frame: Any) -> list[Any]:
    return [frame_symbol(frame), cut(absolute(frame.f_code.co_filename), 1_000), frame.f_lineno or 0]


def tasks(folders: tuple[str, ...]) -> list[dict[str, Any]]:
    """The tasks of every event loop; looked up, no method of the program's is called."""
    aio = sys.modules.get("asyncio.tasks")
    if aio is None:
        return []
    everything: list[Any] = []
    for name in ("_all_tasks", "_scheduled_tasks"):
        with contextlib.suppress(Exception):
            everything += list(getattr(aio, name))
    with contextlib.suppress(Exception):
        everything += list(aio._eager_tasks)
    out: list[dict[str, Any]] = []
    for task in {id(t): t for t in everything}.values():
        with contextlib.suppress(Exception):
            if module_of(type(task)) in ("_asyncio", "asyncio.tasks") and not task.done():
                out.append(one_task(task, folders))
    return out


def one_task(task: Any, folders: tuple[str, ...]) -> dict[str, Any]:
    name = task.get_name()
    calls: list[list[Any]] = []
    waits = ""
    step = task.get_coro()
    while step is not None and len(calls) < DEEP:
        frame = None
        for field in ("cr_frame", "ag_frame", "gi_frame"):
            frame = frame or getattr(step, field, None)
        if frame is None:
            waits = waits or waiting_text(step)
            break
        calls.append(call_of(frame))
        held = local_values(frame)
        # an asyncio primitive is told by its own coroutine: `Lock.acquire`, `Queue.get`, `sleep`
        if frame.f_code.co_filename.replace(os.sep, "/").rpartition("/")[0].endswith("/asyncio"):
            owner = held.get("self")
            kind = _type_name(type(owner)) + "." if owner is not None else ""
            waits = cut(kind + frame.f_code.co_name, 80)
        step = (
            getattr(step, "cr_await", None)
            or getattr(step, "ag_await", None)
            or getattr(step, "gi_yieldfrom", None)
        )
    calls.reverse()
    return {
        "kind": "task",
        "name": cut(name, 80) if type(name) is str else "task",
        "state": "waits for " + waits if waits else "runs, or is ready to",
        "calls": calls,
    }


def waiting_text(awaited: Any) -> str:
    """What a coroutine waits for when it is no coroutine itself: another task, a future."""
    name = attributes(awaited).get("_name") if "Task" in _type_name(type(awaited)) else None
    with contextlib.suppress(Exception):
        if module_of(type(awaited)) in ("_asyncio", "asyncio.tasks", "asyncio.futures"):
            name = awaited.get_name()
    return cut(name, 60) if type(name) is str else cut(_type_name(type(awaited)), 60)
