"""Summaries of values of the standard library: numbers, texts, containers, functions, configuration objects."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import sys
import types
from typing import Any

from codetour.session.injected.reach import (
    Budget,
    _type_dict,
    _type_name,
    attributes,
    cut,
    label,
    module_of,
    mro,
    number,
    put_items,
)


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
    most = _type_dict(kind)["maxlen"].__get__(value)
    if most is not None:
        out["f"] = {"most": str(most)}
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
        named = type(call) in (types.FunctionType, types.BuiltinFunctionType)
        name = call.__qualname__ if named else _type_name(call) if type in mro(type(call)) else ""
        out["x"] = "partial " + cut(name, 60)


def _functools_partial(name: str) -> Any:
    return _type_dict(sys.modules["functools"].partial)[name]


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
    if type(found.get("_content")) is list:
        sequence_value([unwrap(v) for v in found["_content"][:400]], out, budget, depth)
        return
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
