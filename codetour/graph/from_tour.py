"""The little graph that a tour holds itself: the call paths of its stops. For a saved tour whose code is not here."""

from __future__ import annotations

from codetour.graph.modules import node_of
from codetour.model.graph import CallGraph, Edge, Node
from codetour.model.tour import Tour


def graph_of_paths(tour: Tour) -> CallGraph:
    """Functions on the way to each stop and those that the stops stand in; files and lines as the tour has them."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}
    start = tour.entry
    first = _node(nodes, start.file, start.qualname, 1) if start is not None else None
    for stop in tour.stops:
        caller: Node | None = None
        line, reason = 0, ""
        for step in (*stop.path, None):
            file, symbol = (step.file, step.symbol) if step else (stop.anchor.file, stop.anchor.symbol)
            at = step.line if step else stop.anchor.line
            node = _node(nodes, file, symbol, at)
            first = first or node
            if caller is not None and caller.id != node.id:
                kind = "framework" if reason else "call"
                confidence = "model" if reason else "sure"
                edge = Edge(caller.id, node.id, kind, confidence, reason, caller.file, line)
                edges.setdefault((caller.id, node.id), edge)
            caller, line, reason = node, at, step.reason if step else ""
    entry = first.id if first is not None else ""
    return CallGraph(entry, nodes, tuple(edges.values()))


def _node(nodes: dict[str, Node], file: str, symbol: str, line: int) -> Node:
    name = node_of(file)
    name = name if symbol == "<module>" else f"{name}.{symbol}"
    kind = "module" if symbol == "<module>" else "function"
    return nodes.setdefault(name, Node(name, file, symbol, line, line, kind))
