"""Calls that a run was seen to make, put beside those that the source says.

A recording holds the call stack of each stop. Two neighbours of the repository on it are one call: the outer one
called the inner one, perhaps through a library between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from codetour.graph.modules import node_of
from codetour.model.graph import CallGraph, Edge, Node
from codetour.model.value import Frame, Seen

_INNER: Final = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""scopes that count as the function round them"""
MOST: Final = 20_000
"""calls that are taken from one recording"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that happened: `caller` stood at `line` of its file when it ran `callee`."""

    caller: Node
    callee: Node
    line: int
    through: bool
    """a library stood between them"""


def calls_in(seen: Iterable[Seen], graph: CallGraph) -> list[Call]:
    """The calls on the stacks of `seen`, each once, functions as `graph` knows them where it does."""
    known = _Nodes(graph)
    found: dict[tuple[str, str, int], Call] = {}
    for moment in seen:
        for call in _on_stack(moment.frames, known):
            if len(found) >= MOST:
                return list(found.values())
            found.setdefault((call.caller.id, call.callee.id, call.line), call)
    return list(found.values())


def _on_stack(frames: tuple[Frame, ...], known: _Nodes) -> Iterator[Call]:
    inner: Node | None = None
    through = comprehension = False
    for frame in frames:
        if not frame.inside:
            through = inner is not None
            continue
        node = known.of(frame)
        # Python before 3.12 gives a comprehension a frame of its own, below its function's
        if inner is not None and not (comprehension and node.id == inner.id):
            yield Call(node, inner, frame.line, through)
        inner, through = node, False
        comprehension = frame.symbol.rpartition(".")[2] in _INNER


class _Nodes:
    """Finds the node of a frame: by name, else the innermost that holds its line, else a new one."""

    def __init__(self, graph: CallGraph) -> None:
        self._named = {(n.file, n.qualname): n for n in graph.nodes.values() if n.file}
        self._in_file: dict[str, list[Node]] = {}
        for node in graph.nodes.values():
            if node.file:
                self._in_file.setdefault(node.file, []).append(node)

    def of(self, frame: Frame) -> Node:
        parts = [p for p in frame.symbol.replace(".<locals>", "").split(".") if p and p not in _INNER]
        qualname = ".".join(parts) or "<module>"
        found = self._named.get((frame.file, qualname))
        if found is None and "<lambda>" in qualname:
            around = [
                n
                for n in self._in_file.get(frame.file, ())
                if n.kind == "lambda" and n.line <= frame.line <= n.end_line
            ]
            found = min(around, key=lambda n: n.end_line - n.line, default=None)
        if found is None:
            name = node_of(frame.file)
            name = name if qualname == "<module>" else f"{name}.{qualname}"
            kind = "module" if qualname == "<module>" else "function"
            found = Node(name, frame.file, qualname, frame.line, frame.line, kind)
            self._named[frame.file, qualname] = found
        return found


def with_observed(graph: CallGraph, seen: Iterable[Seen]) -> CallGraph:
    """`graph` and what a run did: calls that it has are marked, those that it lacks are edges of kind `observed`."""
    calls = calls_in(seen, graph)
    happened = {(c.caller.id, c.callee.id) for c in calls}
    edges = [replace(e, observed=True) if (e.caller, e.callee) in happened else e for e in graph.edges]
    static = {(e.caller, e.callee) for e in edges}
    nodes = dict(graph.nodes)
    for call in calls:
        if (call.caller.id, call.callee.id) in static:
            continue
        for node in (call.caller, call.callee):
            nodes.setdefault(node.id, node)
        reason = "seen while it ran" + (", called by a library" if call.through else "")
        edges.append(
            Edge(
                call.caller.id, call.callee.id, "observed", "sure", reason, call.caller.file, call.line, True
            )
        )
    return CallGraph(graph.entry, nodes, tuple(edges), graph.notes)
