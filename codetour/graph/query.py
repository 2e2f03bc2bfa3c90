"""Smaller graphs out of a large one: near the entry, round a function, one node per file, ours only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from codetour.model.graph import CallGraph, Edge, Node


def reachable(graph: CallGraph, start: str | None = None) -> set[str]:
    """Ids of the nodes that `start` (the entry by default) reaches, itself among them."""
    return set(distances(graph, start or graph.entry))


def distances(graph: CallGraph, start: str, limit: int | None = None) -> dict[str, int]:
    """Nodes that `start` reaches and how many calls away they are."""
    found = {start: 0}
    level = [start]
    while level:
        below: list[str] = []
        for name in level:
            if limit is not None and found[name] >= limit:
                continue
            for edge in graph.out_of(name):
                if edge.callee not in found:
                    found[edge.callee] = found[name] + 1
                    below.append(edge.callee)
        level = below
    return found


def keep(graph: CallGraph, names: Iterable[str]) -> CallGraph:
    """The graph of these nodes only."""
    wanted = set(names)
    return replace_graph(
        graph,
        {i: n for i, n in graph.nodes.items() if i in wanted},
        [e for e in graph.edges if e.caller in wanted and e.callee in wanted],
    )


def replace_graph(
    graph: CallGraph, nodes: dict[str, Node], edges: Iterable[Edge], entry: str | None = None
) -> CallGraph:
    """A graph with other nodes and edges and the same notes."""
    return CallGraph(entry or graph.entry, nodes, tuple(edges), graph.notes)


def hide_external(graph: CallGraph) -> CallGraph:
    """Without what lies outside the repository."""
    return keep(graph, [i for i, n in graph.nodes.items() if n.file is not None])


def near(graph: CallGraph, depth: int) -> CallGraph:
    """At most `depth` calls away from the entry."""
    return keep(graph, distances(graph, graph.entry, depth))


def find_nodes(graph: CallGraph, name: str) -> list[str]:
    """Nodes that a person may mean by `name`: id, FILE:QUALNAME, qualname, or the end of one."""
    tests: tuple[Callable[[Node], bool], ...] = (
        lambda n: name in (n.id, f"{n.file}:{n.qualname}") or (n.file == name and n.qualname == "<module>"),
        lambda n: n.qualname == name,
        lambda n: n.id.endswith("." + name),
    )
    for test in tests:
        found = [i for i, n in graph.nodes.items() if test(n)]
        if found:
            return found
    return []


def focus(graph: CallGraph, names: Iterable[str], depth: int = 1) -> CallGraph:
    """The functions `names` with their callers and what they call, up to `depth` calls away."""
    wanted: set[str] = set()
    for name in names:
        wanted |= set(distances(graph, name, depth))
        level = {name}
        for _ in range(depth):
            level = {e.caller for n in level for e in graph.into(n)} - wanted
            wanted |= level
        wanted.add(name)
    return keep(graph, wanted)


def collapse(graph: CallGraph) -> CallGraph:
    """One node per file: which file calls into which."""
    home = {i: (n.file or i.partition(".")[0]) for i, n in graph.nodes.items()}
    nodes: dict[str, Node] = {}
    for i, node in graph.nodes.items():
        kind = "module" if node.file else "external"
        nodes.setdefault(home[i], Node(home[i], node.file, "<module>", 1 if node.file else 0, 0, kind))
    edges = {
        (home[e.caller], home[e.callee]): replace(e, caller=home[e.caller], callee=home[e.callee])
        for e in reversed(graph.edges)
        if home[e.caller] != home[e.callee]
    }
    return replace_graph(graph, nodes, list(edges.values())[::-1], home.get(graph.entry, graph.entry))


def with_observed(graph: CallGraph, seen: Iterable[tuple[str, str, str, int]]) -> CallGraph:
    """The graph and calls that a run was seen to make: (caller, callee, file, line), as edges of kind `observed`.

    A call that the graph already has at that line stays as it is; callees that it does not know become nodes.
    """
    known = {(e.caller, e.callee, e.file, e.line) for e in graph.edges}
    nodes = dict(graph.nodes)
    edges = list(graph.edges)
    for caller, callee, file, line in seen:
        if (caller, callee, file, line) in known:
            continue
        known.add((caller, callee, file, line))
        for name in (caller, callee):
            nodes.setdefault(name, Node(name, None, name.rpartition(".")[2], kind="external"))
        edges.append(Edge(caller, callee, "observed", "sure", "seen while it ran", file, line))
    return replace_graph(graph, nodes, edges)
