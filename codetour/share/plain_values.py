"""Values without what they hold: names, types, shapes, sizes, numbers and settings stay, contents of data go.

Everything here names what may stay; what is not recognised is taken to be somebody's data.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from codetour.model.value import Change, Value
from codetour.record.redact import redact

CONTENTS: Final = "contents"
"""what is said of a change that only data would explain"""

_NUMBER: Final = r"-?(?:\d[\d,]*(?:\.\d+)?(?:e[+-]?\d{1,3})?|nan|inf)%?"
_SHAPE: Final = r"(?:\w{1,40}=)?\d+(?: ?× ?(?:\w{1,40}=)?\d+)*|scalar"
_TYPE: Final = r"[A-Za-z_][\w.\[\]]{0,60}"
_SIZE: Final = r"[\d,.]+[kMG]? (?:items?|keys?|batch(?:es)?|parameters|characters?)"
_DATA: Final = frozenset(
    {"first", "gradient", "columns", "name", "name_or_path", "mean", "std", "min", "max", "nan", "NaN", "Inf", "all",
     "sampled", "zero", "true", "missing", "file", "path", "at", "text", "names", "levels", "last", "classes",
     "message"}
)  # fmt: skip
"""facts that tell contents or statistics of data, what they were made from, or what somebody called it"""
_FACT: Final = re.compile(
    rf"{_NUMBER}(?:, {_NUMBER}){{0,3}}|\(?{_NUMBER}(?:, ?{_NUMBER}){{0,3}},?\)?|{_SHAPE}|True|False|None|train|eval"
    rf"|all|leaf|one|shuffled|in order|as it comes|yes|no|\d+ to \d+"
    rf"|empty: no step yet|for \d+ tensors(?:, [\d.e+-]+ MB)?|[\d,]+ of [\d,]+|\w{{1,40}}Backward\d*"
)
_FACT_NAME: Final = re.compile(r"[A-Za-z_][\w-]{0,40}")
_PART: Final = re.compile(
    rf"{_NUMBER}|{_SHAPE}|{_TYPE}|{_SIZE}|(?:cuda|mps|xpu|cpu)(?::\d+)?|True|False|None"
)
_OPENING: Final = re.compile(r"(?:^|  )[\[({']")
"""where a text or what a container holds begins: blanks inside may look like the end of a part"""
_MOVED: Final = re.compile(
    rf"{_NUMBER} → {_NUMBER}|shape .{{1,200}} → .{{1,200}}|size [\d,]+ → [\d,]+|size|another {_TYPE}"
    rf"|weights moved by [\w .%]{{1,40}}|(?:True|False|None) → (?:True|False|None)|{_TYPE} \S* → {_TYPE} \S*"
)
_FACT_MOVED: Final = re.compile(r"(\w{1,40}) (.{1,80}) → (.{1,80})")
_SHAPE_MOVED: Final = re.compile(rf"shape (?:{_SHAPE}|{_TYPE}) → (?:{_SHAPE}|{_TYPE})")
_TYPE_MOVED: Final = re.compile(rf"{_TYPE} → {_TYPE}")


def plain_fact(name: str, text: str) -> bool:
    """Whether a fact about a value is a setting or a size."""
    named = _FACT_NAME.fullmatch(name) is not None and name not in _DATA
    return named and _FACT.fullmatch(text) is not None


def plain_value(value: Value) -> Value:
    """The value with names, types, shapes and numbers only."""
    scalar = None if isinstance(value.scalar, str) else value.scalar
    size = value.size if value.size is not None or not isinstance(value.scalar, str) else len(value.scalar)
    return replace(
        value,
        name=redact(value.name),
        scalar=scalar,
        size=size,
        stats={},
        facts={k: v for k, v in value.facts.items() if plain_fact(k, v)},
        items=tuple(plain_value(item) for item in value.items),
        ref=0,
    )


def plain_change(change: Change) -> Change:
    """The change in words that hold no data."""
    return replace(change, name=redact(change.name), text=_plain_text(change))


def _plain_text(change: Change) -> str:
    if change.mark == "~":
        return change.text if _moved(change.text) else CONTENTS
    # `f32  B=4 × T=32  first 0 0 14`: what a value is, then facts; nothing from where contents open
    kept: list[str] = []
    for part in _OPENING.split(change.text, maxsplit=1)[0].split("  "):
        if _PART.fullmatch(part):
            kept.append(part)
        else:
            facts = [tuple(fact.split(" ", 1)) for fact in part.split(" · ")]
            kept += [" ".join(f) for f in facts if len(f) == 2 and plain_fact(f[0], f[1])]
    return "  ".join(kept)


def _moved(text: str) -> bool:
    if text.startswith("shape "):
        return _SHAPE_MOVED.fullmatch(text) is not None
    fact = _FACT_MOVED.fullmatch(text)
    if fact is not None and not _MOVED.fullmatch(text):
        return all(plain_fact(fact[1], side) for side in (fact[2], fact[3]))
    return (_MOVED.fullmatch(text) or _TYPE_MOVED.fullmatch(text)) is not None and "'" not in text
