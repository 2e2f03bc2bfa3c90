"""What changed between two stops: new, changed and gone names, most telling first.

Names are compared function by function: a stop in another function starts afresh there, while the functions that
both stacks share show what moved on in them.
"""

from __future__ import annotations

from typing import Final

from codetour.model.value import Change, Frame, Seen, Value
from codetour.model.value_text import details, scalar_text, shape_text

_MOST: Final = 24
_STATS: Final = ("mean", "std", "min", "max", "nan")
_KEPT: Final = frozenset(
    {"tensor", "array", "module", "optimizer", "frame", "loader", "dataset", "estimator", "scheduler"}
)
"""kinds that are kept first where a frame holds too many names; only about these is absence certain"""


def changes(before: Seen | None, after: Seen) -> tuple[Change, ...]:
    """The differences in the program's own frames, innermost function first; at most 24."""
    if before is None:
        return ()
    old = _frames(before)
    shown = {_identity(v) for f in old.values() for v in f.values if v.ref}
    found: list[tuple[int, Change]] = []
    for depth, (key, frame) in enumerate(_frames(after).items()):
        if depth and key not in old:
            continue  # a caller met on the way: what it holds is background
        here = _compare(old[key], frame) if key in old else _entered(frame, shown)
        found += [(rank + 10 * depth, c) for rank, c in here if not depth or c.mark == "~"]
    found.sort(key=lambda pair: pair[0])
    return tuple(change for _, change in found[:_MOST])


def _frames(seen: Seen) -> dict[tuple[str, str], Frame]:
    """The innermost frame of each function of the tree."""
    made: dict[tuple[str, str], Frame] = {}
    for frame in seen.frames:
        if frame.inside:
            made.setdefault((frame.file, frame.symbol), frame)
    return made


def _identity(value: Value) -> tuple[str, int]:
    """An object is the same under any name; equal small numbers are one object by chance."""
    return (value.name if value.kind in {"scalar", "text", "none"} else "", value.ref)


def _entered(frame: Frame, shown: set[tuple[str, int]]) -> list[tuple[int, Change]]:
    """A function that was not on the stack before: what it was handed by those that were is not new."""
    fresh = [v for v in frame.values if _identity(v) not in shown and v.kind != "none"]
    return [(6, Change("+", v.name, details(v))) for v in fresh if v.name not in {"self", "cls"}]


def _compare(old: Frame, new: Frame) -> list[tuple[int, Change]]:
    found: list[tuple[int, Change]] = []
    earlier = {v.name: v for v in old.values}
    told: set[tuple[int, str]] = set()
    for value in new.values:
        if value.name.startswith("__"):
            continue
        before = earlier.pop(value.name, None)
        if before is None:
            if not old.omitted or value.kind in _KEPT:
                found.append((2, Change("+", value.name, details(value))))
        elif text := _difference(before, value):
            # one object under two names (`model`, `raw_model`) changes once
            if value.ref and value.kind in _KEPT and (value.ref, text) in told:
                continue
            told.add((value.ref, text))
            first = value.kind in {"tensor", "array", "scalar", "module"}
            found.append((0 if first else 1, Change("~", value.name, text)))
    gone = [v for v in earlier.values() if not new.omitted or v.kind in _KEPT]
    return found + [(4, Change("-", v.name, details(v))) for v in gone if not v.name.startswith("__")]


def _difference(old: Value, new: Value) -> str:
    """What is different, in a few words; "" when nothing that shows."""
    numbers = isinstance(old.scalar, int | float) and isinstance(new.scalar, int | float)
    if numbers:
        # a loss that was a plain number and is a tensor now is still a number
        a, b = scalar_text(old), scalar_text(new)
        return f"{a} → {b}" if a != b else ""
    if old.shape != new.shape:
        return (
            f"shape {shape_text(old, named=False) or old.type} → {shape_text(new, named=False) or new.type}"
        )
    if old.type != new.type:
        return f"{old.type} → {new.type}"
    if old.scalar != new.scalar and not (old.scalar != old.scalar and new.scalar != new.scalar):
        return f"{details(old)} → {details(new)}"
    if old.dtype != new.dtype or old.device != new.device:
        return f"{old.dtype} {old.device} → {new.dtype} {new.device}"
    if old.kind == new.kind == "module" and old.ref != new.ref:
        return f"another {new.type}"
    if old.kind == new.kind == "module" and (moved := new.stats.get("moved", 0.0)) > 0:
        return f"weights moved by {moved:.2%}" if moved >= 5e-5 else "weights moved by less than 0.01%"
    for name in _STATS:
        a, b = old.stats.get(name), new.stats.get(name)
        # as many digits as are shown: `0.05854 → 0.05854` tells nothing
        if a is not None and b is not None and f"{a:.4g}" != f"{b:.4g}":
            return f"{name} {a:.4g} → {b:.4g}"
    if old.size != new.size:
        return (
            f"size {old.size:,} → {new.size:,}" if old.size is not None and new.size is not None else "size"
        )
    for name, text in new.facts.items():
        if name in old.facts and old.facts[name] != text:
            return f"{name} {old.facts[name]} → {text}"
    return ""
