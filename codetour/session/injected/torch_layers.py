"""Summaries of PyTorch layers, optimizers and schedulers: parameters, mode, and what a step moved."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
from typing import Any

from codetour.session.injected.plain_values import skipped
from codetour.session.injected.reach import (
    MODULES,
    PARAMETERS,
    Budget,
    attributes,
    cut,
    mro,
    number,
    product,
    put_items,
    short,
    sizes,
)
from codetour.session.injected.torch_tensors import torch_quiet, torch_sample

_moved: dict[int, Any] = {}


def walk_modules(value: Any) -> Any:
    """(path, attributes) of a module and all below it, each once, bounded."""
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting and len(seen) < MODULES:
        path, module = waiting.pop()
        if id(module) in seen or module is None:
            continue
        seen.add(id(module))
        own = object.__getattribute__(module, "__dict__")
        yield path, own
        children = own.get("_modules")
        if isinstance(children, dict):
            waiting.extend(
                (f"{path}.{name}" if path else str(name), child)
                for name, child in reversed(list(dict.items(children)))
            )


def layer_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    torch = sys.modules["torch"]
    own = object.__getattribute__(value, "__dict__")
    out["k"] = "module"
    facts = out.setdefault("f", {})
    if type(own.get("training")) is bool:
        facts["mode"] = "train" if own["training"] else "eval"
    parameters = module_parameters(torch, value, budget)
    count, frozen = 0, 0
    with torch_quiet():
        for _, parameter in parameters:
            size = parameter_size(torch, parameter)
            count += size
            frozen += 0 if parameter.requires_grad else size
        if parameters:
            out["dv"] = str(parameters[0][1].device)
            out["dt"] = str(parameters[0][1].dtype).rpartition(".")[2]
    out["z"] = count
    if frozen:
        facts["frozen"] = "all" if frozen == count else f"{frozen:,} of {count:,}"
    layer_arguments(own, facts)
    if depth == 0 and parameters:
        movement(torch, value, parameters, out, budget)
    if depth < budget.depth:
        layer_items(own, out, budget, depth)


def module_parameters(torch: Any, value: Any, budget: Budget) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    seen: set[int] = set()
    for path, own in walk_modules(value):
        parameters = own.get("_parameters")
        if not isinstance(parameters, dict):
            continue
        for name, parameter in dict.items(parameters):
            if parameter is not None and torch.Tensor in mro(type(parameter)) and id(parameter) not in seen:
                seen.add(id(parameter))
                found.append((f"{path}.{name}" if path else str(name), parameter))
        if budget.spent():
            break
    return found


def parameter_size(torch: Any, parameter: Any) -> int:
    with contextlib.suppress(Exception):  # a lazy parameter has no shape yet
        return product(sizes(torch.Tensor.shape.__get__(parameter)))
    return 0


WAYS = (
    ("in_features", "out_features"), ("in_channels", "out_channels"), ("num_embeddings", "embedding_dim"),
    ("input_size", "hidden_size"),
)  # fmt: skip
"""what a layer takes and what it gives, in each kind's own words"""
LAYER_ARGUMENTS = (
    "kernel_size", "stride", "padding", "groups", "normalized_shape", "num_features", "num_heads", "embed_dim",
    "num_layers", "p", "eps", "negative_slope", "approximate", "dim", "label_smoothing", "ignore_index",
)  # fmt: skip
USUAL = {
    "stride": (1, (1,), (1, 1), (1, 1, 1)), "padding": (0, (0,), (0, 0), (0, 0, 0)), "groups": (1,),
    "eps": (1e-5, 1e-6),
    "num_layers": (1,), "label_smoothing": (0.0,), "ignore_index": (-100,), "approximate": ("none",),
}  # fmt: skip
"""what need not be said"""


def layer_arguments(own: dict[str, Any], facts: dict[str, str]) -> None:
    for taken, given in WAYS:
        if type(own.get(taken)) is int and type(own.get(given)) is int:
            facts["from"] = f"{own[taken]} to {own[given]}"
    for name in LAYER_ARGUMENTS:
        found = own.get(name)
        whole = type(found) is tuple and all(type(x) is int for x in found[:4])
        if (whole or type(found) in (int, float, str)) and found not in USUAL.get(name, ()):
            facts[name] = cut(str(found), 40)


