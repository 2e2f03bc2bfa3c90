"""A folder of a run's own for what it needs besides the repository: a notebook's script, the sandbox's socket."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

LONGEST: Final = 90
"""a Unix socket's path must fit 107 bytes with its name"""


def scratch_folder() -> Path:
    """Made anew; near the root where the user's place for temporary files lies too deep."""
    made = Path(tempfile.mkdtemp(prefix="codetour-"))
    if len(os.fsencode(os.path.realpath(made))) <= LONGEST:
        return made
    made.rmdir()
    return Path(tempfile.mkdtemp(prefix="codetour-", dir="/tmp"))
