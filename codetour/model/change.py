"""What changed between two stops: new, changed and gone names, most telling first.

Names are compared function by function: a stop in another function starts afresh there, while the functions that
both stacks share show what moved on in them.
"""

from __future__ import annotations

from typing import Final

from codetour.model.value import Change, Frame, Seen, Value
from codetour.model.value_text import details, shape_text

_MOST: Final = 24
_STATS: Final = ("mean", "std", "min", "max", "nan")


def changes(before: Seen | None, after: Seen) -> tuple[Change, ...]:
    """The differences in the program's own frames, innermost function first; at most 24."""
    if before is None:
        return ()
    old = _frames(before)
    found: list[tuple[int, Change]] = []
    for depth, (key, frame) in enumerate(_frames(after).items()):
        if depth and key not in old:
            continue  # a caller met on the way: what it holds is background
        earlier = {v.name: v for v in old[key].values} if key in old else {}
        here = _compare(earlier, frame, same=key in old)
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


def _compare(earlier: dict[str, Value], frame: Frame, *, same: bool) -> list[tuple[int, Change]]:
    found: list[tuple[int, Change]] = []
    for value in frame.values:
        old = earlier.pop(value.name, None)
        if old is None:
            # in a function that was not on the stack before everything is new: worth less
            found.append((2 if same else 6, Change("+", value.name, details(value))))
        elif text := _difference(old, value):
            found.append(
                (
                    0 if value.kind in {"tensor", "array", "scalar", "module"} else 1,
                    Change("~", value.name, text),
                )
            )
    if same:
        found += [(4, Change("-", name, details(old))) for name, old in earlier.items()]
    return found


def _difference(old: Value, new: Value) -> str:
    """What is different, in a few words; "" when nothing that shows."""
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
    for name in _STATS:
        a, b = old.stats.get(name), new.stats.get(name)
        if a is not None and b is not None and abs(a - b) > 1e-6 * max(abs(a), abs(b), 1e-12):
            return f"{name} {a:.4g} → {b:.4g}"
    if old.size != new.size:
        return (
            f"size {old.size:,} → {new.size:,}" if old.size is not None and new.size is not None else "size"
        )
    for name, text in new.facts.items():
        if name in old.facts and old.facts[name] != text:
            return f"{name} {old.facts[name]} → {text}"
    return ""