def movement(
    torch: Any, value: Any, parameters: list[tuple[str, Any]], out: dict[str, Any], budget: Budget
) -> None:
    """How far the weights and what gradients they have moved since the last look, on a small sample."""
    chosen = parameters[:: max(len(parameters) // PARAMETERS, 1)][:PARAMETERS]
    weights, gradients = [], []
    for _, parameter in chosen:
        if not budget.may_compute():
            return
        sample = torch_sample(torch, parameter)
        if sample is None:
            return
        weights.append(sample[:256].float().clone())
        with torch_quiet():
            gradient = parameter.grad if parameter.is_leaf else None
        if gradient is not None:
            sample = torch_sample(torch, gradient)
            if sample is not None:
                gradients.append(sample[:256].float())
    with torch.no_grad():
        now = torch.cat(weights)
        stats = {"mean": float(now.mean()), "std": float(now.std()) if now.numel() > 1 else 0.0}
        if gradients:
            stats["grad"] = float(torch.cat(gradients).abs().mean())
        before = _moved.get(id(value))
        if before is not None and before.shape == now.shape:
            stats["moved"] = float((now - before).norm() / (before.norm() + 1e-12))
        if len(_moved) > 16:
            _moved.clear()
        _moved[id(value)] = now
    out["st"] = {k: number(v) for k, v in stats.items()}


def layer_items(own: dict[str, Any], out: dict[str, Any], budget: Budget, depth: int) -> None:
    found: dict[str, Any] = {}
    for part in ("_modules", "_parameters", "_buffers"):
        inner = own.get(part)
        if isinstance(inner, dict):
            found.update((str(k), v) for k, v in list(dict.items(inner))[: budget.items * 3] if v is not None)
    for name, item in list(own.items())[:200]:
        # what the program itself put on the layer: sizes, flags, its configuration
        if (
            not name.startswith("_")
            and name != "training"
            and name not in LAYER_ARGUMENTS
            and not any(name in pair for pair in WAYS)
            and not skipped(item)
        ):
            found.setdefault(name, item)
    names = list(found)[: budget.items * 2]
    put_items(out, names, [found[n] for n in names], budget, depth)


def optimizer_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "optimizer"
    groups = own.get("param_groups")
    facts = out.setdefault("f", {})
    if type(groups) is list and groups and type(groups[0]) is dict:
        held = [len(g["params"]) for g in groups if type(g) is dict and type(g.get("params")) is list]
        for name in ("lr", "weight_decay", "momentum", "betas", "eps", "nesterov", "amsgrad"):
            texts: list[str] = []
            for one in [g.get(name) for g in groups[:6] if type(g) is dict]:
                text = plain(one)
                if text and text not in texts:
                    texts.append(text)
            if texts and texts not in (["False"], ["0"]):
                facts[name] = ", ".join(texts)
            if name == "lr":
                state_facts(own.get("state"), facts)
                if len(groups) > 1:
                    facts["groups"] = str(len(groups))
        facts.setdefault("groups", str(len(groups)))
        facts["tensors"] = str(sum(held))


def state_facts(state: Any, facts: dict[str, str]) -> None:
    if isinstance(state, dict):
        count = dict.__len__(state)
        held = f"for {count} tensors, {state_size(state) / 1e6:.3g} MB"
        facts["state"] = held if count else "empty: no step yet"


def state_size(state: Any) -> int:
    """Bytes that an optimizer keeps beside the parameters: for Adam twice as many as they take themselves."""
    torch = sys.modules["torch"]
    total = 0
    for i, one in enumerate(dict.values(state)):
        if i >= MODULES:
            break
        if type(one) is dict:
            for held in list(one.values())[:8]:
                if type(held) in (torch.Tensor, torch.nn.Parameter):
                    total += held.numel() * held.element_size()
    return total


def plain(value: Any) -> str:
    """A number or a short tuple of numbers as text; a one-element tensor too."""
    kind = type(value)
    if kind in (int, float):
        return short(value)
    if kind is bool or kind is str:
        return str(value)[:40]
    if kind is tuple and len(value) <= 4:
        return "(" + ", ".join(plain(x) for x in value) + ")"
    torch = sys.modules.get("torch")
    if torch is not None and kind is torch.Tensor:
        with contextlib.suppress(Exception):
            return short(value.item()) if value.numel() == 1 else ""
    return ""


def scheduler_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    own = attributes(value)
    out["k"] = "scheduler"
    facts = out.setdefault("f", {})
    rates = own.get("_last_lr")
    if type(rates) is list and rates:
        facts["lr"] = ", ".join(plain(r) for r in rates[:4])
    for name in (
        "last_epoch",
        "step_size",
        "T_max",
        "T_0",
        "gamma",
        "total_steps",
        "mode",
        "patience",
        "factor",
    ):
        text = plain(own.get(name))
        if text:
            facts[name] = text
