"""What was worked out before, on disk: operations by the hash of a file's text, graphs by everything they rest on.

Entries are JSON, written whole and renamed into place, so that several processes may share the folder; one that
cannot be read counts as absent. Names hold a digest of this package's own code: a new version never reads old
entries.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from codetour import places
from codetour.knowledge import frameworks

_LOWERING: Final = ("lowering.py", "lowering_expressions.py", "syntax.py", "downlevel.py")
_MOST_GRAPHS: Final = 300
_MOST_FACTS: Final = 30_000


def digest(*parts: bytes) -> str:
    """A short name for bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()[:40]


@lru_cache(maxsize=2)
def code_digest(*, whole: bool) -> str:
    """A digest of the code that makes operations, or (`whole`) of the whole package and its tables."""
    folder = resources.files("codetour.graph")
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith(".py")) if whole else list(_LOWERING)
    parts = [folder.joinpath(n).read_bytes() for n in names]
    if whole:
        parts += [text.encode() for text in frameworks.texts()]
    return digest(*parts)


def read(kind: str, name: str) -> Any:
    """The entry, or None."""
    try:
        return json.loads(gzip.decompress(_path(kind, name).read_bytes()))
    except (OSError, ValueError, EOFError, RecursionError):
        return None


def has(kind: str, name: str) -> bool:
    """Whether there is an entry; it may still turn out to be damaged."""
    return _path(kind, name).is_file()


def write(kind: str, name: str, data: Any) -> None:
    """Keep an entry; a cache that cannot be written is no reason to fail."""
    path = _path(kind, name)
    with contextlib.suppress(OSError, ValueError, RecursionError):
        text = gzip.compress(json.dumps(data, separators=(",", ":")).encode(), 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)


def prune() -> None:
    """Drop the oldest entries when there are too many."""
    for kind, most in (("graphs", _MOST_GRAPHS), ("facts", _MOST_FACTS)):
        with contextlib.suppress(OSError):
            _drop(list((places.cache_dir() / "graph" / kind).rglob("*.json.gz")), most)


def _drop(paths: list[Path], most: int) -> None:
    if len(paths) > most:
        paths.sort(key=lambda p: p.stat().st_mtime)
        for path in paths[: len(paths) - most * 3 // 4]:
            path.unlink(missing_ok=True)


def _path(kind: str, name: str) -> Path:
    return places.cache_dir() / "graph" / kind / name[:2] / f"{name}.json.gz"


def file_digests(root: Path, files: Iterable[str]) -> dict[str, str]:
    """Digest of each file's bytes; "" for one that cannot be read."""
    return {file: _digest_of(root / file) for file in files}


def _digest_of(path: Path) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
