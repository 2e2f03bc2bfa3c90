"""The call graph as a map: who calls whom from the entry, with the tour's stops where they lie.

What leads to a stop is unfolded at first, the rest opens with a key. Enter on a stop goes there, on a function it
shows its code. A function can be put into the middle, with who calls it above and what it calls below.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, Tree

from codetour.graph import query
from codetour.graph.from_tour import graph_of_paths
from codetour.graph.observed import with_observed
from codetour.model.driver import Driver
from codetour.model.graph import CallGraph
from codetour.model.text import clean
from codetour.model.tour import Tour
from codetour.model.value import Seen
from codetour.ui.background import in_thread
from codetour.ui.dialogs import CLOSE, Chooser
from codetour.ui.graph_rows import MapTree, Row
from codetour.ui.scene import Place
from codetour.ui.screen_part import ScreenPart

CONFIDENCE = {"sure": "", "model": "", "may": "may happen"}
HELP = "↵ go · → open · f middle · b back · n N stop · / find · k helpers · o files"


class GraphMap(ModalScreen[Place | int | None]):
    """Returns the stop or the place that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CLOSE,
        Binding("G,q", "close", "Close", show=False),
        Binding("right", "open", "Open", show=False),
        Binding("left", "shut", "Close the function", show=False),
        Binding("f", "middle", "Into the middle", show=False),
        Binding("b,backspace", "back", "Back", show=False),
        Binding("n", "stop(1)", "Next stop", show=False),
        Binding("N,p", "stop(-1)", "Previous stop", show=False),
        Binding("k", "helpers", "Helpers", show=False),
        Binding("o", "files", "Files", show=False),
        Binding("slash", "find", "Find", show=False),
    ]
    DEFAULT_CSS = """
    GraphMap { align: center middle; }
    GraphMap > Vertical { width: 100%; height: 100%; border: round $accent; background: $background; padding: 0 1; }
    GraphMap Tree { height: 1fr; background: $background; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    GraphMap #about { height: 2; color: $foreground 80%; }
    """

    def __init__(
        self, graph: CallGraph, tour: Tour, *, at: int, reached: Collection[str], missed: Collection[str]
    ) -> None:
        super().__init__()
        self._whole = query.hide_external(graph)
        self._tour, self._at = tour, at
        self._middles: list[str] = []
        self._helpers, self._files = True, False
        self._tree = MapTree(tour, at=at, reached=reached, missed=missed)

    def compose(self) -> ComposeResult:
        with Vertical() as window:
            window.border_title = Content("Call graph")
            window.border_subtitle = Content(HELP)
            yield self._tree
            yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        """Draw it, the cursor on the stop where the reader is."""
        self._draw()
        self._tree.focus()

    def _shown(self) -> CallGraph:
        graph = self._whole
        if not self._helpers:
            kept = {self._middles[-1]} if self._middles else set[str]()
            graph = query.without(graph, set(query.helpers(graph)) - kept)
        return query.collapse(graph) if self._files else graph

    def _draw(self) -> None:
        graph = self._shown()
        self._tree.lay_out(graph, self._middles[-1] if self._middles and not self._files else None)
        what = (
            "files"
            if self._files
            else f"round {clean(self._middles[-1], 60)}"
            if self._middles
            else "from the entry"
        )
        things = "files" if self._files else "functions"
        less = "" if self._helpers else ", helpers hidden"
        window = self.query_one(Vertical)
        window.border_title = Content(
            f"Call graph {what}{less}: {len(graph.nodes)} {things}, {len(graph.edges)} calls"
        )
        self.call_after_refresh(self._tree.go_to, self._at)

    # -- what happens

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Row]) -> None:
        """Say more about the line under the cursor."""
        self.query_one("#about", Static).update(Content(self._about(event.node.data)))

    def _about(self, row: Row | None) -> str:
        if row is None:
            return ""
        if row.stop is not None:
            stop = self._tour.stops[row.stop]
            a = stop.anchor
            return f"{clean(a.file, 100)}:{a.line}  {clean(a.symbol, 100)}\n{clean(stop.idea, 300)}"
        if row.node is None:
            return ""
        first = f"{clean(row.node.id, 120)}  {clean(row.node.file or '', 100)}:{row.node.line}"
        if row.edge is None:
            return first
        e = row.edge
        told = [clean(e.reason, 200), CONFIDENCE[e.confidence], "seen in the run" if e.observed else ""]
        return f"{first}\ncalled at {clean(e.file or '', 100)}:{e.line}  " + "; ".join(t for t in told if t)

    def on_tree_node_selected(self, event: Tree.NodeSelected[Row]) -> None:
        """Go there."""
        row = event.node.data
        if row is None:
            return
        if row.stop is not None:
            self.dismiss(row.stop)
        elif row.node is not None and row.node.file is not None:
            self.dismiss(Place(row.node.file, max(row.node.line, 1), row.node.qualname))

    def action_open(self) -> None:
        line = self._tree.cursor_node
        if line is not None and line.allow_expand:
            line.expand()

    def action_shut(self) -> None:
        line = self._tree.cursor_node
        if line is None:
            return
        if line.allow_expand and line.is_expanded:
            line.collapse()
        elif line.parent is not None and line.parent is not self._tree.root:
            self._tree.move_cursor(line.parent)

    def action_middle(self) -> None:
        line = self._tree.cursor_node
        row = line.data if line is not None else None
        if row is not None and row.stop is not None and line is not None and line.parent is not None:
            row = line.parent.data  # a stop's function
        if row is not None and row.node is not None and not self._files:
            self._middles.append(row.node.id)
            self._draw()

    def action_back(self) -> None:
        if self._files:
            self._files = False
        elif self._middles:
            self._middles.pop()
        else:
            self.dismiss(None)
            return
        self._draw()

    def action_stop(self, by: int) -> None:
        lines = self._tree.lines_of_stops()
        if not lines:
            return
        here = self._tree.cursor_line
        after = [n for n in lines if (n.line > here if by > 0 else n.line < here)]
        wrapped = lines[0] if by > 0 else lines[-1]
        self._tree.move_cursor((after[0] if by > 0 else after[-1]) if after else wrapped)

    def action_helpers(self) -> None:
        self._helpers = not self._helpers
        self._draw()

    def action_files(self) -> None:
        self._files = not self._files
        self._draw()

    def action_find(self) -> None:
        nodes = list(self._shown().nodes.values())
        rows = [
            Content.assemble(clean(n.id, 120), (f"  {clean(n.file or '', 60)}:{n.line}", "dim"))
            for n in nodes
        ]

        def show(index: int | None) -> None:
            if index is not None:
                self._files = False
                self._middles.append(nodes[index].id)
                self._draw()

        self.app.push_screen(Chooser("Find a function", rows, hint="words of its name or file"), show)

    def action_close(self) -> None:
        self.dismiss(None)


