"""Text that is known, in whole or in part: what names are made of (`f"on_{event}"`, `path.split(".")`)."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from codetour.graph.machine import Args, Frame, Machine
from codetour.graph.values import NOTHING, Const, ExtInst, Pattern, Value, texts

MOST_TEXTS: Final = 16
LONGEST: Final = 300
_UNKNOWN: Final = Pattern("*")
_SAME: Final = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "removeprefix", "removesuffix",
     "casefold", "swapcase"}
)  # fmt: skip
_SPLIT: Final = frozenset({"split", "rsplit", "partition", "rpartition", "splitlines"})


def _globs(value: Value) -> list[str | Pattern]:
    found: list[str | Pattern] = []
    for atom in value:
        if isinstance(atom, Const):
            found.append(str(atom.value))
        elif isinstance(atom, Pattern):
            found.append(atom)
        else:
            found.append(_UNKNOWN)
    return found[:MOST_TEXTS] or [_UNKNOWN]


def concat(left: Value, right: Value) -> Value:
    """Every text of `left` before every text of `right`."""
    made: dict[Const | Pattern, None] = {}
    for a in _globs(left):
        for b in _globs(right):
            if isinstance(a, str) and isinstance(b, str):
                if len(a) + len(b) <= LONGEST:
                    made[Const(a + b)] = None
                continue
            glob = (a if isinstance(a, str) else a.glob) + (b if isinstance(b, str) else b.glob)
            made[Pattern(glob.replace("**", "*")[:LONGEST])] = None
    return tuple(made)[:MOST_TEXTS]


def percent(template: Value, args: Value) -> Value:
    """`"on_%s" % x`, with one `%s`."""
    result: Value = NOTHING
    for text in texts(template):
        before, mark, after = text.partition("%s")
        if mark and "%" not in after:
            result += concat(concat((Const(before),), args), (Const(after),))
    return result[:MOST_TEXTS] or (Pattern("*"),)


PATH_PARTS: Final = frozenset({"parent", "parents", "name", "stem", "suffix"})


def path_part(m: Machine, frame: Frame, text: str, name: str) -> Value:
    """Attributes of a pathlib.Path; a path is its text here."""
    if name != "parents":
        return (Const(str(getattr(PurePosixPath(text), name))),)
    made = m.alloc(frame, ("parents", text), "list")
    for i, parent in enumerate(PurePosixPath(text).parents):
        made.items[i] = (Const(str(parent)),)
    return (made,)


def method(m: Machine, frame: Frame, name: str, args: Args, text: Const) -> Value:
    """A method of a known text."""
    from codetour.graph import containers

    value = text.value
    if not isinstance(value, str):
        return NOTHING
    given = [[c.value for c in v if isinstance(c, Const)][:1] for v in args.pos]
    known = all(given) and not args.star and not args.kw
    plain = [g[0] for g in given if g]
    if name == "format":
        return _format(value, args)
    if name == "join":
        return _join(m, frame, value, args)
    if name in ("resolve", "absolute", "expanduser", "as_posix"):
        return (text,)
    if name == "joinpath":
        return (Const(str(PurePosixPath(value, *[str(p) for p in plain]))),) if known else NOTHING
    if name == "open":
        made = m.alloc(frame, ("open", value), "file")
        made.attrs["path"] = (text,)
        return (made,)
    if name in _SAME or name in _SPLIT:
        if not known:
            return (_UNKNOWN,) if name in _SAME else NOTHING
        try:
            result = getattr(value, name)(*plain)
        except (TypeError, ValueError):
            return NOTHING
        if isinstance(result, str):
            return (Const(result[:LONGEST]),)
        made = m.alloc(frame, ("split", frame.line, value[:50]), "list" if name != "partition" else "tuple")
        for i, part in enumerate(result[:32]):
            containers.place(m, made, i, (Const(part),))
        return (made,)
    if name in ("startswith", "endswith", "isdigit"):
        return (ExtInst("<builtin>.bool"),)
    return NOTHING


def _format(template: str, args: Args) -> Value:
    result: Value = (Const(""),)
    rest, position = template, 0
    while rest:
        before, mark, after = rest.partition("{")
        result = concat(result, (Const(before),))
        if not mark:
            break
        field, _, rest = after.partition("}")
        name = field.partition(":")[0].partition("!")[0]
        if name == "":
            value = args.first(position)
            position += 1
        else:
            value = args.first(int(name)) if name.isdigit() and len(name) < 4 else args.kw.get(name, NOTHING)
        result = concat(result, value)
    return result


def _join(m: Machine, frame: Frame, separator: str, args: Args) -> Value:
    from codetour.graph import containers

    known, rest = containers.sequence(m, frame, args.first(0))
    if rest or not known:
        return (_UNKNOWN,)
    result: Value = known[0]
    for value in known[1:]:
        result = concat(concat(result, (Const(separator),)), value)
    return result
