"""Reads files ahead of the machine in several processes: parsing is most of the work on a tree seen for the first time.

The processes are plain ones that talk over pipes and leave what they make in the cache on disk, so nothing rests on
how a system forks, on shared memory that a sandbox may forbid, or on the main module of whoever uses codetour. They
die with their input. What they cannot do is done by the machine itself when its turn comes.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from typing_extensions import Self

from codetour import places
from codetour.graph.fact_worker import Wanted, imports_in
from codetour.graph.loading import Loader
from codetour.graph.lowering import Op
from codetour.graph.modules import ModuleFinder
from codetour.progress import Progress

MOST_WORKERS: Final = 4
_IN_FLIGHT: Final = 4
"""files that one worker is given at a time, so that it never waits for the next one"""
_PATIENCE: Final = 30.0
"""seconds without any answer after which the workers are given up"""
_START: Final = (
    "import os, sys\nsys.path[:] = sys.argv[1].split(os.pathsep)\n"
    "from codetour.graph.fact_worker import main\nmain()\n"
)
_CHUNK: Final = 1 << 16
_TURN: Final = 0.1


def workers_for_this_machine() -> int:
    """How many processes pay: one for each core that we may use; with a single core, none."""
    try:
        cores = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        cores = os.cpu_count() or 1
    return min(cores, MOST_WORKERS) if cores > 1 and sys.executable and os.name == "posix" else 0


def read_ahead(
    loader: Loader, loaded: dict[str, list[Op] | None], progress: Progress, *, workers: int, seconds: float
) -> None:
    """Fill the cache with the operations of every file that the loaded ones import, and what those import.

    Ends after `seconds` of CPU time of all workers; raises `Interrupted` when the user stops.
    """
    queue = _Queue(loader.finder, loaded, loader.most_files)
    if not queue.waiting:
        return
    with contextlib.ExitStack() as stack:
        try:
            crew = [stack.enter_context(_Worker(loader.root)) for _ in range(workers)]
        except OSError:
            return  # no more processes here
        loader.spent += _work(queue, crew, progress, seconds)


class _Queue:
    """Files that are still to be made, in the order in which imports name them."""

    def __init__(self, finder: ModuleFinder, loaded: dict[str, list[Op] | None], most: int) -> None:
        self._finder = finder
        self._most = most
        self._known = set(loaded)
        self.waiting: list[str] = []
        self.done = 0
        for file, operations in loaded.items():
            self.add(file, list(imports_in(operations or [])))

    def add(self, file: str, wanted: list[Wanted]) -> None:
        """Queue what `file` imports."""
        for module, level, names in wanted:
            for found in files_of(self._finder, file, module, level, names):
                if found not in self._known and len(self._known) < self._most:
                    self._known.add(found)
                    self.waiting.append(found)


def files_of(finder: ModuleFinder, importer: str, module: str, level: int, names: list[str]) -> Iterator[str]:
    """The files that an import runs: each package on the way, the module, modules among the names."""
    parts = [p for p in module.split(".") if p]
    if level:
        place: str | None = importer
        for _ in range(level):
            place = (place or "").rpartition("/")[0]
    else:
        place = finder.top(parts[0], importer) if parts else None
        parts = parts[1:]
    while place is not None:
        file = finder.file_of(place)
        if file is not None:
            yield file
        if not parts:
            break
        place = finder.child(place, parts.pop(0)) if finder.is_package(place) else None
    if place is not None and finder.is_package(place):
        inside = (finder.child(place, name) for name in names if name != "*")
        yield from (f for p in inside if p is not None and (f := finder.file_of(p)) is not None)


class _Worker:
    """A running process and what it has been asked."""

    def __init__(self, root: Path) -> None:
        home = Path(__file__).resolve().parents[2]
        paths = [os.fspath(home), *(p for p in sys.path if p)]
        folder = places.cache_dir()
        folder.mkdir(parents=True, exist_ok=True)
        self._root = os.fspath(root)
        self._rest = b""
        self.asked = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, os.pathsep.join(paths)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=folder,  # never the repository's: its modules would be found first
            start_new_session=True,  # Ctrl-C reaches it through us alone
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in, self.out = self.process.stdin, self.process.stdout

    def ask(self, file: str) -> bool:
        """Hand it a file; False when it has died."""
        try:
            self._in.write(json.dumps({"root": self._root, "file": file}).encode() + b"\n")
        except OSError:
            return False
        self.asked += 1
        return True

    def answers(self) -> list[dict[str, Any]] | None:
        """What it has said since; None when it has died."""
        told = os.read(self.out.fileno(), _CHUNK)
        if not told:
            return None
        *lines, self._rest = (self._rest + told).split(b"\n")
        self.asked -= len(lines)
        return [json.loads(line) for line in lines]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        for pipe in (self._in, self.out):
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.wait()


def _work(queue: _Queue, crew: list[_Worker], progress: Progress, seconds: float) -> float:
    """Hand out files until none is left; CPU seconds that the workers took."""
    spent = silent = 0.0
    with selectors.DefaultSelector() as selector:
        for worker in crew:
            selector.register(worker.out, selectors.EVENT_READ, worker)
        while spent < seconds and silent < _PATIENCE:
            _hand_out(queue, crew)
            if not any(worker.asked for worker in crew):
                break
            ready = selector.select(_TURN)
            silent = 0.0 if ready else silent + _TURN
            progress.check()
            for key, _ in ready:
                worker: _Worker = key.data
                told = worker.answers()
                if told is None:  # what it was doing is left to the machine
                    selector.unregister(worker.out)
                    crew.remove(worker)
                    continue
                spent += sum(t["cpu"] for t in told)
                if not all(t["kept"] for t in told):
                    return spent  # the cache takes nothing, and there is no other way to hand results over
                _note(queue, told, progress)
    return spent


def _hand_out(queue: _Queue, crew: list[_Worker]) -> None:
    for worker in crew:
        while queue.waiting and worker.asked < _IN_FLIGHT and worker.ask(queue.waiting[0]):
            queue.waiting.pop(0)


def _note(queue: _Queue, told: list[dict[str, Any]], progress: Progress) -> None:
    for row in told:
        queue.done += 1
        queue.add(row["file"], row["imports"])
        progress.advance(queue.done, None, row["file"])
