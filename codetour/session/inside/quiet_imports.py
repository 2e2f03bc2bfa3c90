"""Libraries are imported without being traced: `quiet(["/path/of/the/tree"], tracing)`.

Up to Python 3.11 the debugger is called for each call of every function, which makes `import torch` half as long
again. No stop of a tour lies in a library, so tracing rests while one is imported; a file of the tree that is
imported on the way is traced as always. From 3.12 on there is nothing to save.

Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOAD = "_load_unlocked"
"""of `importlib._bootstrap`, called once per module that is loaded"""
REAL = "_original_tracing"
"""of pydevd's holder: the `sys.settrace` that it has replaced"""
WRAPPER = """
def _load_unlocked(spec):
    set_trace = rest(spec)
    if set_trace is None:
        return load(spec)
    before, after = set_trace
    before()
    try:
        return load(spec)
    finally:
        after()
"""
"""Compiled under the import system's own name, so that tracebacks leave it out as they leave out the rest of it."""


def quiet(roots: list[str], tracing: Any, wanted: Callable[[], bool]) -> None:
    """`roots`: folders of the tree. `tracing`: pydevd's holder of the real `sys.settrace`, which it replaces.

    `wanted()`: somebody needs the program traced.
    """
    if sys.version_info >= (3, 12):
        return
    machinery: Any = importlib.import_module("importlib._bootstrap")
    if not hasattr(machinery, LOAD):
        return
    scope = {"rest": Rest(tuple(roots), tracing, wanted).around, "load": getattr(machinery, LOAD)}
    exec(compile(WRAPPER, "<frozen importlib._bootstrap>", "exec"), scope)  # noqa: S102 - our own text
    setattr(machinery, LOAD, scope[LOAD])


class Rest:
    """What to do with tracing before and after a module is loaded."""

    def __init__(self, roots: tuple[str, ...], tracing: Any, wanted: Callable[[], bool]) -> None:
        self.roots = tuple(root.rstrip(os.sep) + os.sep for root in roots)
        self.tracing = tracing
        self.wanted = wanted
        self.here = threading.local()
        self.stdlib = str(Path(os.__file__).parent) + os.sep

    def around(self, spec: Any) -> Any:
        """A pair of calls, or None when nothing changes."""
        resting = getattr(self.here, "trace", None)
        own = self.belongs(spec)
        if resting is None:
            trace = sys.gettrace()
            return None if own or trace is None else (lambda: self.stop(trace), lambda: self.go_on(trace))
        return (lambda: self.go_on(resting), lambda: self.stop(resting)) if own else None

    def stop(self, trace: Any) -> None:
        self.here.trace = trace
        self.set(None)

    def go_on(self, trace: Any) -> None:
        self.here.trace = None
        if self.wanted():
            self.set(trace)

    def set(self, trace: Any) -> None:
        (getattr(self.tracing, REAL, None) or sys.settrace)(trace)

    def belongs(self, spec: Any) -> bool:
        """The module is a file of the tree."""
        origin = getattr(spec, "origin", None)
        if not isinstance(origin, str) or not spec.has_location or origin.startswith(self.stdlib):
            return False
        if "site-packages" in origin or "dist-packages" in origin:
            return False
        return origin.startswith(self.roots) or os.path.realpath(origin).startswith(self.roots)
