"""Making anchors: what is remembered of a line so that it can be found again after years of edits.

Per stop about 1 kB: the statement, the fingerprints of the statements of its scope in order (the skeleton), and the
lines round it. Once per tour: a sketch of each file, the scopes it had, and which Python files there were.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from codetour.errors import UsageProblem
from codetour.model.source import Sources
from codetour.model.tour import Anchor, Tour
from codetour.resolve.files import PYTHON, Files, line_hashes
from codetour.resolve.likeness import target
from codetour.resolve.outline import under
from codetour.resolve.packing import pack
from codetour.resolve.statements import MODULE, Index, Statement, digest

SKETCH: Final = 64
"""smallest line fingerprints of a file: enough to recognise it under another name"""
WINDOW: Final = 40
"""statements kept on each side where a scope is long"""
WHOLE: Final = 160
"""a function of up to so many statements is kept whole"""
NEIGHBOURS: Final = 4
_LONGEST: Final = 2000
_MOST_PATHS: Final = 5000
_MOST_READ: Final = 1000
"""files looked through when an anchor is made"""
_MOST_BESIDE: Final = 24
FORMAT: Final = 1


def make(sources: Files | Sources, file: str, line: int) -> Anchor:
    """The anchor of `file:line` with its fingerprint. Raises UsageProblem for a file or line that is not there."""
    index = _index(sources, file)
    if index is None:
        raise UsageProblem(f"{file} is not a text file of the repository", hint="Check the path.")
    last = len(index.lines) - (1 if index.lines and not index.lines[-1] else 0)
    if not 1 <= line <= last:
        raise UsageProblem(f"{file} has {last} lines, there is no line {line}", hint="Check the line.")
    made = _anchor(index, file, line)
    return _beside(sources, made) if isinstance(sources, Files) else made


def complete(tour: Tour, root: Path | Files) -> Tour:
    """`tour` with a fresh fingerprint for every stop whose file and line are in the work tree."""
    files = root if isinstance(root, Files) else Files(root)
    stops = tuple(stop._replace(anchor=refresh(files, stop.anchor)) for stop in tour.stops)
    shared: dict[str, Any] = {"format": FORMAT, "files": {}}
    for file in dict.fromkeys(stop.anchor.file for stop in stops):
        index = files.index(file) if file else None
        source = files.read(file) if index is not None else None
        if index is not None and source is not None:
            shared["files"][file] = _file_print(index, source.text)
    paths = {*files.python(), *(path for file in shared["files"] for path in files.like(file))}
    if len(paths) <= _MOST_PATHS:
        shared["paths"] = pack(sorted(digest(p) for p in paths))
    return tour._replace(stops=stops, print=shared)


def refresh(files: Files, anchor: Anchor) -> Anchor:
    """The anchor made anew at its file and line; unchanged where these are not there."""
    index = files.index(anchor.file) if anchor.file else None
    if index is None or not 1 <= anchor.line <= len(index.lines):
        return anchor
    return _beside(files, _anchor(index, anchor.file, anchor.line))


def _beside(files: Files, anchor: Anchor) -> Anchor:
    """With the other files that hold the line, or such a scope, now: what it can not have moved to later."""
    others = files.python()
    if not anchor.print or not anchor.file.endswith(PYTHON) or len(others) > _MOST_READ:
        return anchor
    line = digest(anchor.text)
    beside = [f for f in others if f != anchor.file]
    found = {
        "also": [digest(f) for f in beside if line in files.hashes(f)],
        "kin": [digest(f) for f in beside if files.has_scope(f, anchor.symbol)],
    }
    kept = {name: pack(sorted(there)) for name, there in found.items() if len(there) <= _MOST_BESIDE}
    return anchor._replace(print=anchor.print | kept)


def _index(sources: Files | Sources, file: str) -> Index | None:
    if isinstance(sources, Files):
        return sources.index(file)
    source = sources.read(file)
    return None if source is None else Index(source.lines, python=source.kind != "text")


def _anchor(index: Index, file: str, line: int) -> Anchor:
    text = index.lines[line - 1].strip()
    statement = index.at(line)
    if statement is None:
        return Anchor(file, line, _scope_of(index, line), text, _around(index, file, line))
    return Anchor(file, line, statement.scope, text, _print(index, file, statement, line))


def _scope_of(index: Index, line: int) -> str:
    """The scope of a blank line or comment: that of the statement after it, else of the one before."""
    later = next((s for s in index.statements if s.line > line), None)
    nearest = later or (index.statements[-1] if index.statements else None)
    return nearest.scope if nearest else MODULE


def _print(index: Index, file: str, statement: Statement, line: int) -> dict[str, Any]:
    scope = index.scopes[statement.scope]
    low, high = max(0, statement.pos - WINDOW), statement.pos + WINDOW + 1
    if statement.scope != MODULE and len(scope) <= WHOLE:
        low, high = 0, len(scope)
    order = statement.order
    near = [
        s for s in index.statements[max(0, order - NEIGHBOURS) : order + NEIGHBOURS + 1] if s is not statement
    ]
    made: dict[str, Any] = {
        "format": FORMAT,
        "statement": statement.text[:_LONGEST],
        "skeleton": pack([s.key for s in scope[low:high]]),
        "at": statement.pos - low,
        "near": [index.lines[s.line - 1].strip()[:120] for s in near],
        "copies": len(index.by_key[statement.key]),
    }
    assigned = target(statement.tokens)
    if assigned and sum(target(s.tokens) == assigned for s in scope) == 1:
        made["sole"] = True
    if (path := under(index, file, statement.line)) is not None:
        made["under"] = path
        made["alone"] = _beneath(index, file, statement) == 1
    if line != statement.line:
        made["into"] = line - statement.line
    return made


def _around(index: Index, file: str, line: int) -> dict[str, Any]:
    """For a comment or a blank line: the next statement, and how far above it the line stands."""
    later = next((s for s in index.statements if s.line > line), None)
    if later is None:
        return {}
    return _print(index, file, later, later.line) | {"into": line - later.line}


def _beneath(index: Index, file: str, statement: Statement) -> int:
    """How many such lines stand under the same heading or key."""
    path = under(index, file, statement.line)
    return sum(under(index, file, s.line) == path for s in index.by_key[statement.key])


def _file_print(index: Index, text: str) -> dict[str, Any]:
    return {
        "digest": digest(text),
        "sketch": pack(sorted(line_hashes(index.lines))[:SKETCH]),
        "scopes": " ".join(sorted(index.scopes)),
    }
