"""Moments of the walk -> candidates: places that are evidence of a stage, each with its weight and reason."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from codetour.knowledge.landmarks import Rule, landmark_rules
from codetour.model.graph import CallGraph
from codetour.model.stage import Stage
from codetour.plan.moments import Moment
from codetour.plan.program import Function, blocks, dotted_text

LONGEST: Final = 600
"""characters of a statement that rules look at"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment that could become a stop of a stage."""

    moment: Moment
    stage: Stage
    slot: str
    weight: float
    concept: str
    why: str
    subject: str = ""
    """the class that is made here, for a place that makes one"""

    @property
    def place(self) -> tuple[str, int]:
        """File and line."""
        return self.moment.file, self.moment.line


@dataclass(frozen=True, slots=True)
class Look:
    """What rules are matched against, for one statement."""

    text: str
    calls: tuple[str, ...]
    """dotted names, as written and with imports resolved"""
    outside: tuple[str, ...]
    """those of them that lead to no code of the repository"""
    assigned: tuple[str, ...]
    over: str


class Finder:
    """Matches the rules of landmarks.toml against moments."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._looks: dict[tuple[str, int, bool], Look] = {}

    def find(self, moments: Iterable[Moment]) -> list[Candidate]:
        """The best candidate of each (place, stage)."""
        best: dict[tuple[str, int, Stage], Candidate] = {}
        for moment in moments:
            for candidate in self.of(moment):
                key = (*candidate.place, candidate.stage)
                old = best.get(key)
                if old is None or _better(candidate, old):
                    best[key] = candidate
        return sorted(best.values(), key=lambda c: (c.moment.order, c.stage))

    def look(self, moment: Moment) -> Look:
        """The statement as rules see it."""
        key = (moment.file, moment.line, moment.enter)
        if key not in self._looks:
            try:
                self._looks[key] = self._make_look(moment)
            except RecursionError:
                self._looks[key] = Look("", (), (), (), "")
        return self._looks[key]

    def of(self, moment: Moment) -> list[Candidate]:
        """What one moment is evidence of."""
        if moment.enter and is_property(moment.frame.definition):
            return []
        look = self.look(moment)
        found: list[Candidate] = []
        for rule in landmark_rules():
            if (rule.enter is not None) is not moment.enter:
                continue
            reason = _match(rule, moment, look)
            if reason:
                found.append(Candidate(moment, rule.stage, rule.slot, rule.weight, rule.concept, reason))
        return found

    def _make_look(self, moment: Moment) -> Look:
        module = moment.frame.module
        calls: list[str] = []
        outside: list[str] = []
        inside = {
            part
            for e in moment.callees
            if (n := self._graph.nodes.get(e.callee)) and n.file
            for part in _names(e.callee)
        }
        for call in calls_of(moment.statement):
            written = dotted_text(call.func)
            resolved = module.dotted(written)
            calls.extend({written: 0, resolved: 0})
            if written.removesuffix("()").rpartition(".")[2] not in inside:
                outside.extend({written: 0, resolved: 0})
        outer = self._outside_edges(moment)
        calls.extend(outer)
        outside.extend(outer)
        over = ""
        if isinstance(moment.statement, (ast.For, ast.AsyncFor)):
            over = source_of(moment.statement.iter)
        return Look(
            header_text(moment.statement),
            tuple(calls),
            tuple(outside),
            assigned_names(moment.statement),
            over,
        )

    def _outside_edges(self, moment: Moment) -> list[str]:
        """What the call graph knows of library calls here (`optimizer.step` -> `torch.optim.SGD.step`)."""
        last = header_end(moment.statement)
        found = (e for e in self._graph.out_of(moment.frame.node.id) if moment.line <= e.line <= last)
        nodes = (self._graph.nodes.get(e.callee) for e in found if e.file == moment.file)
        return [n.id for n in nodes if n and n.file is None and not n.id.startswith("<")]


def is_property(definition: Function | None) -> bool:
    """A value that is asked for like an attribute (`meter.average_loss`) is no step of the program."""
    decorators = definition.decorator_list if definition else []
    return any(dotted_text(d).rpartition(".")[2] in {"property", "cached_property"} for d in decorators)


def header_end(statement: ast.stmt) -> int:
    """Last line of a statement, of a block only of its header."""
    inside = blocks(statement)
    if inside and inside[0]:
        return max(statement.lineno, inside[0][0].lineno - 1)
    return statement.end_lineno or statement.lineno


def _names(callee: str) -> list[str]:
    parts = callee.split(".")
    return parts[-2:] if parts[-1].startswith("__") else parts[-1:]


def _better(new: Candidate, old: Candidate) -> bool:
    if new.weight != old.weight:
        return new.weight > old.weight
    return new.moment.rank < old.moment.rank


def _match(rule: Rule, moment: Moment, look: Look) -> str:
    """Why the rule holds, or ""."""
    reason = ""
    if rule.loop and not moment.loops:
        return ""
    if rule.enter is not None:
        if not rule.enter.search(moment.symbol):
            return ""
        reason = f"`{moment.symbol}` runs"
    if rule.call is not None:
        names = look.calls if rule.project is None else _side(look, outside=not rule.project)
        hit = next((c for c in names if rule.call.search(c)), None)
        if hit is None:
            return ""
        reason = f"calls `{hit}`"
    if rule.over is not None:
        if not look.over or not rule.over.search(look.over):
            return ""
        reason = f"goes over `{look.over[:60]}`"
    if rule.assign is not None:
        hit = next((a for a in look.assigned if rule.assign.search(a)), None)
        if hit is None:
            return ""
        reason = reason or f"sets `{hit}`"
    if rule.text is not None:
        if not rule.text.search(look.text):
            return ""
        reason = reason or "it reads like one of its kind"
    if rule.unless is not None and rule.unless.search(moment.symbol if rule.enter else look.text):
        return ""
    if rule.inside is not None and not rule.inside.search(moment.symbol):
        return ""
    if rule.file is not None and not rule.file.search(moment.file):
        return ""
    return reason


def _side(look: Look, *, outside: bool) -> tuple[str, ...]:
    return look.outside if outside else tuple(c for c in look.calls if c not in look.outside)


def calls_of(statement: ast.stmt) -> list[ast.Call]:
    """The calls in a statement's header, outermost first, not those of nested blocks, functions or lambdas."""
    found: list[ast.Call] = []

    def go(node: ast.AST) -> None:
        if isinstance(node, ast.Call):
            found.append(node)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.Lambda)):
                go(child)

    go(statement)
    return found


