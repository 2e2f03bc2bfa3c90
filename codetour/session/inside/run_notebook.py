"""Runs a notebook's code as a script: `run_notebook.py SCRIPT FOLDER ARGS...`.

Runs in the user's interpreter, Python 3.8 and later, standard library only. The script lies in a scratch folder, but
imports and `__main__` are as if it lay in FOLDER, where the notebook is. `display` and `get_ipython`, which a kernel
provides, exist and do nothing; so does the `IPython` package where the interpreter has none, since only a kernel
could show what is handed to it.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import inspect
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Nothing:
    """Answers every call and attribute with itself; false and empty, as libraries that look for a kernel expect."""

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getitem__(self, key: Any) -> Nothing:
        return self

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class KernelStandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """`IPython` and whatever is imported from it, for a notebook and files beside it, when nobody else knows it."""

    def __init__(self, script: str, folder: str) -> None:
        self.own = (script, folder.rstrip(os.sep) + os.sep)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        # a library that only looks whether IPython is there must not find it
        if name.partition(".")[0] != "IPython" or not self._asked_by_the_program():
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def _asked_by_the_program(self) -> bool:
        frame: Any = inspect.currentframe()
        frame = frame.f_back.f_back
        while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        asks = frame.f_code.co_filename
        return asks.startswith(self.own) and "site-packages" not in asks

    def create_module(self, spec: Any) -> types.ModuleType:
        return KernelModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


class KernelModule(types.ModuleType):
    """A module in which every name is there and does nothing."""

    __version__ = "0"
    version_info = (0, 0, 0)

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


def main() -> None:
    script, folder = sys.argv[1:3]
    sys.argv = [script, *sys.argv[3:]]
    sys.path[0] = folder
    for name in ("display", "get_ipython"):
        if not hasattr(builtins, name):
            setattr(builtins, name, Nothing())
    sys.meta_path.append(KernelStandIn(script, folder))
    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    compiling = sys.modules.get("_codetour_compiling")
    make: Any = compile if compiling is None else compiling.compile_first
    code = make(Path(script).read_bytes(), script, "exec")
    exec(code, module.__dict__)  # noqa: S102 - what was agreed to run


if __name__ == "__main__":
    main()
