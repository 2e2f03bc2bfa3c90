"""Small facts about the program that words are made of: what names were made by, which optimizer, which loss."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from codetour.plan.landmarks import assigned_names
from codetour.plan.moments import Moment
from codetour.plan.program import dotted_text

_OPTIMIZER: Final = re.compile(
    r"(^|\.)(optim|optimizers)\.[A-Z]\w+$|^optax\.\w+$|(^|\.)([A-Z]\w*)?(Adam|SGD|RMSprop|Adagrad|Adadelta|LBFGS|Lion|Optimizer)\w*$"
    r"|(^|\.)(configure_optimizers|create_optimizer\w*|build_optimizer|get_optimizer|make_optimizer)$"
)
"""calls that make an optimizer"""
_SAYS_NOTHING: Final = frozenset(
    ("getattr", "init_obj", "instantiate", "get", "build", "create", "make", "partial", "to")
)
_BUILTIN: Final = frozenset(
    ("print", "len", "range", "enumerate", "zip", "int", "float", "str", "list", "dict", "super")
)


@dataclass(slots=True)
class Facts:
    """What was made by what, seen on the walk."""

    made: dict[str, str] = field(default_factory=dict[str, str])
    """last part of a name -> dotted name of the call whose result it was given first"""
    optimizers: list[Moment] = field(default_factory=list[Moment])

    def maker(self, name: str) -> str:
        """Short name of what made `name`, or "" where it is not known or says nothing."""
        made = self.made.get(name, "").removesuffix("()").rpartition(".")[2]
        return "" if made in _SAYS_NOTHING else made


def gather(moments: Sequence[Moment]) -> Facts:
    """Facts from the statements that a default run passes."""
    facts = Facts()
    for moment in sorted(moments, key=lambda m: m.rank):
        value = getattr(moment.statement, "value", None)
        if not isinstance(value, ast.Call):
            continue
        maker = moment.frame.module.dotted(dotted_text(value.func))
        if _OPTIMIZER.search(maker) and moment.doubt <= 1 and moment not in facts.optimizers:
            facts.optimizers.append(moment)
        if not maker or maker in _BUILTIN:
            continue
        for name in assigned_names(moment.statement):
            facts.made.setdefault(name.rpartition(".")[2], maker)
    return facts


def watched(moment: Moment, *, most: int = 6) -> tuple[str, ...]:
    """Names worth showing at a stop: parameters and first results of a function, else what the statement uses."""
    found: dict[str, None] = {}
    if moment.enter and moment.frame.definition:
        spec = moment.frame.definition.args
        found.update(dict.fromkeys(a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)))
    else:
        found.update(dict.fromkeys(assigned_names(moment.statement)))
        if isinstance(moment.statement, (ast.For, ast.AsyncFor)):
            found.update(
                dict.fromkeys(n.id for n in ast.walk(moment.statement.target) if isinstance(n, ast.Name))
            )
    found.update(dict.fromkeys(_used(moment)))
    names = (n for n in found if n not in {"self", "cls", "_"} and "[]" not in n and "()" not in n)
    return tuple(names)[:most]


def _used(moment: Moment) -> Iterable[str]:
    """Variables that the statement's header reads, left to right; no modules, functions or classes."""
    module = moment.frame.module
    statement = moment.statement
    parts: list[ast.AST] = [statement]
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        parts = [statement.iter]
    elif isinstance(statement, (ast.If, ast.While)):
        parts = [statement.test]
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        parts = [i.context_expr for i in statement.items]
    for part in parts:
        called = {id(n.func) for n in ast.walk(part) if isinstance(n, ast.Call)}
        for node in ast.walk(part):
            if not isinstance(node, ast.Name) or id(node) in called or node.id in _BUILTIN:
                continue
            if (
                node.id not in module.imports
                and node.id not in module.functions
                and node.id not in module.classes
            ):
                yield node.id
