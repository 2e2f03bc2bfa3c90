"""The text of a file, whatever it is: BOMs, declared encodings, Latin-1, Windows ends of line, notebooks."""

from __future__ import annotations

import io
import os
import stat
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from codetour.errors import SourceError
from codetour.model.source import SourceText

LARGEST: Final = 4 * 2**20
LARGEST_NOTEBOOK: Final = 64 * 2**20
"""notebooks carry pictures; only their code is kept"""


def read_source(root: Path, file: str, *, largest: int = LARGEST) -> SourceText:
    """The text of `file` below `root`; a notebook becomes its script.

    Raises `SourceError` for what is missing, outside the tree, no regular file, too large or binary.
    """
    notebook = file.endswith(".ipynb")
    data = _read_bytes(_inside(root, file), file, LARGEST_NOTEBOOK if notebook else largest)
    if notebook:
        from codetour.source.notebook import to_script  # most trees have none, and it needs `ast`

        script, cells = to_script(data.decode("utf-8-sig", errors="replace"))
        return SourceText(file, script, "notebook", cells)
    python = file.endswith((".py", ".pyi", ".pyw"))
    return SourceText(file, decode(data), "python" if python else "text")


def decode(data: bytes) -> str:
    """Python's own rules (BOM, coding line, UTF-8), else Latin-1, which fits all bytes. Raises for binary data."""
    if b"\0" in data[:8192]:
        raise SourceError("binary file")
    try:
        text = data.decode(_encoding(data))
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = data.decode("latin-1")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    if b"coding" not in data[:1024] and data[:1] != b"\xef":
        return "utf-8"
    import tokenize  # costs a millisecond

    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


@lru_cache(maxsize=4096)
def _real(root: str) -> str:
    return os.path.realpath(root)


def _inside(root: Path, file: str) -> Path:
    parts = PurePosixPath(file).parts
    if not parts or PurePosixPath(file).is_absolute() or ".." in parts or "\0" in file:
        raise SourceError(f"not a path inside the repository: {file!r}")
    path = root.joinpath(*parts)
    real_root = _real(os.fspath(root))
    # most files of a folder are no links: what its own path comes to is found once
    real = (
        os.path.realpath(path) if path.is_symlink() else f"{_real(os.fspath(path.parent))}{os.sep}{path.name}"
    )
    if real != real_root and not real.startswith(real_root.rstrip(os.sep) + os.sep):
        raise SourceError(f"{file} leads outside the repository")
    return path


def _read_bytes(path: Path, file: str, largest: int) -> bytes:
    try:
        # a FIFO or device would block or never end, so look before opening
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise SourceError(f"{file} is not a regular file")
        if info.st_size > largest:
            raise SourceError(f"{file} is larger than {largest / 1_048_576:.1f} MiB")
        with path.open("rb") as handle:
            return handle.read(largest)
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror or error}") from error


class TreeSources:
    """The files of a work tree as `codetour.model.source.Sources`; remembers what it has read."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, SourceText | None] = {}

    def read(self, file: str) -> SourceText | None:
        """The text of `file`, or None where it cannot be had."""
        if file not in self._read:
            try:
                self._read[file] = read_source(self._root, file)
            except SourceError:
                self._read[file] = None
        return self._read[file]
