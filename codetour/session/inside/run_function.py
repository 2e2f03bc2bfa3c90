"""Starts what a console script starts: `run_function.py MODULE:FUNCTION NAME FOLDERS ARGS...`.

Runs in the user's interpreter, Python 3.8 and later, standard library only. NAME becomes `sys.argv[0]`; FOLDERS
(joined by the path separator) are searched when the module is not installed.
"""

from __future__ import annotations

import os
import sys
from typing import Any


def main() -> None:
    target, name, folders = sys.argv[1:4]
    sys.argv = [name, *sys.argv[4:]]
    sys.path[0:1] = []
    module, _, function = target.partition(":")
    for folder in folders.split(os.pathsep):
        if folder and folder not in sys.path:
            sys.path.append(folder)
    __import__(module)
    found: Any = sys.modules[module]
    for part in function.split("."):
        found = getattr(found, part)
    sys.exit(found())


if __name__ == "__main__":
    main()
