"""Overrides inside the program that no argument reaches: `apply({"workers": 0, "max_batches": 20}, roots, load)`.

Runs in the user's interpreter, Python 3.8 and later, standard library only. Nothing is imported: a library is changed
at the moment the program itself imports it. What is changed is planned, shown to the user and can be refused.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import inspect
import itertools
import linecache
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

LOADER = "torch.utils.data.dataloader"
POSITIONS = (
    *(
        "dataset",
        "batch_size",
        "shuffle",
        "sampler",
        "batch_sampler",
        "num_workers",
        "collate_fn",
        "pin_memory",
    ),
    *("drop_last", "timeout", "worker_init_fn", "multiprocessing_context", "generator"),
)
"""DataLoader's arguments by position"""
REFUSED_ALONE = ("persistent_workers", "prefetch_factor", "timeout", "multiprocessing_context")
"""arguments that DataLoader refuses without workers"""


def apply(wanted: dict[str, int], roots: Sequence[str], load: Callable[[str], Any]) -> None:
    """Arrange that each library is changed right after the program imports it.

    `roots` are the folders of the program's own files; `load` gives a file beside this one as a module.
    """
    changes: dict[str, Callable[[Any], None]] = {LOADER: functools.partial(change_loader, wanted=wanted)}
    if wanted.get("max_batches"):
        changes.update(load("library_limits").changes(wanted["max_batches"], asks_for_iterator))
        load("short_ranges").install(wanted["max_batches"], roots, load("compiling"))
    sys.meta_path.insert(0, AfterImport(changes))


class AfterImport(importlib.abc.MetaPathFinder):
    """Finds nothing itself: wraps the loader that the others find for the modules named."""

    def __init__(self, changes: dict[str, Callable[[Any], None]]) -> None:
        self.changes = changes

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        change = self.changes.pop(name, None)
        if change is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        run = loader.exec_module

        def exec_module(module: Any) -> None:
            run(module)
            try:
                change(module)
            except Exception as error:  # noqa: BLE001 - the program must not fail because of us
                sys.stderr.write(f"codetour: {name} is not changed: {error}\n")

        loader.exec_module = exec_module
        return spec


def change_loader(module: Any, wanted: dict[str, int]) -> None:
    """Change the class of `torch.utils.data.dataloader`."""
    loader = module.DataLoader
    if wanted.get("workers") is not None:
        loader.__init__ = without_workers(loader.__init__)
    if wanted.get("max_batches"):
        loader.__iter__ = at_most(loader.__iter__, wanted["max_batches"])
        loader.__len__ = shortened(loader.__len__, wanted["max_batches"])


def without_workers(init: Any) -> Any:
    """Data is loaded in the main process, where stops are cheap and every frame is at hand."""

    @functools.wraps(init)
    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        given = dict(kwargs)
        given.update(zip(POSITIONS, args))  # noqa: B905 - Python 3.8
        if given.get("num_workers"):
            given["num_workers"] = 0
            for name in REFUSED_ALONE:
                given.pop(name, None)
        init(self, **given)

    return initialize


def at_most(iterate: Any, count: int) -> Any:
    """Each pass ends after `count` batches; not where the program draws from an endless one by `next`."""

    @functools.wraps(iterate)
    def iterate_some(self: Any) -> Any:
        if asks_for_iterator() and not has_length(self):
            return iterate(self)
        return itertools.islice(iterate(self), count)

    return iterate_some


def asks_for_iterator() -> bool:
    """The caller's caller says `iter(...)`: it wants to draw batches itself, and may never expect an end."""
    frame: Any = inspect.currentframe()
    frame = frame.f_back.f_back
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return re.search(r"(?<![\w.])iter\(", line) is not None


def has_length(loader: Any) -> bool:
    """A loader that knows its length ends by itself some time."""
    try:
        return len(loader) >= 0
    except (TypeError, NotImplementedError):
        return False


def shortened(length: Any, count: int) -> Any:
    """The length that fits."""

    @functools.wraps(length)
    def length_of_some(self: Any) -> int:
        return min(length(self), count)

    return length_of_some
