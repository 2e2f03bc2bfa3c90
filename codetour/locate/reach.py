"""Who calls whom, roughly, and where along that the training or evaluation loop is.

This is no call graph to show; it only has to tell an entry that trains from one that merely imports a trainer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from codetour.locate.corpus import Corpus
from codetour.locate.facts import MODULE, Call, Scope
from codetour.locate.resolving import Key, Names

_MOST_NODES: Final = 1500


@dataclass(slots=True)
class Edge:
    """A call that leads on inside the repository."""

    to: Key
    line: int
    loop: bool
    weak: bool


@dataclass(slots=True)
class Reached:
    """Everything reached from one start."""

    start: Key
    depth: dict[Key, int] = field(default_factory=dict[Key, int])
    weak: set[Key] = field(default_factory=set[Key])
    """reached only through guesses"""
    edges: dict[Key, list[Edge]] = field(default_factory=dict[Key, "list[Edge]"])
    """calls out of each key, seen from this start"""


class Reach:
    """Answers for one corpus; remembers what it resolved."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.names = Names(corpus)
        self._edges: dict[Key, list[Edge]] = {}
        self._open: dict[Key, list[Call]] = {}
        """calls whose receiver nothing in their own file explains"""
        self._imports: dict[tuple[str, int], list[str]] = {}

    def scope(self, key: Key) -> Scope:
        """The scope of a key."""
        return self.names.scope(key)

    def walk(self, start: Key) -> Reached:
        """Breadth first from `start`, bounded."""
        reached = Reached(start, {start: 0})
        queue = deque([start])
        while queue and len(reached.depth) < _MOST_NODES:
            key = queue.popleft()
            for edge in self.out_of(reached, key):
                weak = edge.weak or key in reached.weak
                if edge.to not in reached.depth:
                    reached.depth[edge.to] = reached.depth[key] + 1
                    if weak:
                        reached.weak.add(edge.to)
                    queue.append(edge.to)
                elif not weak and edge.to in reached.weak:
                    reached.weak.discard(edge.to)
                    queue.append(edge.to)
        return reached

    def out_of(self, reached: Reached, key: Key) -> list[Edge]:
        """Calls out of `key`, with those on receivers that only the start's own classes can explain."""
        if key not in reached.edges:
            edges = self.edges(key)
            more = [
                Edge(to, call.line, call.loop, weak=True)
                for call in self._open.get(key, ())
                for cls in self.names.in_sight(reached.start[0])
                for to in self.names.method(cls, call.name.rpartition(".")[2])
            ]
            reached.edges[key] = [*edges, *more[:12]]
        return reached.edges[key]

    def edges(self, key: Key) -> list[Edge]:
        """Calls out of `key` that stay inside the repository."""
        if key not in self._edges:
            self._edges[key] = []  # a cycle of re-exports sees no edges
            self._edges[key] = self._find_edges(key)
        return self._edges[key]

    def _find_edges(self, key: Key) -> list[Edge]:
        file, qualname = key
        facts = self.corpus.facts(file)
        scope = facts.scopes[qualname]
        out: list[Edge] = []
        for call in scope.calls:
            strong = self.names.resolve(file, qualname, call.name)
            if not strong and not call.handed and call.name in facts.instances:
                strong = self.names.made_functions(file, qualname, call.name)
            targets, weak = (strong, False) if strong else (self.names.guess(file, call), True)
            if not targets and self.names.may_guess(call):
                self._open.setdefault(key, []).append(call)
            for target in targets:
                out.extend(Edge(to, call.line, call.loop, weak) for to in self._entered(target))
            if call.name.endswith("app.run") and call.args == 0 and "main" in facts.scopes:
                # TensorFlow's and absl's own start: `main` by name
                out.append(Edge((file, "main"), call.line, call.loop, weak=False))
        for where, line, _ in facts.dynamic:
            if where == qualname:
                out.extend(Edge(to, line, loop=False, weak=False) for to in self.names.named_there(file))
        if qualname == MODULE or scope.kind == "function":
            out.extend(self._decorated(key, scope))
        return out

    def _entered(self, key: Key) -> list[Key]:
        """What runs when `key` is called: for a class its constructor."""
        if self.scope(key).kind != "class":
            return [key]
        return [found for name in ("__init__", "__post_init__") for found in self.names.method(key, name)[:1]]

    def _decorated(self, key: Key, scope: Scope) -> list[Edge]:
        """Sub-commands hang on their group by a decorator: `@cli.command()` under `cli`; sacred's `@ex.automain`."""
        facts = self.corpus.facts(key[0])
        name = key[1]
        out: list[Edge] = []
        for other in facts.scopes.values():
            for decorator in other.decorators:
                plain = decorator.replace("()", "")
                head, _, last = plain.rpartition(".")
                if (last in ("automain", "main") and name == MODULE and head and head in facts.instances) or (
                    last in ("command", "callback")
                    and (head == name or (name == MODULE and self._is_called(scope, head)))
                ):
                    out.append(Edge((key[0], other.qualname), other.line, loop=False, weak=False))
        return out

    @staticmethod
    def _is_called(scope: Scope, name: str) -> bool:
        return any(call.name == name for call in scope.calls)

    def imports_of(self, file: str, most: int = 300) -> list[str]:
        """Files of the repository that `file` imports, directly or not, nearest first; itself left out."""
        if (file, most) in self._imports:
            return self._imports[file, most]
        seen = {file}
        queue = deque([file])
        out: list[str] = []
        self._imports[file, most] = out
        while queue and len(out) < most:
            at = queue.popleft()
            names = (self.corpus.index.find(name, at) for name in self.corpus.facts(at).modules)
            for other in [*(found[0] for found in names if found), *self.names.imported_by_name(at)]:
                if other not in seen:
                    seen.add(other)
                    out.append(other)
                    queue.append(other)
        return out
