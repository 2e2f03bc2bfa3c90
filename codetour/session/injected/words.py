"""Help while an expression is typed: how a name goes on, where it was written, what it is for."""

# pyright: basic, reportPrivateImportUsage=false, reportPrivateUsage=false

from __future__ import annotations

import builtins
import contextlib
import keyword
import types
from typing import Any

from codetour.session.injected.answers import answer
from codetour.session.injected.frames import absolute, attribute, follow_text, local_values, user_frames
from codetour.session.injected.reach import VERSION, _type_dict, attributes, cut, mro

MOST = 60  # endings told


def complete(text: str, frame: int = 0) -> str:
    """The names that the last word of `text` may become, in the order of their alphabet."""
    word = last_word(text)
    before, dot, start = word.rpartition(".")
    names: list[str] = []
    frames = user_frames()
    where = frames[frame] if frame < len(frames) else None
    if where is not None and dot:
        found, value = follow_text(local_values(where), where.f_globals, before)
        names = members(value) if found else []
    elif where is not None:
        names = [*local_values(where), *where.f_globals, *vars(builtins), *keyword.kwlist]
    fitting = sorted(
        {n for n in names if type(n) is str and n.startswith(start) and n.isidentifier()},
        key=lambda n: (n.startswith("_"), n.lower()),
    )
    shown = [n for n in fitting if start.startswith("_") or not n.startswith("__")]
    return answer({"codetour": VERSION, "word": start, "names": [cut(n, 80) for n in shown[:MOST]]})


def last_word(text: str) -> str:
    at = len(text)
    while at and (text[at - 1].isalnum() or text[at - 1] in "_."):
        at -= 1
    return text[at:]


def members(value: Any) -> list[str]:
    """Names of a value without asking it: its own, its classes', those of a layer's parts."""
    names = list(attributes(value))
    kinds = mro(value) if type in mro(type(value)) else mro(type(value))
    for kind in kinds:
        names += list(_type_dict(kind))
    own = attributes(value)
    for part in ("_parameters", "_buffers", "_modules"):
        if isinstance(own.get(part), dict):
            names += [str(k) for k in dict.keys(own[part])]
    return names


def definition(text: str, frame: int = 0) -> str:
    """File and line where what `text` names was written, as far as functions and classes tell it."""
    frames = user_frames()
    where = frames[frame] if frame < len(frames) else None
    found, value = (False, None)
    if where is not None:
        found, value = look_up(local_values(where), where.f_globals, text)
    file, line = place_of(value) if found else ("", 0)
    if found and not file and type(value) is not types.ModuleType:
        file, line = place_of(type(value))
    return answer({"codetour": VERSION, "file": cut(file, 1_000), "line": line})


def look_up(held: dict[str, Any], outer: dict[str, Any], text: str) -> tuple[bool, Any]:
    """As `follow_text`, and methods of classes and members of modules as well."""
    first, *rest = text.strip().split(".")
    found, value = follow_text(held, outer, first)
    for name in rest:
        if not found:
            break
        found, inner = attribute(value, name)
        for kind in mro(value) if type in mro(type(value)) else mro(type(value)):
            if not found and name in _type_dict(kind):
                found, inner = True, _type_dict(kind)[name]
        value = inner
    return found, value


def place_of(value: Any) -> tuple[str, int]:
    for _ in range(8):
        kind = type(value)
        if kind is types.MethodType or kind in (staticmethod, classmethod):
            value = value.__func__
        elif kind is property:
            value = value.fget
        elif kind is types.FunctionType and type(value.__dict__.get("__wrapped__")) is types.FunctionType:
            value = value.__dict__["__wrapped__"]
        else:
            break
    if type(value) is types.FunctionType:
        return absolute(value.__code__.co_filename), value.__code__.co_firstlineno
    if type(value) is types.ModuleType:
        file = value.__dict__.get("__file__")
        return (absolute(file), 1) if type(file) is str else ("", 0)
    if type in mro(type(value)):
        return class_place(value)
    return "", 0


def class_place(kind: Any) -> tuple[str, int]:
    """A class does not know its line; its first method does, and the text above it."""
    lines = [
        (f.__code__.co_filename, f.__code__.co_firstlineno)
        for f in _type_dict(kind).values()
        if type(f) is types.FunctionType
        and f.__qualname__.startswith(_type_dict(type)["__qualname__"].__get__(kind))
    ]
    if not lines:
        return "", 0
    file, line = min(lines, key=lambda pair: pair[1])
    name = "class " + type.__dict__["__name__"].__get__(kind)
    with contextlib.suppress(Exception), open(absolute(file), encoding="utf-8", errors="replace") as source:
        text = source.readlines()[:line]
        for i in range(len(text) - 1, -1, -1):
            if text[i].strip().startswith((name + "(", name + ":")):
                return absolute(file), i + 1
    return absolute(file), line


def explain(text: str, frame: int = 0) -> str:
    """Signature and documentation of what `text` names."""
    frames = user_frames()
    where = frames[frame] if frame < len(frames) else None
    found, value = (False, None)
    if where is not None:
        found, value = look_up(local_values(where), {**vars(builtins), **where.f_globals}, text)
    head, words = "", ""
    if found:
        inner = value.__func__ if type(value) is types.MethodType else value
        kind = inner if type in mro(type(inner)) else type(inner)
        written = (
            inner
            if type(inner) in (types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
            else kind
        )
        own = written.__doc__ if written is inner and written is not kind else _type_dict(kind).get("__doc__")
        words = own if type(own) is str else ""
        callee = inner if type(inner) is types.FunctionType else _type_dict(kind).get("__init__")
        if type(callee) is types.FunctionType:
            code = callee.__code__
            head = "(" + ", ".join(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) + ")"
    return answer(
        {
            "codetour": VERSION,
            "found": found,
            "head": cut(head, 400),
            "words": cut(words.strip(), 1_500),
        }
    )
