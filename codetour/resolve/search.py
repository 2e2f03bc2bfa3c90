"""Where a stop is by text alone: its scope, then another one of its file, then other files; the first that is sure.

Nothing is chosen between two candidates that are equally good.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final, NamedTuple, TypeGuard

from codetour.resolve.elsewhere import ALONE, elsewhere, holding, share_of
from codetour.resolve.files import PYTHON, Files
from codetour.resolve.homes import Homes
from codetour.resolve.likeness import likeness
from codetour.resolve.matching import Candidate, Match, Place, Print, best
from codetour.resolve.statements import MODULE, Index, Statement

SAME_SCOPE: Final = 0.62
RENAMED_SCOPE: Final = 0.66
UNLIKE: Final = 0.70
"""an edited statement that has kept less of its words and letters may as well be another one"""
UNLIKE_STRANGER: Final = 0.80
"""where nothing round it is known either"""
STRANGER: Final = 0.15
"""share of the neighbours that must be known"""
PLAIN: Final = 0.80
"""likeness at which an edited statement is told by its text alone, where it leads by `FAR_AHEAD`"""
FAR_AHEAD: Final = 0.3
VOTES: Final = 0.12
"""share of a scope's statements that its successor must hold"""
NAME_LEAD: Final = 0.15
"""of the name most like the old one over the next"""
MOST_ALIKE: Final = 20
"""scopes that hold the same, of which one may still be told by its name"""
LONGEST_NAME: Final = 200
OTHER_SCOPE: Final = 0.74
OTHER_FILE: Final = 0.80
EMPTIED: Final = 0.3
"""a scope that has kept less of its statements may have given the rest to another file"""
NEAR_ALONE: Final = 0.15
TWINS: Final = 0.2
"""lead over an equal line, where lines like it have come or gone and no scope tells them apart"""
MARGIN: Final = 0.06
"""lead over the second best; less is a guess"""


class Found(NamedTuple):
    """The match of a stop, and how far from home it was looked for."""

    match: Match
    phase: int
    """1 the same scope, 2 another scope of the file, 3 another file"""

    @property
    def exact(self) -> bool:
        """Whether it is the same statement, not one that is like it."""
        return self.match.best.text >= 1

    @property
    def confidence(self) -> float:
        """Of the match, less the further it was sought."""
        return self.match.confidence * (1 if self.phase == 1 else 0.95)


def search(found: Print, files: Files, homes: Homes, home: str | None) -> Found | None:
    """The statement that is now what the anchor's was in the file that is now its own, None where none is sure."""
    symbol = found.anchor.symbol
    index = files.index(home) if home else None
    if home and index is not None:
        if symbol in index.scopes:
            if (match := _by_outline(found, home, index)) is not None:
                return Found(match, 1)
            match = best(found, [Place(home, index, symbol, 1.0)])
            if _told(match, found, SAME_SCOPE) and not (
                match.margin < TWINS and _one_of_more(found, home, index)
            ):
                return Found(match, 1)
        else:
            match = _renamed_scope(found, home, index, homes)
            if _told(match, found, RENAMED_SCOPE):
                return Found(match, 2)
        match = _other_scope(found, home, index, homes)
        if _sure(match, OTHER_SCOPE):
            return Found(match, 2)
        match = _alone(found, home, index)
        if match is not None:
            return Found(match, 2)
    return None


def _by_outline(found: Print, home: str, index: Index) -> Match | None:
    """The one line that stands, as it did, under the same heading or key."""
    if found.under is None:
        return None
    from codetour.resolve.outline import under  # few tours have stops in such files

    same = [s for s in index.by_key.get(found.key, ()) if under(index, home, s.line) == found.under]
    if len(same) != 1:
        return None
    return Match(Candidate(0.95, home, same[0], 1.0, 1.0, 1.0, 1.0), 0.3, 0.95)


def _one_of_more(found: Print, home: str, index: Index) -> bool:
    """Whether a file without scopes has more of such lines than it had, or fewer: which is which is a guess."""
    now = len(index.by_key.get(found.key, ()))
    return not home.endswith(PYTHON) and now > 1 and now != found.copies


def search_elsewhere(found: Print, files: Files, homes: Homes, home: str | None) -> Found | None:
    """The statement in another file than the one that has become its own."""
    if found.anchor.symbol == MODULE and home is not None:
        return None
    others = _others(found, files, homes, home)
    match = elsewhere(found, others, files, homes, home) if others else None
    return Found(match, 3) if _told(match, found, OTHER_FILE) else None


def search_far(found: Print, files: Files, homes: Homes, home: str | None) -> Found | None:
    """The same statement in another file, in the same surroundings."""
    if not found.anchor.file.endswith(PYTHON):
        return None
    from codetour.resolve import surroundings

    others = _others(found, files, homes, home)
    far = surroundings.far_away(found, ((f, i) for f in others if (i := files.index(f)) is not None))
    return None if far is None else Found(far, 3)


def _others(found: Print, files: Files, homes: Homes, home: str | None) -> list[str]:
    """The files that may have taken the stop, [] where its own has kept too much of its scope."""
    index = files.index(home) if home else None
    if index is not None and share_of(found, index, found.anchor.symbol) >= EMPTIED:
        return []
    if found.also and (found.kin is None or found.kin):
        return []  # what held the line too may be where a new copy comes from
    return holding(found, files, homes, home)


