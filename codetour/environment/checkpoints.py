"""What training wrote: the newest checkpoint below a tree, to be given to an evaluation that asks for one."""

from __future__ import annotations

import re
from typing import Final

from codetour.model.entry import Launch, Override
from codetour.model.source import Tree
from codetour.source.files import list_files

_ENDINGS: Final = (
    ".pt", ".pth", ".ckpt", ".npz", ".safetensors", ".h5", ".keras", ".hdf5", ".pkl", ".joblib", ".msgpack", ".tar",
)  # fmt: skip
_WORDS: Final = re.compile(
    r"ckpt|checkpoint|weights?|resume|load|restore|model[-_]?(path|file|dir)|snapshot", re.IGNORECASE
)


def newest_checkpoint(tree: Tree) -> str | None:
    """The model file that was written last, relative to the root; None when there is none."""
    found: list[tuple[float, str]] = []
    for file in list_files(tree.root).files:
        if file.lower().endswith(_ENDINGS):
            try:
                found.append(((tree.root / file).stat().st_mtime, file))
            except OSError:
                continue
    return max(found)[1] if found else None


def fill_checkpoint(tree: Tree, launch: Launch) -> Launch:
    """`launch` with the newest checkpoint where a required argument asks for one; unchanged otherwise."""
    wanted = next((n for n in launch.needs if n.what.startswith("argument ") and _WORDS.search(n.what)), None)
    if wanted is None or (file := newest_checkpoint(tree)) is None:
        return launch
    name = wanted.what.removeprefix("argument ").strip()
    path = str(tree.root / file)
    words = (name, path) if name.startswith("-") else (path,)
    override = Override(" ".join(words), "the newest checkpoint in the repository")
    return launch._replace(
        argv=(*launch.argv, *words),
        overrides=(*launch.overrides, override),
        needs=tuple(n for n in launch.needs if n is not wanted),
    )
