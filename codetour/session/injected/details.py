"""One value looked at closely, on demand: distribution, picture, a table of layers with their gradients."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
from typing import Any

from codetour.session.injected.answers import answer, resolve
from codetour.session.injected.array_values import array_value, image_value
from codetour.session.injected.reach import (
    EXACT,
    VERSION,
    Budget,
    _type_name,
    cut,
    family,
    module_of,
    number,
    product,
    short,
    sizes,
    slices,
    summary,
)
from codetour.session.injected.torch_layers import layer_value, module_parameters, optimizer_value
from codetour.session.injected.torch_tensors import tensor_value, torch_quiet, torch_sample

BINS = 24
ROWS, COLUMNS = 40, 96  # of a picture
LAYERS = 300  # rows of a table
WHOLE = 20_000_000  # elements of a gradient up to which its norm is exact
_looked: dict[int, Any] = {}
"""parameters as they were at the last close look at their model"""


def detail(path: Any, frame: int = 0, seconds: float = 2.0) -> str:
    """A close look at the value at `path`, found as `children` finds it."""
    found, value = resolve(path, frame)
    if not found:
        return answer({"codetour": VERSION, "detail": {}})
    budget = Budget(24, 2, 4_000, seconds)
    out: dict[str, Any] = {"value": summary(cut(str(path[-1]), 80), value, budget)}
    try:
        close(value, out, budget)
    except Exception as problem:  # noqa: BLE001 - what can be said is said
        out["unseen"] = _type_name(type(problem))[:60]
    text = answer({"codetour": VERSION, "detail": out})
    while len(text) > 60_000 and (out.get("rows") or out["value"].get("i")):
        if out.get("rows"):
            out["rows"] = out["rows"][: len(out["rows"]) // 2]
        else:
            out["value"].pop("i")
        text = answer({"codetour": VERSION, "detail": out})
    return text


def close(value: Any, out: dict[str, Any], budget: Budget) -> None:
    summarise = family(value)[1]
    if summarise is tensor_value:
        torch = sys.modules["torch"]
        sample = torch_sample(torch, value)
        if sample is not None and value.dtype is not torch.bool:
            spread(sample.tolist(), out)
        plane = torch_plane(torch, value)
        if plane is not None:
            picture(plane, out)
    elif summarise is array_value:
        numpy = sys.modules["numpy"]
        plain = numpy.ndarray.view(value, numpy.ndarray)
        if plain.dtype.kind in "fiu" and plain.size:
            sample = plain if plain.size <= EXACT else plain[slices(list(plain.shape), EXACT)]
            spread(sample.reshape(-1).astype(float).tolist(), out)
            picture(array_plane(plain), out)
    elif summarise is image_value and module_of(type(value)).partition(".")[0] == "PIL":
        grey = value.convert("L").resize((min(COLUMNS, value.width), min(ROWS, value.height)))
        data = list(grey.tobytes())
        picture([data[i : i + grey.width] for i in range(0, len(data), grey.width)], out)
    elif summarise is layer_value:
        layers(value, out, budget)
    elif summarise is optimizer_value:
        groups(value, out)


def spread(sample: list[float], out: dict[str, Any]) -> None:
    """A histogram of what is finite, between the smallest and the largest."""
    good = [x for x in sample if x - x == 0]
    if len(good) < 2:
        return
    low, high = min(good), max(good)
    counts = [0] * BINS
    for x in good:
        counts[min(int((x - low) / (high - low) * BINS), BINS - 1) if high > low else 0] += 1
    out["histogram"] = {"low": number(float(low)), "high": number(float(high)), "counts": counts}


def torch_plane(torch: Any, value: Any) -> Any:
    """The last two axes of a tensor as rows of numbers, small enough to draw; channels are averaged."""
    if (
        value.dim() < 2
        or value.layout is not torch.strided
        or value.is_complex()
        or torch_sample(torch, value) is None
    ):
        return None
    with torch.no_grad():
        plane = value.detach()
        plane = plane[front(sizes(plane.shape))]
        if plane.dim() == 3:
            plane = plane.float().mean(0 if plane.shape[0] in (1, 3, 4) else 2)
        plane = plane[fit_plane(sizes(plane.shape))]
        return plane.to("cpu", torch.float32).tolist()


def array_plane(value: Any) -> Any:
    if value.ndim < 2:
        return None
    plane = value[front(list(value.shape))]
    if plane.ndim == 3:
        plane = plane.mean(0 if plane.shape[0] in (1, 3, 4) else 2)
    return plane[fit_plane(list(plane.shape))].astype(float).tolist()


def front(shape: list[int]) -> tuple[int, ...]:
    """The first of every axis before the picture, which keeps a third one where that is colours."""
    colours = len(shape) >= 3 and (
        (shape[-3] in (1, 3, 4) and min(shape[-2:]) > 4) or (shape[-1] in (1, 3, 4) and min(shape[-3:-1]) > 4)
    )
    return (0,) * (len(shape) - (3 if colours else 2))


def fit_plane(shape: list[int]) -> tuple[slice, ...]:
    most = (ROWS, COLUMNS)
    return tuple(slice(None, None, -(-size // limit)) for size, limit in zip(shape, most))  # noqa: B905 - 3.8


def picture(plane: Any, out: dict[str, Any]) -> None:
    """Brightness in two hexadecimal digits per point, `..` where a number is not finite."""
    if not plane or not plane[0] or len(plane) * len(plane[0]) < 4:
        return
    good = [x for row in plane for x in row if x - x == 0]
    if not good:
        return
    low, high = min(good), max(good)
    scale = 255.0 / (high - low) if high > low else 0.0
    out["picture"] = [
        "".join(f"{int((x - low) * scale):02x}" if x - x == 0 else ".." for x in row) for row in plane[:ROWS]
    ]


def layers(value: Any, out: dict[str, Any], budget: Budget) -> None:
    """Each parameter: shape, size of its weights and gradient, how far it went since the last close look."""
    torch = sys.modules["torch"]
    rows: list[list[str]] = []
    before, now = _looked.get(id(value), {}), {}
    for name, parameter in module_parameters(torch, value, budget)[:LAYERS]:
        if budget.spent():
            break
        row = [cut(name, 80), "", "", "", ""]
        with contextlib.suppress(Exception), torch.no_grad():
            row[1] = "\u00d7".join(map(str, sizes(torch.Tensor.shape.__get__(parameter))))
            sample = torch_sample(torch, parameter)
            if sample is not None:
                kept = now[name] = sample[:1_024].float().clone()
                row[2] = short(float(sample.abs().mean()))
                if name in before and before[name].shape == kept.shape:
                    row[4] = percent(float((kept - before[name]).norm() / (before[name].norm() + 1e-12)))
            with torch_quiet():
                gradient = parameter.grad if parameter.is_leaf else None
            if gradient is not None:
                row[3] = gradient_norm(torch, gradient)
        rows.append(row)
    if len(_looked) > 8:
        _looked.clear()
    _looked[id(value)] = now
    out["columns"] = ["parameter", "shape", "mean |w|", "\u2016gradient\u2016", "moved"]
    out["rows"] = rows


def gradient_norm(torch: Any, gradient: Any) -> str:
    if gradient.layout is not torch.strided:
        return "sparse"
    if gradient.numel() <= WHOLE:
        return short(float(gradient.detach().float().norm()))
    sample = torch_sample(torch, gradient)
    if sample is None:
        return ""
    return "\u2248" + short(float(sample.norm()) * (gradient.numel() / max(sample.numel(), 1)) ** 0.5)


def percent(share: float) -> str:
    return "no" if share == 0 else f"{share:.2%}" if share >= 5e-5 else "<0.01%"


def groups(value: Any, out: dict[str, Any]) -> None:
    """Each group of an optimizer: its settings and how many numbers it steers."""
    torch = sys.modules["torch"]
    found = object.__getattribute__(value, "__dict__").get("param_groups")
    rows: list[list[str]] = []
    for i, group in enumerate(found[:LAYERS] if type(found) is list else []):
        held = [p for p in group.get("params", []) if torch.Tensor in type(p).__mro__]
        count = sum(product(sizes(torch.Tensor.shape.__get__(p))) for p in held)
        settings = ", ".join(
            f"{k} {short(v) if type(v) is float else v}"
            for k, v in group.items()
            if k != "params" and type(v) in (int, float, bool)
        )
        rows.append([str(i), f"{len(held)} tensors", f"{count:,}", cut(settings, 200)])
    out["columns"], out["rows"] = ["group", "holds", "numbers", "settings"], rows
