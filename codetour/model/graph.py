"""The static call graph as a plain value; `codetour.graph` builds it and is the only user of networkx.

Node ids follow PyCG: dotted module path from the root, then the qualname (`train`, `train.main`,
`model.GPT.forward`, `main.<lambda1>`, `<builtin>.len`, `torch.nn.functional.cross_entropy`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

EdgeKind = Literal["call", "framework", "registry", "protocol", "observed"]
Confidence = Literal["sure", "model", "may"]


@dataclass(frozen=True, slots=True)
class Node:
    """A function, method, class or module body; external ones have no file."""

    id: str
    file: str | None = None
    qualname: str = "<module>"
    """as Python has it without `<locals>.`: `Outer.method.inner`"""
    line: int = 0
    """of the `def` or `class` keyword's statement, decorators excluded; 1 for a module"""
    end_line: int = 0
    kind: Literal["module", "function", "class", "lambda", "external"] = "function"


@dataclass(frozen=True, slots=True)
class Edge:
    """`caller` calls `callee` at `file:line`."""

    caller: str
    callee: str
    kind: EdgeKind = "call"
    confidence: Confidence = "sure"
    reason: str = ""
    """for a newcomer ("iterating a DataLoader calls its dataset's `__getitem__`"); "" for a plain call"""
    file: str | None = None
    line: int = 0
    """of the call site"""
    observed: bool = False
    """a run was seen to make this call"""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Who calls whom, as far as it is reached from the entry."""

    entry: str
    """node id of the entry point"""
    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...] = ()
    """files skipped, budgets reached"""
    _out: dict[str, list[Edge]] = field(
        default_factory=lambda: defaultdict[str, list[Edge]](list), repr=False, compare=False
    )
    _in: dict[str, list[Edge]] = field(
        default_factory=lambda: defaultdict[str, list[Edge]](list), repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for edge in self.edges:
            self._out[edge.caller].append(edge)
            self._in[edge.callee].append(edge)

    def out_of(self, node: str) -> list[Edge]:
        """Edges that leave `node`, in the order of their call sites."""
        return self._out.get(node, [])

    def into(self, node: str) -> list[Edge]:
        """Edges that reach `node`."""
        return self._in.get(node, [])
