"""The outline: chapters by stage with their stops, what was seen and what was not marked by a sign, not by colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from codetour.model.naming import has_chapters, name_of
from codetour.model.stage import STAGE_TITLES
from codetour.model.tour import Tour
from codetour.ui.scene import Scene


class OutlinePane(Tree[int]):
    """Enter or a click shows a stop as far as it is known."""

    class Chosen(Message):
        """A stop was chosen."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, tour: Tour, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(" ", id=id)
        self.show_root = False
        self.guide_depth = 2
        self.auto_expand = False
        self._tour = tour
        self._at = -1
        self._state: tuple[object, ...] = ()
        self._signs: dict[int, str] = {}
        self._stops: dict[int, TreeNode[int]] = {}

    def on_mount(self) -> None:
        self.border_title = Content("Outline")
        self.border_subtitle = Content("✓ reached  ✗ not reached")
        several = has_chapters(self._tour)
        for stage, indices in self._tour.chapters():
            chapter = self.root
            if several:
                chapter = self.root.add(Text(STAGE_TITLES[stage]), expand=True, data=indices[0])
            for i in indices:
                self._stops[i] = chapter.add_leaf(Text(name_of(self._tour.stops[i])), data=i)
        end = len(self._tour.stops)
        self._stops[end] = self.root.add_leaf(Text("The end of the tour"), data=end)

    def show(self, scene: Scene, reached: Iterable[str], missed: Iterable[str]) -> None:
        """Mark where the reader is, and what was reached or missed."""
        seen, lost = frozenset(reached), frozenset(missed)
        if (scene.index, seen, lost) == self._state:
            return
        self._state = (scene.index, seen, lost)
        self._at = scene.index
        stops = enumerate(self._tour.stops)
        self._signs = {i: "✓" if s.id in seen else "✗" if s.id in lost else "·" for i, s in stops}
        for node in self._stops.values():
            node.refresh()
        here = self._stops.get(scene.index)
        if here is not None and not self.has_focus:
            self.move_cursor(here)

    def render_label(self, node: TreeNode[int], base_style: Style, style: Style) -> Text:
        index = node.data
        if index is None:
            return Text("")
        if node.allow_expand:
            label = Text(str(node.label), style="bold")
        else:
            sign = "▶" if index == self._at else self._signs.get(index, " ")
            number = f"{index + 1:>2} " if index < len(self._tour.stops) else "   "
            label = Text(f"{sign} {number}{node.label}", style="bold" if index == self._at else "")
            # two cells of guide and one of scroll bar beside it
            label.truncate(max(self.size.width - 3, 8), overflow="ellipsis")
        label.stylize_before(style)
        return label

    def on_tree_node_selected(self, event: Tree.NodeSelected[int]) -> None:
        """Tell the screen."""
        if event.node.data is not None:
            self.post_message(self.Chosen(event.node.data))
