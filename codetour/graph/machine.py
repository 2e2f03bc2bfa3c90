"""The abstract machine: it "runs" a program on what values may be, and notes who calls whom.

Functions are run when they are called, in the order of the program, once per kind of arguments. Both ways of a
branch are taken, a loop's body is taken at most twice, recursion is cut, and everything is counted against a
budget, so that it always ends. Frameworks are small programs too (`frameworks_*.toml`): while one of those runs, the
calls it makes are noted as made by the repository's function that called the framework.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from codetour.graph.values import NOTHING, Atom, Const, Func, Klass, Obj, Value, join
from codetour.model.graph import Confidence, Edge, EdgeKind, Node

if TYPE_CHECKING:
    from codetour.graph.frameworks import Frameworks
    from codetour.graph.loading import Loader
    from codetour.graph.lowering import Op
    from codetour.progress import Progress

MOST_CONTEXTS: Final = 6
"""kinds of arguments for which one function is run apart; more are run as one"""
MOST_SMALL_CONTEXTS: Final = 16
"""the same for functions of a few statements: many hand their argument back, and mixing those up spreads"""
SMALL: Final = 4
MOST_STUB_CONTEXTS: Final = 120
"""the same for a framework's model, per line that calls it: hooks are told apart by their names"""
DEEPEST_CALLS: Final = 70
MOST_RUNS: Final = 3
"""times one function is run again in a round because its arguments or their contents grew"""

CONFIDENCE_ORDER: Final[dict[Confidence, int]] = {"sure": 0, "model": 1, "may": 2}


@dataclass(eq=False, slots=True)
class Scope:
    """Names and what they may be now."""

    names: dict[str, Value]
    parent: Scope | None = None
    own: frozenset[str] = frozenset()
    """names that never come from outside"""


@dataclass(eq=False, slots=True)
class Module:
    """A file of the tree, or a framework's model."""

    name: str
    """node id"""
    file: str
    place: str
    """the file, or the folder of a package"""
    scope: Scope = field(default_factory=lambda: Scope({}))
    stub: bool = False
    main: bool = False
    state: int = 0
    """the round in which the body was run last"""
    entered: bool = False
    exports: list[str] | None = None
    import_name: str = ""


@dataclass(slots=True)
class Site:
    """Where the repository's own code stands."""

    node: str
    file: str
    line: int


@dataclass(eq=False, slots=True)
class Args:
    """Arguments of a call."""

    pos: list[Value] = field(default_factory=list[Value])
    star: Value = ()
    """elements of a sequence of unknown length, after `pos`"""
    kw: dict[str, Value] = field(default_factory=dict[str, Value])
    more: Value = ()
    """values of keywords that are unknown"""

    def first(self, index: int, name: str = "") -> Value:
        """Argument `index`, or keyword `name`."""
        if index < len(self.pos):
            return self.pos[index]
        return self.kw.get(name) or self.star

    def everything(self) -> list[Value]:
        return [*self.pos, self.star, *self.kw.values(), self.more]


@dataclass(eq=False, slots=True)
class Activation:
    """One function with one kind of arguments."""

    number: int
    func: Func
    params: dict[str, Value]
    returns: Value = ()
    yields: Value = ()
    round: int = 0
    runs: int = 0
    version: int = -1
    running: bool = False
    scope: Scope | None = None


@dataclass(eq=False, slots=True)
class Frame:
    """A function or body that is being run."""

    module: Module
    scope: Scope
    node: str
    number: int
    func: Func | None = None
    caller: Site | None = None
    """for a framework's model: where the repository called it"""
    line: int = 0
    reason: str = ""
    activation: Activation | None = None
    dead: bool = False
    klass: Klass | None = None
    """the class whose body this is"""
    prefix: str = ""
    """qualname of what is being run, with a dot at its end"""
    each: set[str] = field(default_factory=set[str])
    """loop variables: all that they may be is had in turn"""

    def site(self) -> Site:
        """The place in the repository that this frame works for."""
        return self.caller or Site(self.node, self.module.file, self.line)


Native = Callable[["Machine", Frame, Args, Any, "Atom | None"], Value]
"""what one of Python's own functions gives, called at a site, with the object whose method it is"""


class OutOfBudget(Exception):
    """Steps or seconds are used up; what is known so far stands."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop."""

    files: int = 4000
    seconds: float = 60.0
    steps: int = 8_000_000
    rounds: int = 2


