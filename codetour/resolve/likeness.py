"""How alike two statements are, by words, by letters, and by the words that are rare where they stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from difflib import SequenceMatcher
from typing import Final

from codetour.resolve.statements import Statement

_NAME: Final = re.compile(r"[A-Za-z_]\w*|\d+")


def ratio(left: list[str] | str, right: list[str] | str) -> float:
    """0..1; 0 where a cheap upper bound already says "no"."""
    if left == right:
        return 1.0
    if not left or not right:
        return 0.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < 0.4 or matcher.quick_ratio() < 0.4:
        return 0.0
    return matcher.ratio()


def rarity(scope: list[Statement]) -> Counter[str]:
    """In how many statements of a scope each word occurs."""
    return Counter(word for statement in scope for word in set(statement.tokens))


def shared_rare(left: list[str], right: list[str], spread: Counter[str], size: int) -> float:
    """Share of the words in common, each weighed by how rare it is in the scope; signs count little."""
    mine, theirs = Counter(left), Counter(right)
    both = either = 0.0
    for word in mine.keys() | theirs.keys():
        weight = math.log(1 + size / (1 + spread.get(word, 0))) * (1 if _NAME.match(word) else 0.3)
        both += weight * min(mine[word], theirs[word])
        either += weight * max(mine[word], theirs[word])
    return both / either if either else 0.0
