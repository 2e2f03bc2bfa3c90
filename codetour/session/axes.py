"""Names for the axes of tensors: `12 × 256 × 384` becomes `B × T × C`.

Whole numbers that the program holds under a dimension-like name (locals such as `B, T, C = x.size()`, attributes of
`self`, entries of a configuration) are matched with the sizes of each shape. An axis is named when one name clearly
fits; between equal candidates nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from codetour.model.value import Frame, Value

Role = Literal["batch", "steps", "time", "width", "heads", "space", "channels", "classes", "count"]

# what a name says about the axis it belongs to; the first pattern that matches decides
_ROLE_WORDS: Final[dict[Role, str]] = {
    "heads": r"(^|_)n?_?(num_)?(h|heads?|nh|n_head|nheads?|kv_heads?|query_groups?)$|^n(um)?_?heads?$",
    "batch": r"batch|^(b|bs|bsz|bz|n_?envs?|num_?envs?|minibatch_?size)$",
    "steps": r"^(n|num)_?(rollout_?)?steps$|^rollout_?(len(gth)?|steps)$|^horizon$",
    "classes": r"""(^|_)(n_?class(es)?|num_?class(es)?|n_?labels?|num_?labels?|vocab(_?size)?|n_?vocab|n_?tokens)$
        |_vocab|^v$""",
    "time": r"""(^|_)(seq|block|context|max|ctx|src|tgt|chunk|bptt|text)_?(len(gth)?|size)$
        |^(t|s|l|seq_?len|seqlen|bptt|window|n_?ctx|max_?len|max_?position_?embeddings
        |timesteps|n_?patches|num_?patches)$""",
    "channels": r"channels?$|^(in|out)_?ch(annels)?$|^(n?ch?ans?|nc|ngf|ndf|in_c|out_c|planes|in_planes)$",
    "space": r"(image|img|crop|patch|grid|input)_?(size|height|width|h|w)$|^(h|w|height|width|resolution)$",
    "width": r"""(^|_)(dim|size|features|width|units|embd|hidden|model|inner|latent|ff|nz|dims)$
        |^(c|d|e|n_?embd|d_?model|d_?ff|nhid|emsize|ninp|nz|hs|head_?(dim|size)|z_?dim|embed_?dim
        |hidden_?(size|dim)|latent_?dim|obs_?dim|act_?dim|n_?features|num_?features|n_?hidden)$""",
    "count": r"^[a-zA-Z]$|^[a-z]{1,2}\d?$",
}
_ROLES: Final[tuple[tuple[Role, re.Pattern[str]], ...]] = tuple(
    (role, re.compile(words, re.IGNORECASE | re.VERBOSE)) for role, words in _ROLE_WORDS.items()
)

# names that hold whole numbers which are no dimensions
_NOT: Final = re.compile(
    r"seed|epoch|iter|interval|layer|depth|rank|device|port|worker|verbos|step$|^step|count|index|^idx|^(i|j|k|n_gpu|ngpu)$"
    r"|every|freq|warmup|patience|stride|padding|kernel|dilation|groups|total|version|memory|global|local_|^pad|token_id$"
    r"|bucket|buffer|cache|queue|(^|_)(train|test|val|valid|file|page|world|population)_?size$"
    r"|_id$|^max_steps|^num_samples|^n_samples|limit|offset|_ptr$|^pos$",
    re.IGNORECASE,
)

# where an axis with such a role stands: 0 first, 1 last, in between by place
_PLACE: Final[dict[Role, float]] = {
    "batch": 0.0, "steps": 0.0, "heads": 0.4, "channels": 0.35, "time": 0.5, "space": 0.8, "classes": 1.0,
    "width": 1.0, "count": 0.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dimension:
    """A whole number with a name."""

    name: str
    size: int
    distance: int
    """how far from the innermost frame it was found: 0 its own locals, 1 attributes of `self`, ..."""


def name_axes(
    frames: Sequence[Frame], dimensions: Sequence[Dimension], axes: Mapping[str, str]
) -> tuple[Frame, ...]:
    """The frames with `dims` set on every value that has a shape. `axes`: names that the tour knows, with meanings."""
    known = _candidates(dimensions, axes)
    if not known:
        return tuple(frames)
    short = _short_names(dimensions, axes)
    return tuple(replace(f, values=tuple(_named(v, known, short) for v in f.values)) for f in frames)


def _short_names(dimensions: Sequence[Dimension], axes: Mapping[str, str]) -> dict[tuple[Role, int], str]:
    """(role, size) -> the name of one or two letters that the code itself uses for it (`B`, `T`, `C`, `V`)."""
    sizes: dict[str, set[int]] = {}
    for one in dimensions:
        sizes.setdefault(one.name, set()).add(one.size)
    by_role: dict[Role, set[str]] = {}
    for name in axes:
        if len(name) <= 2 and (role := _role(name, known=True)) and role != "count":
            by_role.setdefault(role, set()).add(name)
    made: dict[tuple[Role, int], str] = {}
    for role, names in by_role.items():
        # `B` and `b` are one name in two spellings; `C` and `hs` are two names
        if len({n.lower() for n in names}) > 1:
            continue
        name = min(names)
        for one in dimensions:
            if _role(one.name, known=False) == role and sizes.get(name, {one.size}) == {one.size}:
                made[role, one.size] = name
    return made


def _candidates(
    dimensions: Sequence[Dimension], axes: Mapping[str, str]
) -> dict[int, list[tuple[Dimension, Role]]]:
    """Size -> the names that could stand for it, nearest first, each name once."""
    out: dict[int, list[tuple[Dimension, Role]]] = {}
    taken: set[tuple[str, int]] = set()
    for one in sorted(dimensions, key=lambda d: d.distance):
        role = _role(one.name, known=one.name in axes)
        if role is None or one.size < 2 or (one.name, one.size) in taken:
            continue
        # a single letter means something only where it is unpacked, not three calls further out
        if len(one.name) == 1 and one.distance > 2:
            continue
        taken.add((one.name, one.size))
        out.setdefault(one.size, []).append((one, role))
    return out


def _role(name: str, *, known: bool) -> Role | None:
    if not known and _NOT.search(name):
        return None
    for role, pattern in _ROLES:
        if pattern.search(name) and (role != "count" or known or name.isupper()):
            return role
    return "count" if known else None


_LEARNED: Final = re.compile(r"(^|[._])(weight|bias|kernel|scale)(_\w+)?$")
"""names of what is learned, in the dictionaries that checkpoints are"""
_FAR: Final = 0.6
"""how far from its usual place an axis may take a name that does not come from the frame itself"""
_SMALL: Final = 4
"""below this size nearly everything fits by chance"""


def _named(
    value: Value, known: dict[int, list[tuple[Dimension, Role]]], short: Mapping[tuple[Role, int], str]
) -> Value:
    items = tuple(_named(v, known, short) for v in value.items)
    dims = axis_names(value, known, short) if value.shape else None
    return replace(value, items=items, dims=dims) if dims or items else value


def axis_names(
    value: Value,
    known: dict[int, list[tuple[Dimension, Role]]],
    short: Mapping[tuple[Role, int], str] | None = None,
) -> tuple[str, ...] | None:
    """A name per axis, "" where none clearly fits; None when no axis has one."""
    shape = value.shape or ()
    names: list[str] = list(_rollout(shape, known))
    for axis, size in list(enumerate(shape))[len(names) :]:
        fitting: list[tuple[Dimension, Role]] = [
            (d, role) for d, role in known.get(size, ()) if _fits(d, role, value, axis)
        ]
        names.append(_pick(axis, len(shape), fitting, names, short or {}) or _product(size, known))
    return tuple(names) if any(names) else None


def _rollout(shape: Sequence[int], known: dict[int, list[tuple[Dimension, Role]]]) -> tuple[str, ...]:
    """Steps × environments: what reinforcement learning gathers puts the batch second. Both must fit."""
    if len(shape) < 2:
        return ()
    steps = {d.name for d, role in known.get(shape[0], ()) if role == "steps"}
    places = {d.name for d, role in known.get(shape[1], ()) if role == "batch" and "env" in d.name.lower()}
    return (steps.pop(), places.pop()) if len(steps) == len(places) == 1 else ()


def _place(axis: int, rank: int) -> float:
    return axis / (rank - 1) if rank > 1 else 0.5


def _fits(one: Dimension, role: Role, value: Value, axis: int) -> bool:
    """Can this axis of such a value have that meaning at all?"""
    rank = len(value.shape or ())
    unpacked = one.distance == 0 and len(one.name) <= 2  # `B, T, C = x.size()`: beyond doubt
    weights = (
        value.type == "Parameter" or value.facts.get("grad") == "leaf" or bool(_LEARNED.search(value.name))
    )
    if weights and role in {"batch", "steps", "time"}:
        return False  # what is learned does not depend on how many examples are shown at a time
    if role in {"batch", "steps"} and axis and not unpacked:
        return False
    if role == "heads" and not unpacked and (rank < 4 or list(value.shape or ()).count(one.size) > 1):
        return False
    if role == "width" and not unpacked and rank > 1 and _whole_numbers(value):
        return False  # rows of word numbers have no width
    far = abs(_place(axis, rank) - _PLACE[role])
    if one.size < _SMALL and not unpacked:
        return one.distance <= 1 and far <= _FAR / 2
    return unpacked or weights or far <= _FAR


def _whole_numbers(value: Value) -> bool:
    return (value.dtype or "").lstrip("u").startswith("int")


def _pick(
    axis: int,
    rank: int,
    fitting: Sequence[tuple[Dimension, Role]],
    used: Sequence[str],
    short: Mapping[tuple[Role, int], str],
) -> str:
    # a name used already may return (attention is T × T), but only when nothing else fits
    best = sorted(
        (
            one.distance // 3 + abs(_place(axis, rank) - _PLACE[role]) * 4 + (0.4 if name in used else 0.0),
            0 if one.distance == 0 else 1,
            name,
        )
        for one, role in fitting
        for name in (one.name if len(one.name) <= 2 else short.get((role, one.size), one.name),)
    )
    if not best:
        return ""
    name = best[0][2]
    # the short name may be there twice, once for itself and once for its long form
    rival = next((b for b in best[1:] if b[2] != name), None)
    if rival and rival[0] - best[0][0] < 0.05 and best[0][1] == rival[1]:
        return ""
    return name


def _product(size: int, known: dict[int, list[tuple[Dimension, Role]]]) -> str:
    """`B·T` for batch and time folded into one axis, `3·C` for a width repeated; only when one reading exists."""
    near = [(one, role) for entries in known.values() for one, role in entries if one.distance <= 3]
    readings = {
        f"{a.name}·{b.name}"
        for a, first in near
        if first == "batch"
        for b, second in near
        if second == "time" and a.size * b.size == size
    } or {
        f"{k}·{a.name}"
        for a, role in near
        if role == "width" and a.size >= 8
        for k in (2, 3, 4)
        if a.size * k == size
    }
    return readings.pop() if len(readings) == 1 else ""
