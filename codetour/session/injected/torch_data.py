"""Summaries of PyTorch data sets, loaders and distributions."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

from typing import Any

from codetour.session.injected.array_values import array_value
from codetour.session.injected.plain_values import put_attributes
from codetour.session.injected.reach import (
    Budget,
    _type_name,
    attributes,
    cut,
    family,
    module_of,
    mro,
    put_items,
    sizes,
)
from codetour.session.injected.torch_tensors import tensor_value


def loader_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "loader"
    facts = out.setdefault("f", {})
    batch = own.get("batch_size")
    if type(batch) is int:
        facts["batch_size"] = str(batch)
    workers = own.get("num_workers")
    if type(workers) is int and workers:
        facts["workers"] = str(workers)
    batches = own.get("batch_sampler")
    if type(batch) is not int and batches is not None:
        inner = attributes(batches).get("batch_size")
        if type(inner) is int:
            batch = inner
            facts["batch_size"] = str(batch)
    elif batch is None:
        facts["batch_size"] = "none: single samples"
    sampler = type(own.get("sampler")).__name__
    facts["order"] = {
        "RandomSampler": "shuffled",
        "SequentialSampler": "in order",
        "_InfiniteConstantSampler": "as it comes",
    }.get(sampler, cut(sampler, 40))
    count = dataset_length(own.get("dataset"))
    if count is not None:
        facts["samples"] = str(count)
        if own.get("drop_last") is True:
            facts["drop_last"] = "True"
        if type(batch) is int and batch > 0:
            drop = (attributes(batches) if own.get("batch_size") is None else own).get("drop_last") is True
            out["z"] = count // batch if drop else -(-count // batch)
    if depth < budget.depth and own.get("dataset") is not None:
        put_items(out, ["dataset"], [own["dataset"]], budget, depth)


def loader_iterator(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "iterator"
    given = attributes(value).get("_num_yielded")
    if type(given) is int:
        out["f"] = {"batches given": str(given)}


def dataset_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "dataset"
    count = dataset_length(value)
    if count is not None:
        out["z"] = count
    put_attributes(out, attributes(value), budget, depth)


def dataset_length(value: Any) -> Any:
    """Known only where the class is a library's own: `__len__` of the program's classes is not called."""
    own = attributes(value)
    name, home = _type_name(type(value)), module_of(type(value))
    if type(value) in (list, tuple):
        return type(value).__len__(value)
    if home.startswith("datasets."):
        return rows_of_table(own)
    if not home.startswith(("torch.", "torchvision.", "torchaudio.", "torch_geometric.")):
        return None
    if name == "TensorDataset":
        tensors = own.get("tensors")
        return int(tensors[0].shape[0]) if type(tensors) is tuple and tensors else None
    if name == "Subset":
        indices: Any = own.get("indices")
        return len(indices) if type(indices) in (list, range, tuple) else None
    if name == "ConcatDataset":
        ends = own.get("cumulative_sizes")
        return ends[-1] if type(ends) is list and ends else None
    for field in ("data", "samples", "imgs", "images"):
        held = own.get(field)
        if type(held) is list:
            return list.__len__(held)
        if held is not None and family(held)[1] in (tensor_value, array_value):
            return int(held.shape[0]) if len(held.shape) else None
    return None


def rows_of_table(own: dict[str, Any]) -> Any:
    """Rows of a Hugging Face data set, kept in Arrow tables: nothing is read."""
    held = own["_indices"] if own.get("_indices") is not None else own.get("_data")
    count = getattr(held, "num_rows", None) if module_of(type(held)).startswith("datasets.") else None
    return count if type(count) is int else None


def distribution_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "distribution"
    facts = out.setdefault("f", {})
    for name, field in (("batch", "_batch_shape"), ("event", "_event_shape")):
        if own.get(field) is not None and tuple in mro(type(own[field])):
            facts[name] = "\u00d7".join(map(str, sizes(own[field]))) or "one"
    put_attributes(out, {k: v for k, v in own.items() if not k.startswith("_")}, budget, depth)


def generator_state(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """A random number generator of torch: where its numbers come from; its state is not copied."""
    out["f"] = {"seed": str(value.initial_seed()), "device": str(value.device)}


def sampler_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "object"
    facts = out.setdefault("f", {})
    for name in (
        "batch_size",
        "num_samples",
        "rank",
        "num_replicas",
        "epoch",
        "seed",
        "replacement",
        "drop_last",
    ):
        held = own.get(name, own.get("_" + name))
        if type(held) in (int, bool):
            facts[name] = str(held)
    count = dataset_length(own.get("data_source", own.get("dataset")))
    if count is not None:
        facts["samples"] = str(count)


def scaler_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """The scale of mixed precision, where it can be had without waiting for a device."""
    own = attributes(value)
    facts = out.setdefault("f", {})
    facts["enabled"] = str(own.get("_enabled") is True)
    if type(own.get("_init_scale")) is float and own.get("_scale") is None:
        facts["scale"] = f"{own['_init_scale']:g}"
    put_attributes(out, {"scale": own.get("_scale")}, budget, depth)
