"""Summaries of TensorFlow and Keras."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
import types
from typing import Any

from codetour.session.injected.array_values import array_statistics
from codetour.session.injected.plain_values import dict_value, put_attributes
from codetour.session.injected.reach import (
    EXACT,
    Budget,
    _type_name,
    attributes,
    cut,
    label,
    mro,
    product,
    put_items,
    short,
)


def tf_shape(shape: Any) -> Any:
    with contextlib.suppress(Exception):
        return [int(s) if s is not None else -1 for s in shape.as_list()]
    with contextlib.suppress(Exception):
        return [int(s) if s is not None else -1 for s in shape]
    return None


def tf_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "tensor"
    out["s"] = tf_shape(value.shape)
    out["dt"] = cut(str(getattr(value.dtype, "name", value.dtype)), 40)
    if out["s"] is None:
        del out["s"]
        return
    out["z"] = product(out["s"])
    with contextlib.suppress(Exception):
        out["dv"] = cut(str(value.device).rpartition("device:")[2] or "cpu", 20).lower()
    facts = out.setdefault("f", {})
    names = [_type_name(k) for k in mro(type(value))]
    if "KerasTensor" in names or "SymbolicTensor" in names or not hasattr(value, "numpy"):
        facts["traced"] = "no values while it is compiled"
        return
    if "Variable" in names and getattr(value, "trainable", True) is False:
        facts["trainable"] = "False"
    numpy = sys.modules.get("numpy")
    if numpy is None or not out["z"] or not budget.may_compute():
        return
    with contextlib.suppress(Exception):
        held = value
        if out["z"] > EXACT:
            # a large one would be copied: a view of its beginning is enough
            held = beginning(value, out["s"])
            if held is None:
                return
            facts["sampled"] = f"{product(tf_shape(held.shape))} of {out['z']}"
        tf_statistics(numpy, held.numpy(), out, detail=depth == 0)


def beginning(value: Any, shape: list[int]) -> Any:
    """The first rows of the first axes: few elements, and next to each other in memory."""
    left = EXACT // 4
    ends = []
    for size in reversed(shape):
        ends.append(max(min(size, left), 1))
        left //= ends[-1]
    # the library's own slicing of a tensor on the host; on another device it would have to wait for it
    if not out_of_reach(value):
        return value[tuple(slice(0, end) for end in reversed(ends))]
    return None


def out_of_reach(value: Any) -> bool:
    device = value.device
    return type(device) is str and "CPU" not in device.upper()


def tf_statistics(numpy: Any, held: Any, out: dict[str, Any], *, detail: bool) -> None:
    if type(held) in (bytes, str):
        out["x"] = held.decode("utf-8", "replace")[:80] if type(held) is bytes else held[:80]
        out["k"] = "text" if not out["s"] else out["k"]
        return
    held = numpy.asarray(held)
    # bfloat16 is no number to NumPy itself
    held = held if held.dtype.kind in "fiubcOSU" else held.astype(numpy.float32)
    array_statistics(numpy, held, out, detail=detail)


def ragged_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Rows of unequal length."""
    out["k"] = "tensor"
    out["s"] = tf_shape(value.shape)
    out["dt"] = cut(str(getattr(value.dtype, "name", value.dtype)), 40)
    facts = out.setdefault("f", {})
    facts["ragged"] = "rows of unequal length"
    with contextlib.suppress(Exception):
        flat = value.flat_values
        facts["stored"] = str(product(tf_shape(flat.shape)))


