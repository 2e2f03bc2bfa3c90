"""Live values in few cells: `q  f32  B12×T256×C384`. Plain text; whoever shows it adds styles.

Marks and words carry the meaning, never colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from codetour.model.text import clean
from codetour.model.value import Value

_SHORT = {
    "float": "f",
    "bfloat": "bf",
    "complex": "c",
    "int": "i",
    "uint": "u",
}
EXPANDABLE = frozenset(
    {
        "list",
        "dict",
        "tuple",
        "set",
        "config",
        "module",
        "object",
        "optimizer",
        "scheduler",
        "loader",
        "dataset",
        "estimator",
        "distribution",
        "frame",
    }
)
"""kinds that a live driver can open"""


def dtype_text(dtype: str | None) -> str:
    """`torch.float32` as `f32`."""
    if not dtype:
        return ""
    name = clean(dtype, 40).rpartition(".")[2]
    stem = name.rstrip("0123456789")
    return _SHORT[stem] + name[len(stem) :] if stem in _SHORT and stem != name else name


def shape_text(value: Value, *, named: bool = True) -> str:
    """`B=12 × T=256 × 64`, or `12×256×64` without names; "scalar" for no dimensions; "" without a shape."""
    if value.shape is None:
        return ""
    if not value.shape:
        return "scalar"
    if not named or not value.dims or not any(value.dims):
        return "×".join(map(_length, value.shape))
    names = (*value.dims, *[""] * len(value.shape))
    return " × ".join(
        f"{clean(d, 12)}={_length(n)}" if d else _length(n) for n, d in zip(value.shape, names, strict=False)
    )


def _length(n: int) -> str:
    """A length that is not known yet, as in a function being traced, is a question."""
    return str(n) if n >= 0 else "?"


def scalar_text(value: Value) -> str:
    """The value itself where it is a number, truth value or short text."""
    if isinstance(value.scalar, bool) or value.scalar is None:
        return str(value.scalar) if value.scalar is not None or value.kind == "none" else ""
    if isinstance(value.scalar, float):
        return f"{value.scalar:.6g}"
    if isinstance(value.scalar, int):
        # a hostile program can hold an integer that takes minutes to print
        return str(value.scalar) if value.scalar.bit_length() < 256 else "a very large integer"
    return f"'{clean(value.scalar, 60)}'"


_OPENED: Final = frozenset({"first", "sampled", "types", "numbers"})
"""facts that are told only where the value is opened: in a narrow line they would push out what is of more use"""


def facts_text(value: Value, limit: int = 3) -> str:
    """The first facts: `lr 0.001 · mode train`."""
    pairs = [pair for pair in value.facts.items() if pair[0] not in _OPENED][:limit]
    return " · ".join(f"{clean(k, 20)} {clean(v, 40)}".strip() for k, v in pairs)


def numbers_text(value: Value) -> str:
    """What the numbers are like, the alarming first: `NaN 3 · -1.6…0.97 · mean 0.01 · zero 90%`."""
    stats = value.stats
    told = [f"{k} {stats[name]:g}" for k, name in (("NaN", "nan"), ("Inf", "inf")) if stats.get(name)]
    low, high, mean = stats.get("min"), stats.get("max"), stats.get("mean")
    if low is None or high is None:
        return " · ".join(told)
    if value.dtype == "bool" and mean is not None:
        return f"true {mean:.0%}"
    if low == high:
        return " · ".join((*told, f"{'else' if told else 'all'} {low:.4g}"))
    told.append(f"{low:.4g}…{high:.4g}")
    whole = (value.dtype or "").lower().lstrip("u").startswith("int")
    if mean is not None and not whole:
        told.append(f"mean {mean:.2g}")
    if (zero := stats.get("zero", 0.0)) >= (0.5 if whole else _MANY_ZEROS):
        told.append(f"zero {zero:.0%}")
    return " · ".join(told)


_MANY_ZEROS: Final = 0.25
"""fewer zeros than that tell nothing of a mask, a ReLU or a sparse gradient"""


def stats_text(value: Value) -> str:
    """`min -1 · max 2 · nan 3`."""
    return " · ".join(f"{clean(k, 8)} {v:.4g}" for k, v in list(value.stats.items())[:7])


def size_text(value: Value) -> str:
    """`1,024 items`, `3 keys`, `10.6M parameters`."""
    if value.size is None:
        return ""
    if value.kind == "module":
        return f"{_large(value.size)} parameters" if value.size else ""
    if value.kind in {"list", "tuple", "set", "dataset"}:
        return _count(value.size, "item", "items")
    if value.kind == "loader":
        return _count(value.size, "batch", "batches")
    if value.kind in {"dict", "config"}:
        return _count(value.size, "key", "keys")
    return _count(value.size, "character", "characters") if value.kind == "text" else ""


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _large(n: int) -> str:
    for limit, unit in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if n >= limit:
            return f"{n / limit:.1f}{unit}" if unit != "k" else f"{n / 1000:.0f}k"
    return f"{n:,}"


def details(value: Value, *, named: bool = True) -> str:
    """Everything after the name, on one line, what is of most use first: a narrow pane cuts its end."""
    facts = facts_text(value)
    if value.shape is not None:
        device = value.device if value.device not in (None, "", "cpu", "cpu:0") else ""
        scalar = scalar_text(value) if value.scalar is not None else ""
        kind = clean(value.type, 40) if value.kind in {"frame", "image"} else dtype_text(value.dtype)
        parts = [kind, shape_text(value, named=named), scalar, clean(device or "", 20), numbers_text(value)]
    else:
        shown = scalar_text(value)
        parts = [shown] if shown else [clean(value.type, 40), size_text(value), contents(value)]
        if value.kind == "config" and not shown and (fields := _fields(value)):
            parts = [clean(value.type, 40), fields]
    return "  ".join(p for p in (*parts, facts) if p)


def contents(value: Value) -> str:
    """A container by its structure, an object by its most telling entries: `[f32 2×3, 5×3]`, `{ids i64 4×16, …}`."""
    if value.kind in {"list", "tuple", "set"}:
        inside = _row(value)
    elif value.kind == "dict":
        inside = ", ".join(_pair(item) for item in value.items[:_MOST])
    else:
        return "" if value.size is not None or value.facts else _fields(value)
    if not inside:
        return ""
    left_out = value.size is not None and value.size > min(len(value.items), _MOST)
    opening, closing = {"list": "[]", "tuple": "()"}.get(value.kind, "{}")
    return f"{opening}{inside}{', …' if left_out and not inside.startswith('each ') else ''}{closing}"


_MOST: Final = 6


def _row(value: Value) -> str:
    """What stands in a row: told once where all is alike, the type once where only shapes differ."""
    items = value.items[:_MOST]
    told = [brief(item) for item in items]
    named = any(item.name and not item.name.isdigit() for item in items)
    if named:
        return ", ".join(_pair(item) for item in items)
    plain = all(item.kind in {"scalar", "text", "none"} for item in items)
    if len(told) > 1 and len(set(told)) == 1 and not plain:
        return f"each {told[0]}"
    if len(told) > 1 and all(item.shape is not None for item in items):
        kinds = {dtype_text(item.dtype) for item in items}
        if len(kinds) == 1:
            return f"{kinds.pop()} " + ", ".join(shape_text(item, named=False) for item in items)
    return ", ".join(told)


def _pair(item: Value) -> str:
    joint = "=" if item.scalar is not None and item.shape is None else " "
    return f"{clean(item.name, 24)}{joint}{brief(item)}"


def brief(value: Value) -> str:
    """A value inside another: `f32 2×3`, `0.5`, `dict 3`."""
    if value.shape is not None and value.kind not in {"frame", "image"}:
        return f"{dtype_text(value.dtype)} {shape_text(value, named=False)}".strip()
    if shown := scalar_text(value):
        return clean(shown, 24)
    if value.kind == "dict" and value.items:
        names = ", ".join(clean(item.name, 16) for item in value.items[:4])
        return f"{{{names}{', …' if (value.size or 0) > 4 else ''}}}"
    size = "" if value.size is None else f" {_large(value.size)}"
    return f"{clean(value.type, 24)}{size}"


_TELLING = re.compile(
    r"lr$|learning_rate|batch|epoch|steps|iters|block|seq|hidden|embd|d_model|dim|layers?$|heads?$|vocab|dropout"
    r"|model|data|gamma|size",
    re.IGNORECASE,
)


def _fields(value: Value, limit: int = 4) -> str:
    """The few most telling entries of a configuration or an object: `batch_size=16, lr=0.001`, or only names."""
    if value.kind not in {"config", "object"}:
        return ""
    plain = [v for v in value.items if v.kind in {"scalar", "text"} and v.scalar is not None]
    # of an arbitrary object only numbers tell something, not the modes and flags of an open file
    plain = [
        v
        for v in plain
        if not v.name.startswith("_")
        and (value.kind == "config" or (v.kind == "scalar" and not isinstance(v.scalar, bool)))
    ]
    if not plain and (shaped := [v for v in value.items if v.shape and not v.name.startswith("_")]):
        return ", ".join(_pair(v) for v in shaped[:limit])
    if not plain:
        # sections of a nested configuration
        return ", ".join(clean(v.name, 20) for v in value.items[:limit]) if value.kind == "config" else ""
    plain.sort(key=lambda v: not _TELLING.search(v.name))
    return ", ".join(f"{clean(v.name, 20)}={clean(scalar_text(v), 24)}" for v in plain[:limit])


def axes_used(values: Iterable[Value]) -> dict[str, int]:
    """Names of dimensions that occur in `values` with their sizes, in order of appearance."""
    found: dict[str, int] = {}
    for value in values:
        for name, size in zip(value.dims or (), value.shape or (), strict=False):
            if name:
                found.setdefault(name, size)
    return found


def axes_text(values: Iterable[Value], meanings: dict[str, str]) -> str:
    """The legend: `B=12 batch  T=256 tokens`."""
    return "  ".join(
        f"{clean(name, 12)}={size} {clean(meanings.get(name, ''), 24)}".rstrip()
        for name, size in axes_used(values).items()
    )
