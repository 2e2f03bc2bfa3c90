"""Which interpreter runs a repository: the one that was named, the repository's own, the active one, any that fits."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

from codetour.environment.activation import conda_prefix
from codetour.environment.probe import Interpreter, ask
from codetour.errors import EnvironmentProblem
from codetour.model.source import Tree

Mode = Literal["auto", "current"]

_OWN: Final = (".venv", "venv", "env", ".env", "virtualenv")
MADE: Final = "made by codetour for this repository"
_BIN: Final = ("bin/python", "Scripts/python.exe")
_CONDA_FILES: Final = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml", "env.yml")
_CONDA_BASES: Final = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")
_MOST: Final = 8
"""interpreters asked at most"""


def find_interpreter(
    tree: Tree,
    names: Iterable[str] = (),
    *,
    python: str | None = None,
    mode: Mode = "auto",
    extra: Iterable[str] = (),
    made: Path | None = None,
) -> Interpreter:
    """The interpreter to use. `names` are the modules that the run needs; the first that has them all wins.

    `made` is the interpreter of the environment that codetour made for this repository, where there is one.

    Raises `EnvironmentProblem` when `python` cannot be used or there is none at all.
    """
    extra = [*extra, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    wanted = tuple(names)
    if python is not None:
        return ask(_named(python), wanted, extra=extra, origin="named with --python")
    best: Interpreter | None = None
    problem: EnvironmentProblem | None = None
    for _, (path, origin) in zip(range(_MOST), _candidates(tree, mode, made), strict=False):
        try:
            found = ask(path, wanted, extra=extra, origin=origin)
        except EnvironmentProblem as error:
            problem = error
            continue
        if not found.missing:
            return found
        if best is None or len(found.missing) < len(best.missing):
            best = found
    if best is None:
        raise problem or EnvironmentProblem(
            "No Python interpreter was found.", hint="Name one with --python."
        )
    return best


def _named(python: str) -> Path:
    if os.sep not in python and (found := shutil.which(python)):
        return Path(found)
    # absolute but not resolved: a virtual environment is known by its own path
    return Path(os.path.abspath(python))  # noqa: PTH100 - absolute() would keep `..`


def _candidates(tree: Tree, mode: Mode, made: Path | None) -> Iterator[tuple[Path, str]]:
    """Interpreters worth asking, best first, each once."""
    asked: set[Path] = set()
    for path, origin in _places(tree, mode, made):
        if path not in asked and path.exists():
            asked.add(path)
            yield path, origin


def _places(tree: Tree, mode: Mode, made: Path | None) -> Iterator[tuple[Path, str]]:
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if value := os.environ.get(variable):
            yield _in(Path(value)), f"the active environment ({variable})"
    if mode == "auto":
        folders = [tree.root, tree.top] if tree.top and tree.top != tree.root else [tree.root]
        for folder in folders:
            for name in _OWN:
                for end in _BIN:
                    path = folder / name / end
                    if _is_link_out(path, tree.root):
                        yield path, f"the repository's own {name}"
        yield from _conda(tree)
        if made is not None:
            yield made, MADE
        yield from _pyenv(tree)
    for name in ("python", "python3"):
        if found := shutil.which(name):
            yield Path(found), f"`{name}` on the PATH"
    yield Path(sys.executable), "the one that runs codetour"


def _in(environment: Path) -> Path:
    path = environment / _BIN[0]
    return path if path.exists() else environment / _BIN[1]


def _is_link_out(path: Path, root: Path) -> bool:
    """A repository may ship a program named python; only a link to one outside is taken for an environment."""
    if not path.exists():
        return False
    real = Path(os.path.realpath(path))
    return Path(os.path.realpath(root)) not in real.parents


def _conda(tree: Tree) -> Iterator[tuple[Path, str]]:
    """Conda environments: one inside the work tree that git does not know, and one of the name that the tree gives."""
    for name in _OWN:
        path = tree.root / name / _BIN[0]
        if conda_prefix(path) is not None and not _is_link_out(path, tree.root) and _is_untracked(path, tree):
            yield path, f"the repository's own {name}"
    name = next(filter(None, (_conda_name(tree.root / file) for file in _CONDA_FILES)), "")
    if name:
        for prefix in _conda_prefixes():
            if prefix.name == name and conda_prefix(prefix / _BIN[0]) is not None:
                yield prefix / _BIN[0], f"conda's {name}, named by the repository"


def _conda_name(file: Path) -> str:
    """The name that an environment file gives its environment."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            found = re.search(r"^name:\s*['\"]?([\w.-]+)", opened.read(100_000), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found is not None and found[1] not in {"base", "root"} else ""


def _conda_prefixes() -> Iterator[Path]:
    """Every environment that conda has noted, then those in the usual places."""
    home = Path.home()
    try:
        noted = (home / ".conda" / "environments.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        noted = ""
    yield from (Path(line.strip()) for line in noted.splitlines()[:500] if line.startswith(os.sep))
    for base in _CONDA_BASES:
        yield from sorted((home / base / "envs").glob("*"))


def _is_untracked(path: Path, tree: Tree) -> bool:
    """Made here and not brought by the repository: a git work tree that does not know the file."""
    if not (tree.top or tree.root).joinpath(".git").exists():
        return False
    # settings of the repository that would start programs are switched off
    words = ("git", "-c", "core.fsmonitor=false", "ls-files", "--", str(path))
    try:
        done = subprocess.run(words, cwd=tree.root, capture_output=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return not done.stdout.strip()


def _pyenv(tree: Tree) -> Iterator[tuple[Path, str]]:
    try:
        version = (tree.root / ".python-version").read_text(encoding="utf-8").split()[0]
    except (OSError, IndexError, UnicodeDecodeError):
        return
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    if version.replace(".", "").isalnum():
        yield versions / version / "bin" / "python", f"pyenv's {version}, named by .python-version"