class Machine:
    """State of one run. The tables of operations are handed in, which keeps the modules that hold them apart."""

    def __init__(
        self,
        loader: Loader,
        frameworks: Frameworks,
        *,
        expressions: dict[str, Callable[[Machine, Frame, Op], Value]],
        statements: dict[str, Callable[[Machine, Frame, Op], None]],
        limits: Limits,
        progress: Progress,
    ) -> None:
        self.loader = loader
        self.frameworks = frameworks
        self.limits = limits
        self.progress = progress
        self._expressions = expressions
        self._statements = statements
        self.edges: dict[tuple[str, str, str, int], Edge] = {}
        self.nodes: dict[str, Node] = {}
        self.order: dict[str, int] = {}
        self.modules: dict[str, Module] = {}
        self.activations: dict[Any, Activation] = {}
        self.contexts: dict[Any, int] = {}
        self.objects: dict[Any, Obj] = {}
        self.interned: dict[Any, Any] = {}
        self.unlooped: dict[Obj, tuple[Frame, int]] = {}
        """what `map` and `filter` gave and nobody has looped over, with the place that made it"""
        self.waiting: list[Callable[[], None]] = []
        self.round = 1
        self.depth = 0
        self.numbers = 0
        self.token = 0
        self.tokens = 0
        self.steps = 0
        self.stale = False
        self.quiet = 0
        self.importing = 0
        """modules that are being run, one inside the other"""
        self.deepest_imports = sys.maxsize
        self.at = ""
        """the file that is being run, for the progress line"""
        self.given: dict[str, str] = {}
        """option -> the text that the launch gives it; "" for a flag"""
        self.words: frozenset[str] = frozenset()
        """words of the launch that are no options: subcommands, files"""
        self.decorating: tuple[Any, int] | None = None
        """the decorated definition and the depth of its decorator's call"""
        self.ends_at = time.process_time() + limits.seconds

    # -- running

    def eval(self, frame: Frame, op: Op) -> Value:
        """What expression `op` may be."""
        return self._expressions[op[0]](self, frame, op)

    def run(self, frame: Frame, body: list[Op]) -> None:
        """Run statements in order until one leaves."""
        for op in body:
            self.tick()
            self._statements[op[0]](self, frame, op)
            if frame.dead:
                return

    def tick(self) -> None:
        """Count a step; ends the run when the budget is used up."""
        self.steps += 1
        if not self.steps & 4095:
            self.progress.check()
            self.progress.advance(len(self.loader.read), None, self.at)
            if self.steps > self.limits.steps or self.seconds_left() < 0:
                raise OutOfBudget

    def seconds_left(self) -> float:
        """CPU seconds of the budget, those of other processes that work for this one counted."""
        return self.ends_at - time.process_time() - self.loader.spent

    def number(self) -> int:
        """A fresh number for a frame."""
        self.numbers += 1
        return self.numbers

    # -- branches

    def apart(self, frame: Frame, ways: list[Callable[[], None]]) -> None:
        """Take each way from the same start, then join what they left."""
        scope = frame.scope
        before, token = scope.names, self.token
        ends: list[dict[str, Value]] = []
        for way in ways:
            scope.names = dict(before)
            self.tokens += 1
            self.token = self.tokens
            frame.dead = False
            way()
            if not frame.dead:
                ends.append(scope.names)
        self.token = token
        frame.dead = not ends
        scope.names = merge(ends) if ends else before

    # -- objects

    def alloc(self, frame: Frame, site: Any, kind: str, cls: Any = None) -> Obj:
        """The object made at `site` in this frame's context: the same one each time."""
        key = (frame.module.name, site, frame.number, kind, cls)
        obj = self.objects.get(key)
        if obj is None:
            obj = self.objects[key] = Obj(kind, cls, token=self.token)
        elif obj.token != self.token:
            obj.token = -1  # made more than once: changes add up from now on
        return obj

    def grow(self, obj: Obj, table: dict[Any, Value], key: Any, value: Value) -> None:
        """Set `table[key]` of `obj`: replaced when the object was made in this very branch, else added."""
        old = table.get(key, NOTHING)
        new = value if obj.token == self.token else join(old, value)
        if new != old:
            obj.version += 1
        table[key] = new

    # -- what is found

    def emit(
        self,
        frame: Frame,
        callee: str,
        *,
        kind: EdgeKind = "call",
        confidence: Confidence = "sure",
        reason: str = "",
    ) -> None:
        """Note that the repository's code at `frame` calls `callee`."""
        if self.quiet:
            return
        site = frame.site()
        if frame.caller is not None:
            if callee in self.nodes and self.nodes[callee].file is None:
                return
            kind = "framework" if kind != "registry" else kind
            confidence = "model" if confidence == "sure" else confidence
            reason = (frame.reason or reason).replace("{callee}", callee.rpartition(".")[2])
        key = (site.node, callee, site.file, site.line)
        old = self.edges.get(key)
        if old is None or CONFIDENCE_ORDER[confidence] < CONFIDENCE_ORDER[old.confidence]:
            self.edges[key] = Edge(site.node, callee, kind, confidence, reason, site.file, site.line)

    def external(self, name: str) -> str:
        """The node of something outside the tree."""
        if name not in self.nodes:
            self.nodes[name] = Node(name, None, name.rpartition(".")[2], 0, 0, "external")
        return name


def merge(ends: list[dict[str, Value]]) -> dict[str, Value]:
    """Name tables of several ways joined."""
    first = ends[0]
    for other in ends[1:]:
        if other is first:
            continue
        for name, value in other.items():
            old = first.get(name)
            if old is not value:
                first[name] = join(old, value) if old else value
    return first


def relevant(value: Value) -> Value:
    """The atoms that make calls differ: numbers do not."""
    for atom in value:
        if isinstance(atom, Const) and not isinstance(atom.value, str):
            return tuple(a for a in value if not isinstance(a, Const) or isinstance(a.value, str))
    return value
