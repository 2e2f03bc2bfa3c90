"""What the text of a model's method says of it: it only hands on, it is one formula, it prepares data."""

from __future__ import annotations

import ast
import re
from typing import Final

from codetour.plan.moments import Frame
from codetour.plan.program import Function, dotted_text

_PREPARES: Final = re.compile(r"(?i)augment|transforms?$|preprocess")
"""modules that change the data on its way to the model"""


def stands_for(frame: Frame, tops: frozenset[str]) -> bool:
    """Does the pass of the same model only hand on to this method?"""
    outer = frame.parent
    if outer is None or outer.node.id not in tops or not says_little(outer.definition):
        return False
    own = f"self.{frame.node.qualname.rpartition('.')[2]}"
    body = ast.walk(outer.definition) if outer.definition is not None else ()
    return any(isinstance(n, ast.Call) and dotted_text(n.func) == own for n in body)


def prepares(frame: Frame) -> bool:
    """Does it change the data on its way to the model?"""
    file = frame.module.file.rpartition("/")[2].partition(".")[0]
    return any(_PREPARES.search(name) for name in (frame.owner, file))


def says_little(definition: Function | None) -> bool:
    """Only passes on to another function."""
    if definition is None:
        return False
    work = [n for n in definition.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    if len(work) > 2 or not all(isinstance(n, (ast.Return, ast.If)) for n in work):
        return False
    returned = [n.value for top in work for n in ast.walk(top) if isinstance(n, ast.Return)]
    return all(isinstance(v, ast.Call) for v in returned)


def is_formula(definition: Function | None) -> bool:
    """One line without layers of its own: an activation, a reshape."""
    if definition is None or len(definition.body) != 1:
        return False
    calls = [n for n in ast.walk(definition.body[0]) if isinstance(n, ast.Call)]
    return not any(dotted_text(n.func).startswith("self.") for n in calls)
