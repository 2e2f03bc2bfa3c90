"""Smaller graphs out of a large one: near the entry, round a function, one node per file, ours only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

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


_HELPER_FILES: Final = frozenset(
    {"util", "utils", "utility", "utilities", "helper", "helpers", "misc", "common", "logging", "logger", "log",
     "meter", "meters", "tools"}
)  # fmt: skip
"""files and folders that announce small things that everything uses"""
_PLAIN_METHODS: Final = frozenset(
    {"__repr__", "__str__", "__format__", "__len__", "__bool__", "__eq__", "__hash__", "__enter__", "__exit__",
     "__getattr__", "__setattr__", "__contains__", "__lt__", "__add__", "__radd__", "__iadd__"}
)  # fmt: skip
SHORT: Final = 5
"""lines after the first; a function that long, which calls nothing of the repository, says little"""


def helpers(graph: CallGraph) -> list[str]:
    """Small functions that everything uses: short leaves, lambdas, plain methods, what lies in `utils.py` and its kin.

    What a framework or a registry runs is none: it is why one looks at the graph.
    """
    return [
        i for i, n in graph.nodes.items() if i != graph.entry and n.file is not None and _is_helper(graph, n)
    ]


def _is_helper(graph: CallGraph, node: Node) -> bool:
    if node.kind in ("module", "class"):
        return False
    if node.kind == "lambda" or node.qualname.rpartition(".")[2] in _PLAIN_METHODS:
        return True
    if any(e.kind in ("framework", "registry") for e in graph.into(node.id)):
        return False
    path = (node.file or "").rpartition(".")[0].split("/")
    if _HELPER_FILES & {part.strip("_").lower() for part in path}:
        return True
    leaf = not any(graph.nodes[e.callee].file for e in graph.out_of(node.id) if e.callee in graph.nodes)
    return leaf and node.end_line - node.line <= SHORT and not node.qualname.endswith("__init__")


def without(graph: CallGraph, names: Iterable[str]) -> CallGraph:
    """The graph without `names`; who called one of them calls what it called, and the reason says through which."""
    hidden = set(names) - {graph.entry}
    edges: list[Edge] = []
    for edge in graph.edges:
        if edge.caller in hidden:
            continue
        if edge.callee not in hidden:
            edges.append(edge)
            continue
        name = edge.callee
        short = graph.nodes[name].qualname if name in graph.nodes else name
        edges += [replace(edge, callee=c, reason=f"through `{short}`") for c in _behind(graph, name, hidden)]
    return replace_graph(graph, {i: n for i, n in graph.nodes.items() if i not in hidden}, edges)


def _behind(graph: CallGraph, name: str, hidden: set[str]) -> list[str]:
    """The first nodes that are not hidden on the ways down from a hidden one."""
    found: dict[str, None] = {}
    seen = {name}
    stack = [name]
    while stack:
        for edge in graph.out_of(stack.pop()):
            if edge.callee not in hidden:
                found[edge.callee] = None
            elif edge.callee not in seen:
                seen.add(edge.callee)
                stack.append(edge.callee)
    return list(found)


Lines = tuple[int, int]
"""first and last line of a statement"""


def toward(graph: CallGraph, places: Mapping[str, Sequence[Lines]], depth: int = 1) -> CallGraph:
    """The shortest ways from the entry to the functions in `places`, and what they call at the lines that are named.

    Without lines all that the function calls counts; up to `depth` calls further down.
    """
    above = _parents(graph)
    wanted: set[str] = set()
    for name, lines in places.items():
        wanted |= _below(graph, name, lines, depth)
        at: str | None = name
        while at is not None:
            wanted.add(at)
            at = above.get(at)
    return keep(graph, wanted)


def _below(graph: CallGraph, name: str, lines: Sequence[Lines], depth: int) -> set[str]:
    if depth == 0:
        return set()
    found: set[str] = set()
    for edge in graph.out_of(name):
        if not lines or any(first <= edge.line <= last for first, last in lines):
            found |= set(distances(graph, edge.callee, depth - 1))
    return found


def way_to(graph: CallGraph, target: str) -> list[str]:
    """The shortest chain of calls from the entry to `target`, both among them; empty where there is none."""
    above = _parents(graph)
    if target != graph.entry and target not in above:
        return []
    way = [target]
    while way[-1] in above:
        way.append(above[way[-1]])
    return way[::-1]


def _parents(graph: CallGraph) -> dict[str, str]:
    """Each node that the entry reaches -> the caller through which it is reached first."""
    above: dict[str, str] = {}
    level = [graph.entry]
    while level:
        below: list[str] = []
        for name in level:
            for edge in graph.out_of(name):
                if edge.callee not in above and edge.callee != graph.entry:
                    above[edge.callee] = name
                    below.append(edge.callee)
        level = below
    return above


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
