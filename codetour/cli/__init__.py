"""The command line: `codetour COMMAND`. The only place that wires the layers together."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """The console script. Exit codes: 0 good, 1 a stop is lost, 2 usage, 3 source, 4 no entry point, 5 environment,
    6 debug session, 130 interrupted.
    """
    # nothing that is imported is ever garbage: looking for some, now and at the end, costs a short command a tenth
    gc.disable()
    try:
        from codetour.cli.output import exit_with

        code = exit_with(_run)
    except KeyboardInterrupt:  # before there was anything that could say so
        code = 130
    gc.freeze()
    sys.exit(code)


def _run() -> int:
    from codetour.cli.checking import check, read_plain

    if (asked := read_plain(sys.argv[1:])) is not None:
        _collect()
        return check(asked)
    from codetour.cli.commands import run_command

    _collect()
    return run_command()


def _collect() -> None:
    """From here on garbage is looked for, but not in what was imported."""
    gc.freeze()
    gc.enable()
