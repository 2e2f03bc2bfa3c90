"""What the walk produces: statements in running order, each with where it stands and how sure it is to run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Final

from codetour.model.graph import Edge, Node
from codetour.model.tour import CallStep
from codetour.plan.constants import Known
from codetour.plan.program import Function, Module

FRAMEWORK_STEP: Final = frozenset(("framework", "registry", "protocol"))
"""kinds of edges that the eye does not see"""


@dataclass(frozen=True, slots=True, order=True)
class Chance:
    """How likely a default run passes."""

    doubt: int = 0
    """undecided conditions on the way here; 0 means that it passes"""
    late: bool = False
    """it passes, but not the first time round (every tenth step)"""

    def doubted(self, more: int) -> Chance:
        """With `more` open conditions."""
        return Chance(self.doubt + more, self.late) if more else self

    def later(self) -> Chance:
        """Not the first time round."""
        return Chance(self.doubt, late=True)


@dataclass(slots=True)
class Frame:
    """A function (or module body) being walked, and the frame that called it."""

    node: Node
    module: Module
    definition: Function | None
    parent: Frame | None = None
    edge: Edge | None = None
    """the edge that led here"""
    line: int = 0
    """of the call in the parent"""
    chance: Chance = field(default_factory=Chance)
    loops: int = 0
    env: dict[str, Known | None] = field(default_factory=dict[str, Known | None])
    results: dict[tuple[int, int], Known | None] = field(default_factory=dict[tuple[int, int], Known | None])
    """what calls in this frame gave back, by position"""
    returned: list[Known | None] = field(default_factory=list[Known | None])
    depth: int = 0
    leaving: int = 0
    """ways out of the function that may have been taken before the statement at hand"""
    evaluating: bool = False
    """this function, or one that called it, evaluates"""

    @property
    def owner(self) -> str:
        """The class that the function is a method of, or ""."""
        head, _, _ = self.node.qualname.rpartition(".")
        return head if head in self.module.classes else ""

    def path(self) -> tuple[CallStep, ...]:
        """From the entry to the call that led here."""
        steps: list[CallStep] = []
        frame: Frame = self
        while frame.parent is not None:
            parent = frame.parent
            reason = frame.edge.reason if frame.edge and frame.edge.kind in FRAMEWORK_STEP else ""
            steps.append(CallStep(parent.node.qualname, parent.module.file, frame.line, reason))
            frame = parent
        return tuple(reversed(steps))


@dataclass(frozen=True, slots=True)
class Moment:
    """A statement about to run for the first time."""

    order: int
    frame: Frame
    statement: ast.stmt
    chance: Chance
    loops: int
    """loops around it, those of callers included"""
    enter: bool = False
    """the function's first statement, standing for the whole function"""
    callees: tuple[Edge, ...] = ()
    """edges that leave here"""

    @property
    def doubt(self) -> int:
        """Undecided conditions on the way here."""
        return self.chance.doubt

    @property
    def late(self) -> bool:
        """Not the first time round."""
        return self.chance.late

    @property
    def file(self) -> str:
        """Of the statement."""
        return self.frame.module.file

    @property
    def line(self) -> int:
        """First physical line."""
        return self.statement.lineno

    @property
    def symbol(self) -> str:
        """Qualname of the function."""
        return self.frame.node.qualname

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The surest and earliest visit of a line wins."""
        return (self.doubt, self.late, self.order)
