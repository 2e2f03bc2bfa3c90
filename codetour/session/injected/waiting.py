"""Who waits for whom among asyncio tasks: found from what would be called when each is done, and from who knows a lock.

Nothing of the program's is called; the fields of asyncio's own classes are read.
"""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false

from __future__ import annotations

import contextlib
import dis
import functools
from typing import Any

from codetour.session.injected.frames import local_values
from codetour.session.injected.reach import _type_name, attributes, module_of, mro

MOST_TASKS = 400  # beyond that only names are told
LOCKS = frozenset({"Lock", "Condition", "Semaphore", "BoundedSemaphore"})


def is_future(value: Any) -> bool:
    kinds = mro(type(value))
    return any(_type_name(k) in ("Task", "Future") and module_of(k) in AIO for k in kinds)


AIO = ("_asyncio", "asyncio.tasks", "asyncio.futures")


def waiters_of(future: Any, depth: int = 4) -> list[Any]:
    """The tasks that go on when `future` is done: directly, or through gather, wait, a timeout, a group of tasks."""
    found: list[Any] = []
    if depth <= 0:
        return found
    calls: Any = ()
    with contextlib.suppress(Exception):
        calls = list(future._callbacks or ())
    for call in calls:
        function = call[0] if type(call) is tuple and call else call
        while type(function) is functools.partial:
            found += _through(list(function.args), depth)
            function = function.func
        owner = getattr(function, "__self__", None)
        if owner is not None:
            found += (
                [owner]
                if "Task" in _type_name(type(owner))
                else _through([attributes(owner).get("_parent_task")], depth)
            )
        cells = getattr(function, "__closure__", None)
        held: list[Any] = []
        for cell in cells or ():
            with contextlib.suppress(ValueError):
                held.append(cell.cell_contents)
        found += _through(held, depth)
    return list({id(t): t for t in found}.values())


def _through(held: list[Any], depth: int) -> list[Any]:
    found: list[Any] = []
    for one in held[:8]:
        if is_future(one):
            found += [one] if "Task" in _type_name(type(one)) else waiters_of(one, depth - 1)
    return found


def holders_of(lock: Any, waiting: set[int], frames: dict[int, list[Any]]) -> list[int]:
    """Ids of the tasks that know a lock, take locks and do not wait for this one: one of them has it."""
    found: list[int] = []
    for ident, own in frames.items():
        if ident in waiting:
            continue
        for frame in own:
            held = list(local_values(frame).values())[:200]
            owner = local_values(frame).get("self")
            held += list(attributes(owner).values())[:200] if owner is not None else []
            if takes_locks(frame.f_code) and any(one is lock for one in held):
                found.append(ident)
                break
    return found


def takes_locks(code: Any) -> bool:
    """It enters an `async with`, or calls `acquire`: who only passes a lock on does not hold it."""
    enters = {dis.opmap.get("BEFORE_ASYNC_WITH"), dis.opmap.get("LOAD_SPECIAL")}
    return "acquire" in code.co_names or any(one in enters for one in code.co_code[::2])


def wait_edges(tasks: dict[int, Any], steps: dict[int, tuple[list[Any], Any]]) -> dict[int, list[int]]:
    """Id of a task -> ids of the tasks without which it does not go on."""
    edges: dict[int, list[int]] = {ident: [] for ident in tasks}
    if len(tasks) > MOST_TASKS:
        return edges
    for ident, task in tasks.items():
        for waiter in waiters_of(task):
            if id(waiter) in edges and waiter is not task:
                edges[id(waiter)].append(ident)
    locks = {
        i: lock for i, lock in ((i, lock_of(frames)) for i, (frames, _) in steps.items()) if lock is not None
    }
    for ident, lock in locks.items():
        waiting = {i for i, one in locks.items() if one is lock}
        edges[ident] += holders_of(lock, waiting, {i: frames for i, (frames, _) in steps.items()})
    return {ident: list(dict.fromkeys(found)) for ident, found in edges.items()}


def lock_of(frames: list[Any]) -> Any:
    """The lock in whose `acquire` a task waits, innermost frame first."""
    for frame in frames[:2]:
        owner = local_values(frame).get("self")
        if owner is not None and frame.f_code.co_name == "acquire":
            kinds = mro(type(owner))
            if any(_type_name(k) in LOCKS and module_of(k) == "asyncio.locks" for k in kinds):
                return owner
    return None
