"""What was seen in a stopped program: summaries of live values, frames, and what changed.

Summaries come from a helper inside an untrusted program: every text is cleaned and cut when it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Scalar = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Value:
    """One live value, summed up without calling any code of the program."""

    name: str
    type: str = ""
    """short type name (`Tensor`, `GPTConfig`)"""
    kind: str = "object"
    """tensor, array, frame, module, optimizer, scheduler, loader, dataset, scalar, text, list, dict, tuple, set,
    config, function, class, none, object, error, ..."""
    shape: tuple[int, ...] | None = None
    dims: tuple[str, ...] | None = None
    """a name for each axis, "" where none is known"""
    dtype: str | None = None
    device: str | None = None
    scalar: Scalar = None
    """the value itself when it is a number, truth value or short text"""
    size: int | None = None
    """number of elements, characters or parameters"""
    stats: dict[str, float] = field(default_factory=dict[str, float])
    """min, max, mean, std, nan, inf, zero"""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    """anything else worth a word (`lr`: `0.001`, `mode`: `train`)"""
    items: tuple[Value, ...] = ()
    """children, bounded"""
    ref: int = 0
    """identity inside the process, to tell "same object" from "new object"; not shared"""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call on the stack; the innermost comes first."""

    symbol: str
    file: str
    """relative to the tree when inside it, else a short name"""
    line: int
    inside: bool = True
    """the file belongs to the tree"""
    values: tuple[Value, ...] = ()
    id: int = 0
    """the debugger's frame id; 0 in a recording"""
    omitted: int = 0
    """names that it holds beside `values`, left out because there are too many"""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two stops."""

    mark: Literal["+", "~", "-"]
    """new, changed, gone"""
    name: str
    text: str
    """what changed, in a few words (`shape 12×64 → 12×8×64`)"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen when a stop was reached (or, with `stop` None, where free stepping paused)."""

    stop: str | None
    frames: tuple[Frame, ...]
    hits: int = 1
    """how often the line had been reached"""
    seconds: float = 0.0
    """since the program was started"""
    process: str = ""
    """name of the process when it is not the main one ("worker 1", "rank 0")"""
    changes: tuple[Change, ...] = ()
    """since the stop before"""
    reason: str = ""
    """for a pause that is no stop: step, breakpoint, exception text"""
