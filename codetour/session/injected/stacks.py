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
from codetour.session.injected.waiting import wait_edges

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
        key = f"thread:{ident}"
        found.append({"kind": "thread", "name": cut(name, 80), "state": state, "calls": calls, "key": key})
    found.sort(key=lambda one: one["state"] != "main")
    found += tasks()
    return answer({"codetour": VERSION, "pid": os.getpid(), "stacks": found[:STACKS]})


def of_the_debugger(frame: Any, folders: tuple[str, ...]) -> bool:
    """It hides its threads from the list of all; they are known by what they run."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(folders):
            return True
        frame = frame.f_back
    return False


def outwards(frame: Any, folders: tuple[str, ...]) -> list[list[Any]]:
    return [call_of(one) for one in outward_frames(frame, folders)[:DEEP]]


def outward_frames(frame: Any, folders: tuple[str, ...]) -> list[Any]:
    """The program's frames of a thread: without what started it, and without the debugger that holds it."""
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
    return everything[held[-1] + 1 if held else 0 :]


def call_of(frame: Any) -> list[Any]:
    return [frame_symbol(frame), cut(absolute(frame.f_code.co_filename), 1_000), frame.f_lineno or 0]


def all_tasks() -> list[Any]:
    """Those of every event loop that are not done; looked up, no method of the program's is called."""
    aio = sys.modules.get("asyncio.tasks")
    if aio is None:
        return []
    everything: list[Any] = []
    for name in ("_all_tasks", "_scheduled_tasks"):
        with contextlib.suppress(Exception):
            everything += list(getattr(aio, name))
    with contextlib.suppress(Exception):
        everything += list(aio._eager_tasks)
    out: list[Any] = []
    for task in {id(t): t for t in everything}.values():
        with contextlib.suppress(Exception):
            if module_of(type(task)) in ("_asyncio", "asyncio.tasks") and not task.done():
                out.append(task)
    return out


def tasks() -> list[dict[str, Any]]:
    """Each task with its calls, what it waits for, and the tasks without which it does not go on."""
    known = {id(task): task for task in all_tasks()[:STACKS]}
    steps: dict[int, tuple[list[Any], Any]] = {ident: task_steps(task) for ident, task in known.items()}
    edges: dict[int, list[int]] = {}
    with contextlib.suppress(Exception):
        edges = wait_edges(known, steps)
    out: list[dict[str, Any]] = []
    for ident, task in known.items():
        with contextlib.suppress(Exception):
            awaits = [f"task:{other}" for other in edges.get(ident, ())[:20]]
            out.append({**one_task(task, *steps[ident]), "key": f"task:{ident}", "awaits": awaits})
    return out


def task_steps(task: Any) -> tuple[list[Any], Any]:
    """(its frames, innermost first; what the innermost one awaits when that is no coroutine)."""
    frames: list[Any] = []
    step = task.get_coro()
    while step is not None and len(frames) < DEEP:
        frame = None
        for field in ("cr_frame", "ag_frame", "gi_frame"):
            frame = frame or getattr(step, field, None)
        if frame is None:
            break
        frames.append(frame)
        step = (
            getattr(step, "cr_await", None)
            or getattr(step, "ag_await", None)
            or getattr(step, "gi_yieldfrom", None)
        )
    return frames[::-1], step


def one_task(task: Any, frames: list[Any], awaited: Any) -> dict[str, Any]:
    name = task.get_name()
    waits = waiting_text(awaited) if awaited is not None else ""
    for frame in frames:
        # an asyncio primitive is told by its own coroutine: `Lock.acquire`, `Queue.get`, `sleep`; the innermost one
        if frame.f_code.co_filename.replace(os.sep, "/").rpartition("/")[0].endswith("/asyncio"):
            owner = local_values(frame).get("self")
            kind = _type_name(type(owner)) + "." if owner is not None else ""
            waits = cut(kind + frame.f_code.co_name, 80)
            break
    return {
        "kind": "task",
        "name": cut(name, 80) if type(name) is str else "task",
        "state": "waits for " + waits if waits else "runs, or is ready to",
        "calls": [call_of(frame) for frame in frames],
    }


def waiting_text(awaited: Any) -> str:
    """What a coroutine waits for when it is no coroutine itself: another task, a future."""
    name = attributes(awaited).get("_name") if "Task" in _type_name(type(awaited)) else None
    with contextlib.suppress(Exception):
        if module_of(type(awaited)) in ("_asyncio", "asyncio.tasks", "asyncio.futures"):
            name = awaited.get_name()
    return cut(name, 60) if type(name) is str else cut(_type_name(type(awaited)), 60)
