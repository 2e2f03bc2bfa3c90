"""Summaries of Hugging Face, tqdm, Gymnasium, PyTorch Geometric, absl, Optuna and of arrays on disk."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
from typing import Any

from codetour.session.injected.plain_values import dict_value, put_attributes
from codetour.session.injected.reach import (
    Budget,
    _type_name,
    attributes,
    cut,
    label,
    mro,
    product,
    put_items,
)
from codetour.session.injected.torch_data import rows_of_table


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
    """A data set of the Hub: rows and columns with their types; no row is read."""
    out["k"] = "dataset"
    own = attributes(value)
    facts = out.setdefault("f", {})
    count = rows_of_table(own)
    if count is not None:
        out["z"] = count
    else:
        facts["length"] = "not known before it is read"
    with contextlib.suppress(Exception):
        features = own["_info"].features
        pairs = [f"{cut(str(n), 30)} {feature_text(f)}" for n, f in list(dict.items(features))[:12]]
        facts["columns"] = cut(", ".join(pairs), 300)


def feature_text(feature: Any) -> str:
    own = attributes(feature)
    kind = own.get("dtype")
    if _type_name(type(feature)) == "Value" and type(kind) is str:
        return cut(kind, 20)
    return cut(_type_name(type(feature)), 20)


def progress_bar(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "iterator"
    facts = out.setdefault("f", {})
    if type(own.get("n")) in (int, float):
        whole = own.get("total")
        facts["done"] = f"{own['n']} of {whole}" if type(whole) is int else str(own["n"])
    if type(own.get("desc")) is str and own["desc"]:
        facts["text"] = cut(own["desc"].rstrip(": "), 40)
    if depth < budget.depth and own.get("iterable") is not None:
        put_items(out, ["iterable"], [own["iterable"]], budget, depth)


def output_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """What a model of Transformers or Diffusers returns: an ordered dictionary."""
    dict_value(value, out, budget, depth)
    out["k"] = "dict"


def space_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A space of Gymnasium: what an agent may see or do."""
    own = attributes(value)
    facts = out.setdefault("f", {})
    shape = own.get("_shape")
    if type(shape) is tuple and shape:
        facts["shape"] = "\u00d7".join(str(n) for n in shape[:8] if type(n) is int)
    if type(own.get("n")).__module__ == "numpy" or type(own.get("n")) is int:
        facts["choices"] = str(own["n"])[:20]
    for name in ("low_repr", "high_repr"):
        if type(own.get(name)) is str:
            facts[name.partition("_")[0]] = cut(own[name], 20)
    kind = own.get("dtype")
    if kind is not None and type(kind).__module__.partition(".")[0] == "numpy":
        facts["numbers"] = cut(str(kind), 20)
    inner: Any = own.get("spaces")
    if dict in mro(type(inner)) or tuple in mro(type(inner)):
        held = dict(dict.items(inner)) if dict in mro(type(inner)) else dict(enumerate(tuple.__iter__(inner)))
        out["z"] = len(held)
        if depth < budget.depth:
            head = list(held.items())[: budget.items]
            put_items(out, [label(k) for k, _ in head], [v for _, v in head], budget, depth)


def environment_of_agent(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """An environment of Gymnasium under its wrappers: which one it is."""
    facts = out.setdefault("f", {})
    step, wrappers = value, 0
    while wrappers < 16 and attributes(step).get("env") is not None:
        step, wrappers = attributes(step)["env"], wrappers + 1
    facts["of"] = cut(_type_name(type(step)), 40)
    if wrappers:
        facts["wrappers"] = str(wrappers)
    name = attributes(attributes(value).get("spec")).get("id")
    name = name if type(name) is str else attributes(attributes(step).get("spec")).get("id")
    if type(name) is str:
        facts["id"] = cut(name, 40)
    put_attributes(out, attributes(step), budget, depth)


def graph_data(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A graph of PyTorch Geometric: its tensors by name."""
    store = attributes(value).get("_store")
    held = attributes(store).get("_mapping")
    out["k"] = "dict"
    if type(held) is dict:
        dict_value(held, out, budget, depth)


def flags_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """FLAGS of absl: each flag with what it is set to."""
    out["k"] = "config"
    held = attributes(value).get("__flags")
    found: dict[str, Any] = {}
    for name, flag in list(held.items())[:400] if type(held) is dict else []:
        if type(name) is str:
            found[name] = attributes(flag).get("_value")
    out["z"] = len(found)
    put_attributes(out, found, budget, depth)


def study_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A run, a study, a trainer: the plain settings that it keeps itself; whatever it would look up stays there."""
    own = attributes(value)
    facts = out.setdefault("f", {})
    for name in (
        "study_name",
        "max_epochs",
        "max_steps",
        "is_fitted",
        "best_iteration",
        "num_boosted_rounds",
    ):
        held = own.get(name)
        if type(held) in (int, str, bool):
            facts[name] = cut(str(held), 40)
    put_attributes(out, own, budget, depth)


def sized_file(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """An array of h5py or Zarr: shape and type from its header, no chunk is read."""
    out["k"] = "array"
    out["s"] = [int(n) for n in value.shape]
    out["dt"] = cut(str(value.dtype), 40)
    out["z"] = product(out["s"])
    out["f"] = {"memory": "a file on disk"}
