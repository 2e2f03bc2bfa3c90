"""Which script of the repository makes a data file that is missing: found by name and by reading, never run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from codetour.errors import SourceError
from codetour.source.files import list_files
from codetour.source.reading import read_source

_MAKER: Final = re.compile(
    r"^(prepare|download|get|fetch|make|create|gen|generate|build|(pre)?process|setup|convert|tokenize)[\w-]*\.(py|sh)$",
    re.IGNORECASE,
)
_DATA: Final = re.compile(r"data|corpus|dataset|prepare|download|preprocess", re.IGNORECASE)
_WRITES: Final = re.compile(
    r"tofile|\.save|dump|to_csv|to_parquet|open\(.*['\"][wa]b?['\"]|urlretrieve|wget|curl|unzip|tar |write"
)
_MOST_READ: Final = 300


def maker_of(root: Path, missing: str, cwd: Path | None = None) -> str | None:
    """The command that would make the file `missing` (as the program named it), or None.

    A script beside the file's place that makes data comes first, then any that names the file and writes.
    """
    target = os.path.relpath(os.path.join(cwd or root, missing), root)  # noqa: PTH118 - may hold `..`
    if target.startswith("..") or target == ".":
        return None
    wanted = PurePosixPath(target.replace(os.sep, "/"))
    for file in _candidates(root, wanted):
        if _makes(root, file, wanted.name):
            return f"{'bash' if file.endswith('.sh') else 'python'} {file}"
    return None


def _candidates(root: Path, wanted: PurePosixPath) -> Iterator[str]:
    """Scripts in the order of their nearness to the file's place, makers by name first."""
    files = [f for f in list_files(root).files if f.endswith((".py", ".sh"))]

    def rank(file: str) -> tuple[int, bool, int, str]:
        path = PurePosixPath(file)
        shared = len([1 for a, b in zip(path.parts[:-1], wanted.parts[:-1], strict=False) if a == b])
        return (-shared, not _MAKER.match(path.name), len(path.parts), file)

    yield from sorted(files, key=rank)[:_MOST_READ]


def _makes(root: Path, file: str, name: str) -> bool:
    path = PurePosixPath(file)
    try:
        text = read_source(root, file).text
    except SourceError:
        return False
    return name in text and bool(_WRITES.search(text)) and bool(_MAKER.match(path.name) or _DATA.search(file))