def search_round(found: Print, files: Files, homes: Homes, home: str | None) -> Found | None:
    """The statement that is most like the stop with all that stands round it."""
    index = files.index(home) if home else None
    if home is None or index is None or not home.endswith(PYTHON):
        return None
    from codetour.resolve import surroundings  # few stops are told by it

    match = surroundings.at_home(found, home, index, homes)
    return None if match is None else Found(match, 1 if match.best.scope >= 1 else 2)


def doubtful(found: Print, told: Found, files: Files) -> bool:
    """Whether what stands round the statement that was found speaks against it."""
    index = files.index(told.match.best.file)
    if index is None or not told.match.best.file.endswith(PYTHON):
        return False
    from codetour.resolve import surroundings

    return surroundings.doubtful(found, told.match, index)


def _renamed_scope(found: Print, home: str, index: Index, homes: Homes) -> Match | None:
    """The one new scope that is the old one under another name: by its name, else by what it holds."""
    known = homes.scopes(found.anchor.file)
    if not known:
        return None
    new = [s for s in index.scopes if s not in known and s != MODULE]
    plain = _plain(found.anchor.symbol)
    respelt = [s for s in new if _plain(s) == plain]
    if len(respelt) == 1:
        return best(found, [Place(home, index, respelt[0], 0.9)])
    votes = sorted(((share_of(found, index, s), s) for s in new), reverse=True)
    if not votes or votes[0][0] * found.size < 3 or votes[0][0] < VOTES:
        return None
    close = [(v, s) for v, s in votes if votes[0][0] < 1.5 * v]
    if len(close) > MOST_ALIKE:
        return None
    if len(close) > 1:
        # of scopes that hold the same, the one that has kept its class or nearly all of its name
        named = sorted(((_named_like(found.anchor.symbol, s), v, s) for v, s in close), reverse=True)
        if named[0][0] - named[1][0] < NAME_LEAD:
            return None
        close = [named[0][1:]]
    return best(found, [Place(home, index, close[0][1], max(0.8, close[0][0]))])


def _plain(symbol: str) -> str:
    """A scope's name without underscores and capitals: `_genObs` and `gen_obs` are the same."""
    return symbol.replace("_", "").lower()


def _named_like(old: str, new: str) -> float:
    """How alike the names of two scopes are."""
    mine, theirs = _plain(old)[:LONGEST_NAME], _plain(new)[:LONGEST_NAME]
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()


def _other_scope(found: Print, home: str, index: Index, homes: Homes) -> Match | None:
    """A scope that was there before is a sibling: only a text unique then may have moved into it."""
    scopes = homes.scopes(found.anchor.file)
    here = share_of(found, index, found.anchor.symbol)
    places = [
        place
        for place in _alike(found, home, index)
        if place.scope not in scopes or (found.copies == 1 and place.scope != found.anchor.symbol)
    ]
    return best(found, places, exact=lambda scope: scope in scopes or here >= 0.5)


def _alone(found: Print, home: str, index: Index) -> Match | None:
    """The same statement, the only one of its kind before and now, near one of its old neighbours: it has moved."""
    same = index.by_key.get(found.key, [])
    if found.copies != 1 or len(same) != 1 or len(found.tokens) < ALONE or found.size < 2:
        return None
    statement = same[0]
    near = _known_around(found, index, statement)
    if near < NEAR_ALONE:
        return None
    candidate = Candidate(0.75, home, statement, 1.0, near, 0.0, 0.5)
    return Match(candidate, 0.25, min(0.9, 0.75 + near / 2))


def _known_around(found: Print, index: Index, statement: Statement) -> float:
    """Share of a stop's old neighbours that stand near a statement."""
    order = statement.order
    around = {s.key for s in index.statements[max(0, order - 6) : order + 7] if s is not statement}
    old = set(found.skeleton[max(0, found.at - 5) : found.at + 6]) - {found.key}
    return len(around & old) / max(1, len(old))


def _told(match: Match | None, found: Print, least: float) -> TypeGuard[Match]:
    """Whether a match in the statement's own scope is sure: an edited one by how much of it was kept."""
    if match is None or match.best.text >= 1:
        return _sure(match, least)
    kept = likeness(found.tokens, match.best.statement.tokens)
    if kept < (UNLIKE if match.best.context >= STRANGER else UNLIKE_STRANGER):
        return False
    return _sure(match, least) or (kept >= PLAIN and match.margin >= FAR_AHEAD)


def _sure(match: Match | None, least: float) -> TypeGuard[Match]:
    return match is not None and match.confidence >= least and match.margin >= MARGIN


def _alike(found: Print, file: str, index: Index) -> list[Place]:
    """The scopes of a file that may be the old one under another name, or have taken over part of it."""
    anchor = found.anchor
    leaf = anchor.symbol.rsplit(".", 1)[-1]
    made: list[Place] = []
    for scope in index.scopes:
        if scope == anchor.symbol and file == anchor.file:
            continue
        share = share_of(found, index, scope)
        same = scope != MODULE and scope.rsplit(".", 1)[-1] == leaf
        if share >= 0.3 or (same and share >= 0.15) or (found.key in index.bag(scope) and share >= 0.2):
            made.append(Place(file, index, scope, min(0.95, share + 0.2 * same)))
    return sorted(made, key=lambda p: -p.likeness)[:6]
