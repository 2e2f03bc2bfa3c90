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
    from codetour.cli.commands import group
    from codetour.cli.output import exit_with

    gc.freeze()
    gc.enable()
    code = exit_with(lambda: group.main(standalone_mode=False))
    gc.freeze()
    sys.exit(code)
