"""The stops of a tour as places in the program: which are still to come, how often each was passed, why one is missed.

Besides the stops themselves, places on the way to them are watched once (a module's first line, a function's first
line, the conditions round a stop), so that "not reached" comes with a reason that was found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from codetour.model.source import SourceText
from codetour.model.tour import Stop, Tour
from codetour.model.value import Seen
from codetour.session.bind import Binding, Branch, Unbindable, bind, module_entry
from codetour.session.run_as_text import executed_as_text

WATCHED_BRANCHES: Final = 3
FOREIGN_PASSES: Final = 20
"""stops on a line from within another scope (a comprehension, a lambda) after which the line is let go for a while"""


@dataclass(slots=True)
class Place:
    """A stop and what became of it."""

    index: int
    stop: Stop
    path: str = ""
    binding: Binding | None = None
    problem: str = ""
    """why it cannot be stopped at"""
    passes: int = 0
    """how often its line was entered"""
    foreign: int = 0
    last_pass: tuple[int, int] = (0, -1)
    """(frame, instruction) of the last pass, to tell the next line event of one statement from a new pass"""
    earlier: Seen | None = None
    """what was seen at a pass before the one that is wanted"""
    served: bool = False
    resting: bool = False
    words: Callable[[int], str] = "line {}".format
    """a line of its file as a person finds it"""

    @property
    def open(self) -> bool:
        return self.binding is not None and not self.served and not self.problem


@dataclass(slots=True)
class Watch:
    """A line on the way to stops, looked at once."""

    path: str
    line: int
    module: bool = False
    function: str = ""
    branch: Branch | None = None
    runs: str = ""
    """a file that this line reads and executes as text"""
    passed: bool = False
    value: bool | None = None
    """what the condition was, where it could be asked"""
    names: str = ""
    """the values that made it so"""


@dataclass(slots=True)
class Itinerary:
    """All places of a tour."""

    places: list[Place]
    watches: dict[tuple[str, int], Watch] = field(default_factory=dict[tuple[str, int], Watch])
    compiled: bool = False
    """the program compiles its functions, in which no debugger can stop"""

    def open_places(self) -> list[Place]:
        """Stops that may still come."""
        return [p for p in self.places if p.open]

    def at(self, path: str, line: int) -> list[Place]:
        """Open stops whose statement holds the line."""
        return [
            p
            for p in self.places
            if p.open
            and p.path == path
            and p.binding is not None
            and p.binding.line <= line <= p.binding.last
        ]

    def lines(self, path: str) -> list[int]:
        """The lines of a file on which to stop."""
        found = {
            p.binding.line for p in self.places if p.open and p.path == path and p.binding and not p.resting
        }
        found |= {w.line for w in self.watches.values() if w.path == path and not w.passed and self.wanted(w)}
        return sorted(found)

    def paths(self) -> list[str]:
        return list(dict.fromkeys(p.path for p in self.places if p.open))

    def wanted(self, watch: Watch) -> bool:
        """Some stop that may still come could be explained by it."""
        if watch.runs:
            return any(p.open and p.stop.anchor.file == watch.runs for p in self.places)
        for place in self.places:
            if place.open and place.path == watch.path and place.binding is not None:
                if watch.module:
                    return True
                if watch.function == place.binding.symbol:
                    return watch.branch is None or watch.branch in place.binding.branches
        return False

    def explain(self, place: Place, ending: str) -> str:
        """Why a stop was not reached, from what was seen on the way; `ending` says how the run was over."""
        if place.problem or place.binding is None:
            return place.problem or "it is not bound to a line"
        binding, file = place.binding, place.stop.anchor.file
        if place.passes:
            ran = f"{place.words(binding.line)} ran {_times(place.passes)}"
            return f"{ran}, the stop is at time {place.stop.hit}; {ending}"
        module = self._watch(place, lambda w: w.module)
        if module is not None and not module.passed:
            text = next((w for w in self.watches.values() if w.runs == file and w.passed), None)
            if text is not None:
                return f"{file} was read and run as text (exec), where no debugger can stop; {ending}"
            return f"{file} was never imported; {ending}"
        if binding.scope != "<module>" and not self._was_called(place, binding):
            compiled = " (or only as compiled code: TORCHDYNAMO_DISABLE was refused)" if self.compiled else ""
            return f"{binding.symbol} was never called{compiled}; {ending}"
        for branch in binding.branches:
            watch = self._watch(place, lambda w, b=branch: w.branch == b)
            if watch is None:
                continue
            if not watch.passed:
                return f"{place.words(branch.line)} (`{branch.test}`) was never reached; {ending}"
            if watch.value is not None and watch.value != branch.wanted:
                was = f"{watch.value} when {place.words(branch.line)} was first reached"
                return f"`{branch.test}` was {was}{watch.names}; {ending}"
        return f"{place.words(binding.line)} was never reached; {ending}"

    def _was_called(self, place: Place, binding: Binding) -> bool:
        """Whether the first line of the stop's function was passed, by a watch or as a stop of its own."""
        entry = self._watch(place, lambda w: w.function == binding.symbol and w.branch is None)
        if entry is not None:
            return entry.passed
        first = [
            p for p in self.places if p.path == place.path and p.binding and p.binding.line == binding.entry
        ]
        return any(p.passes for p in first)

    def _watch(self, place: Place, fits: Callable[[Watch], bool]) -> Watch | None:
        return next((w for w in self.watches.values() if w.path == place.path and fits(w)), None)


