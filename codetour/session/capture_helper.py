"""Injected in the program being toured: sums up what its frames hold, as bounded JSON text.

Runs inside somebody else's process on Python 3.8 and later, so it uses the standard library only and imports nothing
of codetour. Values are told apart by their type alone. No method of a class of the program is ever called: no
`__repr__`, `__len__`, `__getattr__`, no property; attributes come from the instance's `__dict__` or slots, containers
are walked with the methods of the builtin type. Every summary is bounded in time, size and depth.

    stack(roots, watch)      the calling thread's frames, innermost first
    evaluate(text, frame)    the value of an expression in one of those frames
    children(path, frame)    what is inside the value at a path
"""

# ruff: noqa: ARG001, SLF001, PTH100, PTH109, PTH117, PTH118, PTH120, PTH206 - summarisers share one signature; what is looked into is not ours
# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import types
from typing import Any

VERSION = 1
MODULE = "_codetour_capture"
LIMIT = 60_000  # characters of one answer: what a stop records is at most 64 kB
SAMPLE = 8_192  # elements looked at for statistics of a larger tensor
EXACT = 65_536  # up to here every element is looked at
FRAMES_INNER, FRAMES_OUTER = 32, 8  # of a deep recursion the ends are shown
MODULES = 4_000  # layers walked to count the parameters of a model
PARAMETERS = 12  # parameters sampled to see whether a step moved a model

_type_mro: Any = type.__dict__["__mro__"].__get__
_type_dict: Any = type.__dict__["__dict__"].__get__
_type_name: Any = type.__dict__["__qualname__"].__get__
_type_module: Any = type.__dict__["__module__"].__get__

_evaluated: dict[str, Any] = {}
_moved: dict[int, Any] = {}


class Budget:
    """What one answer may still spend."""

    def __init__(self, items: int, depth: int, text: int, seconds: float) -> None:
        now = time.perf_counter()
        self.items = items
        self.depth = depth
        self.text = text
        self.nodes = 3_000
        self.stats_until = now + seconds / 4
        self.until = now + seconds

    def spent(self) -> bool:
        return self.nodes <= 0 or time.perf_counter() > self.until


# ---------------------------------------------------------------------------------------------------------------
# Type and attribute access that runs no code of the program


def mro(kind: Any) -> Any:
    return _type_mro(kind)


def module_of(kind: Any) -> str:
    found = _type_module(kind)
    return found if type(found) is str else "builtins"


def attributes(value: Any) -> dict[str, Any]:
    """The instance's own attributes: its `__dict__`, then its slots."""
    found: Any = None
    with contextlib.suppress(Exception):
        found = object.__getattribute__(value, "__dict__")
    out: dict[str, Any] = dict(found) if type(found) is dict else {}
    for kind in mro(type(value)):
        if module_of(kind) == "builtins":
            continue
        for name, slot in list(_type_dict(kind).items()):
            if type(slot) is types.MemberDescriptorType and type(name) is str and not name.startswith("__"):
                with contextlib.suppress(Exception):
                    out.setdefault(name, slot.__get__(value))
    return out


def family(value: Any) -> tuple[str, Any]:
    """(root package, summariser) of the first class that is known, going up the bases."""
    passed: list[Any] = []
    for kind in mro(type(value)):
        known = KNOWN.get(_type_name(kind))
        if known is not None:
            package = module_of(kind).partition(".")[0]
            if package in known and not (
                known[package] in ASKING and any(overrides(k, package) for k in passed)
            ):
                return package, known[package]
        passed.append(kind)
    return "", None


ASKED = frozenset(
    (
        *("__getattribute__", "__getattr__", "__str__", "__repr__", "__format__", "__len__", "__iter__"),
        *("__getitem__", "shape", "dtype", "dtypes", "device", "columns", "index", "size", "mode", "format"),
        *("nnz", "weights", "trainable_weights", "non_trainable_weights", "variables", "trainable"),
        *("count_params", "layers", "name", "learning_rate", "features", "num_rows", "column_names"),
        *("element_spec", "height", "width"),
    )
)
"""what the summarisers in `ASKING` ask a value for by its name"""


def overrides(kind: Any, package: str) -> bool:
    """A class of the program that answers itself where the library would be asked: its code must not run."""
    return module_of(kind).partition(".")[0] != package and not ASKED.isdisjoint(_type_dict(kind))


def cut(text: Any, limit: int) -> str:
    """The beginning of a text; also of a subclass of str, whose own methods are not called."""
    piece = str.__getitem__(text, slice(0, limit))
    return piece + "\u2026" if str.__len__(text) > limit else piece


def number(value: Any) -> Any:
    """A number as JSON can hold it."""
    if value != value:  # noqa: PLR0124 - NaN, without importing anything
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    return value


def short(value: float) -> str:
    return f"{value:.4g}"


def label(key: Any) -> str:
    """A dictionary key as a name."""
    kind = type(key)
    if kind is str:
        return cut(key, 60)
    if kind in (int, float, bool, type(None)):
        return str(key)[:60] if kind is not int or key.bit_length() < 200 else "<int>"
    if kind is bytes:
        return repr(key[:30])
    if kind is tuple and len(key) <= 4:
        return "(" + ", ".join(label(k) for k in key) + ")"
    return f"<{_type_name(kind)}>"[:60]