def tf_sparse(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "tensor"
    out["s"] = tf_shape(value.shape)
    out["dt"] = cut(str(getattr(value.dtype, "name", value.dtype)), 40)
    with contextlib.suppress(Exception):
        out["f"] = {"layout": "sparse", "stored": str(tf_shape(value.values.shape)[0])}


def tf_spec(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A shape and a type without numbers: TensorSpec of TensorFlow, ShapeDtypeStruct of JAX."""
    out["k"] = "tensor"
    out["s"] = tf_shape(value.shape)
    out["dt"] = cut(str(getattr(value.dtype, "name", value.dtype)), 40)
    out["f"] = {"spec": "no numbers"}


def keras_history(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """What `fit` returned: each measure with its last number, the whole course inside."""
    out["k"] = "dict"
    held = attributes(value).get("history")
    if type(held) is dict:
        dict_value(held, out, budget, depth)
        for name, course in list(held.items())[:4]:
            if type(name) is str and type(course) is list and course and type(course[-1]) is float:
                out.setdefault("f", {})["last " + cut(name, 24)] = short(course[-1])


def keras_settings(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Losses, metrics, initialisers, schedules and callbacks of Keras by their settings."""
    own = attributes(value)
    facts = out.setdefault("f", {})
    for name, held in list(own.items())[:60]:
        plain_kind = type(held) in (int, float, str, bool)
        if plain_kind and len(facts) < 6 and name.strip("_") not in KERAS_INNER and held not in ("", False):
            facts[name.strip("_")] = short(held) if type(held) is float else cut(str(held), 40)
    put_attributes(out, own, budget, depth)


KERAS_INNER = frozenset(
    ("name", "built", "supports_jit", "verbose", "stateful", "dtype", "autocast", "seed", "stopped_epoch")
)


def keras_layer(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "module"
    own = attributes(value)
    facts = out.setdefault("f", {})
    with contextlib.suppress(Exception):
        weights = value.weights[:2_000]
        out["z"] = sum(product(tf_shape(w.shape) or []) for w in weights)
    name = own.get("_name") or own.get("name")
    if type(name) is str:
        facts["name"] = cut(name, 60)
    for field in (
        "units",
        "rate",
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "input_dim",
        "output_dim",
        "epsilon",
    ):
        held = own.get(field)
        whole = type(held) is tuple and all(type(n) is int for n in held[:4]) and set(held) != {1}
        if (whole or type(held) in (int, float, str)) and held != "valid":
            facts[field] = cut(str(held), 40)
    activation = own.get("activation")
    if type(activation) is types.FunctionType and activation.__name__ != "linear":
        facts["activation"] = cut(activation.__name__, 20)
    if own.get("built") is False:
        facts["built"] = "not yet"
    if own.get("_trainable", own.get("trainable")) is False:
        facts["frozen"] = "all"
    facts["name"] = facts.pop("name", "")
    if not facts["name"]:
        del facts["name"]
    layers = own.get("_layers")
    if layers is not None and list in mro(type(layers)) and list.__len__(layers) > 1:
        facts["layers"] = str(list.__len__(layers))
    if depth < budget.depth and layers is not None and list in mro(type(layers)):
        head = [list.__getitem__(layers, i) for i in range(min(list.__len__(layers), budget.items * 2))]
        names = [
            str(attributes(layer).get("_name") or attributes(layer).get("name") or i)
            for i, layer in enumerate(head)
        ]
        put_items(out, [cut(n, 60) for n in names], head, budget, depth)


def keras_optimizer(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "optimizer"
    own = attributes(value)
    facts = out.setdefault("f", {})
    with contextlib.suppress(Exception):
        facts["lr"] = short(float(value.learning_rate))
    schedule = own.get("_learning_rate")
    if "LearningRateSchedule" in [_type_name(k) for k in mro(type(schedule))]:
        facts["schedule"] = cut(_type_name(type(schedule)), 40)
    for name in ("momentum", "weight_decay", "beta_1", "beta_2", "epsilon", "clipnorm", "nesterov"):
        if type(own.get(name)) in (int, float) and own[name]:
            facts[name] = short(own[name])
    with contextlib.suppress(Exception):
        facts["steps"] = str(int(value.iterations))


def tf_dataset(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "dataset"
    with contextlib.suppress(Exception):
        out["f"] = {"element": cut(element_text(value.element_spec), 200)}
    with contextlib.suppress(Exception):
        # the length as the graph of operations tells it: nothing is read
        count = int(value.cardinality())
        if count >= 0:
            out["z"] = count
        elif count == -1:
            out["f"]["length"] = "endless"


def element_text(spec: Any, depth: int = 0) -> str:
    """What a data set gives, in short: `(float32 ?×4, int32 ?)`."""
    if type(spec) in (tuple, list) and depth < 3:
        return "(" + ", ".join(element_text(one, depth + 1) for one in spec[:8]) + ")"
    if type(spec) is dict and depth < 3:
        return (
            "{"
            + ", ".join(f"{label(k)} {element_text(v, depth + 1)}" for k, v in list(spec.items())[:8])
            + "}"
        )
    given: Any = spec
    shape = tf_shape(given.shape)
    sized = "\u00d7".join("?" if n < 0 else str(n) for n in shape) if shape is not None else "?"
    return f"{given.dtype.name} {sized}".strip()
