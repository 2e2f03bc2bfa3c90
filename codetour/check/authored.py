"""What the steps of other players' tours pointed at when their author set them: read from git, then anchored.

A bare line number says nothing about what has moved. But where the tour is in git, blame knows the commit that last
set the number, and the file at that commit knows the text. A tour with a `ref` was made for that commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from codetour.check.since import known_commit
from codetour.errors import SourceError, UsageProblem
from codetour.model.source import SourceText
from codetour.model.tour import Anchor, Tour
from codetour.resolve.anchors import make
from codetour.resolve.files import PYTHON
from codetour.resolve.git import blobs, git, head
from codetour.source.reading import decode
from codetour.tourfile.document import Document

_HEADER: Final = re.compile(r"^([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?$", re.MULTILINE)


def authored(tour: Tour, document: Document, root: Path, path: str | None) -> dict[int, Anchor]:
    """Index of a step -> the anchor of the line that its author meant; steps of which nothing is known are left out.

    `path` is the tour file relative to `root`, None outside of it.
    """
    bare = [i for i, stop in enumerate(tour.stops) if _bare(stop.anchor)]
    now = head(root) if bare else None
    if now is None:
        return {}
    ref = tour.extra.get("ref")
    pinned = known_commit(root, ref) if isinstance(ref, str) else None
    if pinned is not None and pinned != now:
        commits = dict.fromkeys(bare, pinned)
    else:
        commits = _blamed(document, bare, root, path) if path is not None else {}
    commits = {i: commit for i, commit in commits.items() if commit != now}
    wanted = {(commit, tour.stops[i].anchor.file) for i, commit in commits.items()}
    old = _Old(blobs(root, wanted))
    made: dict[int, Anchor] = {}
    for index, commit in commits.items():
        anchor = tour.stops[index].anchor
        try:
            found = make(old.at(commit), anchor.file, anchor.line)
        except UsageProblem:
            continue
        if found.text:
            made[index] = found._replace(print=found.print | {"commit": commit})
    return made


def _bare(anchor: Anchor) -> bool:
    """A line number and nothing else; the lines of a notebook's file are not those of its script."""
    known = anchor.text or anchor.print or anchor.file.endswith(".ipynb")
    return bool(anchor.file and anchor.line >= 1 and not known)


def _blamed(document: Document, steps: Iterable[int], root: Path, path: str) -> dict[int, str]:
    """The commit that last set the line number of each step; {} where the tour has uncommitted edits."""
    committed = git(root, "--literal-pathspecs", "show", f"HEAD:./{path}")
    if committed is None or committed.removeprefix("\ufeff").replace("\r\n", "\n") != document.text.replace(
        "\r\n", "\n"
    ):
        return {}
    # blame shows files through the programs that attributes name, unless told not to
    out = git(root, "--literal-pathspecs", "blame", "--no-textconv", "-w", "--porcelain", "HEAD", "--", path)
    by_line = {int(number): commit for commit, number in _HEADER.findall(out or "")}
    made: dict[int, str] = {}
    for index in steps:
        # the end of a selection is the position where no line is given
        inner = ("line",) if "line" in document.value["steps"][index] else ("selection", "end", "line")
        commit = by_line.get(document.position(("steps", index, *inner))[0])
        if commit is not None:
            made[index] = commit
    return made


class _Old:
    """Files as they were at commits."""

    def __init__(self, data: dict[tuple[str, str], bytes]) -> None:
        self._data = data
        self._sources: dict[str, _Sources] = {}

    def at(self, commit: str) -> _Sources:
        if commit not in self._sources:
            self._sources[commit] = _Sources({f: d for (c, f), d in self._data.items() if c == commit})
        return self._sources[commit]


class _Sources:
    """The files of one commit, as `codetour.model.source.Sources`."""

    def __init__(self, data: dict[str, bytes]) -> None:
        self._data = data

    def read(self, file: str) -> SourceText | None:
        if file not in self._data:
            return None
        try:
            text = decode(self._data[file])
        except SourceError:
            return None
        return SourceText(file, text, "python" if file.endswith(PYTHON) else "text")
