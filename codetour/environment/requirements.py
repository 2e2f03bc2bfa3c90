"""What a repository says it requires, read without running anything of it."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, cast

from codetour.errors import SourceError
from codetour.model.source import Tree
from codetour.source.reading import read_source

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SPEC: Final = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[\w,\s.-]*\])?\s*"
    r"(([<>=!~]=?|===)\s*[\w.*+!-]+\s*(,\s*([<>=!~]=?|===)\s*[\w.*+!-]+\s*)*)?(;.*)?$"
)
_CUDA: Final = re.compile(r"\+(cu|rocm)\w+")
_PLAIN: Final = ("requirements.txt", "requirements/base.txt", "requirements/requirements.txt")
"""the first that is there speaks for its folder"""
_BESIDE: Final = re.compile(r"requirements?[\w.-]*\.txt$", re.IGNORECASE)
_NOT_FOR_A_RUN: Final = re.compile(
    r"(?<![a-z])(dev|test|doc|lint|style|ci|gpu|cuda|cu\d+|tpu|rocm|jupyter|notebook|lock)s?(?![a-z])",
    re.IGNORECASE,
)
_INCLUDE: Final = re.compile(r"^(?:-r|--requirement)[\s=]*(\S+)$")
_MOST: Final = 300
_DEEPEST: Final = 4
"""files that include one another are followed so far"""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Specifiers as pip takes them, and the files that they were read from."""

    specs: tuple[str, ...]
    sources: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    """lines that are no plain specifier: links, editable installs, options"""


def read_requirements(tree: Tree, entry_file: str = "") -> Requirements:
    """Requirements of the repository and of the folder that the entry lies in."""
    specs: dict[str, str] = {}
    sources: list[str] = []
    left_out: list[str] = []
    for file in _candidates(tree, entry_file):
        for line in _read(tree, file, sources, _DEEPEST):
            spec = _CUDA.sub("", line)
            if _SPEC.match(spec):
                specs.setdefault(_name(spec), spec)
            else:
                left_out.append(line)
    return Requirements(tuple(specs.values())[:_MOST], tuple(sources), tuple(dict.fromkeys(left_out))[:_MOST])


def _read(tree: Tree, file: str, sources: list[str], depth: int) -> Iterator[str]:
    """The lines of `file` and of those that it includes with `-r`, each file once."""
    if file in sources:
        return
    try:
        text = read_source(tree.root, file).text
    except SourceError:
        return
    sources.append(file)
    for line in _lines(file, text):
        included = _INCLUDE.match(line) if file.endswith(".txt") else None
        if included is None:
            yield line
        elif depth:
            yield from _read(tree, _beside(file, included[1]), sources, depth - 1)


def _beside(file: str, name: str) -> str:
    """`name` as a file beside `file` means it; what leads out of the tree is refused by whoever reads it."""
    return posixpath.normpath(str(PurePosixPath(file).parent / name))


def _candidates(tree: Tree, entry_file: str) -> Iterator[str]:
    here = PurePosixPath(entry_file).parent
    for folder in dict.fromkeys("" if str(p) == "." else f"{p}/" for p in (here, *here.parents)):
        yield from _of_pip(tree, folder)
        for name in ("pyproject.toml", "setup.py", "setup.cfg", "environment.yml", "environment.yaml"):
            yield folder + name


def _of_pip(tree: Tree, folder: str) -> Iterator[str]:
    """requirements.txt; without one the shortest name that is not for development or other machines."""
    for name in _PLAIN:
        if (tree.root / folder / name).is_file():
            yield folder + name
            return
    try:
        names = [p.name for p in (tree.root / folder).iterdir()]
    except OSError:
        return
    fitting = [n for n in names if _BESIDE.match(n) and not _NOT_FOR_A_RUN.search(n)]
    yield from (folder + n for n in sorted(fitting, key=lambda n: ("cpu" not in n, len(n), n))[:1])


def _lines(file: str, text: str) -> Iterable[str]:
    if file.endswith(".txt"):
        return _plain(text)
    if file.endswith(".toml"):
        return _pyproject(text)
    if file.endswith(".py"):
        return _setup(text)
    if file.endswith(".cfg"):
        return _setup_cfg(text)
    return _conda(text)


def _plain(text: str) -> Iterator[str]:
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", line).strip().removesuffix("\\").strip()  # noqa: PLW2901 - one line, stripped
        if line:
            yield line


def _pyproject(text: str) -> list[str]:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    project: Any = document.get("project")
    found: Any = cast("dict[str, Any]", project).get("dependencies") if isinstance(project, dict) else None
    if isinstance(found, list):
        return [str(d) for d in cast("list[Any]", found)]
    try:
        poetry = cast("dict[str, Any]", document["tool"]["poetry"]["dependencies"])
        return [name for name in poetry if name != "python"]
    except (KeyError, TypeError):
        return []


def _setup(text: str) -> list[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "install_requires"
            and isinstance(node.value, ast.List)
        ):
            return [
                e.value for e in node.value.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)
            ]
    return []


def _setup_cfg(text: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return []
    return list(_plain(parser.get("options", "install_requires", fallback="")))


def _conda(text: str) -> list[str]:
    import yaml

    try:
        document: Any = yaml.safe_load(text)
        listed = cast("list[Any]", document["dependencies"])
    except (yaml.YAMLError, KeyError, TypeError, RecursionError):
        return []
    found: list[str] = []
    for item in listed if isinstance(listed, list) else []:  # pyright: ignore[reportUnnecessaryIsInstance]
        if isinstance(item, dict):
            found += [str(s) for s in cast("dict[str, list[Any]]", item).get("pip", []) or []]
        elif isinstance(item, str) and not re.match(r"(python|pip|cudatoolkit|pytorch-cuda|conda)\b", item):
            name, _, version = item.partition("=")
            found.append(f"{name}=={version.lstrip('=').split('=')[0]}" if version else name)
    return [re.sub(r"^pytorch(?=$|[=<>])", "torch", s) for s in found]


def _name(spec: str) -> str:
    return re.split(r"[\s\[<>=!~;]", spec, maxsplit=1)[0].lower().replace("_", "-")
