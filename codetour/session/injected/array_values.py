"""Summaries of NumPy arrays and of what stands on them: tables, sparse matrices, estimators, images."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import sys
from typing import Any

from codetour.session.injected.plain_values import put_attributes
from codetour.session.injected.reach import (
    EXACT,
    SAMPLE,
    Budget,
    attributes,
    cut,
    label,
    number,
    product,
    short,
    slices,
)


def array_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    numpy = sys.modules["numpy"]
    plain_array = numpy.ndarray
    out["k"] = "array"
    out["s"] = list(plain_array.shape.__get__(value))
    dtype = plain_array.dtype.__get__(value)
    out["dt"] = cut(dtype.name if dtype.names is None else "record", 40)
    out["z"] = product(out["s"])
    if dtype.names:
        out.setdefault("f", {})["fields"] = cut(", ".join(dtype.names[:12]), 120)
    if budget.may_compute():
        array_statistics(numpy, plain_array.view(value, plain_array), out, detail=depth == 0)


def array_statistics(numpy: Any, value: Any, out: dict[str, Any], *, detail: bool) -> None:
    if value.dtype.kind not in "fiubc" or not value.size:
        return
    flat = value
    if value.size == 1:
        found = value.item()
        out["x"] = number(found) if type(found) is not complex else str(found)
        return
    if value.size > EXACT:
        flat = value[slices(list(value.shape), SAMPLE)]
        out.setdefault("f", {})["sampled"] = f"{flat.size} of {value.size}"
    with numpy.errstate(all="ignore"):
        flat = flat.reshape(-1)
        flat = (flat.real if value.dtype.kind == "c" else flat).astype(numpy.float64)
        good = flat[numpy.isfinite(flat)]
        stats: dict[str, float] = {}
        if good.size < flat.size:
            stats["nan"] = int(numpy.isnan(flat).sum())
            stats["inf"] = int(flat.size - good.size) - int(stats["nan"])
        if good.size:
            stats["min"], stats["max"] = float(good.min()), float(good.max())
            stats["mean"], stats["std"] = float(good.mean()), float(good.std())
            stats["zero"] = float((good == 0).mean())
    out["st"] = {k: number(v) for k, v in stats.items()}
    if detail:
        whole = value.dtype.kind in "iub"
        first = " ".join(str(int(x)) if whole else short(float(x)) for x in flat[:6])
        out.setdefault("f", {})["first"] = first


def numpy_scalar(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out.update(k="scalar", dt=cut(value.dtype.name, 40))
    found = value.item()
    if type(found) in (int, float, bool):
        out["x"] = number(found)
    elif type(found) is str:
        out.update(k="text", z=len(found), x=cut(found, 80))


def table_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A table of pandas or polars: rows, columns, types."""
    out["k"] = "frame"
    shape = value.shape
    out["s"] = [int(n) for n in shape]
    out["z"] = product(out["s"])
    facts = out.setdefault("f", {})
    if len(shape) == 1:
        out["dt"] = cut(str(value.dtype), 40)
        return
    names = [cut(str(n), 30) if type(n) is str else label(n) for n in list(value.columns[:12])]
    facts["columns"] = cut(", ".join(names), 300)
    kinds: dict[str, int] = {}
    for one in list(value.dtypes)[:2_000]:
        kinds[cut(str(one), 24)] = kinds.get(cut(str(one), 24), 0) + 1
    facts["types"] = cut(", ".join(f"{n} {k}" for k, n in kinds.items()), 120)


def sparse_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "array"
    out["s"] = [int(n) for n in value.shape]
    out["dt"] = cut(str(value.dtype), 40)
    out["z"] = product(out["s"])
    out["f"] = {"stored": str(int(value.nnz)), "layout": cut(str(value.format), 20)}


def estimator_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "estimator"
    fitted = [n for n in own if n.endswith("_") and not n.startswith("_")]
    out["f"] = {"fitted": "yes" if fitted else "no"}
    put_attributes(
        out, {n: v for n, v in own.items() if v is not None and not n.startswith("_")}, budget, depth
    )


def image_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    size = own.get("_size") or own.get("size")
    out["k"] = "image"
    if type(size) is tuple and len(size) == 2:
        out["s"] = [int(size[1]), int(size[0])]
    mode = own.get("_mode") or own.get("mode")
    if type(mode) is str:
        out["dt"] = cut(mode, 12)