def seen_by(driver: Driver) -> tuple[Seen, ...]:
    """What a driver has seen so far, in this run or in its recording."""
    recording = getattr(driver, "recording", None)
    seen: tuple[Seen, ...] = tuple(getattr(driver, "seen", None) or getattr(recording, "seen", ()))
    now = driver.view.seen
    return (*seen, now) if now is not None else seen


class GraphActions(ScreenPart):
    """The key that opens the map."""

    _graph: CallGraph | None = None

    def action_graph(self) -> None:
        self._me.walk.now(self._open_map)

    async def _open_map(self) -> None:
        me = self._me
        graph = self._graph or await self._graph_for_map()
        self._graph = graph
        graph = with_observed(graph, seen_by(me.driver))
        window = GraphMap(
            graph, me.driver.tour, at=me.driver.view.index, reached=me.walk.reached, missed=me.walk.missed
        )
        me.app.push_screen(window, self._chosen_on_map)

    async def _graph_for_map(self) -> CallGraph:
        me = self._me
        if me.prepared.graph is None:
            return graph_of_paths(me.driver.tour)
        me.say("Building the call graph…")
        return await in_thread(me.prepared.graph, "graph")

    def _chosen_on_map(self, chosen: Place | int | None) -> None:
        me = self._me
        if isinstance(chosen, int):
            me.walk.browse = None
            me.walk.wish(lambda: me.driver.goto(chosen))
        elif chosen is not None:
            me.browse(chosen)