def make_itinerary(
    tour: Tour,
    read: Callable[[str], SourceText | None],
    program_path: Callable[[str], str],
    *,
    entry: str,
    watch: bool = True,
) -> Itinerary:
    """Bind every stop of a tour. `entry` is the file that is started."""
    places = [_place(i, stop, read, program_path) for i, stop in enumerate(tour.stops)]
    found = Itinerary(places)
    if watch:
        for path in found.paths():
            _add_watches(found, path, read, entry)
        _add_texts(found, read, program_path, entry)
    return found


def _place(
    index: int, stop: Stop, read: Callable[[str], SourceText | None], program_path: Callable[[str], str]
) -> Place:
    place = Place(index, stop, program_path(stop.anchor.file))
    source = read(stop.anchor.file)
    if source is None:
        place.problem = f"{stop.anchor.file} cannot be read"
    elif source.kind == "text":
        place.problem = f"{stop.anchor.file} is not Python"
    else:
        place.words = source.place
        try:
            place.binding = bind(source.text, stop.anchor.line)
        except Unbindable as error:
            place.problem = f"{stop.anchor.file}: {error}"
    return place


def _add_watches(found: Itinerary, path: str, read: Callable[[str], SourceText | None], entry: str) -> None:
    here = [p for p in found.places if p.open and p.path == path and p.binding is not None]
    taken = {p.binding.line for p in here if p.binding}
    source = read(here[0].stop.anchor.file)
    first = module_entry(source.text) if source is not None else None
    # the file that is started runs for certain; in others the first line tells that they were imported
    if first is not None and first not in taken and here[0].stop.anchor.file != entry:
        found.watches[path, first] = Watch(path, first, module=True)
    for place in here:
        for watch in _watches_of(place):
            if watch.line not in taken:
                found.watches.setdefault((path, watch.line), watch)


def _add_texts(
    found: Itinerary, read: Callable[[str], SourceText | None], program_path: Callable[[str], str], entry: str
) -> None:
    """Watch the lines that run the file of a stop as text."""
    files = [entry, *(p.stop.anchor.file for p in found.places if p.open)]
    taken = {(p.path, p.binding.line) for p in found.places if p.binding}
    for target in dict.fromkeys(files[1:]):
        place = executed_as_text(target, files, read) if target != entry else None
        at = (program_path(place[0]), place[1]) if place is not None else None
        if at is not None and at not in taken:
            found.watches[at] = Watch(*at, runs=target)


def _watches_of(place: Place) -> Iterable[Watch]:
    binding = place.binding
    if binding is None:
        return
    if binding.scope != "<module>" and binding.entry != binding.line:
        yield Watch(place.path, binding.entry, function=binding.symbol)
    for branch in binding.branches[-WATCHED_BRANCHES:]:
        if branch.line != binding.entry:
            yield Watch(place.path, branch.line, function=binding.symbol, branch=branch)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
