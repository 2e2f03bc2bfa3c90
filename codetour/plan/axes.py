"""Names of dimensions, as the code itself names them: `B, T, C = x.size()`, `n_embd`, `batch_size`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from codetour.knowledge.tables import read_toml
from codetour.model.text import clean
from codetour.plan.defaults import Options
from codetour.plan.landmarks import source_of
from codetour.plan.moments import Moment
from codetour.plan.program import dotted_text

MOST: Final = 24
_SHAPE: Final = re.compile(r"(\.size\(\)|\.shape)$|\.shape\[|\.size\(")
_NAME: Final = re.compile(r"[A-Za-z]\w{0,29}")


def find_axes(moments: Sequence[Moment], options: Options) -> dict[str, str]:
    """Name -> meaning; shapes that are taken apart come first, then sizes among the options."""
    words = cast("Mapping[str, str]", read_toml("axes")["axis"])
    found: dict[str, str] = {}
    for moment in moments:
        for name, comment in _taken_apart(moment):
            if name not in found and len(found) < MOST:
                found[name] = words.get(name) or comment or _meaning(name, words)
    for name in sorted(options.places):
        if name in words and name not in found and len(found) < MOST:
            found[name] = words[name]
    return {name: meaning for name, meaning in found.items() if meaning}


def _taken_apart(moment: Moment) -> Iterable[tuple[str, str]]:
    """Names on the left of `a, b, c = x.size()`, with the words of the comment behind it in order."""
    node = moment.statement
    if (
        not isinstance(node, ast.Assign)
        or len(node.targets) != 1
        or not isinstance(node.targets[0], ast.Tuple)
    ):
        return
    if not _SHAPE.search(source_of(node.value)):
        return
    line = moment.frame.module.source.line(node.lineno)
    words = [w.strip() for w in line.partition("#")[2].partition("(")[0].split(",")]
    names = [dotted_text(e) for e in node.targets[0].elts]
    for i, name in enumerate(names):
        if _NAME.fullmatch(name) and name != "_":
            fits = len(words) >= len(names) and 0 < len(words[i].split()) <= 3
            yield name, clean(words[i], 40) if fits else ""


def _meaning(name: str, words: Mapping[str, str]) -> str:
    """By a part of the name (`in_channels` -> channels)."""
    parts = name.lower().split("_")
    return next((words[p] for p in reversed(parts) if len(p) > 1 and p in words), "")
