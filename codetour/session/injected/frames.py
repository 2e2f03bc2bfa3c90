"""The stack of the calling thread: which frames are the program's, what they hold, what their numbers are called."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false
# every value here is of a type that nobody knows

from __future__ import annotations

import os
import sys
import types
from typing import Any

from codetour.session.injected.array_values import array_value
from codetour.session.injected.plain_values import (
    CONFIG_ENDINGS,
    class_defaults,
    looks_like_config,
    skipped,
    unwrap,
)
from codetour.session.injected.reach import (
    FRAMES_INNER,
    FRAMES_OUTER,
    Budget,
    _type_dict,
    _type_name,
    attributes,
    cut,
    family,
    label,
    mro,
    summary,
)
from codetour.session.injected.torch_tensors import tensor_value


def debugger_folders() -> tuple[str, ...]:
    found: list[str] = []
    for name in ("pydevd", "debugpy"):
        path = getattr(sys.modules.get(name), "__file__", None)
        if type(path) is str:
            found.append(os.path.dirname(os.path.abspath(path)) + os.sep)
    return tuple(found)


_crashed: list[tuple[Any, int]] = []
"""frames and lines shown in place of the calling thread's own, innermost first: those of the uncaught exception at
which the program stands, those of another thread or task"""


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


def absolute(path: str) -> str:
    """A file's whole name: a program started as `python train.py` calls its file just that."""
    if os.path.isabs(path) or path.startswith("<"):
        return path
    for folder in (os.getcwd(), os.environ.get("PWD", ""), *sys.path[:3]):
        full = os.path.join(folder, path)
        if os.path.isabs(full) and os.path.exists(full):
            return full
    return path


def inside(path: str, roots: tuple[str, ...]) -> bool:
    full = absolute(path)
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
