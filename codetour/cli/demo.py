"""The repository that ships inside the package: `codetour run demo` works with no clone, no data and no GPU."""

from __future__ import annotations

import hashlib
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from codetour.model.source import Tree
from codetour.places import cache_dir

NAME = "demo"


def demo_tree() -> Tree:
    """A working copy of the demo in the cache, so that its checkpoint can be written; made anew when it changed."""
    with as_file(files("codetour").joinpath("demo")) as shipped:
        names = sorted(
            p.relative_to(shipped) for p in shipped.rglob("*") if p.is_file() and p.suffix != ".pyc"
        )
        digest = hashlib.sha256()
        for name in names:
            digest.update(name.as_posix().encode() + b"\0" + (shipped / name).read_bytes())
        root = cache_dir() / f"demo-{digest.hexdigest()[:12]}"
        for name in names:
            _copy(shipped / name, root / name)
    return Tree(root=root, name="codetour/demo")


def is_demo(tree: Tree) -> bool:
    """The tree is the demo's working copy."""
    return tree.name == "codetour/demo" and tree.root.parent == cache_dir()


def _copy(source: Path, target: Path) -> None:
    if not target.exists() or target.read_bytes() != source.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
