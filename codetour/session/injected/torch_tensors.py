"""Summaries of PyTorch tensors: shape, type, device, and statistics of a bounded sample."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
from typing import Any

from codetour.session.injected.reach import (
    EXACT,
    SAMPLE,
    Budget,
    _type_name,
    cut,
    mro,
    number,
    product,
    short,
    sizes,
    slices,
)


def torch_quiet() -> Any:
    """Reading a tensor's metadata must not run `__torch_function__` of a subclass."""
    core = sys.modules["torch"]._C
    switch = getattr(core, "DisableTorchFunctionSubclass", None) or core.DisableTorchFunction
    return switch()


def tensor_value(value: Any, out: dict[str, Any], budget: Budget, depth: int) -> None:
    torch = sys.modules["torch"]
    out["k"] = "tensor"
    with torch_quiet():
        tensor = torch.Tensor
        out["dt"] = str(tensor.dtype.__get__(value)).rpartition(".")[2]
        out["dv"] = str(tensor.device.__get__(value))
        facts = out.setdefault("f", {})
        if tensor.is_nested.__get__(value) and tensor.layout.__get__(value) is torch.strided:
            nested_parts(tensor, value, out)
            return
        out["s"] = sizes(tensor.shape.__get__(value))
        out["z"] = product(out["s"])
        leaf = tensor.is_leaf.__get__(value)
        if tensor.requires_grad.__get__(value):
            origin = tensor.grad_fn.__get__(value)
            facts["grad"] = "leaf" if leaf else cut(type(origin).__name__, 40)
        layout = tensor.layout.__get__(value)
        if layout is not torch.strided:
            facts["layout"] = str(layout).rpartition(".")[2]
            stored(value, facts)
        elif leaf and tensor.requires_grad.__get__(value):
            gradient = tensor.grad.__get__(value)
            if gradient is not None and budget.may_compute():
                sample = torch_sample(torch, gradient)
                if sample is not None:
                    facts["gradient"] = f"mean |g| {short(float(sample.abs().mean()))}"
        if tensor.is_quantized.__get__(value):
            quantised(torch, value, facts)
        if "UninitializedTensorMixin" in [_type_name(k) for k in mro(type(value))]:
            out.pop("s", None)
            facts["lazy"] = "no shape before the first batch"
        if type(value) in plain_tensors(torch) and budget.may_compute():
            torch_statistics(torch, value, out, detail=depth == 0)


def nested_parts(tensor: Any, value: Any, out: dict[str, Any]) -> None:
    """A nested tensor has no one shape: how many parts there are, and the shapes of the first."""
    out["z"] = tensor.size(value, 0)
    out["f"]["nested"] = str(out["z"])
    with contextlib.suppress(Exception):
        shapes = tensor._nested_tensor_size(value)[:4].tolist()
        out["f"]["parts"] = ", ".join("\u00d7".join(map(str, one)) for one in shapes)


def stored(value: Any, facts: dict[str, str]) -> None:
    """How many numbers a sparse tensor really holds; nothing is coalesced or made dense for it."""
    with contextlib.suppress(Exception):
        facts["stored"] = str(value._nnz())


def quantised(torch: Any, value: Any, facts: dict[str, str]) -> None:
    with contextlib.suppress(Exception):
        if torch.Tensor.qscheme(value) is torch.per_tensor_affine:
            facts["scale"] = short(torch.Tensor.q_scale(value))
            facts["zero_point"] = str(torch.Tensor.q_zero_point(value))
        else:
            facts["scale"] = "per channel"


def plain_tensors(torch: Any) -> tuple[Any, ...]:
    return tuple(
        k
        for k in (torch.Tensor, torch.nn.Parameter, getattr(torch.nn, "Buffer", None))
        if isinstance(k, type)
    )


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
        # of complex numbers the sizes; a conjugate or negative view holds its numbers unresolved
        flat = flat.to(torch.complex64).abs() if flat.is_complex() else flat.resolve_neg()
        return flat.reshape(-1).to(torch.float64 if flat.dtype == torch.float64 else torch.float32)


def strided_sample(torch: Any, flat: Any, count: int) -> Any:
    """About SAMPLE elements spread over the tensor, whatever its strides, without copying it.

    Slices are views and their copy is small; picking by an index is given to several threads.
    """
    if flat.is_contiguous():
        return flat.view(-1)[:: max(count // SAMPLE, 1)][:SAMPLE].contiguous()
    return flat[slices(sizes(flat.shape), SAMPLE)].contiguous()


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
    if value.is_complex():
        out["f"]["numbers"] = "sizes of complex ones"
    out["st"] = {k: number(v) for k, v in stats.items()}
    if detail:
        whole = not value.dtype.is_floating_point and not value.is_complex()
        out["f"]["first"] = " ".join(str(int(x)) if whole else short(x) for x in head)
