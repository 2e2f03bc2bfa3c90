"""Live values in few cells: `q  f32  B12×T256×C384`. Plain text; whoever shows it adds styles.

Marks and words carry the meaning, never colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
        return "×".join(str(n) for n in value.shape)
    names = (*value.dims, *[""] * len(value.shape))
    return " × ".join(
        f"{clean(d, 12)}={n}" if d else str(n) for n, d in zip(value.shape, names, strict=False)
    )


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


def facts_text(value: Value, limit: int = 3) -> str:
    """The first facts: `lr 0.001 · mode train`."""
    pairs = list(value.facts.items())[:limit]
    return " · ".join(f"{clean(k, 20)} {clean(v, 40)}".strip() for k, v in pairs)


def stats_text(value: Value) -> str:
    """`min -1 · max 2 · nan 3`."""
    return " · ".join(f"{clean(k, 8)} {v:.4g}" for k, v in list(value.stats.items())[:7])


def size_text(value: Value) -> str:
    """`1,024 items`, `3 keys`, `10.6M parameters`."""
    if value.size is None:
        return ""
    if value.kind == "module":
        return f"{_large(value.size)} parameters"
    if value.kind in {"list", "tuple", "set", "dataset"}:
        return f"{value.size:,} items"
    if value.kind == "loader":
        return f"{value.size:,} batches"
    if value.kind in {"dict", "config"}:
        return f"{value.size:,} keys"
    return f"{value.size:,} characters" if value.kind == "text" else ""


def _large(n: int) -> str:
    for limit, unit in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if n >= limit:
            return f"{n / limit:.1f}{unit}" if unit != "k" else f"{n / 1000:.0f}k"
    return f"{n:,}"


def details(value: Value, *, named: bool = True) -> str:
    """Everything after the name, on one line."""
    if value.shape is not None:
        device = value.device if value.device not in (None, "", "cpu") else ""
        scalar = scalar_text(value) if value.scalar is not None else ""
        parts = [dtype_text(value.dtype), shape_text(value, named=named), scalar, clean(device or "", 20)]
    else:
        shown = scalar_text(value)
        parts = [shown] if shown else [clean(value.type, 40), size_text(value) or _fields(value)]
        if value.kind == "config" and not shown and (fields := _fields(value)):
            parts = [clean(value.type, 40), fields]
    return "  ".join(p for p in (*parts, facts_text(value)) if p)


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
