"""Processes that the program starts are prepared as it was itself: same patches, same quick connection.

The debugger rewrites the command line of every Python that the program starts, so that it begins with the debugger.
`follow` puts this file before it: as the script that runs (`children.py PLAN ARGS...`), or as a call ahead of the code
of `python -c` (which is what `multiprocessing` starts). A child that is forked has everything already.

Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = str(Path(__file__).absolute())


def follow(plan: dict[str, Any], monkey: Any) -> None:
    """Wrap what `monkey` (the debugger's module for it) makes of command lines."""
    patch: Any = monkey.patch_args
    code: Any = getattr(monkey, "_get_python_c_args", None)

    def patch_args(args: Any, *more: Any, **named: Any) -> Any:
        made: Any = patch(args, *more, **named)
        if made is args or not hasattr(made, "append"):
            return made
        found: list[Any] = []
        for arg in made:
            text = os.fsdecode(arg) if isinstance(arg, (str, bytes)) else ""
            ours = os.path.basename(text) == "pydevd.py" and HERE not in found  # noqa: PTH119 - bytes too
            found += [HERE, packed(plan)] if ours else [arg]
        return found

    def python_c(*args: Any, **named: Any) -> Any:
        made = code(*args, **named)
        first = f"__import__('runpy').run_path({HERE!r})['prepare']({packed(plan)!r});"
        if not isinstance(made, str) or made.startswith("from __future__"):
            return made
        return first + made

    monkey.patch_args = patch_args
    if code is not None:
        monkey._get_python_c_args = python_c  # noqa: SLF001 - there is no public name


def packed(plan: dict[str, Any]) -> str:
    """What a child needs of the plan, as it is by now."""
    kept = {name: plan[name] for name in ("debugpy", "roots", "patches", "places", "scratch") if name in plan}
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()


def prepare(given: str) -> Any:
    """What `bootstrap` does before the program runs; the debugger's main module."""
    plan = json.loads(base64.urlsafe_b64decode(given))
    spec = importlib.util.spec_from_file_location(
        "_codetour_bootstrap", str(Path(HERE).with_name("bootstrap.py"))
    )
    assert spec is not None
    assert spec.loader is not None
    bootstrap: Any = importlib.util.module_from_spec(spec)
    sys.modules["_codetour_bootstrap"] = bootstrap
    spec.loader.exec_module(bootstrap)
    folder = str(Path(plan["debugpy"], "debugpy", "_vendored", "pydevd"))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    pydevd = importlib.import_module("pydevd")
    bootstrap.prepare(plan, pydevd)
    return pydevd


def main() -> None:
    given = sys.argv.pop(1)
    del sys.path[0]
    pydevd = prepare(given)
    sys.argv[0] = pydevd.__file__
    # it gives the name `pydevd` to whatever is the main module now; a process forked off later needs the real one
    sys.modules["__main__"] = pydevd
    try:
        pydevd.main()
    except BaseException:
        sys.modules["_codetour_bootstrap"].tell_crash()
        raise


if __name__ == "__main__":
    main()
