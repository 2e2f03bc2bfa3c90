"""A stop that nothing else tells: its text and the lines round it, both edited, compared with what is there now.

Only its own scope and those that are new since then are looked through: what stood elsewhere before is a sibling.
The old neighbours need not be the same any more, only alike and in their order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from codetour.resolve.homes import Homes
from codetour.resolve.likeness import head_agreement, likeness, names
from codetour.resolve.matching import Candidate, Match, Print
from codetour.resolve.statements import MODULE, Index, Statement, tokens

SIGNS: Final = 0.3
"""weight of a sign against a word"""
ALIKE: Final = 0.45
"""likeness of a neighbour to what it may have become"""
NEARER: Final = (1.0, 0.8, 0.6, 0.45)
"""weight of the neighbours, the nearest first"""
INFORMED: Final = 6.0
"""weight of the words of a line that says enough; a bare `else:` says little"""
REACH: Final = 10
"""statements on each side among which the neighbours are sought"""
SHORTLIST: Final = 6
LEAST_WORDS: Final = 0.3
ROUND: Final = 0.3
"""share of the surroundings in the whole"""
HOME: Final = 0.1
"""added to what stands in the scope that has kept its name"""
ENOUGH_HOME: Final = 0.64
ENOUGH_NEW: Final = 0.72
LEAST_TEXT: Final = 0.52
LEAST_ROUND: Final = 0.35
ROUND_ALONE: Final = 0.7
"""of the surroundings, where a statement neither assigns to nor calls all that it did"""
LEAD: Final = 0.08
LEAD_FAR: Final = 0.1
SAME_FAR: Final = 0.93
ROUND_FAR: Final = 0.7
"""of the text and of the surroundings, in another file"""
LEAD_DOUBT: Final = 0.04
PLAIN: Final = 5
"""words of a statement that is like many others"""
STRANGE: Final = 0.05
"""of the surroundings: nothing round it is known"""
SURE: Final = 0.85
SHORT: Final = 4
"""words without which a statement in a changed scope may be any of its kind"""
_NAME: Final = re.compile(r"[A-Za-z_]\w*|\d+")


class _Seen(NamedTuple):
    file: str
    score: float
    text: float
    around: float
    statement: Statement


class Line(NamedTuple):
    """The words of a line, and what they say together."""

    words: Counter[str]
    total: float


class Words:
    """How much the words of some scopes say: the rarer, the more."""

    def __init__(self, index: Index, scopes: Iterable[str]) -> None:
        self.statements = index.statements
        self._lines = index.lines
        self._spread: Counter[str] = Counter()
        self._size = 0
        for scope in scopes:
            self._spread.update(index.spread(scope))
            self._size += len(index.scopes[scope])
        self._weights: dict[str, float] = {}
        self._firsts: dict[int, Line] = {}
        self._wholes: dict[int, Line] = {}

    def weight(self, word: str) -> float:
        """Of one word."""
        if word not in self._weights:
            rare = math.log(1 + self._size / (1 + self._spread[word]))
            self._weights[word] = rare if _NAME.match(word) else SIGNS * rare
        return self._weights[word]

    def bag(self, words: Iterable[str]) -> Line:
        """Some words, counted and weighed."""
        counted = Counter(words)
        return Line(counted, sum(self.weight(w) * n for w, n in counted.items()))

    def first(self, statement: Statement) -> Line:
        """Of the line in which a statement begins."""
        if statement.order not in self._firsts:
            self._firsts[statement.order] = self.bag(_cut(self._lines[statement.line - 1]))
        return self._firsts[statement.order]

    def whole(self, statement: Statement) -> Line:
        """Of all of a statement."""
        if statement.order not in self._wholes:
            self._wholes[statement.order] = self.bag(statement.tokens)
        return self._wholes[statement.order]

    def alike(self, left: Line, right: Line) -> float:
        """0..1: the share of what two lines say that both say."""
        mine, theirs = left.words, right.words
        both = sum(self.weight(w) * min(n, theirs[w]) for w, n in mine.items() if w in theirs)
        return 2 * both / (left.total + right.total) if both else 0.0


def _cut(line: str) -> list[str]:
    # as long as the neighbours are kept
    return tokens(line.strip()[:120])


@lru_cache(maxsize=16)
def _words(index: Index, scopes: tuple[str, ...]) -> Words:
    return Words(index, scopes)


def at_home(found: Print, file: str, index: Index, homes: Homes) -> Match | None:
    """The statement of its own file that is most like the stop, with what stands round it; None where none leads."""
    known = homes.scopes(found.anchor.file)
    symbol = found.anchor.symbol
    open_to = tuple(s for s in index.scopes if s == symbol or (s not in known and s != MODULE))
    best, lead = _first(_seen(found, file, index, open_to, names(found.tokens)))
    if best is None or lead < LEAD:
        return None
    home = best.statement.scope == symbol
    score = best.score - HOME * home
    if home and best.text == 1 and len(found.tokens) < SHORT:
        return None
    if score < (ENOUGH_HOME if home else ENOUGH_NEW) or best.around < LEAST_ROUND:
        return None
    if (
        best.around < ROUND_ALONE
        and head_agreement(found.tokens, best.statement.tokens) <= 0
        and best.text < 1
    ):
        return None
    return _match(best, score, lead, 1.0 if home else 0.8)


def far_away(found: Print, places: Iterable[tuple[str, Index]]) -> Match | None:
    """The same statement, in the same surroundings, in another file: nothing like it stood elsewhere before."""
    if found.also is None or found.also or found.kin is None or found.kin:
        return None
    about = names(found.tokens)
    best, lead = _first(
        c for file, index in places for c in _seen(found, file, index, tuple(index.scopes), about)
    )
    if best is None or lead < LEAD_FAR or best.text < SAME_FAR or best.around < ROUND_FAR:
        return None
    return _match(best, best.score, lead, 0.8)


def doubtful(found: Print, match: Match, index: Index) -> bool:
    """Whether what stands round a statement speaks against its being the stop."""
    statement = match.best.statement
    if statement.key != found.key:
        best, lead = _first(_seen(found, match.best.file, index, (statement.scope,)))
        return best is None or best.statement is not statement or lead < LEAD_DOUBT
    if len(found.tokens) > PLAIN or match.best.context > STRANGE:
        return False
    words = _words(index, (statement.scope,))
    return _around(*_neighbours(found, words), statement, words) < STRANGE


def _first(seen: Iterable[_Seen]) -> tuple[_Seen | None, float]:
    """The best, and how far it leads."""
    ranked = sorted(seen, key=lambda c: -c.score)
    if not ranked:
        return None, 0.0
    return ranked[0], ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)


def _match(best: _Seen, score: float, lead: float, scope: float) -> Match:
    candidate = Candidate(score, best.file, best.statement, best.text, best.around, 0.0, scope)
    return Match(candidate, lead, min(SURE, 0.4 + 0.5 * score))


def _seen(
    found: Print, file: str, index: Index, scopes: tuple[str, ...], about: set[str] | None = None
) -> Iterable[_Seen]:
    """The likeliest statements of some scopes; only those that have one of the words in `about`, if any are given."""
    words = _words(index, scopes)
    mine = words.bag(found.tokens)
    before, after = _neighbours(found, words)
    for scope in scopes:
        sequence = index.scopes[scope]
        # what stood in the old scope before, as it is, is not what the stop became
        likely = [
            (words.alike(mine, words.whole(s)), s)
            for s in sequence
            if s.key == found.key or not (found.counts[s.key] or (about and about.isdisjoint(s.tokens)))
        ]
        likely = sorted((c for c in likely if c[0] >= LEAST_WORDS), key=lambda c: -c[0])[:SHORTLIST]
        for _, statement in likely:
            text = 1.0 if statement.key == found.key else _text(found, statement, words)
            if text < LEAST_TEXT:
                continue
            around = _around(before, after, statement, words)
            score = (1 - ROUND) * text + ROUND * around + HOME * (scope == found.anchor.symbol)
            yield _Seen(file, score, text, around, statement)


def _text(found: Print, statement: Statement, words: Words) -> float:
    mine, theirs = found.tokens, statement.tokens
    text = 0.6 * likeness(mine, theirs) + 0.4 * words.alike(words.bag(mine), words.whole(statement))
    if statement.kind != found.kind:
        text *= 0.92
    agreement = head_agreement(mine, theirs)
    return min(0.99, text + (0.06 if agreement > 0 else 0.14) * agreement)


def _neighbours(found: Print, words: Words) -> tuple[list[Line], list[Line]]:
    """The words of the old neighbours on both sides, the nearest first."""
    lines = [words.bag(_cut(line)) for line in found.near]
    middle = len(NEARER) if len(lines) == 2 * len(NEARER) or found.anchor.line > 2 * len(NEARER) else 0
    middle = middle or max(0, len(lines) - len(NEARER))
    return lines[:middle][::-1], lines[middle:]


def _around(before: list[Line], after: list[Line], statement: Statement, words: Words) -> float:
    """0..1: how much of the old neighbours stands round a statement, in their order."""
    at, every = statement.order, words.statements
    there = every[max(0, at - REACH) : at][::-1], every[at + 1 : at + 1 + REACH]
    kept = total = 0.0
    for old, new in zip((before, after), there, strict=True):
        told = [w * min(1.0, line.total / INFORMED) for w, line in zip(NEARER, old, strict=False)]
        kept += _in_order(old, told, [words.first(s) for s in new], words)
        total += sum(told)
    return kept / total if total else 0.5


def _in_order(old: list[Line], told: list[float], new: list[Line], words: Words) -> float:
    """The most that old lines keep in new ones where neither side changes its order."""
    best = [0.0] * (len(new) + 1)
    for line, weight in zip(old, told, strict=False):
        row = [0.0]
        for j, other in enumerate(new):
            like = words.alike(line, other)
            with_it = best[j] + weight * like if like >= ALIKE else 0.0
            row.append(max(best[j + 1], row[j], with_it))
        best = row
    return best[-1]
