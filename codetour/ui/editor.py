"""Which command opens the reader's editor at a line."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

_GOTO = ("code", "codium", "cursor", "windsurf")
_COLON = ("subl", "zed", "hx", "micro")


def editor_command(path: Path, line: int, environment: Mapping[str, str] = os.environ) -> list[str] | None:
    """The words of the command, or None when no editor is known."""
    given = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(given)
    except ValueError:
        words = []
    if not words:
        found = next((e for e in ("nano", "vim", "vi") if shutil.which(e)), None)
        if found is None:
            return None
        words = [found]
    name = Path(words[0]).name.removesuffix(".exe")
    if name in _GOTO:
        return [*words, "--wait", "--goto", f"{path}:{line}"]
    if name in _COLON:
        return [*words, f"{path}:{line}"]
    return [*words, f"+{line}", str(path)]
