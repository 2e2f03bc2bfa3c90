"""What every other file here stands on: bounds, and access to types and attributes that runs no code of the program.

The files of this folder are joined into one module, in the order of `capture.FILES`, and put into the program being
toured. They run there on Python 3.8 and later, so they use the standard library only. Values are told apart by their
type alone. No method of a class of the program is ever called: no `__repr__`, `__len__`, `__getattr__`, no property;
attributes come from the instance's `__dict__` or slots, containers are walked with the methods of the builtin type.
"""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import contextlib
import time
import types
from typing import Any

VERSION = 1
MODULE = "_codetour_capture"
LIMIT = 60_000  # characters of one answer: what a stop records is at most 64 kB
SAMPLE = 8_192  # elements looked at for statistics of a larger tensor
EXACT = 32_000  # up to here every element is looked at: more is given to several threads, which wait for each other
FRAMES_INNER, FRAMES_OUTER = 32, 8  # of a deep recursion the ends are shown
MODULES = 4_000  # layers walked to count the parameters of a model
PATIENCE = 8  # times its seconds that an answer may take by the clock
PARAMETERS = 12  # parameters sampled to see whether a step moved a model


_type_mro: Any = type.__dict__["__mro__"].__get__
_type_dict: Any = type.__dict__["__dict__"].__get__
_type_name: Any = type.__dict__["__qualname__"].__get__
_type_module: Any = type.__dict__["__module__"].__get__


KNOWN: dict[str, dict[str, Any]] = {}
"""class name -> root package -> summariser; filled by `kinds`. Bases are looked up too: subclasses are found"""
ASKING: list[Any] = []
"""summarisers that ask through the library's own properties, which a subclass can override"""


class Budget:
    """What one answer may still spend: values, depth, characters, and seconds of this thread's own work.

    On a busy machine the clock on the wall runs on while nothing is done, so it counts only in the end.
    """

    def __init__(self, items: int, depth: int, text: int, seconds: float) -> None:
        self.items = items
        self.depth = depth
        self.text = text
        self.nodes = 3_000
        self.seconds = seconds
        self.began = time.thread_time()
        self.until = time.perf_counter() + seconds * PATIENCE

    def spent(self) -> bool:
        return self.nodes <= 0 or self.over(1.0)

    def may_compute(self) -> bool:
        """There is time for statistics, and for the names after them."""
        return not self.over(0.25)

    def over(self, part: float) -> bool:
        return time.thread_time() - self.began > self.seconds * part or time.perf_counter() > self.until


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
    """(root package, summariser) of the first class that is known, going up the bases to `object`."""
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
        *("element_spec", "height", "width", "names", "initial_seed", "bit_generator", "_bit_generator"),
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


def sizes(shape: Any) -> list[int]:
    """A shape as integers; -1 for a dimension that is symbolic."""
    return [s if type(s) is int else -1 for s in tuple.__iter__(shape)]


def product(shape: list[int]) -> int:
    total = 1
    for size in shape:
        total *= max(size, 0)
    return total


def slices(shape: list[int], most: int) -> tuple[slice, ...]:
    """A step for each axis that leaves at most so many elements, taken from all axes alike."""
    steps = [1] * len(shape)
    total = product(shape)
    while total > most:
        left = [-(-size // step) for size, step in zip(shape, steps)]  # noqa: B905 - `strict` is 3.10
        at = left.index(max(left))
        steps[at] *= 2
        total = total // left[at] * -(-shape[at] // steps[at])
    return tuple(slice(None, None, step) for step in steps)


def put_items(out: dict[str, Any], names: list[str], values: list[Any], budget: Budget, depth: int) -> None:
    items = []
    for i in range(len(values)):
        if budget.spent():
            break
        items.append(summary(names[i], values[i], budget, depth + 1))
    if items:
        out["i"] = items


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
        family(value)[1](value, out, budget, depth)
    except Exception as problem:  # noqa: BLE001 - a strange value must not cost the rest of the stop
        out.setdefault("f", {})["unseen"] = _type_name(type(problem))[:60]
    told = {k: v for k, v in out.pop("f", {}).items() if v}
    if told:
        out["f"] = told
    return out
