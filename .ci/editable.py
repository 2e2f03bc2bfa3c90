"""Compiles the package when it is installed in place, as pip does for every other installation.

Where Python is told not to write bytecode, as in many containers, each command would else compile all of it again.
"""

from __future__ import annotations

import compileall
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileInPlace(BuildHookInterface[Any]):
    """For `pip install -e`; what cannot be written is not: the commands work without."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the sources that an editable installation points at."""
        if version == "editable":
            compileall.compile_dir(Path(self.root) / "codetour", quiet=2)
