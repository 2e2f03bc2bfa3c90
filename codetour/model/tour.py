"""A tour: stops in the order in which they run, each an anchor, an idea and what to look at.

Named tuples, not dataclasses: those take a tenth of the time that a `codetour check` lasts only to be defined.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from codetour.model.launch import Launch
from codetour.model.stage import Role, Stage

_NONE: Final[dict[str, Any]] = {}
"""shared by all that have none: what is a mapping below is never written to"""


class Anchor(NamedTuple):
    """Where a stop points, in a form that survives edits."""

    file: str
    line: int
    symbol: str = "<module>"
    """qualname of the innermost function or class round the line, or `<module>`"""
    text: str = ""
    """the line as it stood, stripped"""
    print: dict[str, Any] = _NONE
    """fingerprint made by `codetour.resolve`; opaque elsewhere, plain JSON"""


class CallStep(NamedTuple):
    """One step of the call path from the entry to a stop: who is running, and where it stands."""

    symbol: str
    file: str
    line: int
    """of the call that leads on"""
    reason: str = ""
    """for an edge that the eye does not see ("`model(x)` runs `forward`")"""


class Stop(NamedTuple):
    """One place worth seeing."""

    id: str
    """stable over edits, unique in the tour, letters, digits and dashes"""
    stage: Stage
    title: str
    anchor: Anchor
    idea: str = ""
    """one or two sentences, no code words"""
    look: str = ""
    """where to look and what to notice"""
    watch: tuple[str, ...] = ()
    """names to show first"""
    hit: int = 1
    """stop at the nth time the line is reached"""
    path: tuple[CallStep, ...] = ()
    """static call path from the entry"""
    why: str = ""
    """evidence: why this place was chosen"""
    concept: str = ""
    """key of a concept card, or """
    also: tuple[Stage, ...] = ()
    """further stages that happen inside this line, where a library does it all in one call"""
    extra: dict[str, Any] = _NONE
    """unknown keys of the step in the file, kept"""


class Extension(NamedTuple):
    """Where an idea of the reader's own would go."""

    kind: str
    """data set, layer, loss, metric, optimizer, ..."""
    file: str
    line: int
    symbol: str
    how: str
    """one sentence"""


class TourEntry(NamedTuple):
    """Which entry point a tour follows."""

    role: Role
    file: str
    qualname: str = "<module>"


class Tour(NamedTuple):
    """Chapters of stops through one run of one entry point."""

    title: str
    stops: tuple[Stop, ...]
    description: str = ""
    """the map: what is trained, on what, by which loss, launched how; a few sentences"""
    repo: str = ""
    url: str | None = None
    commit: str | None = None
    entry: TourEntry | None = None
    launch: Launch = Launch()
    extensions: tuple[Extension, ...] = ()
    axes: dict[str, str] = _NONE
    """names of dimensions found in the code, name -> meaning ("B": "batch", "n_embd": "width")"""
    notes: tuple[str, ...] = ()
    """what the planner could not do, in words"""
    print: dict[str, Any] = _NONE
    """what `codetour.resolve` remembers of the files that the anchors share; opaque elsewhere, plain JSON"""
    extra: dict[str, Any] = _NONE
    """unknown keys of the tour file, kept"""

    def chapters(self) -> Iterator[tuple[Stage, tuple[int, ...]]]:
        """Runs of stops with the same stage: (stage, indices), in order."""
        start = 0
        for i in range(1, len(self.stops) + 1):
            if i == len(self.stops) or self.stops[i].stage != self.stops[start].stage:
                yield self.stops[start].stage, tuple(range(start, i))
                start = i
