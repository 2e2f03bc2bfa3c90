"""What the command line gives to the editor: a tour, its files, and how to anchor, save and record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.source import Sources
from codetour.model.tour import Anchor, Stop, Tour
from codetour.progress import Progress
from codetour.ui.prepared import Decision, Execution


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A run that has been prepared: what would be executed, and the way to execute it."""

    tour: Tour
    execution: Execution
    agreed: bool
    """consent was given before"""
    plan: Any = None
    """the command line's own"""


class ChangedOutside(UsageProblem):
    """The file is not as it was last read or written: nothing was written over it."""


@dataclass(frozen=True, slots=True)
class Settling:
    """The ways out when somebody else has changed the file. All raise `CodetourError`."""

    reload: Callable[[], Tour]
    """the tour as it stands in the file now, which may be written over from then on"""
    overwrite: Callable[[], None]
    """the file may be written over, whatever it holds"""
    beside: Callable[[Tour], tuple[Tour, str]]
    """writes the tour to a file of its own, where it is saved from then on: the tour there, and that file's name"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A tour to write at. Callables without `await` may be slow: they run in a worker thread."""

    tour: Tour
    path: str
    """of the file, for people"""
    sources: Sources
    files: Callable[[], Sequence[str]]
    """of the repository, those worth a stop first"""
    anchor: Callable[[str, int], Anchor]
    """raises `CodetourError`"""
    save: Callable[[Tour], Tour]
    """writes the file and returns the tour with fresh anchors; raises `CodetourError`, here `ChangedOutside`"""
    names: Callable[[Stop, Recording | None], dict[str, str]]
    """what can be watched at a stop: name -> a word on it"""
    recording: Recording | None = None
    fitting: Callable[[Recording, Tour], Recording] = lambda recording, _tour: recording
    """what of a recording still belongs to the tour as it is now"""
    others: tuple[str, ...] = ()
    """titles of the repository's other tours"""
    notes: tuple[str, ...] = ()
    """what is no longer where it was"""
    rehearse: Callable[[Tour, Progress], Rehearsal] | None = None
    """raises `CodetourError` when it cannot be run"""
    record: Callable[[Rehearsal, Decision], Awaitable[Recording]] | None = None
    """runs the program and keeps what was seen"""
    settling: Settling | None = None
    place: int = 0
