"""Remembers reports: the same files, the same locator, the same answer, without reading anything again.

The key is made of every file's path, size and time of change, and of the locator's own version and tables.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

from codetour import __version__
from codetour.model.entry import EntryPoint, EntryReport, Evidence, Launch, Need, Override
from codetour.model.source import Tree
from codetour.places import cache_dir
from codetour.source.files import list_files

_MOST_KEPT: Final = 200


def load(tree: Tree) -> EntryReport | None:
    """The report kept for this state of `tree`, None when there is none."""
    try:
        document: Any = json.loads(_place(tree).read_text("utf-8"))
        return _report(document)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(tree: Tree, report: EntryReport) -> None:
    """Keep `report`; a cache that cannot be written is no error."""
    place = _place(tree)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        _prune(place.parent)
        partial = place.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(dataclasses.asdict(report)), "utf-8")
        partial.replace(place)


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda p: p.stat().st_mtime)
    for old in kept[: max(len(kept) - _MOST_KEPT, 0)]:
        old.unlink(missing_ok=True)


def _place(tree: Tree) -> Path:
    digest = hashlib.sha256(f"{tree.root}\0{_own_state()}\0".encode())
    for file in list_files(tree.root).files:
        try:
            info = os.lstat(tree.root / file)
        except OSError:
            continue
        digest.update(f"{file}\0{info.st_size}\0{info.st_mtime_ns}\n".encode())
    return cache_dir() / "entries" / f"{digest.hexdigest()[:32]}.json"


@cache
def _own_state() -> str:
    """The version, and the state of the locator's files: a new rule must not meet an old answer."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *(here.parent / "knowledge").glob("locate_*")])
    return __version__ + "".join(f"{p.name}{p.stat().st_mtime_ns}" for p in files)


def _report(document: dict[str, Any]) -> EntryReport:
    return EntryReport(
        entries=tuple(_entry(e) for e in document["entries"]),
        none_train=document["none_train"],
        none_eval=document["none_eval"],
        notes=tuple(document["notes"]),
    )


def _entry(row: dict[str, Any]) -> EntryPoint:
    values = dict(row)
    values["evidence"] = tuple(Evidence(**e) for e in row["evidence"])
    values["launch"] = _launch(row["launch"])
    return EntryPoint(**values)


def _launch(row: list[Any]) -> Launch:
    values: dict[str, Any] = dict(zip(Launch._fields, row, strict=True))
    values["argv"], values["flags"] = tuple(values["argv"]), tuple(values["flags"])
    values["overrides"] = tuple(Override(*o) for o in values["overrides"])
    values["needs"] = tuple(Need(*n) for n in values["needs"])
    return Launch(**values)
