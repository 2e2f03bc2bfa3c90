"""A stop that has left its file: the scope that it stood in is sought in the other files, then the stop in there.

What stood in another file already when the tour was made is a sibling, never the stop. A scope that is found as a
whole vouches also for its short statements, which say nothing alone. Two scopes equally like the old one: none.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from codetour.resolve.files import Files
from codetour.resolve.homes import Homes
from codetour.resolve.matching import Match, Place, Print, best
from codetour.resolve.statements import MODULE, Index, digest

SHORT_LINE: Final = 8
MOST_FILES: Final = 40
SHARE: Final = 0.3
"""of the old statements that a scope of another name must hold"""
SHARE_NAMED: Final = 0.15
"""that one of the same name must hold"""
EVIDENCE: Final = 3.0
"""statements and names in common without which a scope is only like many others"""
HALF: Final = 0.5
"""of what the best scope has of the old one: the most that one in another file may have"""
VOUCHES: Final = 0.6
"""share of the old statements that makes a scope the old one"""
MANY: Final = 5
"""of the old statements in a scope that make it the old one"""
ALONE: Final = 6
"""words that a statement must have to be told from others by its text alone"""
LEAD: Final = 0.12
"""of the best scope over the next, in shares of the old one"""


class Scope(NamedTuple):
    """A scope of another file that may be the old one, and how much speaks for it."""

    weight: float
    place: Place


def elsewhere(found: Print, others: list[str], files: Files, homes: Homes, home: str | None) -> Match | None:
    """The stop in the one scope of another file that has become its own."""
    scopes = [scope for file in others for scope in _scopes(found, file, files, homes)]
    if found.also:
        # what held the line too may be where a new copy comes from, unless its whole scope has come
        scopes = [scope for scope in scopes if _is_the_old_one(found, scope, homes)]
    if not scopes:
        return None
    scopes.sort(key=lambda scope: -scope.weight)
    top = scopes[0]
    if any(s.place.file != top.place.file and s.place.likeness > HALF * top.place.likeness for s in scopes):
        return None  # it has spread to several files and is in none of them for certain
    rivals = [s for s in scopes[1:] if s.weight > top.weight - LEAD]
    # the parts of a scope that was split are told by the stop itself
    here = [s for s in (top, *rivals) if found.key in s.place.index.bag(s.place.scope)]
    if rivals and len(here) != 1:
        return None
    chosen = here[0] if rivals else top
    if chosen.place.likeness < _at_home(found, files, homes, home) + LEAD:
        return None
    match = best(found, [chosen.place])
    return match if match is not None and _told_apart(found, match, chosen.place) else None


def _is_the_old_one(found: Print, scope: Scope, homes: Homes) -> bool:
    """Whether a scope has the name of the old one and most of its statements, and was not there before."""
    file, index, name = scope.place.file, scope.place.index, scope.place.scope
    if name != found.anchor.symbol or found.kin or not _scope_is_new(found, file, homes):
        return False
    return share_of(found, index, name) >= VOUCHES


def _told_apart(found: Print, match: Match, place: Place) -> bool:
    """Whether the scope vouches for the statement: it must for a short one, and for one that was edited."""
    share = share_of(found, place.index, place.scope)
    if match.best.text < 1:
        return share >= VOUCHES
    known = share * found.size >= MANY or place.scope == found.anchor.symbol
    return known or len(found.tokens) >= ALONE


def holding(found: Print, files: Files, homes: Homes, home: str | None) -> list[str]:
    """Files that may have taken the scope: new ones, and those that did not have the line then."""
    anchor = found.anchor
    wanted = {line for line in (anchor.text, *found.near) if len(line) > SHORT_LINE}
    made: list[str] = []
    # what a notebook held may go on in a script, hardly ever the other way round
    for file in files.python() if anchor.file.endswith(".ipynb") else files.like(anchor.file):
        if file in (home, anchor.file) or not _may_be_new(found, file, files, homes):
            continue
        named = files.has_scope(file, anchor.symbol)
        if not named and len(wanted & files.lines(file)) < min(3, len(wanted)):
            continue
        if home is not None and homes.fork_of(home, file, anchor.file):
            continue
        made.append(file)
        if len(made) > MOST_FILES:
            return []
    return made


def _may_be_new(found: Print, file: str, files: Files, homes: Homes) -> bool:
    """Whether the stop's line, or its scope, has come into `file` since the tour was made."""
    if not homes.was_there(file):
        return True
    # of the files that were there, one that did not have such a scope then, or not the line
    if _scope_is_new(found, file, homes) and files.has_scope(file, found.anchor.symbol):
        return True
    known = found.also is not None and digest(file) not in found.also
    return known and found.copies == 1 and len(found.anchor.text) > SHORT_LINE


def _scope_is_new(found: Print, file: str, homes: Homes) -> bool:
    """Whether `file` had no scope of the old one's name when the tour was made."""
    if not homes.was_there(file):
        return True
    return found.kin is not None and found.anchor.symbol != MODULE and digest(file) not in found.kin


def _scopes(found: Print, file: str, files: Files, homes: Homes) -> list[Scope]:
    index = files.index(file)
    if index is None:
        return []
    symbol = found.anchor.symbol
    sketch = homes.sketch(found.anchor.file)
    kept = len(files.hashes(file).intersection(sketch)) / len(sketch) if sketch else 0.0
    made: list[Scope] = []
    for scope in index.scopes:
        share = share_of(found, index, scope)
        bonus = _named_alike(symbol, scope)
        if share < (SHARE_NAMED if bonus else SHARE):
            continue
        alone = 2 if len(found.tokens) >= ALONE and found.key in index.bag(scope) else 0
        if share * found.size + 10 * bonus + alone < EVIDENCE and not _known_near(found, index, scope):
            continue
        weight = share + bonus + 0.4 * kept
        made.append(Scope(weight, Place(file, index, scope, min(0.95, share + bonus))))
    return made


def _known_near(found: Print, index: Index, scope: str) -> bool:
    """Whether the lines round the stop, in its scope or beyond, stand round it there."""
    for statement in index.scopes[scope]:
        if statement.key == found.key:
            order = statement.order
            around = {
                index.lines[s.line - 1].strip()[:120] for s in index.statements[max(0, order - 5) : order + 6]
            }
            if sum(line in around for line in found.near if len(line) > SHORT_LINE) >= EVIDENCE:
                return True
    return False


def _named_alike(old: str, new: str) -> float:
    """What the names of two scopes say: 0.2 for the same, 0.1 for the same last part."""
    if MODULE in (old, new):
        return 0.1 if old == new else 0.0
    if old == new:
        return 0.2 if "." in old or len(old) > 4 else 0.15
    mine, theirs = old.rsplit(".", 1)[-1], new.rsplit(".", 1)[-1]
    return 0.15 if mine == theirs and not mine.startswith("__") else 0.05 if mine == theirs else 0.0


def share_of(found: Print, index: Index, scope: str) -> float:
    """Share of the statements of the old scope that a scope holds."""
    counts, bag = found.counts, index.bag(scope)
    return sum(min(counts[key], bag[key]) for key in counts.keys() & bag.keys()) / max(1, found.size)


def _at_home(found: Print, files: Files, homes: Homes, home: str | None) -> float:
    """How much the best scope that is new in the stop's own file has of the old one."""
    index = files.index(home) if home is not None else None
    if index is None:
        return -1.0
    known = homes.scopes(found.anchor.file)
    return max(
        (share_of(found, index, s) for s in index.scopes if s not in known or s == found.anchor.symbol),
        default=-1.0,
    )