def header_text(statement: ast.stmt) -> str:
    """The statement on one line; of a block only its header."""
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return f"for {source_of(statement.target)} in {source_of(statement.iter)}:"
    if isinstance(statement, ast.While):
        return f"while {source_of(statement.test)}:"
    if isinstance(statement, ast.If):
        return f"if {source_of(statement.test)}:"
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return f"with {', '.join(source_of(i.context_expr) for i in statement.items)}:"
    return source_of(statement)


def source_of(node: ast.AST) -> str:
    """The code of a node on one line, cut; "" for what is nested too deeply."""
    try:
        return ast.unparse(node).replace("\n", " ")[:LONGEST]
    except (RecursionError, ValueError):
        return ""


def assigned_names(statement: ast.stmt) -> tuple[str, ...]:
    """Dotted names that the statement assigns, tuples taken apart."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets = [statement.target]
    elif isinstance(statement, (ast.For, ast.AsyncFor)):
        targets = []
    names: list[str] = []
    while targets:
        target = targets.pop(0)
        if isinstance(target, (ast.Tuple, ast.List)):
            targets[:0] = target.elts
        elif name := dotted_text(target.value if isinstance(target, ast.Starred) else target):
            names.append(name)
    return tuple(names)


def names_in(statement: ast.stmt) -> tuple[str, ...]:
    """Dotted names that a statement mentions."""
    found = (dotted_text(n) for n in ast.walk(statement) if isinstance(n, (ast.Name, ast.Attribute)))
    return tuple(dict.fromkeys(name for name in found if "(" not in name))
