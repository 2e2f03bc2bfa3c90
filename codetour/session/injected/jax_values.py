"""Summaries of JAX, Flax and Equinox: arrays, traced values, trees of parameters, states of training."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
from typing import Any

from codetour.session.injected.array_values import array_statistics
from codetour.session.injected.plain_values import dict_value, put_attributes
from codetour.session.injected.reach import (
    EXACT,
    MODULES,
    SAMPLE,
    Budget,
    _type_name,
    attributes,
    cut,
    family,
    mro,
    product,
    slices,
)


def jax_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "tensor"
    out["s"] = [s if type(s) is int else -1 for s in value.shape]
    out["dt"] = cut(str(value.dtype), 40)
    out["z"] = product(out["s"])
    if any(_type_name(k) == "Tracer" for k in mro(type(value))):
        out["f"] = {"traced": "no values while it is compiled"}
        return
    with contextlib.suppress(Exception):
        devices = list(value.devices())[:64]
        out["dv"] = ", ".join(sorted({d.platform for d in devices}))
        if len(devices) > 1:
            out.setdefault("f", {})["spread over"] = f"{len(devices)} devices"
        # numbers that are still being computed would have to be waited for
        if not value.is_ready():
            out.setdefault("f", {})["pending"] = "still being computed"
            return
    numpy = sys.modules.get("numpy")
    on_host = out.get("dv") in ("cpu", None)
    if numpy is not None and out["z"] and (on_host or out["z"] <= SAMPLE) and budget.may_compute():
        with contextlib.suppress(Exception):
            # on the host this is a view, not a copy
            held = numpy.asarray(value)
            if held.size > EXACT:
                held = held[slices(list(held.shape), SAMPLE)]
                out.setdefault("f", {})["sampled"] = f"{held.size} of {out['z']}"
            held = held if held.dtype.kind in "fiubc" else held.astype(numpy.float32)
            array_statistics(numpy, held, out, detail=depth == 0)


def jax_key(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A random key of JAX."""
    out["k"] = "object"
    out["f"] = {"keys": str(product([s for s in value.shape if type(s) is int]))}


def frozen_dict(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Flax's FrozenDict, and the State of nnx: a dictionary one level down."""
    own = attributes(value)
    held = own.get("_dict", own.get("_mapping"))
    out["k"] = "dict"
    if held is not None and dict in mro(type(held)):
        dict_value(held, out, budget, depth)


def train_state(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Flax's TrainState: how far it is, how many numbers it steers."""
    own = attributes(value)
    out["k"] = "object"
    facts = out.setdefault("f", {})
    step = own.get("step")
    if type(step) is int:
        facts["step"] = str(step)
    count = leaves(own.get("params"))
    if count:
        facts["parameters"] = f"{count:,}"
    kept = leaves(own.get("opt_state"))
    if kept:
        facts["optimizer state"] = f"{kept:,}"
    put_attributes(out, {k: v for k, v in own.items() if k not in ("apply_fn", "tx")}, budget, depth)


def leaves(tree: Any) -> int:
    """How many numbers the arrays of a tree of containers hold; at most so many nodes are visited."""
    waiting, total, seen = [tree], 0, 0
    while waiting and seen < MODULES:
        one = waiting.pop()
        seen += 1
        kinds = mro(type(one))
        if dict in kinds:
            waiting.extend(list(dict.values(one))[:MODULES])
        elif tuple in kinds:
            waiting.extend(list(tuple.__iter__(one))[:MODULES])
        elif list in kinds:
            waiting.extend(list(list.__iter__(one))[:MODULES])
        elif "FrozenDict" in [_type_name(k) for k in kinds]:
            waiting.append(attributes(one).get("_dict"))
        elif family(one)[1] is jax_value:
            with contextlib.suppress(Exception):
                total += product([s if type(s) is int else 0 for s in one.shape])
    return total


def flax_module(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A layer of Flax or Equinox: a description; its parameters are kept elsewhere, or in its own fields."""
    out["k"] = "module"
    own = attributes(value)
    facts = out.setdefault("f", {})
    for name, held in list(own.items())[:40]:
        if type(held) in (int, float, str) and not name.startswith("_") and name not in ("name", "parent"):
            facts[name] = cut(str(held), 40)
    count = leaves(tuple(own.values()))
    if count:
        out["z"] = count
    public = {k: v for k, v in own.items() if k not in ("parent", "_state", "scope")}
    put_attributes(out, public, budget, depth)
