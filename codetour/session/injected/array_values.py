"""Summaries of NumPy arrays and of what stands on them: tables, sparse matrices, estimators, images."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
from typing import Any

from codetour.session.injected.plain_values import put_attributes
from codetour.session.injected.reach import (
    EXACT,
    SAMPLE,
    Budget,
    _type_name,
    attributes,
    cut,
    family,
    label,
    module_of,
    mro,
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
    facts = out.setdefault("f", {})
    if dtype.names:
        facts["fields"] = cut(", ".join(f"{n} {dtype.fields[n][0].name}" for n in dtype.names[:12]), 200)
    names = [_type_name(k) for k in mro(type(value))]
    masked = "MaskedArray" in names
    if "memmap" in names:
        facts["memory"] = "a file on disk"
    plain_value = plain_array.view(value, plain_array)
    if masked:
        mask: Any = attributes(value).get("_mask")
        if type(mask) is plain_array and mask.size <= EXACT and mask.size:
            facts["masked"] = f"{int(mask.sum())} of {mask.size}"
            plain_value = plain_value[~mask] if mask.shape == plain_value.shape else plain_value
    if dtype.kind in "mM" and plain_value.size and plain_value.size <= EXACT:
        facts["between"] = f"{plain_value.min()} and {plain_value.max()}"[:80]
    # the file behind a memory map may be far away: its shape is told, its contents are left there
    if budget.may_compute() and "memmap" not in names:
        array_statistics(numpy, plain_value, out, detail=depth == 0)
        if masked and "x" in out:
            del out["x"]


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
        flat = (abs(flat) if value.dtype.kind == "c" else flat).astype(numpy.float64)
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
    elif value.dtype.kind in "mM":
        out.update(k="text", x=str(value)[:60])
    elif type(found) is complex:
        out["x"] = str(found)


def random_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A random number generator of NumPy: by which method; its state is left alone."""
    bits = getattr(value, "bit_generator", None) or getattr(value, "_bit_generator", None)
    out["f"] = {"method": cut(_type_name(type(bits)), 40)} if bits is not None else {}


def table_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A table or column of pandas or polars: rows, columns with their types, what is missing."""
    shape = value.shape
    out["s"] = [int(n) for n in shape]
    out["z"] = product(out["s"])
    facts = out.setdefault("f", {})
    numpy = sys.modules.get("numpy")
    if len(shape) == 1:
        out["k"] = "array"
        out["dt"] = cut(str(value.dtype), 40)
        if type(value.name) is str and value.name:
            facts["name"] = cut(value.name, 40)
        if budget.may_compute():
            column_statistics(numpy, value, out, detail=depth == 0)
        return
    out["k"] = "frame"
    names = [cut(str(n), 30) if type(n) is str else label(n) for n in list(value.columns[:12])]
    if budget.may_compute():
        missing(value, names, facts)
    kinds = [cut(str(one), 24) for one in list(value.dtypes)[:2_000]]
    counts: dict[str, int] = {}
    for one in kinds:
        counts[one] = counts.get(one, 0) + 1
    if len(counts) > 1 or len(names) < 2:
        facts["columns"] = cut(", ".join(f"{n} {k}" for n, k in zip(names, kinds)), 300)  # noqa: B905 - 3.8
    elif counts:
        facts["columns"] = cut(", ".join(names) + (", \u2026" if shape[1] > len(names) else ""), 300)
    facts["types"] = cut(", ".join(f"{n} {k}" for k, n in counts.items()), 120)


ROWS_LOOKED_AT = 2_000


def missing(value: Any, names: list[str], facts: dict[str, str]) -> None:
    """Columns in which something is missing, in the first rows; of a subclass of the program nothing is computed."""
    package = module_of(type(value)).partition(".")[0]
    with contextlib.suppress(Exception):
        if package == "pandas" and value.shape[1] <= 64:
            counts = value.iloc[:ROWS_LOOKED_AT].isna().sum().tolist()
        elif package == "polars" and value.shape[1] <= 64:
            counts = value.head(ROWS_LOOKED_AT).null_count().row(0)
        else:
            return
        found = [f"{n} {c}" for n, c in zip(names, counts) if c]  # noqa: B905 - 3.8
        if found:
            facts["missing"] = cut(", ".join(found), 200)


def column_statistics(numpy: Any, value: Any, out: dict[str, Any], *, detail: bool) -> None:
    """Of a column of numbers, as of an array; only where its memory can be seen without copying it."""
    with contextlib.suppress(Exception):
        if module_of(type(value)).partition(".")[0] == "pandas":
            held: Any = value._mgr.blocks[0].values  # a column is one block
            if type(held) is numpy.ndarray and held.size > 1:
                array_statistics(numpy, held, out, detail=detail)
        else:
            polars_statistics(value.head(EXACT), out)


def polars_statistics(value: Any, out: dict[str, Any]) -> None:
    lost = value.null_count()
    if lost:
        out["f"]["missing"] = str(lost)
    if value.dtype.is_numeric():
        found = {"min": value.min(), "max": value.max(), "mean": value.mean()}
        out["st"] = {k: number(v) for k, v in found.items() if type(v) in (int, float)}


def lazy_table(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A query of polars that has not run; asking for its columns could run it, so only that is said."""
    out["k"] = "object"
    out["f"] = {"lazy": "a query that has not run"}