# ---------------------------------------------------------------------------------------------------------------
# Builtin values


def scalar_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "scalar"
    kinds = mro(type(value))
    if type(value) is bool:
        out["x"] = value
    elif int in kinds:
        plain = int.__add__(value, 0)
        if plain.bit_length() <= 63:
            out["x"] = plain
        else:
            out["f"] = {"bits": str(plain.bit_length())}
    elif float in kinds:
        out["x"] = number(float.__add__(value, 0.0))
    else:
        plain = complex.__add__(value, 0)
        out["x"] = f"{plain.real:.6g}{plain.imag:+.6g}j"


def text_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out.update(k="text", z=str.__len__(value), x=cut(value, budget.text if depth == 0 else 60))


def bytes_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    kind = bytes if bytes in mro(type(value)) else bytearray
    head = kind.__getitem__(value, slice(0, 24))
    out.update(k="text", z=kind.__len__(value), x=repr(bytes(head))[2:-1])


def none_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "none"


def sequence_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    kind = list if list in mro(type(value)) else tuple
    size = kind.__len__(value)
    out.update(k=kind.__name__, z=size)
    fields = field_names(value) if kind is tuple else ()
    if depth < budget.depth:
        head = [kind.__getitem__(value, i) for i in range(min(size, budget.items))]
        names = [fields[i] if i < len(fields) else str(i) for i in range(len(head))]
        put_items(out, names, head, budget, depth)


def field_names(value: Any) -> tuple[str, ...]:
    """The names of a named tuple."""
    for kind in mro(type(value)):
        fields = _type_dict(kind).get("_fields")
        if type(fields) is tuple and all(type(f) is str for f in fields[:64]):
            return fields[:64]
    return ()


def dict_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out.update(k="dict", z=dict.__len__(value))
    if looks_like_config(value):
        out["k"] = "config"
    names, head = [], []
    if depth < budget.depth:
        for key, item in dict.items(value):
            if len(head) >= budget.items:
                break
            names.append(label(key))
            head.append(item)
        put_items(out, names, head, budget, depth)


def set_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    kind = set if set in mro(type(value)) else frozenset
    out.update(k="set", z=kind.__len__(value))
    if depth < budget.depth:
        head: list[Any] = []
        for item in kind.__iter__(value):
            if len(head) >= budget.items:
                break
            head.append(item)
        put_items(out, [str(i) for i in range(len(head))], head, budget, depth)


def deque_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    kind: Any = next(
        k for k in mro(type(value)) if _type_name(k) == "deque" and module_of(k) == "collections"
    )
    size = kind.__len__(value)
    out.update(k="list", z=size)
    if depth < budget.depth:
        head = [kind.__getitem__(value, i) for i in range(min(size, budget.items))]
        put_items(out, [str(i) for i in range(len(head))], head, budget, depth)


def range_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out.update(k="list", x=f"{value.start}..{value.stop} by {value.step}"[:80])
    with contextlib.suppress(OverflowError):
        out["z"] = len(value)


def callable_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "function"
    inner = value
    if type(value) is types.MethodType:
        inner = value.__func__
    name = inner.__qualname__ if type(inner) in (types.FunctionType, types.BuiltinFunctionType) else ""
    if type(name) is str:
        out["x"] = cut(name, 80)


def class_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out.update(k="class", x=cut(_type_name(value), 80))


