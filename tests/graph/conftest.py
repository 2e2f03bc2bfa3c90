"""What the graph's tests share: graphs of trees made on the spot, a cache of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from codetour.graph.build import build_graph
from codetour.graph.machine import Limits
from codetour.model.graph import CallGraph
from codetour.model.source import Tree
from codetour.progress import Silent

Build = Callable[..., CallGraph]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CODETOUR_HOME", str(home))
    return home


@pytest.fixture
def graph_of(tmp_path: Path) -> Build:
    """Write files (`main="..."`, or a dict of paths) and build the graph from one of them."""

    def build(
        files: dict[str, str] | str,
        entry: str = "main.py",
        *,
        argv: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> CallGraph:
        root = tmp_path / "tree"
        for name, text in ({"main.py": files} if isinstance(files, str) else files).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return build_graph(Tree(root.resolve(), "tree"), entry, Silent(), argv=argv, limits=limits)

    return build


def pairs(graph: CallGraph, *, inside: bool = True) -> set[tuple[str, str]]:
    """(caller, callee) of the edges; by default only those between the tree's own functions."""
    return {(e.caller, e.callee) for e in graph.edges if not inside or graph.nodes[e.callee].file is not None}
