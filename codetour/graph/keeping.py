"""Graphs kept between runs: found again while every file they rest on is the same."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codetour.graph import cache
from codetour.graph.machine import Limits
from codetour.model.graph import CallGraph, Edge, Node


def name_of(root: Path, entry: str, files: Iterable[str], limits: Limits, own_table: Path) -> str:
    """The name under which a graph is kept: entry, limits, names of all files, our own code and tables."""
    try:
        own = own_table.read_bytes()
    except OSError:
        own = b""
    parts = (cache.code_digest(whole=True), entry, repr(asdict(limits)), "\0".join(files), os.fspath(root))
    return cache.digest(*(p.encode("utf-8", "surrogateescape") for p in parts), own)


def recall(root: Path, name: str) -> CallGraph | None:
    """The kept graph, when no file that it rests on has changed."""
    data = cache.read("graphs", name)
    try:
        if data is None or cache.file_digests(root, data["files"]) != data["files"]:
            return None
        nodes = {row[0]: Node(*row) for row in data["nodes"]}
        return CallGraph(
            data["entry"], nodes, tuple(Edge(*row) for row in data["edges"]), tuple(data["notes"])
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return None


def keep(root: Path, name: str, graph: CallGraph, files: Iterable[str]) -> None:
    """Keep a graph that was built from `files`."""
    data: dict[str, Any] = {
        "files": cache.file_digests(root, files),
        "entry": graph.entry,
        "nodes": [[n.id, n.file, n.qualname, n.line, n.end_line, n.kind] for n in graph.nodes.values()],
        "edges": [
            [e.caller, e.callee, e.kind, e.confidence, e.reason, e.file, e.line] for e in graph.edges
        ],
        "notes": list(graph.notes),
    }  # fmt: skip
    cache.write("graphs", name, data)
    cache.prune()