def python_module(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "package"


def generator_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "iterator"
    if type(value) is types.GeneratorType:
        frame = value.gi_frame
        out["f"] = {
            "of": cut(value.gi_code.co_name, 80),
            "at": f"line {frame.f_lineno}" if frame else "its end",
        }


def iterator_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "iterator"


def plain_text(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Values of library types written in C or in the standard library, whose text is short and harmless."""
    out.update(k="text", x=cut(str(value), 120))


def enum_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    name = attributes(value).get("_name_")
    out.update(k="text", x=cut(name, 80) if type(name) is str else None)


def partial_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "function"
    with contextlib.suppress(Exception):
        call = _functools_partial("func").__get__(value)
        out["x"] = "partial " + (cut(call.__qualname__, 60) if type(call) is types.FunctionType else "")


def _functools_partial(name: str) -> Any:
    return _type_dict(sys.modules["functools"].partial)[name]


# ---------------------------------------------------------------------------------------------------------------
# Objects and configuration


CONFIG_ENDINGS = (
    "config",
    "cfg",
    "conf",
    "args",
    "arguments",
    "options",
    "opts",
    "params",
    "hparams",
    "settings",
)


def looks_like_config(value: Any) -> bool:
    return type(value) is not dict and _type_name(type(value)).lower().endswith(
        (*CONFIG_ENDINGS, "namespace", "easydict", "cfgnode", "attrdict", "configdict")
    )


def is_dataclass(value: Any) -> bool:
    return any(
        "__dataclass_fields__" in _type_dict(k) or "__attrs_attrs__" in _type_dict(k)
        for k in mro(type(value))
    )


def object_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    found = attributes(value)
    out["k"] = "config" if is_dataclass(value) or looks_like_config(value) else "object"
    put_attributes(out, found, budget, depth)


def config_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    """Namespaces and the configuration classes of libraries; some keep their entries one level down."""
    out["k"] = "config"
    found = attributes(value)
    for inner in ("_content", "_fields", "_data", "data", "store"):
        if type(found.get(inner)) is dict:
            found = {label(k): unwrap(v) for k, v in list(found[inner].items())[:400]}
            break
    else:
        # a configuration class of the program may keep its defaults on the class
        if not found:
            found = class_defaults(value)
    out["z"] = len(found)
    put_attributes(out, found, budget, depth)


def unwrap(value: Any) -> Any:
    """OmegaConf keeps each leaf in a node object."""
    if module_of(type(value)).startswith("omegaconf.nodes"):
        return attributes(value).get("_val")
    return value


def class_defaults(value: Any) -> dict[str, Any]:
    simple = (int, float, bool, str, type(None), tuple, list)
    return {
        k: v
        for k, v in list(_type_dict(type(value)).items())[:400]
        if type(k) is str and not k.startswith("_") and type(v) in simple
    }


def put_attributes(out: dict[str, Any], found: dict[str, Any], budget: Budget, depth: int) -> None:
    if depth >= budget.depth:
        return
    names = [n for n in list(found)[:400] if type(n) is str and not n.startswith("__")]
    # public before private, plain values and tensors before helpers
    names.sort(key=lambda n: n.startswith("_"))
    names = [n for n in names if not skipped(found[n])][: budget.items * 2]
    put_items(out, names, [found[n] for n in names], budget, depth)


def skipped(value: Any) -> bool:
    """Functions, classes, modules and types say little in a list of values."""
    kind = type(value)
    return kind in SKIPPED or type in mro(kind) or module_of(kind) in ("typing", "__future__", "types")


SKIPPED = (
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
)


def put_items(out: dict[str, Any], names: list[str], values: list[Any], budget: Budget, depth: int) -> None:
    items = []
    for i in range(len(values)):
        if budget.spent():
            break
        items.append(summary(names[i], values[i], budget, depth + 1))
    if items:
        out["i"] = items


# ---------------------------------------------------------------------------------------------------------------
# PyTorch


def torch_quiet() -> Any:
    """Reading a tensor's metadata must not run `__torch_function__` of a subclass."""
    core = sys.modules["torch"]._C
    switch = getattr(core, "DisableTorchFunctionSubclass", None) or core.DisableTorchFunction
    return switch()


def sizes(shape: Any) -> list[int]:
    """A shape as integers; -1 for a dimension that is symbolic."""
    return [s if type(s) is int else -1 for s in tuple.__iter__(shape)]


def tensor_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    torch = sys.modules["torch"]
    out["k"] = "tensor"
    with torch_quiet():
        tensor = torch.Tensor
        out["dt"] = str(tensor.dtype.__get__(value)).rpartition(".")[2]
        out["dv"] = str(tensor.device.__get__(value))
        facts = out.setdefault("f", {})
        out["s"] = sizes(tensor.shape.__get__(value))
        out["z"] = product(out["s"])
        leaf = tensor.is_leaf.__get__(value)
        if tensor.requires_grad.__get__(value):
            origin = tensor.grad_fn.__get__(value)
            facts["grad"] = "leaf" if leaf else cut(type(origin).__name__, 40)
        layout = tensor.layout.__get__(value)
        if layout is not torch.strided:
            facts["layout"] = str(layout).rpartition(".")[2]
        elif leaf and tensor.requires_grad.__get__(value):
            gradient = tensor.grad.__get__(value)
            if gradient is not None and time.perf_counter() < budget.stats_until:
                sample = torch_sample(torch, gradient)
                if sample is not None:
                    facts["gradient"] = f"mean |g| {short(float(sample.abs().mean()))}"
        if type(value) in plain_tensors(torch) and time.perf_counter() < budget.stats_until:
            torch_statistics(torch, value, out, detail=depth == 0)


def plain_tensors(torch: Any) -> tuple[Any, ...]:
    return tuple(
        k
        for k in (torch.Tensor, torch.nn.Parameter, getattr(torch.nn, "Buffer", None))
        if isinstance(k, type)
    )


def product(shape: list[int]) -> int:
    total = 1
    for size in shape:
        total *= max(size, 0)
    return total


def torch_sample(torch: Any, value: Any) -> Any:
    """A flat float sample on the CPU, or None where values cannot be had cheaply and without side effects."""
    if type(value) not in plain_tensors(torch) or value.layout is not torch.strided or value.is_quantized:
        return None
    count = value.numel()
    if not count or value.device.type not in ("cpu", "cuda", "mps", "xpu"):
        return None
    if getattr(torch._C, "_len_torch_dispatch_stack", int)() or wrapped(torch, value):
        return None
    with torch.no_grad():
        flat = value.detach()
        local = flat.device.type == "cpu"
        limit = EXACT if local else SAMPLE
        if count > limit:
            flat = strided_sample(torch, flat, count)
        if not local:
            flat = flat.cpu()
        flat = torch.view_as_real(flat) if flat.is_complex() else flat
        return flat.reshape(-1).to(torch.float64 if flat.dtype == torch.float64 else torch.float32)


def strided_sample(torch: Any, flat: Any, count: int) -> Any:
    """SAMPLE elements spread over the tensor, whatever its strides, without copying it."""
    step = max(count // SAMPLE, 1)
    if flat.is_contiguous():
        return flat.view(-1)[::step][:SAMPLE]
    index = torch.arange(0, count, step, device=flat.device)[:SAMPLE]
    picks = []
    for size in reversed(flat.shape):
        picks.append(index % size)
        index = torch.div(index, size, rounding_mode="floor")
    return flat[tuple(reversed(picks))]


def wrapped(torch: Any, value: Any) -> bool:
    """A tensor inside vmap or grad of torch.func has no values of its own."""
    with contextlib.suppress(Exception):
        return bool(torch._C._functorch.is_functorch_wrapped_tensor(value))
    return False


def torch_statistics(torch: Any, value: Any, out: dict[str, Any], *, detail: bool) -> None:
    sample = torch_sample(torch, value)
    if sample is None:
        return
    with torch.no_grad():
        if out["z"] == 1 and value.dtype is not torch.bool:
            out["x"] = number(value.item()) if not value.is_complex() else str(value.item())
            return
        if out["z"] == 1:
            out["x"] = bool(value.item())
            return
        head = sample[:6].tolist()
        limit = EXACT if value.device.type == "cpu" else SAMPLE
        if out["z"] > limit:
            out["f"]["sampled"] = f"{sample.numel()} of {out['z']}"
        bad = ~torch.isfinite(sample)
        stats: dict[str, float] = {}
        if bool(bad.any()):
            stats["nan"] = int(torch.isnan(sample).sum())
            stats["inf"] = int(bad.sum()) - int(stats["nan"])
            sample = sample[~bad]
        if sample.numel():
            stats["min"], stats["max"] = float(sample.min()), float(sample.max())
            stats["mean"] = float(sample.mean())
            if sample.numel() > 1:
                stats["std"] = float(sample.std())
            stats["zero"] = float((sample == 0).float().mean())
    out["st"] = {k: number(v) for k, v in stats.items()}
    if detail:
        whole = not value.dtype.is_floating_point and not value.is_complex()
        out["f"]["first"] = " ".join(str(int(x)) if whole else short(x) for x in head)


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


LAYER_ARGUMENTS = (
    "in_features", "out_features", "in_channels", "out_channels", "kernel_size", "stride", "padding", "num_embeddings",
    "embedding_dim", "normalized_shape", "num_features", "num_heads", "embed_dim", "hidden_size", "input_size",
    "num_layers", "p", "eps", "negative_slope", "approximate", "dim",
)  # fmt: skip


def layer_arguments(own: dict[str, Any], facts: dict[str, str]) -> None:
    for name in LAYER_ARGUMENTS:
        found = own.get(name)
        if type(found) in (int, float, str) or (
            type(found) is tuple and all(type(x) is int for x in found[:4])
        ):
            facts[name] = cut(str(found), 40)


def movement(
    torch: Any, value: Any, parameters: list[tuple[str, Any]], out: dict[str, Any], budget: Budget
) -> None:
    """How far the weights and what gradients they have moved since the last look, on a small sample."""
    chosen = parameters[:: max(len(parameters) // PARAMETERS, 1)][:PARAMETERS]
    weights, gradients = [], []
    for _, parameter in chosen:
        if time.perf_counter() > budget.stats_until:
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
        facts["groups"] = str(len(groups))
        for name in ("lr", "momentum", "betas", "weight_decay", "eps", "nesterov", "amsgrad"):
            found = [g.get(name) for g in groups[:6] if type(g) is dict]
            texts = []
            for one in found:
                text = plain(one)
                if text and text not in texts:
                    texts.append(text)
            if texts:
                facts[name] = ", ".join(texts)
        held = [len(g["params"]) for g in groups if type(g) is dict and type(g.get("params")) is list]
        facts["tensors"] = str(sum(held))
    state = own.get("state")
    if isinstance(state, dict):
        facts["state"] = f"for {dict.__len__(state)} tensors" if dict.__len__(state) else "empty: no step yet"


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
    for name in ("last_epoch", "step_size", "T_max", "gamma", "total_steps", "mode", "patience", "factor"):
        text = plain(own.get(name))
        if text:
            facts[name] = text


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


# ---------------------------------------------------------------------------------------------------------------
# NumPy and what stands on it


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
    if time.perf_counter() < budget.stats_until:
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
        index = numpy.unravel_index(
            numpy.arange(0, value.size, max(value.size // SAMPLE, 1))[:SAMPLE], value.shape
        )
        flat = value[index]
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


# ---------------------------------------------------------------------------------------------------------------
# TensorFlow, Keras, JAX


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
    small = 0 < out["z"] <= EXACT and time.perf_counter() < budget.stats_until
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
    if numpy is not None and 0 < out["z"] <= EXACT and time.perf_counter() < budget.stats_until:
        with contextlib.suppress(Exception):
            held = numpy.asarray(value)
            held = held if held.dtype.kind in "fiubc" else held.astype(numpy.float32)
            array_statistics(numpy, held, out, detail=depth == 0)


# ---------------------------------------------------------------------------------------------------------------
# Hugging Face, tqdm


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


def loader_iterator(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    out["k"] = "iterator"
    given = attributes(value).get("_num_yielded")
    if type(given) is int:
        out["f"] = {"batches given": str(given)}


# class name -> root package -> summariser; bases are looked up too, so subclasses of the program are found
ASKING = (
    plain_text,
    table_value,
    sparse_value,
    image_value,
    tf_value,
    keras_layer,
    keras_optimizer,
    tf_dataset,
    jax_value,
    hub_dataset,
    numpy_scalar,
)
"""summarisers that ask through the library's own properties, which a subclass can override"""

KNOWN: dict[str, dict[str, Any]] = {
    "bool": {"builtins": scalar_value},
    "int": {"builtins": scalar_value},
    "float": {"builtins": scalar_value},
    "complex": {"builtins": scalar_value},
    "str": {"builtins": text_value},
    "bytes": {"builtins": bytes_value},
    "bytearray": {"builtins": bytes_value},
    "NoneType": {"builtins": none_value},
    "list": {"builtins": sequence_value},
    "tuple": {"builtins": sequence_value},
    "dict": {"builtins": dict_value},
    "set": {"builtins": set_value},
    "frozenset": {"builtins": set_value},
    "range": {"builtins": range_value},
    "type": {"builtins": class_value},
    "module": {"builtins": python_module},
    "function": {"builtins": callable_value},
    "method": {"builtins": callable_value},
    "builtin_function_or_method": {"builtins": callable_value},
    "generator": {"builtins": generator_value},
    "coroutine": {"builtins": iterator_value},
    "async_generator": {"builtins": iterator_value},
    "map": {"builtins": iterator_value},
    "filter": {"builtins": iterator_value},
    "zip": {"builtins": iterator_value},
    "enumerate": {"builtins": iterator_value},
    "reversed": {"builtins": iterator_value},
    "list_iterator": {"builtins": iterator_value},
    "dict_keyiterator": {"builtins": iterator_value},
    "deque": {"collections": deque_value},
    "partial": {"functools": partial_value},
    "Enum": {"enum": enum_value},
    "PurePath": {"pathlib": plain_text},
    "datetime": {"datetime": plain_text},
    "date": {"datetime": plain_text},
    "timedelta": {"datetime": plain_text},
    "Decimal": {"decimal": plain_text},
    "Fraction": {"fractions": plain_text},
    "UUID": {"uuid": plain_text},
    "Namespace": {"argparse": config_value},
    "SimpleNamespace": {"types": config_value},
    "DictConfig": {"omegaconf": config_value},
    "ListConfig": {"omegaconf": config_value},
    "ConfigDict": {"ml_collections": config_value},
    "PretrainedConfig": {"transformers": config_value},
    "PreTrainedConfig": {"transformers": config_value},
    "BaseModel": {"pydantic": config_value},
    "Tensor": {"torch": tensor_value, "tensorflow": tf_value},
    "Module": {"torch": layer_value},
    "Optimizer": {"torch": optimizer_value, "keras": keras_optimizer, "tf_keras": keras_optimizer},
    "LRScheduler": {"torch": scheduler_value},
    "_LRScheduler": {"torch": scheduler_value},
    "ReduceLROnPlateau": {"torch": scheduler_value},
    "DataLoader": {"torch": loader_value},
    "_BaseDataLoaderIter": {"torch": loader_iterator},
    "Dataset": {"torch": dataset_value, "datasets": hub_dataset},
    "IterableDataset": {"torch": dataset_value, "datasets": hub_dataset},
    "Distribution": {"torch": distribution_value},
    "device": {"torch": plain_text},
    "dtype": {"torch": plain_text, "numpy": plain_text},
    "ndarray": {"numpy": array_value},
    "generic": {"numpy": numpy_scalar},
    "DataFrame": {"pandas": table_value, "polars": table_value},
    "Series": {"pandas": table_value, "polars": table_value},
    "_spbase": {"scipy": sparse_value},
    "spmatrix": {"scipy": sparse_value},
    "BaseEstimator": {"sklearn": estimator_value},
    "Image": {"PIL": image_value},
    "EagerTensor": {"tensorflow": tf_value},
    "Variable": {"tensorflow": tf_value, "keras": tf_value},
    "KerasTensor": {"keras": tf_value, "tf_keras": tf_value},
    "Layer": {"keras": keras_layer, "tf_keras": keras_layer, "tensorflow": keras_layer},
    "BaseOptimizer": {"keras": keras_optimizer},
    "DatasetV2": {"tensorflow": tf_dataset},
    "ArrayImpl": {"jaxlib": jax_value, "jax": jax_value},
    "Tracer": {"jax": jax_value},
    "BatchEncoding": {"transformers": batch_encoding},
    "BatchFeature": {"transformers": batch_encoding},
    "PreTrainedTokenizerBase": {"transformers": tokenizer_value},
    "Tokenizer": {"tokenizers": tokenizer_value},
    "tqdm": {"tqdm": progress_bar},
}


def summary(name: str, value: Any, budget: Budget, depth: int = 0) -> dict[str, Any]:
    """One value: `n` name, `t` type, `k` kind, `s` shape, `dt` dtype, `dv` device, `x` scalar, `z` size, `st`
    statistics, `f` facts, `i` items, `r` identity.
    """
    kind = type(value)
    budget.nodes -= 1
    out: dict[str, Any] = {
        "n": name,
        "t": cut(_type_name(kind).rpartition(".")[2], 60),
        "k": "object",
        "r": id(value),
    }
    try:
        summarise = family(value)[1] or object_value
        summarise(value, out, budget, depth)
    except Exception as problem:  # noqa: BLE001 - a strange value must not cost the rest of the stop
        out.setdefault("f", {})["unseen"] = _type_name(type(problem))[:60]
    if out.get("f") == {}:
        del out["f"]
    return out


# ---------------------------------------------------------------------------------------------------------------
# Frames


def debugger_folders() -> tuple[str, ...]:
    found: list[str] = []
    for name in ("pydevd", "debugpy"):
        path = getattr(sys.modules.get(name), "__file__", None)
        if type(path) is str:
            found.append(os.path.dirname(os.path.abspath(path)) + os.sep)
    return tuple(found)


_crashed: list[tuple[Any, int]] = []
"""frames and lines of the uncaught exception at which the program stands, innermost first"""


def crash(error: Any, roots: Any = (), watch: Any = (), seconds: float = 0.2) -> str:
    """`stack`, of the frames that an uncaught exception has left: they are off the thread's own stack by then."""
    folders = debugger_folders()
    found = []
    step = error[2]
    while step is not None and len(found) < 20_000:
        if not step.tb_frame.f_code.co_filename.startswith(folders):
            found.append((step.tb_frame, step.tb_lineno))
        step = step.tb_next
    while found and found[0][0].f_globals.get("__name__") == "runpy":
        found.pop(0)
    _crashed[:] = reversed(found[:FRAMES_OUTER] + found[FRAMES_OUTER:][-FRAMES_INNER:])
    return stack(roots, watch, seconds)


def user_frames() -> list[Any]:
    """The program's own frames, innermost first: the helper's and the debugger's are left out at both ends."""
    if _crashed:
        return [frame for frame, _ in _crashed]
    folders = debugger_folders()
    everything: list[Any] = []
    frame: Any = sys._getframe(1)
    while frame is not None and len(everything) < 20_000:
        everything.append(frame)
        frame = frame.f_back

    def ours(one: Any) -> bool:
        return one.f_globals is globals() or one.f_code.co_filename.startswith(folders)

    first = 0
    # what stands above the last debugger frame from the inside is the evaluation of our own expression
    while first < len(everything) and not (
        ours(everything[first]) and everything[first].f_globals is not globals()
    ):
        first += 1
    if first == len(everything):  # no debugger: a direct call, in tests
        first = 0
    while first < len(everything) and ours(everything[first]):
        first += 1
    found = [f for f in everything[first:] if not ours(f)]
    while found and found[-1].f_globals.get("__name__") == "runpy":  # how the debugger itself was started
        found.pop()
    if len(found) > FRAMES_INNER + FRAMES_OUTER:
        found = found[:FRAMES_INNER] + found[-FRAMES_OUTER:]
    return found


def frame_symbol(frame: Any) -> str:
    code = frame.f_code
    name = getattr(code, "co_qualname", None)
    if name is None:  # before 3.11: find the class that holds the method
        name = code.co_name
        if code.co_argcount and code.co_varnames:
            owner = local_values(frame).get(code.co_varnames[0])
            for kind in mro(owner if type in mro(type(owner)) else type(owner)):
                held = _type_dict(kind).get(code.co_name)
                held = getattr(held, "__func__", held) if type(held) in (classmethod, staticmethod) else held
                if type(held) is types.FunctionType and held.__code__ is code:
                    name = held.__qualname__
                    break
    return cut(name.replace("<locals>.", ""), 200)


def local_values(frame: Any) -> dict[str, Any]:
    """The names of a frame; nothing where the program runs code in a mapping of its own making."""
    found = frame.f_locals
    if type(found) is dict or _type_name(type(found)) == "FrameLocalsProxy":
        return {k: found[k] for k in list(found) if type(k) is str}
    return {}


def inside(path: str, roots: tuple[str, ...]) -> bool:
    full = path if os.path.isabs(path) else os.path.join(os.getcwd(), path)
    for root in roots:
        if full == root or full.startswith(root.rstrip(os.sep) + os.sep):
            rest = full[len(root) :]
            return not any(part in ("site-packages", "dist-packages") for part in rest.split(os.sep))
    return False


# which values come first when a frame holds more than is shown
RANK = {
    "tensor": 0, "array": 1, "module": 1, "optimizer": 1, "frame": 1, "loader": 2, "dataset": 2, "estimator": 2,
    "scheduler": 2, "config": 2, "distribution": 2, "image": 2, "scalar": 3, "dict": 3, "tuple": 3, "list": 3,
    "tokenizer": 3, "object": 4, "text": 5, "iterator": 5, "set": 5, "none": 6,
}  # fmt: skip


def frame_values(
    frame: Any, watch: tuple[str, ...], budget: Budget, most: int
) -> tuple[list[dict[str, Any]], int]:
    """Summaries of what a frame holds, and how many names were left out."""
    held = local_values(frame)
    out: list[dict[str, Any]] = []
    done: set[str] = set()
    for text in watch:
        if text.startswith("__") or text in done:
            continue  # `__name__` is no value of the program
        found, value = follow_text(held, frame.f_globals, text)
        if found:
            done.add(text)
            out.append(summary(cut(text, 80), value, budget))
    names = [n for n in held if not n.startswith("__") and n not in done and not skipped(held[n])]
    rest: list[dict[str, Any]] = []
    # the last names of a long module are the ones its loop works with
    for name in names if len(names) <= most else names[-most * 3 :]:
        if budget.spent():
            break
        rest.append(summary(name, held[name], budget))
    if len(rest) > most:
        order = sorted(range(len(rest)), key=lambda i: (RANK.get(rest[i]["k"], 4), -i))
        keep = set(order[:most])
        rest = [rest[i] for i in range(len(rest)) if i in keep]
    return out + rest, len(names) - len(rest)


def follow_text(held: dict[str, Any], outer: dict[str, Any], text: str) -> tuple[bool, Any]:
    """The value of `name.attribute[0]['key']`, by plain look-ups alone."""
    import ast

    try:
        node: Any = ast.parse(text[:200], mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False, None
    steps: list[Any] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append((True, node.attr))
        elif isinstance(node, ast.Subscript):
            index: Any = getattr(node.slice, "value", node.slice)
            index = index.value if isinstance(index, ast.Constant) else index
            if type(index) not in (int, str):
                return False, None
            steps.append((False, index))
        else:
            return False, None
        node = node.value
    if node.id in held:
        value = held[node.id]
    elif node.id in outer:
        value = outer[node.id]
    else:
        return False, None
    for is_attribute, key in reversed(steps):
        found, value = attribute(value, key) if is_attribute else element(value, key)
        if not found:
            return False, None
    return True, value


def attribute(value: Any, name: str) -> tuple[bool, Any]:
    own = attributes(value)
    if name in own:
        return True, own[name]
    for part in ("_parameters", "_buffers", "_modules"):
        inner = own.get(part)
        if isinstance(inner, dict) and dict.__contains__(inner, name):
            return True, dict.__getitem__(inner, name)
    if name in ("shape", "grad", "dtype", "device") and family(value)[1] in (tensor_value, array_value):
        leaf = name != "grad" or getattr(value, "is_leaf", False)
        return (True, getattr(value, name)) if leaf else (False, None)
    return False, None


def element(value: Any, key: Any) -> tuple[bool, Any]:
    kinds = mro(type(value))
    if dict in kinds and dict.__contains__(value, key):
        return True, dict.__getitem__(value, key)
    for kind in (list, tuple):
        if kind in kinds and type(key) is int and -kind.__len__(value) <= key < kind.__len__(value):
            return True, kind.__getitem__(value, key)
    return False, None


def dimension_names(frames: list[Any], roots: tuple[str, ...]) -> list[list[Any]]:
    """Whole numbers with a name, nearest first: [name, value, distance]. Our side names axes with them."""
    out: list[list[Any]] = []

    def take(found: dict[str, Any], distance: int) -> None:
        for name, value in list(found.items())[:400]:
            short = type(name) is str and len(name) < 40 and not name.startswith("__")
            if len(out) < 240 and short and type(value) is int and 1 < value < 1 << 31:
                out.append([name, value, distance])

    near = [f for f in frames if inside(f.f_code.co_filename, roots)][:6]
    for i, frame in enumerate(near):
        held = local_values(frame)
        take(held, 3 * i)
        for name, value in list(held.items())[:200]:
            if name == "self" or looks_like_config(value) or is_config_name(name):
                own = entries(value)
                take(own, 3 * i + 1)
                for inner in [v for n, v in list(own.items())[:100] if is_config_name(n)][:4]:
                    take(entries(inner), 3 * i + 2)
    return out


def is_config_name(name: Any) -> bool:
    return type(name) is str and name.lower().lstrip("_").endswith(CONFIG_ENDINGS)


def entries(value: Any) -> dict[str, Any]:
    if dict in mro(type(value)):
        return {k: v for k, v in list(dict.items(value))[:400] if type(k) is str}
    own = attributes(value)
    if type(own.get("_content")) is dict:
        return {label(k): unwrap(v) for k, v in list(own["_content"].items())[:400]}
    return own or class_defaults(value)


# ---------------------------------------------------------------------------------------------------------------
# What our side calls. Answers are JSON in ASCII without a single quote, so that the debugger's quoting only doubles
# backslashes and can be undone without evaluating anything.


def answer(found: dict[str, Any]) -> str:
    return json.dumps(found, separators=(",", ":")).replace("'", "\\u0027")


LEVELS = ((6, 2, 160, 60, 30), (5, 1, 100, 40, 16), (3, 1, 60, 24, 8), (0, 0, 40, 12, 4))
"""items of a container, depth, characters of a text, values of the innermost frame, of the others"""


def stack(roots: Any = (), watch: Any = (), seconds: float = 0.2) -> str:
    """All frames of the calling thread; values of those whose file lies under one of `roots`."""
    started = time.perf_counter()
    _evaluated.clear()
    where = tuple(str(r) for r in roots)
    frames = user_frames()
    lines = [line for _, line in _crashed] or [frame.f_lineno for frame in frames]
    text = ""
    for items, depth, chars, inner, outer in LEVELS:
        budget = Budget(items, depth, chars, seconds)
        out, first = [], True
        for frame, line in zip(frames, lines):  # noqa: B905 - `strict` is 3.10
            one: dict[str, Any] = {
                "fn": frame_symbol(frame),
                "file": cut(frame.f_code.co_filename, 1_000),
                "line": line,
            }
            if not where or inside(frame.f_code.co_filename, where):
                one["v"], left_out = frame_values(
                    frame, tuple(watch) if first else (), budget, inner if first else outer
                )
                if left_out:
                    one["o"] = left_out
                first = False
            out.append(one)
        text = answer(
            {
                "codetour": VERSION,
                "ms": round((time.perf_counter() - started) * 1e3, 2),
                "pid": os.getpid(),
                "frames": out,
                "ints": dimension_names(frames, where),
            }
        )
        if len(text) <= LIMIT:
            return text
    return (
        answer({"codetour": VERSION, "pid": os.getpid(), "frames": [], "ints": []})
        if len(text) > LIMIT
        else text
    )


def evaluate(text: str, frame: int = 0, seconds: float = 1.0) -> str:
    """Run what the user typed in one of the frames; the value of its last expression."""
    import ast

    started = time.perf_counter()
    try:
        frames = user_frames()
        where = frames[frame] if frame < len(frames) else None
        if where is None:
            raise LookupError("no such frame")
        tree = ast.parse(text)
        last: Any = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        value = None
        names = local_values(where)
        if tree.body:
            run_statements(compile(tree, "<codetour>", "exec"), where)
            names = local_values(where)
        if last is not None:
            # one namespace, so that comprehensions and lambdas see the frame's names
            space = where.f_globals if names is where.f_globals else {**where.f_globals, **names}
            value = eval(compile(ast.Expression(last.value), "<codetour>", "eval"), space)  # noqa: S307 - the user typed it
        _evaluated[text] = value
        while len(_evaluated) > 8:
            _evaluated.pop(next(iter(_evaluated)))
        found = summary(cut(text.strip(), 200), value, Budget(24, 2, 4_000, seconds))
    except BaseException as problem:  # noqa: BLE001 - whatever was typed, the answer is an answer
        message = problem.args[0] if problem.args and type(problem.args[0]) is str else ""
        kind = type(problem).__name__
        found = {"n": cut(text.strip(), 200), "t": cut(kind, 60), "k": "error", "x": cut(message, 400)}
    return fit({"codetour": VERSION, "ms": round((time.perf_counter() - started) * 1e3, 2), "value": found})


def run_statements(code: Any, frame: Any) -> None:
    names = frame.f_locals
    exec(code, frame.f_globals, names)  # noqa: S102 - the user typed it
    if names is not frame.f_globals and sys.version_info < (3, 13):
        with contextlib.suppress(Exception):
            import ctypes

            # before 3.13 a function's names are a copy that has to be written back
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))


def fit(found: dict[str, Any]) -> str:
    text = answer(found)
    while len(text) > LIMIT and isinstance(found.get("value"), dict) and found["value"].get("i"):
        items = found["value"]["i"]
        found["value"]["i"] = items[: len(items) // 2]
        text = answer(found)
    return text


def children(path: Any, frame: int = 0, start: int = 0, seconds: float = 1.0) -> str:
    """What is inside the value at `path`: the name of a local, or an expression just evaluated, then item names."""
    frames = user_frames()
    steps = [str(p) for p in path]
    where = frames[frame] if frame < len(frames) else None
    if not steps or where is None:
        return answer({"codetour": VERSION, "values": []})
    held = local_values(where)
    if steps[0] in _evaluated:
        found, value = True, _evaluated[steps[0]]
    else:
        found, value = follow_text(held, where.f_globals, steps[0])
    for name in steps[1:]:
        if not found:
            break
        pairs = inner(value, 20_000)
        at = [n for n, _ in pairs].index(name) if name in [n for n, _ in pairs] else -1
        found, value = (True, pairs[at][1]) if at >= 0 else (False, None)
    pairs = inner(value, start + 100)[start:] if found else []
    budget = Budget(6, 1, 200, seconds)
    values = [summary(name, item, budget) for name, item in pairs if not budget.spent()]
    text = answer({"codetour": VERSION, "values": values})
    while len(text) > LIMIT and values:
        values = values[: len(values) // 2]
        text = answer({"codetour": VERSION, "values": values})
    return text


def inner(value: Any, most: int) -> list[tuple[str, Any]]:
    """(name, value) of what a value holds, at most so many."""
    kinds = mro(type(value))
    out: list[tuple[str, Any]] = []
    if dict in kinds:
        for key, item in dict.items(value):
            if len(out) >= most:
                break
            out.append((label(key), item))
        return out
    for kind in (list, tuple):
        if kind in kinds:
            fields = field_names(value)
            count = min(kind.__len__(value), most)
            return [
                (fields[i] if i < len(fields) else str(i), kind.__getitem__(value, i)) for i in range(count)
            ]
    for kind in (set, frozenset):
        if kind in kinds:
            for item in kind.__iter__(value):
                if len(out) >= most:
                    break
                out.append((str(len(out)), item))
            return out
    own = attributes(value)
    for part in ("_modules", "_parameters", "_buffers"):
        held = own.get(part)
        if isinstance(held, dict) and "Module" in [_type_name(k) for k in kinds]:
            out.extend((str(k), v) for k, v in dict.items(held))
    for name, item in entries(value).items():
        if not name.startswith("__") and not skipped(item):
            out.append((name, item))
    return out[:most]


def install() -> str:
    """Called once per process, after our side has run this file in a module of its own."""
    return "codetour " + str(VERSION) + (" nodelay" if nodelay() else "")


def nodelay() -> bool:
    """The debugger writes header and body in two calls: with Nagle's algorithm every request costs some 45 ms."""
    import socket

    with contextlib.suppress(Exception):
        writer = sys.modules["pydevd"].get_global_debugger().writer
        writer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True
    return False
