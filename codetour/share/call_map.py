"""The calls of a tour as a drawing: who calls whom on the way to the stops, and where the stops are.

An indented tree, one function a row in the order in which the tour meets them; a function that is called from a
second place gets a dashed line from there. Rows keep long names readable where boxes and arrows would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from codetour.share.card import Call, Card

MOST: Final = 120
"""functions drawn"""
MOST_BADGES: Final = 20
"""stops drawn beside one function"""
_ROW: Final = 26
_STEP: Final = 20
_CELL: Final = 7.3
"""width of a letter at 12 px, as good as it can be known"""
_LONGEST: Final = 44

Key = tuple[str, str]


@dataclass(slots=True)
class Node:
    """One function."""

    symbol: str
    file: str
    line: int
    """where the tour meets it first"""
    depth: int
    parent: int | None
    reason: str = ""
    stops: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """(number, title)"""
    row: int = 0


@dataclass(slots=True)
class CallMap:
    """Functions in the order of their rows, and the calls that the tree does not hold."""

    nodes: list[Node]
    again: list[tuple[int, int]]
    """(caller, callee), indices into `nodes`"""
    left_out: int = 0


def call_map(cards: Sequence[Card]) -> CallMap:
    """The functions on the way to the stops."""
    nodes: list[Node] = []
    index: dict[Key, int] = {}
    again: dict[tuple[int, int], None] = {}
    left_out: set[Key] = set()
    for card in cards:
        before: int | None = None
        for call in card.path:
            key = (call.file, call.symbol)
            at = index.get(key)
            if at is None:
                if len(nodes) >= MOST:
                    left_out.add(key)
                    break
                at = index[key] = len(nodes)
                nodes.append(_node(call, before, nodes))
            elif (
                before is not None and before not in (at, nodes[at].parent) and not _above(nodes, before, at)
            ):
                again.setdefault((before, at))
            before = at
        if before is not None:
            nodes[before].stops.append((card.number, card.name))
    _place(nodes)
    return CallMap(nodes, list(again), len(left_out))


def _node(call: Call, parent: int | None, nodes: list[Node]) -> Node:
    depth = 0 if parent is None else nodes[parent].depth + 1
    return Node(call.symbol, call.file, call.line, depth, parent)


def _above(nodes: list[Node], low: int, high: int) -> bool:
    """Whether `high` is an ancestor of `low`: a recursion, which is no second way to it."""
    at: int | None = low
    while at is not None:
        if at == high:
            return True
        at = nodes[at].parent
    return False


def _place(nodes: list[Node]) -> None:
    """Rows: each function right below its caller, in the order of the tour."""
    children: dict[int | None, list[int]] = {}
    for at, node in enumerate(nodes):
        children.setdefault(node.parent, []).append(at)
    row = 0
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        at = waiting.pop()
        nodes[at].row = row
        row += 1
        waiting += reversed(children.get(at, []))


def svg(drawn: CallMap) -> str:
    """The drawing; the stops are links to `#s1`, `#s2`, ..."""
    if not drawn.nodes:
        return ""
    parts = [*_lines(drawn), *(part for node in drawn.nodes for part in _row(node))]
    height = 16 + _ROW * len(drawn.nodes)
    width = max(_right(node) for node in drawn.nodes) + 40
    return (
        f'<svg class="calls" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="group" '
        f'aria-label="Call graph: {len(drawn.nodes)} functions, with the stops as links">{"".join(parts)}</svg>'
    )


def _x(node: Node) -> float:
    return 14 + min(node.depth, 14) * _STEP


def _y(node: Node) -> float:
    return 20 + node.row * _ROW


def label(node: Node) -> str:
    """The name of a function; module code goes by its file."""
    name = node.file if node.symbol == "<module>" else node.symbol
    return name if len(name) <= _LONGEST else "…" + name[1 - _LONGEST :]


def _where(node: Node) -> str:
    return "" if node.symbol == "<module>" else node.file if len(node.file) <= 32 else "…" + node.file[-31:]


def _after(node: Node) -> float:
    return _x(node) + 10 + len(label(node)) * _CELL + 10


def _right(node: Node) -> float:
    badges = min(len(node.stops), MOST_BADGES + 1)
    return _after(node) + badges * 24 + (len(_where(node)) * 6.4 + 14)


def _lines(drawn: CallMap) -> list[str]:
    made: list[str] = []
    for node in drawn.nodes:
        if node.parent is not None:
            above = drawn.nodes[node.parent]
            x, y = _x(above), _y(node)
            if _x(node) <= x:  # deeper than is drawn
                x = _x(node) - _STEP / 2
            made.append(f'<path class="edge" d="M{x} {_y(above) + 5}V{y}H{_x(node) - 5}"/>')
    for caller, callee in drawn.again[:40]:
        a, b = drawn.nodes[caller], drawn.nodes[callee]
        x, y1, y2 = _x(b) - 7, _y(a) + 4, _y(b)
        made.append(
            f'<path class="again" d="M{_x(a) - 5} {y1}Q{min(x, _x(a)) - 12} {(y1 + y2) / 2} {x} {y2}"/>'
        )
    return made


def _row(node: Node) -> list[str]:
    x, y = _x(node), _y(node)
    made = [
        f'<circle class="node{" has" if node.stops else ""}" cx="{x}" cy="{y}" r="4"/>',
        f'<text class="name" x="{x + 10}" y="{y + 4}">{escape(label(node))}</text>',
    ]
    at = _after(node)
    for number, title in node.stops[:MOST_BADGES]:
        made.append(
            f'<a href="#s{number}" data-stop="{number}" aria-label="Stop {number}: {escape(title)}">'
            f'<title>{number}. {escape(title)}</title><circle class="stop" cx="{at + 10:.1f}" cy="{y}" r="10"/>'
            f'<text class="number" x="{at + 10:.1f}" y="{y + 4}">{number}</text></a>'
        )
        at += 24
    if len(node.stops) > MOST_BADGES:
        made.append(f'<text class="where" x="{at}" y="{y + 4}">+{len(node.stops) - MOST_BADGES}</text>')
        at += 24
    if where := _where(node):
        made.append(f'<text class="where" x="{at + 4:.1f}" y="{y + 4}">{escape(where)}</text>')
    return made
