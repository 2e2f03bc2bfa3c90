"""A call graph as text: JSON for machines, adjacency as PyCG has it, dot, GraphML, Mermaid, and a tree to read."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from codetour.model.graph import CallGraph, Edge, Node
from codetour.model.text import clean

FORMATS: Final = ("tree", "json", "adjacency", "dot", "graphml", "mermaid")
_TREE_LINES: Final = 2000


def render(graph: CallGraph, form: str, *, document: dict[str, Any] | None = None) -> str:
    """`graph` in one of FORMATS; `document` holds further keys for JSON."""
    if form == "json":
        return json.dumps(to_document(graph, document or {}), indent=2, ensure_ascii=True)
    if form == "adjacency":
        return json.dumps(to_adjacency(graph), indent=1, ensure_ascii=True)
    return {"dot": to_dot, "graphml": to_graphml, "mermaid": to_mermaid, "tree": to_tree}[form](graph)


def to_document(graph: CallGraph, extra: dict[str, Any]) -> dict[str, Any]:
    """The whole graph: nodes with their places, edges with kind, confidence, reason and call site."""
    return {
        "schema": "codetour.graph/1",
        **extra,
        "entry": graph.entry,
        "nodes": [
            {"id": n.id, "kind": n.kind, "file": n.file, "qualname": n.qualname, "line": n.line, "end_line": n.end_line}
            for n in graph.nodes.values()
        ],
        "edges": [
            {"caller": e.caller, "callee": e.callee, "kind": e.kind, "confidence": e.confidence,
             "reason": clean(e.reason), "file": e.file, "line": e.line, "observed": e.observed}
            for e in graph.edges
        ],
        "notes": [clean(n) for n in graph.notes],
    }  # fmt: skip


def to_adjacency(graph: CallGraph) -> dict[str, list[str]]:
    """`{"caller": ["callee", ...]}`, each callee once, in the order of the calls."""
    table: dict[str, dict[str, None]] = {n: {} for n in graph.nodes}
    for edge in graph.edges:
        table.setdefault(edge.caller, {})[edge.callee] = None
    return {caller: list(callees) for caller, callees in table.items()}


def _unique(graph: CallGraph) -> list[Edge]:
    return list({(e.caller, e.callee): e for e in reversed(graph.edges)}.values())[::-1]


def to_dot(graph: CallGraph) -> str:
    """Graphviz: files are clusters, what a framework calls is dashed, what may be is dotted, what was seen is thick."""
    lines = ["digraph calls {", '  rankdir="LR"; node [shape=box, fontname="monospace"];']
    files: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        files.setdefault(node.file or "", []).append(node)
    for i, (file, nodes) in enumerate(files.items()):
        if file:
            lines.append(f"  subgraph cluster_{i} {{ label={_quoted(file)};")
        for node in nodes:
            style = "" if node.file else ", style=dashed"
            lines.append(f"    {_quoted(node.id)} [label={_quoted(label(node))}{style}];")
        if file:
            lines.append("  }")
    for edge in _unique(graph):
        style = {"sure": "solid", "model": "dashed", "may": "dotted"}[edge.confidence]
        style += ", penwidth=2" if edge.observed else ""
        lines.append(
            f"  {_quoted(edge.caller)} -> {_quoted(edge.callee)} [style={style}, tooltip={_quoted(edge.reason)}];"
        )
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def label(node: Node) -> str:
    """A node's short name: the qualname, or the file for a module body."""
    if node.qualname == "<module>" and node.file:
        return clean(node.file)
    return clean(node.qualname if node.file else node.id)


def to_graphml(graph: CallGraph) -> str:
    """GraphML, for Gephi, yEd and networkx."""
    import networkx as nx

    made: Any = cast("Any", nx.MultiDiGraph)()
    for node in graph.nodes.values():
        made.add_node(
            clean(node.id), file=clean(node.file or ""), line=node.line, kind=node.kind, label=label(node)
        )
    for edge in graph.edges:
        made.add_edge(clean(edge.caller), clean(edge.callee), kind=edge.kind, confidence=edge.confidence,
                      reason=clean(edge.reason), file=clean(edge.file or ""), line=edge.line,
                      observed=edge.observed)  # fmt: skip
    return "\n".join(nx.generate_graphml(made))


def to_mermaid(graph: CallGraph) -> str:
    """Mermaid, for Markdown files."""
    numbers = {node: f"n{i}" for i, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes.values():
        text = label(node).replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
        lines.append(f'  {numbers[node.id]}["{text}"]')
    for edge in _unique(graph):
        arrow = {"sure": "-->", "model": "-.->", "may": "-.->"}[edge.confidence]
        lines.append(f"  {numbers[edge.caller]} {arrow} {numbers[edge.callee]}")
    return "\n".join(lines)


def to_tree(graph: CallGraph) -> str:
    """An indented tree from the entry; a function that was shown before is not unfolded again."""
    lines: list[str] = []
    shown: set[str] = set()
    stack: list[tuple[str, int, str]] = [(name, 0, "") for name in reversed(_roots(graph))]
    while stack and len(lines) < _TREE_LINES:
        name, depth, how = stack.pop()
        node = graph.nodes.get(name)
        text = label(node) if node else clean(name)
        place = f"  {clean(node.file)}:{node.line}" if node and node.file else ""
        below = _unfolded(graph, name)
        again = " …" if name in shown and below else ""
        lines.append(f"{'  ' * depth}{text}{place}{how}{again}")
        if name in shown:
            continue
        shown.add(name)
        stack += [(e.callee, depth + 1, _how(e)) for e in reversed(below)]
    if stack:
        lines.append(f"… {len(stack)} more; use --depth or --focus")
    return "\n".join(lines)


def _roots(graph: CallGraph) -> list[str]:
    """Where the tree begins: at the entry, or in a part without it at whoever is called by nobody else."""
    if graph.entry in graph.nodes:
        return [graph.entry]
    tops = [i for i in graph.nodes if all(e.caller == i for e in graph.into(i))]
    return tops or list(graph.nodes)[:1]


def _unfolded(graph: CallGraph, name: str) -> list[Edge]:
    return list({e.callee: e for e in reversed(graph.out_of(name))}.values())[::-1]


def _how(edge: Edge) -> str:
    may = "? " if edge.confidence == "may" else "+ " if edge.kind == "observed" else ""
    return f"  [{may}{clean(edge.reason)}]" if edge.reason else ""
