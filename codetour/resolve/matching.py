"""Candidates for a stop in one or several scopes, scored by text, neighbours and place in the sequence.

The skeleton of the old scope is aligned with the statements of the new one; the stop's own slot, or the gap that
its aligned neighbours leave, is where an edited statement must stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from codetour.model.tour import Anchor
from codetour.resolve.likeness import head_agreement, ratio, shared_rare, target
from codetour.resolve.packing import unpack
from codetour.resolve.statements import Index, Statement, digest, normal, tokens

AGREE: Final = 0.06
DISAGREE: Final = 0.14
SOLE: Final = 0.08
"""added to the likeness of an edited statement: same target and call, neither, the only one with that target"""
REACH: Final = 4
"""neighbours on each side that speak for a candidate"""


class Print(NamedTuple):
    """The fingerprint of an anchor, unpacked and checked."""

    anchor: Anchor
    text: str
    key: int
    tokens: list[str]
    skeleton: list[int]
    at: int
    near: list[str]
    copies: int
    into: int
    kind: str
    sole: str
    """what the statement assigns to, where no other statement of its scope did"""
    also: frozenset[int] | None
    """paths of the other files that had the line then, None where that is not known"""
    kin: frozenset[int] | None
    """paths of the other files that had such a scope then, None where that is not known"""
    under: str | None
    """what the line of a text file stood under, where no equal line stood under it too"""
    counts: Counter[int]

    @property
    def size(self) -> int:
        """Statements in the skeleton."""
        return len(self.skeleton)


def read_print(anchor: Anchor) -> Print:
    """The fingerprint in an anchor; made from its bare text where there is none (a foreign tour)."""
    kept = anchor.print
    text = kept.get("statement")
    text = text if isinstance(text, str) and text else anchor.text
    key = digest(normal(text))
    skeleton = unpack(kept.get("skeleton"))
    at = kept.get("at")
    if not isinstance(at, int) or not 0 <= at < len(skeleton) or skeleton[at] != key:
        skeleton, at = [key], 0
    near: Any = kept.get("near")
    made = Statement(1, 1, 0, text)
    return Print(
        anchor=anchor,
        text=text,
        key=key,
        tokens=tokens(text),
        skeleton=skeleton,
        at=at,
        near=_texts(near),
        copies=_whole(kept.get("copies"), 1),
        into=_whole(kept.get("into"), 0),
        kind=made.kind,
        sole=target(made.tokens) if kept.get("sole") is True else "",
        also=frozenset(unpack(kept["also"])) if isinstance(kept.get("also"), str) else None,
        under=str(kept["under"]) if kept.get("alone") is True and "under" in kept else None,
        kin=frozenset(unpack(kept["kin"])) if isinstance(kept.get("kin"), str) else None,
        counts=Counter(skeleton),
    )


def _texts(value: Any) -> list[str]:
    return [str(item) for item in cast("list[Any]", value)][:20] if isinstance(value, list) else []


def _whole(value: object, default: int) -> int:
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10_000 else default
    )


class Place(NamedTuple):
    """A scope in which the stop may be."""

    file: str
    index: Index  # pyright: ignore[reportIncompatibleMethodOverride] - the tuple's own is of no use
    scope: str
    likeness: float
    """of the scope as a whole to the old one, 1 for the same name in the same file"""


class Candidate(NamedTuple):
    """One statement that may be the stop, and what speaks for it."""

    score: float
    file: str
    statement: Statement
    text: float
    context: float
    slot: float
    scope: float


class Match(NamedTuple):
    """The best candidate, its lead over the next one, and how sure we are."""

    best: Candidate
    margin: float
    confidence: float


def best(
    print_: Print, places: Sequence[Place], *, exact: Callable[[str], bool] = lambda _: False
) -> Match | None:
    """The best candidate in these scopes; `exact(scope)` says where only the unchanged text counts."""
    found = [c for place in places for c in _candidates(print_, place, exact=exact(place.scope))]
    if not found:
        return None
    found.sort(key=lambda c: -c.score)
    first = found[0]
    second = next((c.score for c in found[1:] if c.statement is not first.statement), 0.0)
    margin = first.score - second
    return Match(first, margin, _confidence(print_, first, margin))


def _candidates(print_: Print, place: Place, *, exact: bool) -> list[Candidate]:
    sequence = place.index.scopes.get(place.scope, [])
    keys = [s.key for s in sequence]
    aligned = _align(print_.skeleton, keys)
    low = max((aligned[i] for i in range(print_.at) if i in aligned), default=-1)
    high = next((aligned[i] for i in range(print_.at + 1, print_.size) if i in aligned), len(sequence))
    # the very statement in its very slot needs no comparison with what is only like it
    settled = print_.at in aligned and keys.count(print_.key) == 1
    made: list[Candidate] = []
    for j, statement in enumerate(sequence):
        gap = low < j < high
        if statement.key == print_.key:
            text = 1.0
        elif not exact and not settled and (gap or abs(j - low) <= 3 or abs(j - high) <= 3):
            # a neighbour that stood there before, as it is, is not what the statement became
            if 0 < keys.count(statement.key) <= print_.counts[statement.key]:
                continue
            text = ratio(print_.tokens, statement.tokens)
            if text < 0.3:
                continue
            rare = shared_rare(
                print_.tokens, statement.tokens, place.index.spread(place.scope), len(sequence)
            )
            agreement = head_agreement(print_.tokens, statement.tokens)
            agreed = (AGREE if agreement > 0 else DISAGREE) * agreement
            # letters take most of the time, and where even all of them would not be enough they are not compared
            if 0.3 * text + 0.3 + 0.4 * rare + agreed + SOLE < 0.5:
                continue
            letters = ratio("".join(print_.tokens), "".join(statement.tokens))
            text = 0.3 * text + 0.3 * letters + 0.4 * rare
            if statement.kind != print_.kind:
                text *= 0.92
            text += agreed
            if print_.sole and print_.sole == target(statement.tokens) and _sole(sequence, statement):
                text += SOLE
            if text < 0.5:
                continue
            text = min(text, 0.99)
        else:
            continue
        context = _context(print_, keys, j)
        slot = 1.0 if aligned.get(print_.at) == j else 0.7 if gap else 0.0
        score = 0.46 * text + 0.22 * context + 0.17 * slot + 0.15 * place.likeness
        made.append(Candidate(score, place.file, statement, text, context, slot, place.likeness))
    return made


def _sole(sequence: list[Statement], statement: Statement) -> bool:
    """Whether no other statement of the scope assigns to the same thing."""
    mine = target(statement.tokens)
    return not any(s is not statement and target(s.tokens) == mine for s in sequence)


def _align(old: list[int], new: list[int]) -> dict[int, int]:
    """Index in the old sequence -> index in the new one."""
    return _alignment(tuple(old), tuple(new))


@lru_cache(maxsize=512)
def _alignment(old: tuple[int, ...], new: tuple[int, ...]) -> dict[int, int]:
    # the stops of one function share it; what is alike at both ends needs no search
    head = tail = 0
    shorter = min(len(old), len(new))
    while head < shorter and old[head] == new[head]:
        head += 1
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    made = {k: k for k in range(head)}
    made |= {len(old) - 1 - k: len(new) - 1 - k for k in range(tail)}
    inner = old[head : len(old) - tail], new[head : len(new) - tail]
    if all(inner):
        for block in SequenceMatcher(None, *inner, autojunk=False).get_matching_blocks():
            for k in range(block.size):
                made[head + block.a + k] = head + block.b + k
    return made


def _context(print_: Print, keys: list[int], j: int) -> float:
    """Share of the old neighbours that still stand near, the nearer and the rarer ones counting more."""
    there = total = 0.0
    for distance in range(1, REACH + 1):
        for side in (-1, 1):
            i = print_.at + side * distance
            if not 0 <= i < print_.size:
                continue
            weight = (1 / distance) / (1 + 0.5 * (print_.counts[print_.skeleton[i]] - 1))
            total += weight
            near = keys[max(0, j - distance - 2) : j] if side < 0 else keys[j + 1 : j + distance + 3]
            if print_.skeleton[i] in near:
                there += weight
    return there / total if total else 0.5


def _confidence(print_: Print, found: Candidate, margin: float) -> float:
    sure = found.score
    short = len(print_.tokens) < 6
    if found.text < 1:
        if short:
            sure -= 0.10  # short statements look alike
        if found.context < 0.15:
            sure -= 0.06  # rewritten, and nothing known round it
    elif found.slot < 1 and found.context < 0.25:
        sure -= 0.15  # the same text, but not where it was
    if found.scope < 0.5 and found.context < 0.35:
        sure -= 0.10
    if found.scope < 1 and short:
        sure -= 0.08
    return max(0.0, min(1.0, sure + 0.2 * min(margin, 0.4)))
