"""Where files of the tree are for the program, and the way back.

The debugger names files by absolute path, often through links; codetour names them relative to the tree. A notebook
runs as a script in a scratch folder and is the notebook everywhere else. A program on another machine has folders of
its own, each of which is one of the tree's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath


class Paths:
    """The two directions of naming a file."""

    def __init__(
        self,
        root: Path,
        scripts: dict[str, Path] | None = None,
        *,
        elsewhere: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`elsewhere`: (folder for the program, folder of the tree, "" for the tree itself)."""
        self.root = Path(os.path.realpath(root))
        self._shown_root = root.absolute()
        self._scripts = scripts or {}
        self._notebooks = {str(path): file for file, path in self._scripts.items()}
        self._elsewhere = tuple(elsewhere)
        self.locate = lru_cache(maxsize=4096)(self._locate)

    @property
    def roots(self) -> tuple[str, ...]:
        """Folders whose frames belong to the tree, for the capture helper."""
        if self._elsewhere:
            return tuple(dict.fromkeys(remote for remote, _ in self._elsewhere))
        found = [str(self.root), str(self._shown_root), *(str(p.parent) for p in self._scripts.values())]
        return tuple(dict.fromkeys(found))

    def program_path(self, file: str) -> str:
        """The path under which the program runs `file`."""
        for remote, local in sorted(self._elsewhere, key=lambda pair: -len(pair[1])):
            if not local or file.startswith(local + "/"):
                return f"{remote.rstrip('/')}/{file[len(local) :].lstrip('/')}"
        script = self._scripts.get(file)
        return str(script) if script is not None else str(self.root / PurePosixPath(file))

    def tree_file(self, path: str) -> str | None:
        """The tree's name for a path, or None when it lies outside."""
        file, inside = self.locate(path)
        return file if inside else None

    def _locate(self, path: str) -> tuple[str, bool]:
        """(name to show, does it belong to the tree)."""
        if path in self._notebooks:
            return self._notebooks[path], True
        for remote, local in sorted(self._elsewhere, key=lambda pair: -len(pair[0])):
            prefix = remote.rstrip("/") + "/"
            if path.startswith(prefix):
                inner = f"{local}/{path[len(prefix) :]}".lstrip("/")
                return inner, not _is_library(inner)
        if self._elsewhere:
            return _short(path), False
        for candidate in (path, os.path.realpath(path) if path.startswith(os.sep) else path):
            for root in (self.root, self._shown_root):
                prefix = str(root).rstrip("/") + "/"
                if candidate.startswith(prefix):
                    inner = candidate[len(prefix) :].replace(os.sep, "/")
                    return inner, not _is_library(inner)
        return _short(path), False


def _is_library(inner: str) -> bool:
    """A virtual environment inside the tree is not the tree's own code."""
    return "site-packages/" in inner or "dist-packages/" in inner


def _short(path: str) -> str:
    """A library's file from its package on, else its name."""
    parts = PurePosixPath(path.replace(os.sep, "/")).parts
    for mark in ("site-packages", "dist-packages"):
        if mark in parts:
            return "/".join(parts[parts.index(mark) + 1 :])
    return parts[-1] if parts else path
