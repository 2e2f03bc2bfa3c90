"""Breakpoints and watched expressions of a repository, kept in the user's own state folder between sittings.

Each breakpoint is kept as an anchor, so that it is found again where its line has gone; one whose code is gone, or
that is nowhere for certain, is not offered.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from codetour.errors import CodetourError
from codetour.model.driver import Breakpoint
from codetour.model.text import clean
from codetour.model.tour import Anchor
from codetour.places import cache_dir, state_dir
from codetour.ui.prepared import KeptPoints, Prepared

MOST: Final = 200
MOST_WATCHES: Final = 12
_LARGEST: Final = 2 << 20
_WORDS: Final = ("condition", "hits", "log")


def with_kept_points(prepared: Prepared, repo: str, root: Path) -> Prepared:
    """A tour with the breakpoints and watched expressions that were left in its repository."""
    path = points_file(repo, root)

    def keep(points: Sequence[Breakpoint], watches: Sequence[str]) -> None:
        write_points(path, root, points, watches)

    return replace(prepared, kept=read_points(path, root), on_points=keep)


def points_file(repo: str, root: Path) -> Path:
    """One file per repository: a clone by its name, whatever its commit; a work tree by its folder."""
    real = root.resolve()
    key = f"clone:{repo}" if cache_dir().resolve() in real.parents else f"tree:{real}"
    name = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:24]
    return state_dir() / "breakpoints" / f"{name}.json"


def write_points(path: Path, root: Path, points: Sequence[Breakpoint], watches: Sequence[str]) -> None:
    """Keep them; a state folder that cannot be written is no error."""
    from codetour.resolve.anchors import refresh
    from codetour.resolve.files import Files
    from codetour.tourfile.document import write_text

    files = Files(root)
    kept: list[dict[str, Any]] = []
    for point in points[:MOST]:
        anchor = refresh(files, Anchor(point.file, point.line))
        found = {"symbol": anchor.symbol, "text": anchor.text, "print": anchor.print}
        words = {name: getattr(point, name) for name in _WORDS if getattr(point, name)}
        kept.append({"file": point.file, "line": point.line, **words, "anchor": found})
    document = {"folder": str(root), "breakpoints": kept, "watches": list(watches)[:MOST_WATCHES]}
    with contextlib.suppress(CodetourError, OSError, ValueError):
        write_text(path, json.dumps(document, indent=1, ensure_ascii=True))


def read_points(path: Path, root: Path) -> KeptPoints:
    """What is kept, with each breakpoint where its line is now; nothing where the file cannot be understood."""
    try:
        if path.stat().st_size > _LARGEST:
            return KeptPoints()
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return KeptPoints()
    if not isinstance(raw, dict):
        return KeptPoints()
    document = cast("Mapping[str, Any]", raw)
    listed = [cast("Mapping[str, Any]", x) for x in _list(document.get("breakpoints")) if isinstance(x, dict)]
    found = [_point(one, root) for one in listed[:MOST]]
    points = tuple({(p.file, p.line): p for p in found if p is not None}.values())
    watches = tuple(
        clean(w, 200) for w in _list(document.get("watches"))[:MOST_WATCHES] if isinstance(w, str)
    )
    return KeptPoints(points, watches, lost=sum(p is None for p in found))


def _point(kept: Mapping[str, Any], root: Path) -> Breakpoint | None:
    from codetour.resolve.resolver import Resolver

    file, line, anchor = kept.get("file"), kept.get("line"), kept.get("anchor")
    if not isinstance(file, str) or not isinstance(line, int) or not isinstance(anchor, dict):
        return None
    known = cast("Mapping[str, Any]", anchor)
    made = known.get("print")
    print_ = cast("dict[str, Any]", made) if isinstance(made, dict) else {}
    wanted = Anchor(file, line, _text(known, "symbol") or "<module>", _text(known, "text"), print_)
    try:
        now = Resolver(root).resolve(wanted)
    except (CodetourError, OSError):
        return None
    if now.file is None or now.line is None or now.status == "lost":
        return None
    moved = "" if (now.file, now.line) == (file, line) else f"was at {file}:{line}"
    condition, hits, log = (_text(kept, name) for name in _WORDS)
    return Breakpoint(now.file, now.line, condition, hits, log, message=clean(moved, 200))


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value[:2_000] if isinstance(value, str) else ""


def _list(found: object) -> list[Any]:
    return cast("list[Any]", found) if isinstance(found, list) else []
