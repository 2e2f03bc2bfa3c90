"""The lines of the map: functions, reached over calls, and the tour's stops inside them, in the order of the code."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.style import Style
from rich.text import Text
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from codetour.graph import query
from codetour.model.graph import CallGraph, Edge, Node
from codetour.model.naming import name_of
from codetour.model.text import clean
from codetour.model.tour import Stop, Tour

MOST_BELOW = 200
"""calls of one function that are listed"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the map: a function (reached over `edge`), a stop, or a heading."""

    node: Node | None = None
    edge: Edge | None = None
    stop: int | None = None
    heading: str = ""


def homes(graph: CallGraph, stops: Sequence[Stop]) -> dict[int, str]:
    """Stop -> the function of the graph that it stands in: by name, else the innermost round its line."""
    named = {(n.file, n.qualname): n.id for n in graph.nodes.values() if n.file}
    found: dict[int, str] = {}
    for i, stop in enumerate(stops):
        a = stop.anchor
        home = named.get((a.file, a.symbol))
        if home is None:
            round_it = [
                n for n in graph.nodes.values() if n.file == a.file and n.line <= a.line <= n.end_line
            ]
            home = min(round_it, key=lambda n: n.end_line - n.line).id if round_it else None
        if home is not None:
            found[i] = home
    return found


class MapTree(Tree[Row]):
    """The lines of the map; a function's calls are added when it is opened."""

    def __init__(self, tour: Tour, *, at: int, reached: Collection[str], missed: Collection[str]) -> None:
        super().__init__(" ", id="rows")
        self.show_root = False
        self.guide_depth = 2
        self.auto_expand = False
        self._tour, self._at, self._reached, self._missed = tour, at, reached, missed
        self._graph = CallGraph("", {}, ())
        self._homes: dict[int, str] = {}
        self._leading: set[tuple[str, str]] = set()
        self._opened: set[str] = set()

    def lay_out(self, graph: CallGraph, middle: str | None) -> None:
        """Draw `graph` from its entry, or round the function `middle`."""
        self._graph = graph
        self._homes = homes(graph, self._tour.stops)
        ways = [query.way_to(graph, home) for home in dict.fromkeys(self._homes.values())]
        self._leading = {pair for way in ways for pair in pairwise(way)}
        self._opened = set()
        self.root.remove_children()
        if middle is not None and middle in graph.nodes:
            self._round(graph.nodes[middle])
        else:
            self._from_entry()
        self.root.expand()

    def _from_entry(self) -> None:
        start = self._graph.nodes.get(self._graph.entry)
        if start is not None:
            self._open(self._add(self.root, Row(start)))
        shown = set(query.reachable(self._graph)) if start is not None else set[str]()
        lost = [i for i in range(len(self._tour.stops)) if self._homes.get(i) not in shown]
        if lost:
            heading = self.root.add("", Row(heading="elsewhere"), expand=True)
            for i in lost:
                heading.add_leaf("", Row(stop=i))

    def _round(self, node: Node) -> None:
        callers = list({e.caller: e for e in self._graph.into(node.id)}.values())
        above = self.root.add(
            "", Row(heading=f"called by {len(callers) or 'nobody that is known'}"), expand=True
        )
        for edge in callers[:MOST_BELOW]:
            if edge.caller in self._graph.nodes:
                above.add_leaf("", Row(self._graph.nodes[edge.caller], edge))
        self._leading = set()
        self._open(self._add(self.root, Row(node)))

    def _add(self, below: TreeNode[Row], row: Row) -> TreeNode[Row]:
        assert row.node is not None
        if any(True for _ in self._inside(row.node)):
            return below.add("", row)
        return below.add_leaf("", row)

    def _inside(self, node: Node) -> Iterator[Row]:
        """Stops in a function and the functions that it calls, in the order of their lines."""
        rows: list[tuple[int, int, Row]] = []
        for i, home in self._homes.items():
            if home == node.id:
                rows.append((self._tour.stops[i].anchor.line, 0, Row(stop=i)))
        calls = {e.callee: e for e in reversed(self._graph.out_of(node.id)) if e.callee in self._graph.nodes}
        rows += [(e.line, 1, Row(self._graph.nodes[e.callee], e)) for e in reversed(calls.values())]
        rows.sort(key=lambda r: r[:2])
        yield from (row for _, _, row in rows[:MOST_BELOW])

    def _open(self, at: TreeNode[Row]) -> None:
        """Unfold a function, and below it what leads to stops, each function once."""
        waiting = [at]
        while waiting:
            line = waiting.pop()
            node = line.data.node if line.data is not None else None
            if node is None:
                continue
            self._opened.add(node.id)
            self._fill(line)
            line.expand()
            for child in line.children:
                below = child.data.node if child.data is not None else None
                if below and (node.id, below.id) in self._leading and below.id not in self._opened:
                    self._opened.add(below.id)
                    waiting.append(child)

    def _fill(self, line: TreeNode[Row]) -> None:
        if line.children or line.data is None or line.data.node is None:
            return
        for row in self._inside(line.data.node):
            if row.node is not None:
                self._add(line, row)
            else:
                line.add_leaf("", row)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Row]) -> None:
        """Add what is called when a function is opened."""
        self._fill(event.node)

    # -- moving

    def lines_of_stops(self) -> list[TreeNode[Row]]:
        """The lines that are stops, from top to bottom, opened ones only."""
        found: list[TreeNode[Row]] = []
        waiting = [self.root]
        while waiting:
            line = waiting.pop()
            if line.data is not None and line.data.stop is not None:
                found.append(line)
            if line.is_expanded or line is self.root:
                waiting += reversed(line.children)
        return found

    def go_to(self, stop: int) -> None:
        """Put the cursor on a stop, or on the first line."""
        lines = self.lines_of_stops()
        line = next((n for n in lines if n.data is not None and n.data.stop == stop), None)
        first = self.root.children[0] if self.root.children else None
        if line is not None or first is not None:
            self.move_cursor(line or first)

    # -- painting

    def render_label(self, node: TreeNode[Row], base_style: Style, style: Style) -> Text:
        row = node.data
        if row is None:
            return Text("")
        if row.stop is not None:
            text = self._stop_text(row.stop)
        elif row.node is not None:
            text = function_text(row.node, row.edge, opened=node.is_expanded, more=node.allow_expand)
        else:
            text = Text(row.heading, style="italic")
        text.stylize_before(style)
        return text

    def _stop_text(self, index: int) -> Text:
        stop = self._tour.stops[index]
        seen, lost = stop.id in self._reached, stop.id in self._missed
        sign = "▶" if index == self._at else "✓" if seen else "✗" if lost else "●"
        return Text(f"{sign} {index + 1} {name_of(stop, 60)}", style="bold")


def function_text(node: Node, edge: Edge | None, *, opened: bool, more: bool) -> Text:
    """A function's line: a mark, its name, its place, why it is called where that is not plain."""
    mark = "▾ " if opened and more else "▸ " if more else "  "
    parts = node.qualname.split(".")
    name = clean(node.file or node.id, 60) if node.qualname == "<module>" else clean(".".join(parts[-2:]), 60)
    text = Text(mark + name)
    if node.qualname != "<module>":
        text.append(f"  {clean(node.file or '', 40)}:{node.line}", style="dim")
    if edge is not None:
        sign = "+ " if edge.kind == "observed" else "? " if edge.confidence == "may" else ""
        seen = " ✓" if edge.observed and edge.kind != "observed" else ""
        told = f"{sign}{clean(edge.reason, 80)}{seen}".strip()
        if told:
            text.append(f"  {told}", style="dim italic")
    return text
