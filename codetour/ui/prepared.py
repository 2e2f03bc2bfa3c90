"""What the command line gives to the screens, and what it gets back: plain values and callables.

The command line wires the layers; the screens only know these. `prepare(progress)` returns a `Choice` (the reader
must pick something first) or a `Prepared` (a tour that can be shown, and run once its `Execution` is agreed to).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codetour.errors import CodetourError
from codetour.model.driver import Breakpoint, Driver
from codetour.model.entry import EntryPoint, Evidence, Launch, Override
from codetour.model.graph import CallGraph
from codetour.model.source import Sources
from codetour.model.tour import Tour
from codetour.progress import Progress


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a `Choice`."""

    label: str
    """one line"""
    detail: str = ""
    """why one would take it: evidence, what it costs; up to three lines"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A question in the middle of the preparation: which entry point, make an environment or not."""

    question: str
    options: tuple[Option, ...]
    then: Callable[[int, Progress], Outcome]
    """runs in a worker thread with the index of the option taken"""
    text: str = ""
    """what must be read before one can answer, any number of lines"""


@dataclass(frozen=True, slots=True)
class Execution:
    """What exactly would be executed; the consent screen shows all of it."""

    interpreter: str
    """absolute path"""
    script: str
    """entry file, relative to the tree (not shown when `launch.module` is set)"""
    launch: Launch
    cwd: str
    """absolute path the program starts in"""
    python: str = ""
    """version of the interpreter"""
    place: str = ""
    """"in place", "in a scratch copy": one sentence on where files will be written"""
    limits: tuple[str, ...] = ()
    """sandbox, time limit, batches: one short sentence each"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the reader agreed to."""

    launch: Launch
    """with the refused overrides taken out and the edited ones changed"""
    refused: tuple[Override, ...] = ()
    """as they were proposed"""
    remember: bool = False
    """do not ask again for this repository at this commit"""


@dataclass(frozen=True, slots=True)
class Second:
    """A further tour offered on the closing card: the evaluation after the training."""

    label: str
    """"Evaluation tour (eval.py)" """
    prepare: Callable[[Progress], Outcome]


@dataclass(frozen=True, slots=True)
class KeptPoints:
    """Breakpoints and watched expressions of an earlier sitting with this repository."""

    points: tuple[Breakpoint, ...] = ()
    """where their lines are now; `message` tells where one has gone"""
    watches: tuple[str, ...] = ()
    lost: int = 0
    """of these the code is gone"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A tour ready to be shown. Callables that take a `Progress` run in a worker thread.

    `static`, `live` make drivers that are not started; they must not need a running event loop before `start`.
    """

    tour: Tour
    sources: Sources
    static: Callable[[], Driver]
    """a driver without a program: planned stops, or a recording"""
    live: Callable[[Decision, Progress], Driver] | None = None
    """a driver that will run the program; None when nothing can or should be run"""
    execution: Execution | None = None
    """shown for consent before `live`; None skips the question"""
    agreed: bool = False
    """consent was given before (`--yes`, remembered): `live` follows at once"""
    problem: str = ""
    """why it cannot be run, and the command that mends it; shown once on the map"""
    failure: CodetourError | None = None
    """told again, with its exit code, when the reader leaves: nothing could be run"""
    root: Path | None = None
    """where the files are, for the editor; None for a bundle"""
    place: int = 0
    """stop to open at, from an earlier visit"""
    on_place: Callable[[int], None] = lambda _index: None
    """called with the index of each stop shown, to keep the place"""
    save: Callable[[Driver], str] | None = None
    """writes tour and recording, returns a sentence; runs in a worker thread"""
    second: Second | None = None
    graph: Callable[[], CallGraph] | None = None
    """the call graph for the map; runs in a worker thread. None: the call paths of the stops are all there is"""
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    """the reader's own, by stop id"""
    on_note: Callable[[str, str], None] | None = None
    """keeps a note: stop id, text"""
    kept: KeptPoints = KeptPoints()
    on_points: Callable[[Sequence[Breakpoint], Sequence[str]], None] | None = None
    """keeps breakpoints and watched expressions for the next sitting; runs in a worker thread"""
    tours: tuple[str, ...] = ()
    """titles of the repository's tours, which words may link to"""
    open_tour: Callable[[str, int, int], Prepare] | None = None
    """another tour: its title, the stop to open it at (from 1, 0 for its place), the stop that was left (from 0)"""


Outcome = Prepared | Choice
Prepare = Callable[[Progress], Outcome]


@dataclass(frozen=True, slots=True)
class Farewell:
    """How the app was left."""

    code: int = 0
    error: CodetourError | None = None
    """what went wrong, for `cli.output.fail`"""
    stops_shown: frozenset[str] = field(default_factory=frozenset[str])


def entry_options(entries: tuple[EntryPoint, ...]) -> tuple[Option, ...]:
    """Options of a `Choice` between entry points, with their best evidence."""
    made: list[Option] = []
    for entry in entries:
        label = entry.file if entry.qualname == "<module>" else f"{entry.file} · {entry.qualname}"
        if entry.title:
            label = f"{label} — {entry.title}"
        lines = [_evidence(entry, e) for e in entry.evidence[:2]]
        made.append(Option(label=f"{entry.role}: {label}", detail="\n".join(lines)))
    return tuple(made)


def _evidence(entry: EntryPoint, found: Evidence) -> str:
    """Where and what, without the name that stands in the label."""
    where = f"line {found.line}" if found.file == entry.file else f"{found.file}:{found.line}"
    text = found.text.replace(f" in {entry.symbol}", "").replace(f" in {entry.file}:", " in ")
    return f"{where}  {text}"


def decide(launch: Launch, changed: Mapping[Override, str | None], *, remember: bool = False) -> Decision:
    """`launch` with overrides refused (None) or given another text, in arguments and environment alike."""
    argv, env, kept = list(launch.argv), dict(launch.env), list[Override]()
    for override in launch.overrides:
        text = changed.get(override, override.arg)
        if text != override.arg:
            _exchange(argv, env, override.arg, text)
        if text is not None:
            kept.append(override._replace(arg=text))
    final = launch._replace(argv=tuple(argv), env=env, overrides=tuple(kept))
    refused = tuple(o for o in launch.overrides if o in changed and changed[o] is None)
    return Decision(final, refused, remember=remember)


def command_of(execution: Execution, launch: Launch) -> list[str]:
    """The command line as a shell would take it, word by word."""
    what = ["-m", launch.module] if launch.module else [execution.script]
    return [execution.interpreter, *launch.flags, *what, *launch.argv]


def _exchange(argv: list[str], env: dict[str, str], old: str, new: str | None) -> None:
    words, others = _words(old), _words(new) if new is not None else []
    # from the end: overrides are appended, so the last match is ours
    for at in range(len(argv) - len(words), -1, -1):
        if argv[at : at + len(words)] == words:
            argv[at : at + len(words)] = others
            return
    name, _, value = old.partition("=")
    if env.get(name) == value:
        del env[name]
        if new is not None:
            name, _, value = new.partition("=")
            env[name] = value


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
