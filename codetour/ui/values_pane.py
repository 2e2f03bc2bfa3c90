"""The values pane: a tree that opens lazily, what changed marked with `+` new, `~` changed, `-` gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from codetour.model.text import clean
from codetour.model.value import Change, Value
from codetour.model.value_text import EXPANDABLE, axes_text, details, dtype_text, shape_text, stats_text
from codetour.ui.scene import Scene

Fetch = Callable[[tuple[str, ...]], Awaitable[tuple[Value, ...]]]
SHOWN = 200
"""values and children painted at most"""


@dataclass(slots=True)
class Entry:
    """One row of the tree."""

    mark: str
    name: str
    text: str
    """with names of dimensions"""
    short: str
    """without"""
    path: tuple[str, ...] = ()
    loaded: bool = True
    head: str = ""
    """the part of `text` that names the dimensions; while it fits, the rest may be cut"""


class ValuesPane(Tree[Entry]):
    """Values of the frame that is shown."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"values--new", "values--changed", "values--gone", "values--text"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(" ", id=id)
        self.show_root = False
        self.guide_depth = 2
        self.fetch: Fetch | None = None
        self._shown: tuple[object, ...] = ()
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, scene: Scene, axes: dict[str, str], fetch: Fetch | None) -> None:
        """Paint the values of `scene`; `fetch` gets the children of a path where a program stands still."""
        self.fetch = fetch
        shown = (scene.values, scene.changes, scene.no_values)
        if shown == self._shown:
            return
        self._shown = shown
        opened = {n.data.path for n in self._walk() if n.is_expanded and n.data is not None}
        self.clear()
        self._fill(scene)
        # what changed in the callers is told at their own stops
        here = {v.name for v in scene.values}
        marks = [c.mark for c in scene.changes if c.mark == "-" or c.name in here]
        words = [
            f"{m} {marks.count(m)} {w}"
            for m, w in (("+", "new"), ("~", "changed"), ("-", "gone"))
            if m in marks
        ]
        self.border_title = Content(f"Values  {'  '.join(words)}" if words else "Values")
        self.border_subtitle = Content(axes_text(scene.values, axes) if scene.values else "")
        for node in list(self.root.children):
            if node.data is not None and node.data.path in opened and node.allow_expand:
                node.expand()

    def path_under_cursor(self) -> tuple[str, ...]:
        """The names from a local down to the value under the cursor; empty where there is none."""
        node = self.cursor_node
        return node.data.path if node is not None and node.data is not None else ()

    def _walk(self) -> Sequence[TreeNode[Entry]]:
        return list(self.root.children)

    def _fill(self, scene: Scene) -> None:
        changes = {c.name: c for c in scene.changes}
        for value in scene.values[:SHOWN]:
            self._add(self.root, value, (), changes.get(value.name))
        for change in scene.changes:
            if change.mark == "-":
                self._leaf(self.root, Entry("-", clean(change.name, 60), "gone", "gone"))
        if not scene.values and not scene.changes:
            self._leaf(
                self.root, Entry(" ", "", scene.no_values or "none here", scene.no_values or "none here")
            )

    def _leaf(self, parent: TreeNode[Entry], entry: Entry) -> None:
        parent.add_leaf(Text(entry.name), data=entry)

    def _add(
        self, parent: TreeNode[Entry], value: Value, above: tuple[str, ...], change: Change | None = None
    ) -> None:
        path = (*above, value.name)
        text, short = details(value), details(value, named=False)
        head = f"{dtype_text(value.dtype)}  {shape_text(value)}" if value.dims else ""
        if change is not None and change.mark == "~" and change.text:
            head = ""
            text, short = _changed_text(value, change), clean(change.text, 120)
        lazy = not value.items and value.kind in EXPANDABLE and value.size != 0 and self.fetch is not None
        mark = change.mark if change is not None else " "
        entry = Entry(mark, clean(value.name, 60) or "?", text, short, path, loaded=not lazy, head=head)
        stats = stats_text(value)
        if not value.items and not lazy and not stats:
            self._leaf(parent, entry)
            return
        node = parent.add(Text(entry.name), data=entry)
        if stats:
            self._leaf(node, Entry(" ", "", stats, stats))
        for child in value.items[:SHOWN]:
            self._add(node, child, path)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Entry]) -> None:
        """Get the children when they are first wanted."""
        node = event.node
        if node.data is None or node.data.loaded or self.fetch is None:
            return
        node.data.loaded = True
        self._leaf(node, Entry(" ", "", "…", "…"))
        task = asyncio.create_task(self._load(node, self.fetch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _load(self, node: TreeNode[Entry], fetch: Fetch) -> None:
        assert node.data is not None
        path = node.data.path
        try:
            children = await fetch(path)
            why = "" if children else "nothing inside"
        except Exception as problem:  # noqa: BLE001 - whatever a driver says, the tree stays
            children, why = (), clean(str(problem), 120) or "cannot be opened"
        if not any(node is n or node in n.children for n in self._walk()) and node.parent is None:
            return
        node.remove_children()
        for child in children[:SHOWN]:
            self._add(node, child, path)
        if why:
            self._leaf(node, Entry(" ", "", why, why))

    def render_label(self, node: TreeNode[Entry], base_style: Style, style: Style) -> Text:
        entry = node.data
        if entry is None:
            return Text("")
        label = Text(no_wrap=True, end="")
        marks = {"+": "values--new", "~": "values--changed", "-": "values--gone"}
        marked = (
            self.get_component_rich_style(marks[entry.mark], partial=True) if entry.mark in marks else None
        )
        label.append(entry.mark, marked)
        label.append(("▾ " if node.is_expanded else "▸ ") if node.allow_expand else "  ")
        if entry.name:
            label.append(entry.name, "bold")
            label.append("  ")
        room = self.size.width - label.cell_len - 2 * len(entry.path[1:]) - 2
        named = cell_len(entry.text) <= room or 0 < cell_len(entry.head) < room
        text = entry.text if named else entry.short
        if cell_len(text) > room > 1:
            text = set_cell_size(text, room - 1) + "…"
        label.append(text, self.get_component_rich_style("values--text", partial=True))
        label.stylize_before(style)
        return label


def _changed_text(value: Value, change: Change) -> str:
    """What changed, after the shape where that stayed as it was."""
    text = clean(change.text, 120)
    if not value.shape or change.text.startswith("shape "):
        return text
    return f"{dtype_text(value.dtype)}  {shape_text(value, named=False)}  {text}".strip()
