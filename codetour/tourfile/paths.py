"""Whether a path in a tour may be used: inside the repository, on every system, and nothing else."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 1024
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROL: Final = "[\x00-\x1f\x7f\ud800-\udfff]"


def unsafe(file: str) -> str:
    """Why `file` is refused, "" for a path that stays inside the repository."""
    if not file:
        return "the path is empty"
    if len(file) > LONGEST:
        return f"the path is longer than {LONGEST} characters"
    if not file.isprintable() and re.search(_CONTROL, file):  # the pattern costs a millisecond to make
        return "the path holds control characters"
    parts = file.replace("\\", "/").split("/")
    if parts[0] == "" or _DRIVE.match(file) or file.startswith("~"):
        return "the path is absolute; it must be relative to the repository"
    if ".." in parts:
        return "the path leads outside the repository"
    return ""


def tidy(file: str) -> str:
    """`file` with forward slashes and without `./` and doubled slashes, as everywhere else in codetour."""
    if "\\" not in file and "//" not in file and not file.startswith("./") and "/./" not in file:
        return file
    return "/".join(p for p in file.replace("\\", "/").split("/") if p not in ("", "."))
