"""The ways in which one function runs: `run_epoch("train")` and `run_epoch("test")` pass other branches of it.

Only arguments that a condition in the function asks for tell ways apart, and only where their values are known.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from codetour.plan.constants import Known, Symbol
from codetour.plan.program import Function

Variant = tuple[tuple[str, object], ...]
"""the telling parameters and their values; () where nothing tells"""
_MOST: Final = 4


@lru_cache(maxsize=4096)
def telling(definition: Function) -> tuple[str, ...]:
    """The parameters that a condition of the function's own names."""
    spec = definition.args
    names = {a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)} - {"self", "cls"}
    asked: dict[str, None] = {}
    for node in ast.walk(definition):
        if isinstance(node, (ast.If, ast.IfExp)):
            found = (n.id for n in ast.walk(node.test) if isinstance(n, ast.Name))
            asked.update(dict.fromkeys(n for n in found if n in names))
    return tuple(asked)[:_MOST]


def variant_of(definition: Function, env: Mapping[str, Known | None]) -> Variant:
    """What the telling parameters are worth: texts, truth values and members of enumerations."""
    found: list[tuple[str, object]] = []
    for name in telling(definition):
        known = env.get(name)
        if known is not None and not known.varies and isinstance(known.value, str | bool | Symbol):
            found.append((name, known.value))
    return tuple(found)
