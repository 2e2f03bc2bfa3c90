"""Where the calls of a statement lead: the edges of the graph, told apart by name, by table and by what was made."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from typing import Final

from codetour.model.graph import CallGraph, Edge, Node
from codetour.plan.constants import Lookup, Symbol, evaluate
from codetour.plan.moments import Frame
from codetour.plan.program import Program, dotted_text

CROWD: Final = 6
"""a call that may lead to more places than this says nothing about which one runs"""
_NEVER: Final = 99
_INSTANCE: Final = frozenset(("forward", "__call__", "call"))

Lead = tuple[ast.Call | None, list[Edge]]
"""a call and the edges that belong to it; None for what a framework calls here"""


class CallSites:
    """Finds where calls lead, and remembers which classes were instantiated on the walk."""

    def __init__(self, program: Program, graph: CallGraph) -> None:
        self._program, self._graph = program, graph
        self._made: dict[str, int] = {}
        """name of an instantiated class -> the least doubt under which it was"""
        self._imported: dict[tuple[str, str], set[str]] = defaultdict(set)
        """file and name -> the files from which a walked import brings the name"""

    def leads(
        self, parts: Sequence[ast.AST], frame: Frame, lookup: Lookup, *, beside: Sequence[ast.stmt] = ()
    ) -> list[Lead]:
        """The calls in `parts` that lead to code of the project, in the order of evaluation.

        `beside` are statements of their own on the same line (`if args.save: save(model)`): their calls are not meant.
        """
        found = [
            (call, self._as_imported(call, self._made_only(_named(call, edges, lookup)), frame))
            for call, edges in self._pairs(parts, frame, beside)
        ]
        return [(call, edges if _crowd(edges) <= CROWD else []) for call, edges in found]

    def note_import(self, file: str, name: str, origin: str) -> None:
        """Remember that the walk passed `from origin import name` in `file`."""
        self._imported[file, name].add(origin)

    def _as_imported(self, call: ast.Call | None, edges: list[Edge], frame: Frame) -> list[Edge]:
        """Of `from fast import build` and `from slow import build` in two branches, the one that was passed."""
        if call is None or not isinstance(call.func, ast.Name) or len(edges) < 2:
            return edges
        origins = self._imported.get((frame.module.file, call.func.id), set[str]())
        kept = [e for e in edges if self._graph.nodes[e.callee].file in origins]
        return kept or edges

    def note_made(self, target: Node, doubt: int) -> None:
        """Remember that a class was instantiated on the way here."""
        owner = target.qualname
        if target.kind != "class":
            owner, _, name = owner.rpartition(".")
            if name != "__init__":
                return
        key = owner.rpartition(".")[2]
        self._made[key] = min(doubt, self._made.get(key, doubt))

    def ruled_out(self, target: Node, walked: Container[str]) -> bool:
        """Is it a method of a class that every function walked so far passed over?"""
        return self.never_made(target) and all(e.caller in walked for e in self._makers(target))

    def never_made(self, target: Node) -> bool:
        """Is it a method of a class that is instantiated somewhere, only not on this walk?"""
        owner, _, name = target.qualname.rpartition(".")
        if not owner or name == "__init__" or not self._program.has_class(target.file, owner):
            return False
        if any(k in self._made for k in self._program.heirs(target.file, owner)):
            return False
        return bool(self._makers(target))

    def _makers(self, target: Node) -> Sequence[Edge]:
        """The calls that make the class of a method."""
        return self._graph.into(f"{target.id.rpartition('.')[0]}.__init__")

    def _pairs(
        self, parts: Sequence[ast.AST], frame: Frame, beside: Sequence[ast.stmt] = ()
    ) -> Iterator[Lead]:
        left = self._edges_at(parts, frame)
        if not left:
            return
        unmatched: list[ast.Call] = []
        for call in _in_order(parts):
            name = dotted_text(call.func).rpartition(".")[2].removesuffix("()")
            lines = sorted({call.lineno, call.func.end_lineno or call.lineno})
            mine = [e for line in lines for e in left.get(line, []) if _fits(e, name)]
            for edge in mine:
                left[edge.line].remove(edge)
            if mine:
                yield call, mine
            else:
                unmatched.append(call)
        if beside and not unmatched:
            return
        elsewhere = [
            dotted_text(call.func).rpartition(".")[2].removesuffix("()") for call in _in_order(beside)
        ]
        rest = [e for line in sorted(left) for e in left[line]]
        yield from _pair_up([e for e in rest if not any(_fits(e, name) for name in elsewhere)], unmatched)

    def _edges_at(self, parts: Sequence[ast.AST], frame: Frame) -> dict[int, list[Edge]]:
        lines: set[int] = set()
        for part in parts:
            first = getattr(part, "lineno", 0)
            lines.update(range(first, (getattr(part, "end_lineno", None) or first) + 1))
        left: dict[int, list[Edge]] = defaultdict(list)
        for edge in self._graph.out_of(frame.node.id):
            target = self._graph.nodes.get(edge.callee)
            if edge.line in lines and edge.file == frame.module.file and target and target.file:
                left[edge.line].append(edge)
        return left

    def _made_only(self, edges: list[Edge]) -> list[Edge]:
        """Of the methods that one call may lead to, those of classes that were instantiated on this very walk."""
        if len(edges) < 2:
            return edges
        rivals: dict[str, list[tuple[int, Edge]]] = defaultdict(list)
        for edge in edges:
            node = self._graph.nodes[edge.callee]
            owner, _, name = node.qualname.rpartition(".")
            if owner and name != "__init__" and self._program.has_class(node.file, owner):
                made = [self._made[k] for k in self._program.heirs(node.file, owner) if k in self._made]
                rivals[name].append((min(made, default=_NEVER), edge))
        dropped: list[Edge] = []
        for group in rivals.values():
            best = min(cost for cost, _ in group)
            dropped.extend(edge for cost, edge in group if cost > best)
        return [edge for edge in edges if edge not in dropped]


def _crowd(edges: list[Edge]) -> int:
    """How many places compete; the hooks that a library runs one after the other do not."""
    if any(e.kind != "framework" for e in edges):
        return len(edges)
    names = [e.callee.rpartition(".")[2] for e in edges]
    return max((names.count(n) for n in names), default=0)


def _named(call: ast.Call | None, edges: list[Edge], lookup: Lookup) -> list[Edge]:
    """Of several targets the one that a table of the program names (`MODELS[args.model](...)`)."""
    if call is None or len(edges) < 2:
        return edges
    func: ast.expr = call.func
    while True:
        known = evaluate(func, lookup)
        if known is not None and isinstance(known.value, Symbol):
            name = known.value.name.rpartition(".")[2]
            return [e for e in edges if name in e.callee.split(".")] or edges
        if not isinstance(func, (ast.Attribute, ast.Call)):
            return edges
        func = func.value if isinstance(func, ast.Attribute) else func.func


def _pair_up(rest: list[Edge], unmatched: list[ast.Call]) -> Iterator[Lead]:
    """Instances that were called carry no name of the callee: they pair up in order, where they pair up at all."""
    if len(unmatched) == 1:
        if rest:
            yield unmatched[0], rest
        return
    paired = len(rest) == len(unmatched) and all(e.callee.rpartition(".")[2] in _INSTANCE for e in rest)
    if not paired and len({e.line for e in rest}) == 1 and all(e.confidence == "may" for e in rest):
        yield None, rest
        return
    for i, edge in enumerate(rest):
        yield (unmatched[i] if paired else None), [edge]


def _fits(edge: Edge, name: str) -> bool:
    """Does the edge belong to a call of `name`, as far as names tell?"""
    parts = edge.callee.split(".")
    if parts[-1] in {"__init__", "__new__", "__post_init__"}:
        return parts[-2:-1] == [name]
    return parts[-1] == name


def _in_order(parts: Sequence[ast.AST]) -> list[ast.Call]:
    """The calls inside, innermost and leftmost first; not those in nested functions."""
    found: list[ast.Call] = []

    def go(node: ast.AST) -> None:
        if isinstance(node, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return
        for child in ast.iter_child_nodes(node):
            go(child)
        if isinstance(node, ast.Call):
            found.append(node)

    for part in parts:
        go(part)
    return found
