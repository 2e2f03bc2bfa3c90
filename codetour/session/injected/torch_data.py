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
    sampler = type(own.get("sampler")).__name__
    facts["order"] = {"RandomSampler": "shuffled", "SequentialSampler": "in order"}.get(
        sampler, cut(sampler, 40)
    )
    count = dataset_length(own.get("dataset"))
    if count is not None:
        facts["samples"] = str(count)
        if type(batch) is int and batch > 0:
            drop = own.get("drop_last") is True
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
    """Known only where the class is torch's own: `__len__` of the program's classes is not called."""
    own = attributes(value)
    name = _type_name(type(value))
    if not module_of(type(value)).startswith(("torch.", "torchvision.")):
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


def distribution_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "distribution"
    facts = out.setdefault("f", {})
    for name, field in (("batch", "_batch_shape"), ("event", "_event_shape")):
        if own.get(field) is not None and tuple in mro(type(own[field])):
            facts[name] = "\u00d7".join(map(str, sizes(own[field]))) or "one"
    put_attributes(out, {k: v for k, v in own.items() if not k.startswith("_")}, budget, depth)
