"""Processes, threads and tasks as rows of a list, each with what taking it means; tasks below those that they wait for.

A cycle of tasks that wait for each other is marked: none of them will ever go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from codetour.model.explore import Call, ProcessState, Stack

DEEPEST: Final = 6
"""tasks of a chain that are drawn below each other"""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a row stands for."""

    number: int
    """of the process"""
    key: str = ""
    """of the thread or task; "" for the process itself"""
    call: Call | None = None
    """a place to look at; None where the row is to be stood in"""


def rows_of(processes: Sequence[ProcessState], stacks: Sequence[Stack]) -> tuple[list[Content], list[Meant]]:
    """The rows, and what each means: processes where there are several, then what each of them does."""
    rows: list[Content] = []
    meant: list[Meant] = []
    if len(processes) > 1:
        for one in processes:
            pid = f"  pid {one.pid}" if one.pid else ""
            rows.append(
                Content.assemble(
                    ("process ", "dim"),
                    ("▸ " if one.here else "") + one.name,
                    (f"  {one.state}{', you are here' if one.here else ''}{pid}", "dim"),
                )
            )
            meant.append(Meant(one.number))
    for stack, depth, words in _ordered(stacks):
        process = f"{stack.process}: " if stack.process else ""
        state = words or stack.state
        rows.append(
            Content.assemble(
                "  " * depth,
                (f"{stack.kind} ", "dim"),
                (f"{process}{stack.name}", "bold"),
                (f"  {state}" if state else "", "dim"),
            )
        )
        meant.append(Meant(stack.number, stack.key))
        for call in stack.calls:
            if call.inside:
                text = f"{'  ' * depth}    {call.symbol}"
                rows.append(Content.assemble(text, (f"  {call.file}:{call.line}", "dim")))
                meant.append(Meant(stack.number, stack.key, call))
    return rows, meant


def _ordered(stacks: Sequence[Stack]) -> Iterator[tuple[Stack, int, str]]:
    """(stack, how far to the right, its state in words): threads, then each task below one that it is waited for by."""
    yield from ((s, 0, "") for s in stacks if s.kind == "thread")
    tasks = {(s.number, s.key or s.name): s for s in stacks if s.kind == "task"}
    awaited = {(s.number, key) for s in tasks.values() for key in s.awaits}
    seen: set[tuple[int, str]] = set()
    for key in [*(k for k in tasks if k not in awaited), *tasks]:
        yield from _below(key, tasks, seen, 0)


def _below(
    key: tuple[int, str], tasks: Mapping[tuple[int, str], Stack], seen: set[tuple[int, str]], depth: int
) -> Iterator[tuple[Stack, int, str]]:
    if key in seen or key not in tasks:
        return
    seen.add(key)
    task = tasks[key]
    yield task, depth, _state(task, key, tasks)
    for other in task.awaits:
        yield from _below((task.number, other), tasks, seen, min(depth + 1, DEEPEST))


def _state(task: Stack, key: tuple[int, str], tasks: Mapping[tuple[int, str], Stack]) -> str:
    """What it waits for, and for whom."""
    names = [tasks[task.number, k].name for k in task.awaits if (task.number, k) in tasks]
    if not names:
        return task.state
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    words = f"{task.state}: {shown}" if not any(n in task.state for n in names) else task.state
    return f"{words}  ✖ deadlock: they wait for each other" if _comes_back(key, tasks) else words


def _comes_back(key: tuple[int, str], tasks: Mapping[tuple[int, str], Stack]) -> bool:
    """It waits for somebody who waits, directly or not, for it; whoever has another way out is no deadlock."""
    todo = [key]
    seen: set[tuple[int, str]] = set()
    while todo:
        at = todo.pop()
        for other in tasks[at].awaits if at in tasks else ():
            following = (at[0], other)
            if following == key:
                return True
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return False
