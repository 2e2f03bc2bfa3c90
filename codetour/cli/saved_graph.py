"""The call graph of the code that a saved tour is about, for the map in the screens."""

from __future__ import annotations

from collections.abc import Callable

from codetour.cli.opening import Opened
from codetour.model.graph import CallGraph


def graph_of(opened: Opened) -> Callable[[], CallGraph] | None:
    """How to make it, where that code is here; None where it is not."""
    entry, root = opened.tour.entry, opened.root
    if entry is None or root is None or not (root / entry.file).is_file():
        return None

    def build() -> CallGraph:
        from codetour.graph.build import build_graph
        from codetour.model.source import Tree
        from codetour.progress import Silent

        symbol = f"{entry.file}:{entry.qualname}"
        return build_graph(
            Tree(root.resolve(), opened.tour.repo), symbol, Silent(), argv=opened.tour.launch.argv
        )

    return build
