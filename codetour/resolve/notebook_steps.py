"""What commits did to a notebook, as changes of its script: outputs, counts and metadata are no change at all.

git's own diffs are of the JSON, whose lines no stop knows. So the versions themselves are read and compared.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from codetour.errors import SourceError
from codetour.resolve.git import blobs, by_commit, git
from codetour.resolve.trace import Hunk, Step
from codetour.source.notebook import to_script

LARGEST: Final = 16 * 2**20
"""bytes of one version; pictures in its outputs make it large"""
MOST: Final = 200
"""versions"""
_HEADER: Final = "# %% cell "


def notebook_steps(root: Path, commit: str, names: frozenset[str]) -> list[Step] | None:
    """The changes of a notebook with these names since `commit`, oldest first; None when they cannot be had."""
    out = git(
        root, "log", "--first-parent", "-m", "--reverse", "-M40%", "--no-ext-diff", "--relative", "--name-status",
        "-z", "--format=%x01%H", f"{commit}..HEAD", "--", *sorted(names),
    )  # fmt: skip
    if out is None:
        return None
    changes = _changes(out)
    if len(changes) > MOST:
        return None
    wanted = [(commit, name) for name in names] + [(c, new) for c, _, new in changes if new]
    texts = {key: _script(data) for key, data in blobs(root, wanted, largest=LARGEST).items()}
    latest = {name: texts.get((commit, name), ()) for name in names}
    made: list[Step] = []
    for at, old, new in changes:
        before, after = latest.get(old, ()), texts.get((at, new), ()) if new else ()
        made.append(Step(at, old, new, _hunks(before, after)))
        latest[new or old] = after
    return made


def _changes(out: str) -> list[tuple[str, str, str]]:
    """(commit, old name, new name), "" for a name that is not there."""
    made: list[tuple[str, str, str]] = []
    for commit, fields in by_commit(out):
        rest = iter(fields)
        for status in rest:
            name = next(rest, "")
            if status[0] == "R":
                made.append((commit, name, next(rest, "")))
            else:
                made.append((commit, "" if status[0] == "A" else name, "" if status[0] == "D" else name))
    return made


def _script(data: bytes) -> tuple[str, ...]:
    try:
        script, _ = to_script(data.decode("utf-8-sig", errors="replace"))
    except SourceError:
        return ()
    return tuple(script.split("\n"))


def _hunks(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Hunk, ...]:
    matcher = SequenceMatcher(None, [_plain(x) for x in before], [_plain(x) for x in after], autojunk=False)
    return tuple(
        # as git counts: an empty side is named by the line before it
        Hunk(a + (b > a), before[a:b], c + (d > c), after[c:d])
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )


def _plain(line: str) -> str:
    """Without white space, and a cell's header without its number: a cell put above renumbers all others."""
    return _HEADER if line.startswith(_HEADER) else "".join(line.split())
