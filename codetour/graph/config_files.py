"""Configuration files of the tree: YAML, JSON and TOML as data, and Hydra's composition of many into one.

Files are only read, never executed; sizes and depths are bounded. Hydra's rules are followed as far as a default
run needs them: the defaults list, groups, `_self_`, overrides in the list, packages, `${...}` of whole values.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from codetour.errors import SourceError
from codetour.knowledge.tables import parse_toml
from codetour.source.reading import read_source

_LARGEST: Final = 300_000
_DEEPEST: Final = 8
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z_][\w.]*)\}")
_PACKAGE: Final = re.compile(r"#\s*@package\s+(\S+)")

Data = dict[str, Any]


def find_file(root: Path, name: str, folders: list[str]) -> str | None:
    """The file that `name` means, seen from one of `folders` (relative to the root), or None."""
    for folder in folders:
        path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
        if not path.startswith(("..", "/")) and (root / path).is_file():
            return path
    return None


def load_file(root: Path, file: str) -> Any:
    """The data in a configuration file, or None when it cannot be read."""
    try:
        text = read_source(root, file).text
    except SourceError:
        return None
    return load_text(text, file.rpartition(".")[2].lower()) if len(text) <= _LARGEST else None


def load_text(text: str, kind: str) -> Any:
    """YAML, JSON or TOML text as data, or None."""
    readers: dict[str, Callable[[str], Any]] = {"json": json.loads, "toml": parse_toml}
    reader = readers.get(kind, _yaml)
    try:
        return reader(text)
    except (ValueError, RecursionError, TypeError):
        return None


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError:
        return None


def compose(
    root: Path, folder: str, name: str, given: Mapping[str, str] | None = None
) -> tuple[Data, list[str]]:
    """Hydra's configuration `name` in `folder`, its defaults list followed, and the files that were read.

    `given` are the launch's own words: `loss=sft` chooses a file of a group, `wandb.enabled=false` sets a value.
    """
    if folder.endswith((".yaml", ".yml")):  # as it was written before Hydra 1.0
        folder, _, name = folder.rpartition("/")
    composer = _Composer(root, folder, given or {})
    composer.add(name, group="", package="", depth=0)
    composer.set_values()
    _interpolate(composer.result, composer.result, 0)
    return composer.result, composer.files


class _Composer:
    """Follows defaults lists; later files win."""

    def __init__(self, root: Path, folder: str, given: Mapping[str, str]) -> None:
        self.root = root
        self.folder = folder
        self.given = given
        self.chosen: set[str] = set()
        self.result: Data = {}
        self.overrides: dict[str, Any] = {}
        self.files: list[str] = []

    def read(self, path: str) -> tuple[Data | None, str]:
        """The data of a configuration and the package that its first comment names."""
        for suffix in ("", ".yaml", ".yml"):
            file = find_file(self.root, path + suffix, [self.folder])
            if file is None:
                continue
            self.files.append(file)
            try:
                text = read_source(self.root, file).text
            except SourceError:
                return None, ""
            data = load_text(text, "yaml") if len(text) <= _LARGEST else None
            mark = _PACKAGE.search(text[:500])
            return (cast("Data", data) if isinstance(data, dict) else {}), mark.group(1) if mark else ""
        return None, ""

    def add(self, name: str, *, group: str, package: str, depth: int) -> None:
        """Merge one file and everything its defaults list names."""
        if depth > _DEEPEST or len(self.files) > 200:
            return
        data, own_package = self.read(posixpath.join(group, name))
        if data is None:
            return
        package = self.package_of(own_package, package)
        defaults = data.pop("defaults", None)
        entries = cast("list[Any]", defaults) if isinstance(defaults, list) else []
        self.note_overrides(entries)
        placed = False
        for entry in entries:
            if entry == "_self_":
                merge(self.result, package, data)
                placed = True
            else:
                self.follow(entry, group, package, depth)
        if not placed:
            merge(self.result, package, data)

    @staticmethod
    def package_of(own: str, given: str) -> str:
        if own in ("_global_", "_global_."):
            return ""
        return given if own in ("", "_group_") else own.replace("_group_", given)

    def note_overrides(self, entries: list[Any]) -> None:
        for entry in entries:
            if isinstance(entry, dict):
                for key, value in cast("Data", entry).items():
                    words = str(key).split()
                    if words[:1] == ["override"]:
                        self.overrides[words[-1].lstrip("/")] = value

    def follow(self, entry: Any, group: str, package: str, depth: int) -> None:
        if isinstance(entry, str):
            self.add(
                entry.lstrip("/"),
                group="" if entry.startswith("/") else group,
                package=package,
                depth=depth + 1,
            )
            return
        if not isinstance(entry, dict):
            return
        for key, given in cast("Data", entry).items():
            words = str(key).split()
            if "override" in words or not words:
                continue
            where, _, placed = words[-1].partition("@")
            full = where.lstrip("/") if where.startswith("/") else posixpath.join(group, where)
            value: Any = self.overrides.get(full, given)
            if full in self.given:
                self.chosen.add(full)
                value = self.given[full]
            below = placed if placed and not placed.startswith("_") else full.replace("/", ".")
            if placed == "_global_":
                below = ""
            elif package and not where.startswith("/"):
                below = f"{package}.{where.replace('/', '.')}"
            for option in cast("list[Any]", value) if isinstance(value, list) else [value]:
                if isinstance(option, str):
                    self.add(option, group=full, package=below, depth=depth + 1)

    def set_values(self) -> None:
        """The launch's words that name no group set single values."""
        for key, text in self.given.items():
            if key not in self.chosen and not key.startswith("-"):
                package, _, last = key.rpartition(".")
                merge(self.result, package, {last: load_text(text, "yaml")})


def merge(into: Data, package: str, data: Data) -> None:
    """Put `data` at the dotted place `package`, deep."""
    for part in package.split(".") if package else []:
        if not isinstance(into.get(part), dict):
            into[part] = {}
        into = cast("Data", into[part])
    _merge(into, data, 0)


def _merge(into: Data, data: Data, depth: int) -> None:
    for key, value in data.items():
        old = into.get(key)
        if isinstance(value, dict) and isinstance(old, dict) and depth < 20:
            _merge(cast("Data", old), cast("Data", value), depth + 1)
        else:
            into[key] = value


def _interpolate(node: Any, top: Data, depth: int) -> None:
    """Replace values that are one reference as a whole by what they refer to."""
    if depth > 20:
        return
    pairs: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        pairs = list(cast("Data", node).items())
    elif isinstance(node, list):
        pairs = list(enumerate(cast("list[Any]", node)))
    for key, value in pairs:
        mark = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if mark:
            found: Any = top
            for part in mark.group(1).split("."):
                found = cast("Data", found).get(part) if isinstance(found, dict) else None
            if found is not None and found is not node:
                node[key] = found
        else:
            _interpolate(value, top, depth + 1)
