"""Summaries of TensorFlow, Keras, JAX, Hugging Face and tqdm."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
from typing import Any

from codetour.session.injected.array_values import array_statistics
from codetour.session.injected.plain_values import dict_value
from codetour.session.injected.reach import (
    EXACT,
    Budget,
    _type_name,
    attributes,
    cut,
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
    numpy = sys.modules.get("numpy")
    small = 0 < out["z"] <= EXACT and budget.may_compute()
    # a symbolic tensor has no values; a large one would be copied
    if numpy is not None and small and callable(getattr(value, "numpy", None)):
        with contextlib.suppress(Exception):
            held = value.numpy()
            array_statistics(numpy, numpy.asarray(held), out, detail=depth == 0)


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
    layers = own.get("_layers")
    if depth < budget.depth and layers is not None and list in mro(type(layers)):
        head = [list.__getitem__(layers, i) for i in range(min(list.__len__(layers), budget.items * 2))]
        names = [
            str(attributes(layer).get("_name") or attributes(layer).get("name") or i)
            for i, layer in enumerate(head)
        ]
        put_items(out, [cut(n, 60) for n in names], head, budget, depth)


def keras_optimizer(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "optimizer"
    with contextlib.suppress(Exception):
        out["f"] = {"lr": short(float(value.learning_rate))}


def tf_dataset(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "dataset"
    with contextlib.suppress(Exception):
        out["f"] = {"element": cut(str(value.element_spec), 200)}


def jax_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "tensor"
    out["s"] = [s if type(s) is int else -1 for s in value.shape]
    out["dt"] = cut(str(value.dtype), 40)
    out["z"] = product(out["s"])
    if any(_type_name(k) == "Tracer" for k in mro(type(value))):
        out["f"] = {"traced": "no values while it is compiled"}
        return
    with contextlib.suppress(Exception):
        out["dv"] = ", ".join(sorted({d.platform for d in list(value.devices())[:8]}))
    numpy = sys.modules.get("numpy")
    if numpy is not None and 0 < out["z"] <= EXACT and budget.may_compute():
        with contextlib.suppress(Exception):
            held = numpy.asarray(value)
            held = held if held.dtype.kind in "fiubc" else held.astype(numpy.float32)
            array_statistics(numpy, held, out, detail=depth == 0)


def batch_encoding(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    held = attributes(value).get("data")
    if isinstance(held, dict):
        dict_value(held, out, budget, depth)
    out["k"] = "dict"


def tokenizer_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "tokenizer"
    own = attributes(value)
    facts = out.setdefault("f", {})
    with contextlib.suppress(Exception):
        core = own.get("_tokenizer", value)
        out["z"] = int(core.get_vocab_size())
        facts["vocabulary"] = str(out["z"])
    for name in ("name_or_path", "model_max_length", "padding_side"):
        if type(own.get(name)) in (int, str) and len(str(own[name])) < 80:
            facts[name] = str(own[name])


def hub_dataset(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "dataset"
    own = attributes(value)
    facts = out.setdefault("f", {})
    with contextlib.suppress(Exception):
        indices = own.get("_indices")
        out["z"] = int((indices if indices is not None else own["_data"]).num_rows)
    with contextlib.suppress(Exception):
        facts["columns"] = cut(", ".join(map(str, list(own["_info"].features)[:12])), 300)


def progress_bar(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "iterator"
    facts = out.setdefault("f", {})
    if type(own.get("n")) is int:
        facts["done"] = str(own["n"])
    if type(own.get("total")) is int:
        out["z"] = own["total"]
    if depth < budget.depth and own.get("iterable") is not None:
        put_items(out, ["iterable"], [own["iterable"]], budget, depth)
