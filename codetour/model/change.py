"""What changed between two stops: new names, other shapes, a loss that fell, weights that moved.

Two stops in the same function are compared name by name. Between different functions only what both frames share
(the same objects) and what is new in the later one is worth a word. The most telling changes come first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from codetour.model.value import Change, Frame, Scalar, Seen, Value

LIMIT: Final = 12
"""changes told at one stop"""

_DULL: Final = frozenset({"function", "class", "package", "none", "iterator"})
"""kinds whose coming and going teaches nothing"""

_WEIGHT: Final = {
    "loss": 0, "shape": 1, "moved": 1, "stat": 2, "fact": 2, "scalar": 3, "size": 3, "other": 5, "gone": 8,
}  # fmt: skip

_NEW_WEIGHT: Final = {
    "tensor": 1.2, "array": 1.2, "module": 1.3, "optimizer": 1.3, "loader": 1.4, "dataset": 1.4, "frame": 1.4,
    "estimator": 1.4, "scheduler": 1.5, "config": 1.6, "scalar": 4, "text": 5,
}  # fmt: skip


def changes(before: Seen | None, after: Seen) -> tuple[Change, ...]:
    """The differences from `before` to `after`, most telling first, at most `LIMIT`; none for the first stop."""
    if before is None or not before.frames or not after.frames:
        return ()
    old, new = _inner(before), _inner(after)
    same = (old.symbol, old.file) == (new.symbol, new.file)
    was = _names(old) if same else _shared(before, after)
    now = _names(new)
    found: list[tuple[float, int, Change]] = []
    for i, (name, value) in enumerate(now.items()):
        found.extend((w, i, c) for w, c in _compare(name, was.get(name), value, same=same))
    if same:
        # a name that is gone was deleted, or belongs to a branch not taken this time
        found.extend(
            (_WEIGHT["gone"], i, Change("-", name, "gone"))
            for i, (name, value) in enumerate(was.items())
            if name not in now and value.kind not in _DULL and not name.startswith("_")
        )
    found.sort(key=lambda entry: entry[:2])
    return tuple(change for _, _, change in found[:LIMIT])


def _inner(seen: Seen) -> Frame:
    """The frame that the reader looks at: the innermost one that belongs to the tree."""
    return next((f for f in seen.frames if f.inside), seen.frames[0])


def _names(frame: Frame) -> dict[str, Value]:
    """The frame's values and, for `self`, what it holds, by name."""
    out: dict[str, Value] = {}
    for value in frame.values:
        out.setdefault(value.name, value)
        if value.name == "self":
            for item in value.items:
                out.setdefault(f"self.{item.name}", item)
    return out


def _shared(before: Seen, after: Seen) -> dict[str, Value]:
    """The earlier values of names that the new frame has too: of the same function if it was on the stack, else
    those that are the same object under the same name."""
    new = _inner(after)
    for frame in before.frames:
        if (frame.symbol, frame.file) == (new.symbol, new.file):
            return _names(frame)
    now = _names(new)
    return {
        name: value
        for frame in reversed(before.frames)
        for name, value in _names(frame).items()
        if name in now and value.ref and now[name].ref == value.ref
    }


def _compare(name: str, old: Value | None, new: Value, *, same: bool) -> Iterator[tuple[float, Change]]:
    if name.startswith("_") or new.kind in _DULL:
        return
    if old is None:
        if name != "self" and not name.startswith("self."):
            yield _NEW_WEIGHT.get(new.kind, 4.5), Change("+", name, describe(new))
        return
    if not same and not (old.ref and old.ref == new.ref) and old.kind != new.kind:
        return
    yield from _differences(name, old, new)


def _differences(name: str, old: Value, new: Value) -> Iterator[tuple[float, Change]]:
    if old.kind != new.kind and old.type != new.type:
        yield _WEIGHT["other"], Change("~", name, f"{old.type} → {describe(new)}")
        return
    if old.shape is not None and new.shape is not None and old.shape != new.shape:
        yield _WEIGHT["shape"], Change("~", name, f"shape {shape_text(old.shape)} → {shape_text(new.shape)}")
        return
    if not equal(old.scalar, new.scalar) and new.scalar is not None:
        kind = "loss" if "loss" in name.lower() else "scalar"
        text = f"{scalar_text(old.scalar)} → {scalar_text(new.scalar)}"
        yield _WEIGHT[kind], Change("~", name, text)
        return
    yield from _inside(name, old, new)
    if old.size != new.size and new.shape is None and old.size is not None and new.size is not None:
        yield _WEIGHT["size"], Change("~", name, f"{old.size:,} → {new.size:,} entries")


def _inside(name: str, old: Value, new: Value) -> Iterator[tuple[float, Change]]:
    """What changed in a value that is still of the same form: weights, statistics, settings."""
    moved = new.stats.get("moved", 0.0)
    if moved > 1e-9:
        yield _WEIGHT["moved"], Change("~", name, f"weights moved by {moved:.2%}")
    if new.kind == "module" and "grad" in new.stats and not equal(old.stats.get("grad"), new.stats["grad"]):
        yield _WEIGHT["moved"] + 0.1, Change("~", name, f"gradients: mean |g| {new.stats['grad']:.3g}")
    if new.kind == "module" and "grad" in old.stats and "grad" not in new.stats:
        yield _WEIGHT["moved"] + 0.1, Change("~", name, "gradients cleared")
    if new.kind in ("tensor", "array"):
        a, b = old.stats.get("mean"), new.stats.get("mean")
        if a is not None and b is not None and not equal(a, b):
            yield _WEIGHT["stat"], Change("~", name, f"mean {scalar_text(a)} → {scalar_text(b)}")
        for bad in ("nan", "inf"):
            if new.stats.get(bad) and not old.stats.get(bad):
                yield _WEIGHT["loss"], Change("~", name, f"{int(new.stats[bad])} {bad.upper()} values")
    for fact, text in new.facts.items():
        before = old.facts.get(fact)
        if fact not in ("first", "sampled", "at") and before != text:
            yield (
                _WEIGHT["fact"],
                Change("~", name, f"{fact} {before} → {text}" if before else f"{fact}: {text}"),
            )


def equal(a: Scalar, b: Scalar) -> bool:
    """The same value, where two NaNs are the same."""
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b):
        return True
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def shape_text(shape: tuple[int, ...]) -> str:
    """`12×64`; `scalar` for no axes; `?` for an axis whose size is not known."""
    return "×".join("?" if n < 0 else str(n) for n in shape) or "scalar"


def scalar_text(value: Scalar) -> str:
    """A number in few digits, a text in quotes cut short."""
    if isinstance(value, float):
        return f"{value:.4g}" if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value)


def describe(value: Value) -> str:
    """A value in a few words: `float32 12×64`, `GPT, 10,646,784 parameters`, `4.1743`."""
    if value.shape is not None:
        if not value.shape and value.scalar is not None:
            return scalar_text(value.scalar)
        return f"{value.dtype} {shape_text(value.shape)}" if value.dtype else shape_text(value.shape)
    if value.scalar is not None:
        return scalar_text(value.scalar)
    if value.kind == "module" and value.size:
        return f"{value.type}, {value.size:,} parameters"
    if value.kind == "loader" and "batch_size" in value.facts:
        return f"{value.type}, batches of {value.facts['batch_size']}"
    if value.kind == "optimizer" and "lr" in value.facts:
        return f"{value.type}, lr {value.facts['lr']}"
    if value.size is not None and value.kind in ("list", "tuple", "dict", "set", "dataset", "config"):
        return f"{value.type} of {value.size:,}"
    return "None" if value.kind == "none" else value.type or value.kind