def group_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "object"
    keys = attributes(value).get("keys")
    if type(keys) is str or (type(keys) is list and all(type(k) is str for k in keys[:6])):
        out["f"] = {"by": cut(keys if type(keys) is str else ", ".join(keys[:6]), 80)}


def index_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "array"
    out["s"] = [len(value)]
    out["dt"] = cut(str(value.dtype), 40)
    names = [n for n in list(value.names)[:6] if type(n) is str]
    if names:
        out["f"] = {"names": cut(", ".join(names), 80)}


def labelled_array(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """xarray: an array that names its own axes, or a set of them; data that lies on disk stays there."""
    own = attributes(value)
    facts = out.setdefault("f", {})
    inner = own.get("_variable")
    if inner is not None:
        held = attributes(inner)
        data, names = held.get("_data"), held.get("_dims")
        numpy = sys.modules["numpy"]
        out["k"] = "array"
        if type(data) is numpy.ndarray:
            array_value(data, out, budget, depth)
        if type(names) is tuple:
            facts["axes"] = cut(", ".join(n for n in names if type(n) is str), 120)
        return
    out["k"] = "dict"
    held = own.get("_variables")
    if type(held) is dict:
        out["z"] = len(held)
        names = [str(n)[:30] for n in held if type(n) is str]
        facts["names"] = cut(", ".join(names[:12]), 200)
    size = own.get("_dims")
    if type(size) is dict:
        facts["axes"] = cut(
            ", ".join(f"{k} {v}" for k, v in size.items() if type(k) is str and type(v) is int), 120
        )


def sparse_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "array"
    out["s"] = [int(n) for n in value.shape]
    out["dt"] = cut(str(value.dtype), 40)
    out["z"] = product(out["s"])
    out["f"] = {"stored": str(int(value.nnz)), "layout": cut(str(value.format), 20)}


def is_fitted(own: dict[str, Any]) -> bool:
    """Learned attributes end in an underscore; a pipeline is as fitted as its last step, as scikit-learn has it."""
    steps = own.get("steps")
    if type(steps) is list and steps and type(steps[-1]) is tuple and len(steps[-1]) == 2:
        return is_fitted(attributes(steps[-1][1]))
    return any(n.endswith("_") and not n.startswith("_") for n in own) or own.get("_Booster") is not None


def estimator_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Whether it has learned, from how many features, and its settings; a pipeline by its steps."""
    own = attributes(value)
    out["k"] = "estimator"
    facts = out["f"] = {"fitted": "yes" if is_fitted(own) else "no"}
    steps = own.get("steps", own.get("transformers"))
    if type(steps) is list:
        kinds = [_type_name(type(s[1])) for s in steps[:8] if type(s) is tuple and len(s) > 1]
        facts["steps"] = cut(" \u2192 ".join(kinds), 120)
    for name, said in (
        ("n_features_in_", "features"),
        ("n_iter_", "iterations"),
        ("best_score_", "best score"),
    ):
        if type(own.get(name)) in (int, float):
            facts[said] = short(own[name]) if type(own[name]) is float else str(own[name])
    inner = own.get("estimator")
    if inner is not None and family(inner)[1] is estimator_value:
        facts["of"] = cut(_type_name(type(inner)), 40)
    settings = {
        n: v for n, v in own.items() if v is not None and not n.startswith("_") and not n.endswith("_")
    }
    plain = [n for n, v in settings.items() if type(v) in (int, float, str) and n not in UNTELLING]
    for name in plain[:3]:
        facts[name] = (
            cut(str(settings[name]), 20) if type(settings[name]) is not float else short(settings[name])
        )
    put_attributes(
        out, {n: v for n, v in own.items() if v is not None and not n.startswith("_")}, budget, depth
    )


UNTELLING = frozenset(
    (
        *("random_state", "verbose", "n_jobs", "cache_size", "copy", "tol", "warm_start", "memory"),
        *("decision_function_shape", "input", "encoding", "decode_error", "pre_dispatch"),
    )
)
"""settings that say nothing of what an estimator does"""


def image_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A picture by its header: one that still lies in a file is not decoded."""
    own = attributes(value)
    size = own.get("_size") or own.get("size")
    out["k"] = "image"
    facts = out.setdefault("f", {})
    if type(size) is tuple and len(size) == 2:
        out["s"] = [int(size[1]), int(size[0])]
        out["z"] = product(out["s"])
    mode = own.get("_mode") or own.get("mode")
    if type(mode) is str:
        out["dt"] = facts["mode"] = cut(mode, 12)
    if "_im" in own and own["_im"] is None:
        facts["decoded"] = "not yet"
    if type(own.get("filename")) is str and own["filename"]:
        facts["file"] = cut(own["filename"], 120)
