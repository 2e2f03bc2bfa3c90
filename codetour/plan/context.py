"""The frame of a training run: the way from the entry to the line that learns, and what stands on it.

The `spine` is the chain of functions from the entry down to the optimizer's step (or to the call that hands the
training to a library). Places on it are met by every run; places that only evaluation reaches come second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codetour.plan.landmarks import Candidate, assigned_names
from codetour.plan.moments import Frame, Moment

MODEL_NAME: Final = re.compile(
    r"(?i)^(self\.)?(\w+_)?(model|net|network|agent|policy|generator|discriminator|encoder|decoder|critic|actor|student)s?(_\w+)?$"
)
"""names that models are given"""
_EXAMPLE: Final = re.compile(r"(?i)/(examples?|tutorials?|demos?|samples?|recipes?|notebooks?)/")
_LEARNS: Final = ("step", "backward")


@dataclass(frozen=True, slots=True)
class Context:
    """What candidates are weighed against."""

    spine: frozenset[str]
    """node ids of the functions on the way to the learning"""
    trained: frozenset[tuple[str, int]]
    """lines passed outside evaluation"""

    home: str = ""
    """folder of an example inside a library's repository; "" when the entry is no example"""

    def at_home(self, moment: Moment) -> bool:
        """Is it the example's own code, not the library's?"""
        return self.is_home(moment.file)

    def is_home(self, file: str) -> bool:
        """Does the file belong to the example, or is there no library to tell it from?"""
        return file.startswith(self.home)

    def on_spine(self, moment: Moment) -> bool:
        """Does the statement stand in a function of the spine?"""
        return moment.frame.node.id in self.spine

    def on_the_way(self, node: str) -> bool:
        """Is the function on the spine?"""
        return node in self.spine

    def below(self, moment: Moment) -> int:
        """How many calls below the spine a statement stands."""
        return next(
            (i for i, f in enumerate(chain(moment.frame)) if f.node.id in self.spine), moment.frame.depth
        )

    def only_evaluated(self, moment: Moment) -> bool:
        """Is the line passed by evaluation alone?"""
        return (moment.file, moment.line) not in self.trained


def find_context(candidates: Iterable[Candidate], moments: Iterable[Moment], entry: str) -> Context:
    """The context of one walk."""
    trained = frozenset((m.file, m.line) for m in moments if not m.frame.evaluating)
    learning = [c for c in candidates if c.stage in _LEARNS and c.slot != "zero"]
    learning.sort(key=lambda c: (_cost(c, trained), c.moment.order))
    frames = list(chain(learning[0].moment.frame)) if learning else []
    folder = entry.rpartition("/")[0]
    home = f"{folder}/" if _EXAMPLE.search(f"/{folder}/") else ""
    return Context(frozenset(f.node.id for f in frames), trained, home)


def _cost(candidate: Candidate, trained: frozenset[tuple[str, int]]) -> float:
    moment = candidate.moment
    outside = 0.0 if candidate.place in trained else 1.0
    looped = 0.0 if moment.loops else 0.3
    return outside + looped + 0.2 * moment.doubt + 0.02 * moment.frame.depth - candidate.weight


def chain(frame: Frame | None) -> Iterator[Frame]:
    """A frame and its callers, innermost first."""
    while frame is not None:
        yield frame
        frame = frame.parent


def on_the_spine(moment: Moment, context: Context, moments: Sequence[Moment]) -> Moment | None:
    """The statement of the spine that a moment happens in: itself, or the call that leads to it.

    A function that makes many things (`build(kind, ...)`) is called from many lines; the one that names a model wins.
    """
    for frame in chain(moment.frame):
        if frame.node.id in context.spine:
            return moment
        if frame.parent is not None and frame.parent.node.id in context.spine:
            calls = [
                m
                for m in moments
                if m.frame.node.id in context.spine and any(e.callee == frame.node.id for e in m.callees)
            ]
            calls.sort(
                key=lambda m: (not any(MODEL_NAME.search(a) for a in assigned_names(m.statement)), m.rank)
            )
            return calls[0] if calls else None
    return None
