"""Files of the tree are compiled from a changed syntax tree: the one place for all who change it.

    compiling.install(pydevd_runpy)
    compiling.add(concerns, step)      # concerns(path) -> bool; step(raw, path) -> None, or what changes the tree

Lines and columns stay where they are, nothing is written: the cache of compiled files is neither asked nor filled, so
that another run never meets our code there. Whatever cannot be compiled so is left to the interpreter's own way.
Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import functools
import importlib.machinery
import inspect
import runpy
from collections.abc import Callable
from typing import Any

whole: Any = compile
"""the builtin, also when a stand-in has its place"""

steps: list[tuple[Callable[[str], bool], Callable[[bytes, str], Any]]] = []
"""(does a path concern it, (source, path) -> change or None), where change(tree) -> finish or None: nothing to change,
and finish(code) is the code with whatever is still to be done to it"""


otherwise: list[Callable[[Any], None]] = []
"""told of every code that the steps had no part in, before it runs"""
INHERITED = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})
"""flags that `compile` takes over from who calls it"""


def add(concerns: Callable[[str], bool], step: Callable[[bytes, str], Any]) -> None:
    """From now on; the steps work on one tree, in the order in which they came."""
    steps.append((concerns, step))


def install(*runners: Any) -> None:
    """`runners`: further modules like `runpy`, which compile the program's first file."""
    loader: Any = importlib.machinery.SourceFileLoader
    get_code, plain = loader.get_code, loader.source_to_code

    def code_of(self: Any, fullname: str) -> Any:
        # a loader that changes source or tree itself must be let do so
        code = imported(self, fullname) if type(self).source_to_code is plain else None
        return told(get_code(self, fullname)) if code is None else code

    loader.get_code = code_of
    sourceless: Any = importlib.machinery.SourcelessFileLoader
    get_compiled = sourceless.get_code

    def compiled_code_of(self: Any, fullname: str) -> Any:
        return told(get_compiled(self, fullname))

    sourceless.get_code = compiled_code_of
    also: tuple[Any, ...] = (runpy, *runners)
    for runner in also:
        # such a module looks the name up in itself before it takes the builtin
        runner.compile = compile_first


def watch(debugger: str, tell: Callable[[Any], None]) -> None:
    """`tell` also of what the program compiles by itself, with the builtin; the debugger's folder does so to look."""
    otherwise.append(tell)

    @functools.wraps(whole)
    def compile_anywhere(
        source: Any, filename: Any, mode: Any, flags: Any = 0, *args: Any, **kwargs: Any
    ) -> Any:
        frame: Any = inspect.currentframe()
        caller = frame.f_back.f_code
        inherits = not (args[0] if args else kwargs.pop("dont_inherit", False))
        if inherits and type(flags) is int:
            flags |= caller.co_flags & INHERITED
        code = whole(source, filename, mode, flags, True, *args[1:], **kwargs)
        return code if caller.co_filename.startswith(debugger) else told(code)

    builtins.compile = compile_anywhere


def told(code: Any) -> Any:
    """The same, after whoever wants to know of it does."""
    for tell in otherwise:
        tell(code)
    return code


def imported(loader: Any, fullname: str) -> Any:
    """The changed code of a module; None where it is to be compiled as always."""
    path = loader.get_filename(fullname)
    if not any(concerns(path) for concerns, _ in steps):
        return None
    try:
        return compiled(loader.get_data(path), path)
    except OSError:
        return None


def compile_first(source: Any, filename: Any, *args: Any, **kwargs: Any) -> Any:
    """In place of the builtin `compile`, where a program's first file is compiled."""
    code = compiled(source, str(filename))
    return told(whole(source, filename, *args, **kwargs)) if code is None else code


def compiled(source: Any, path: str) -> Any:
    """The code of `source` as the steps change it; None when they change nothing."""
    raw = source if isinstance(source, bytes) else str(source).encode("utf-8", "replace")
    changes = [step(raw, path) for concerns, step in steps if concerns(path)]
    if not any(changes):
        return None
    try:
        tree = ast.parse(source, path)
        finishes = [finish for change in changes if change and (finish := change(tree)) is not None]
        if not finishes:
            return None
        code = whole(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        for finish in finishes:
            code = finish(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # the interpreter's own words on it are better
    return code
