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

Role = Literal["batch", "time", "width", "heads", "space", "channels", "classes", "count"]

# what a name says about the axis it belongs to; the first pattern that matches decides
_ROLES: Final[tuple[tuple[Role, re.Pattern[str]], ...]] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        ("heads", r"(^|_)n?_?(num_)?(h|heads?|nh|n_head|nheads?|kv_heads?|query_groups?)$|^n(um)?_?heads?$"),
        ("batch", r"batch|^(b|bs|bsz|bz|n_?envs?|num_?envs?|minibatch_?size)$"),
        ("classes", r"(^|_)(n_?class(es)?|num_?class(es)?|n_?labels?|num_?labels?|vocab(_?size)?|n_?vocab|n_?tokens)$|_vocab|^v$"),
        ("time", r"(^|_)(seq|block|context|max|ctx|src|tgt|chunk|bptt|text)_?(len(gth)?|size)$|^(t|s|l|seq_?len|seqlen|bptt|"
                 r"window|n_?ctx|max_?len|num_?steps|n_?steps|max_?position_?embeddings|timesteps|horizon|n_?patches|num_?patches)$"),
        ("channels", r"channels?$|^(in|out)_?ch(annels)?$|^(n?ch?ans?|nc|ngf|ndf|in_c|out_c|planes|in_planes)$"),
        ("space", r"(image|img|crop|patch|grid|input)_?(size|height|width|h|w)$|^(h|w|height|width|resolution)$"),
        ("width", r"(^|_)(dim|size|features|width|units|embd|hidden|model|inner|latent|ff|nz|dims)$|^(c|d|e|n_?embd|d_?model|"
                  r"d_?ff|nhid|emsize|ninp|nz|hs|head_?(dim|size)|z_?dim|embed_?dim|hidden_?(size|dim)|latent_?dim|obs_?dim|"
                  r"act_?dim|n_?features|num_?features|n_?hidden)$"),
        ("count", r"^[a-zA-Z]$|^[a-z]{1,2}\d?$"),
    )
)  # fmt: skip

# names that hold whole numbers which are no dimensions
_NOT: Final = re.compile(
    r"seed|epoch|iter|interval|layer|depth|rank|device|port|worker|verbos|step$|^step|count|index|^idx|^(i|j|k|n_gpu|ngpu)$"
    r"|every|freq|warmup|patience|stride|padding|kernel|dilation|groups|total|version|memory|global|local_|^pad|token_id$"
    r"|_id$|^max_steps|^num_samples|^n_samples|limit|offset|_ptr$|^pos$",
    re.IGNORECASE,
)

# where an axis with such a role stands: 0 first, 1 last, in between by place
_PLACE: Final[dict[Role, float]] = {
    "batch": 0.0, "heads": 0.4, "channels": 0.35, "time": 0.5, "space": 0.8, "classes": 1.0, "width": 1.0, "count": 0.5,
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
    return tuple(replace(f, values=tuple(_named(v, known) for v in f.values)) for f in frames)


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


def _named(value: Value, known: dict[int, list[tuple[Dimension, Role]]]) -> Value:
    items = tuple(_named(v, known) for v in value.items)
    dims = axis_names(value.shape, known) if value.shape else None
    return replace(value, items=items, dims=dims) if dims or items else value


def axis_names(
    shape: tuple[int, ...], known: dict[int, list[tuple[Dimension, Role]]]
) -> tuple[str, ...] | None:
    """A name per axis, "" where none clearly fits; None when no axis has one."""
    last = len(shape) - 1
    names: list[str] = []
    for axis, size in enumerate(shape):
        place = axis / last if last else 0.5
        names.append(_pick(size, place, known, names) or _product(size, known))
    return tuple(names) if any(names) else None


def _pick(size: int, place: float, known: dict[int, list[tuple[Dimension, Role]]], used: list[str]) -> str:
    # a name used already may return (attention is T × T), but only when nothing else fits
    best = sorted(
        (
            (
                one.distance // 3 * 2 + abs(place - _PLACE[role]) * 4 + (0.4 if one.name in used else 0.0),
                0 if one.distance == 0 else 1,
                one.name,
            )
            for one, role in known.get(size, ())
        ),
    )
    if not best:
        return ""
    if len(best) > 1 and best[1][0] - best[0][0] < 0.05 and best[0][1] == best[1][1]:
        return ""
    return best[0][2]


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
