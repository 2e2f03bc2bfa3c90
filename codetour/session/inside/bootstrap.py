"""The first file that the program's interpreter runs: `python bootstrap.py TARGET...`, then debugpy, then the program.

Runs in the user's interpreter, Python 3.8 and later, standard library only. Its plan comes as JSON in the environment
variable CODETOUR_PLAN, which is removed before anything of the program runs: where debugpy lies, where to connect,
which overrides to apply (see `patches.py`). TARGET is what debugpy takes: FILE ARGS... or -m MODULE ARGS...
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
import os
import socket
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = str(Path(__file__).absolute().parent)


def send_at_once(pydevd: Any) -> None:
    """Pydevd writes header and body in two calls: with Nagle's algorithm every request costs some 45 ms."""
    connect = pydevd.start_client

    def start_client(host: str, port: int) -> Any:
        sock = connect(host, port)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    pydevd.start_client = start_client


def load(name: str) -> Any:
    """A file beside this one as a module that the program cannot meet by accident; the same one each time."""
    known = sys.modules.get("_codetour_" + name)
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location("_codetour_" + name, str(Path(HERE, name + ".py")))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def load_as_debugger(pydevd: Any, name: str) -> Any:
    """As `load`; its code names a file of the debugger as its own, so that its frames are left out as those are."""
    folder, base = str(Path(pydevd.__file__).parent), "_codetour_" + name + ".py"
    module = sys.modules["_codetour_" + name] = types.ModuleType("_codetour_" + name)
    source = Path(HERE, name + ".py").read_bytes()
    exec(compile(source, str(Path(folder, base)), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - our own
    untraced: Any = importlib.import_module("_pydevd_bundle.pydevd_dont_trace_files")
    untraced.DONT_TRACE[base] = untraced.PYDEV_FILE
    return module


def telling_without(folders: tuple[str, ...], tell: Any) -> Any:
    """The hook for uncaught exceptions, the program's own or the interpreter's, told of the program's calls only."""

    def excepthook(kind: Any, error: Any, trace: Any) -> None:
        own = trace
        while own is not None and own.tb_frame.f_code.co_filename.startswith(folders):
            own = own.tb_next
        tell(kind, error.with_traceback(own or trace), own or trace)

    return excepthook


def keep_files(paths: Iterable[str]) -> None:
    """A program may take its own files away while it runs; the debugger takes breakpoints only in files that exist."""
    utilities: Any = importlib.import_module("pydevd_file_utils")
    exists, known = utilities.exists, frozenset(paths)

    def exists_or_did(path: str) -> bool:
        return path in known or exists(path)

    utilities.exists = exists_or_did


def tell_crash() -> None:
    """The exception being handled will end the program; who traces it has seen that already."""
    crashes = sys.modules.get("_codetour_crashes")
    if crashes is not None:
        crashes.crashed()


def write_lines() -> None:
    """Unbuffered output writes each part of a `print` by itself; whole lines appear as early and cost a third."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and os.environ.get("PYTHONUNBUFFERED"):
        reconfigure(line_buffering=True, write_through=False)


def prepare(plan: dict[str, Any], pydevd: Any) -> None:
    """All that has to be in place before anything of the program runs, in it and in the processes it starts."""
    write_lines()
    send_at_once(pydevd)
    if plan.get("scratch"):
        load("last_resort").register(plan["scratch"])
    keep_files(plan.get("places", ()))
    tracing = importlib.import_module("pydevd_tracing")
    load("compiling").install(importlib.import_module("_pydevd_bundle.pydevd_runpy"))
    alike = functools.partial(load_as_debugger, pydevd)
    switch = alike("fast_forward").install(plan.get("places"), load, alike)

    def wanted() -> bool:
        return switch is None or switch.on

    load("quiet_imports").quiet(plan["roots"], getattr(tracing, "TracingFunctionHolder", None), wanted)
    load("keep_tracing").keep(tracing, wanted)
    if plan.get("patches"):
        load("patches").apply(plan["patches"], plan["roots"], load)
    load("children").follow(plan, importlib.import_module("_pydev_bundle.pydev_monkey"))


def main() -> None:
    plan = json.loads(os.environ.pop("CODETOUR_PLAN"))
    if sys.path and str(Path(sys.path[0]).absolute()) == HERE:
        del sys.path[0]
    sys.path.insert(0, plan["debugpy"])
    # in this order: pydevd can be found only after debugpy has added its own folder
    cli = importlib.import_module("debugpy.server.cli")
    pydevd = importlib.import_module("pydevd")
    sys.path.remove(plan["debugpy"])
    # for a log that nobody keeps it would read the metadata of every installed package: a second in a large environment
    log: Any = importlib.import_module("debugpy.common.log")
    log.describe_environment = str
    prepare(plan, pydevd)
    connection = [
        "--connect",
        plan["address"],
        "--configure-qt",
        "none",
        "--adapter-access-token",
        plan["token"],
    ]
    sys.argv = [sys.argv[0], *connection, *sys.argv[1:]]
    ours = (HERE + os.sep, str(Path(plan["debugpy"], "debugpy")) + os.sep)
    try:
        cli.main()
    except BaseException:
        tell_crash()
        # it must go on to the interpreter, for which the debugger waits; only the telling is changed
        sys.excepthook = telling_without(ours, sys.excepthook)
        raise


if __name__ == "__main__":
    main()
