"""How alike two statements are, by words, by letters, and by the words that are rare where they stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from difflib import SequenceMatcher
from typing import Final

_NOISE: Final = frozenset(
    [
        "self",
        "cls",
        "if",
        "elif",
        "else",
        "for",
        "in",
        "not",
        "and",
        "or",
        "is",
        "return",
        "None",
        "True",
        "False",
    ]
)
_NOT_CALLED: Final = frozenset(
    [
        "if",
        "elif",
        "while",
        "in",
        "not",
        "and",
        "or",
        "return",
        "assert",
        "print",
        "yield",
        "await",
        "lambda",
        "with",
    ]
)
_NAME: Final = re.compile(r"[A-Za-z_]\w*|\d+")


def ratio(left: list[str] | str, right: list[str] | str, *, least: float = 0.0) -> float:
    """0..1; 0 where a cheap upper bound already says "no", or says that it is less than `least`."""
    if left == right:
        return 1.0
    if not left or not right:
        return 0.0
    least = max(least, 0.4)
    if 2 * min(len(left), len(right)) / (len(left) + len(right)) < least:
        return 0.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return 0.0 if matcher.quick_ratio() < least else matcher.ratio()


def likeness(left: list[str], right: list[str], *, least: float = 0.0) -> float:
    """0..1: the mean of how alike two statements are by words and by letters; 0 where it cannot be `least`."""
    mine, theirs = "".join(left), "".join(right)
    # letters take most of the time, and at best all those of the shorter text are found
    letters = 2 * min(len(mine), len(theirs)) / max(len(mine) + len(theirs), 1)
    words = ratio(left, right, least=2 * least - letters)
    if (words + letters) / 2 < least:
        return 0.0
    return (words + ratio(mine, theirs, least=2 * least - words)) / 2


def shared_rare(left: list[str], right: list[str], spread: Counter[str], size: int) -> float:
    """Share of the words in common, each weighed by how rare it is in the scope; signs count little."""
    mine, theirs = Counter(left), Counter(right)
    both = either = 0.0
    for word in mine.keys() | theirs.keys():
        weight = math.log(1 + size / (1 + spread.get(word, 0))) * (1 if _NAME.match(word) else 0.3)
        both += weight * min(mine[word], theirs[word])
        either += weight * max(mine[word], theirs[word])
    return both / either if either else 0.0


def target(words: list[str]) -> str:
    """What an assignment assigns to (`self.lr`, `x,y`), "" for any other statement."""
    if "=" not in words:
        return ""
    depth = 0
    for k, word in enumerate(words):
        depth += (word in "([{") - (word in ")]}")
        if (
            depth == 0
            and word == "="
            and words[k + 1 : k + 2] != ["="]
            and words[max(0, k - 1)] not in "=!<>"
        ):
            left = words[:k]
            while left and left[-1] in "+-*/%@&|^:":
                left.pop()
            return "".join(left)
    return ""


def called(words: list[str]) -> str:
    """The last name before the first bracket that a name opens, "" where nothing is called."""
    for k in range(1, len(words)):
        if words[k] == "(" and _NAME.match(words[k - 1]) and words[k - 1] not in _NOT_CALLED:
            return words[k - 1]
    return ""


def names(words: list[str]) -> set[str]:
    """The words that say what a statement is about."""
    return {w for w in words if _NAME.match(w) and w not in _NOISE and not w.isdigit()}


def head_agreement(left: list[str], right: list[str]) -> float:
    """-1..1: whether two statements assign to the same thing and call the same thing.

    An edited statement keeps at least one of them; two statements that only share their form keep neither.
    """
    pairs = ((target(left), target(right)), (called(left), called(right)))
    told = [(a, b) for a, b in pairs if a or b]
    if not told:
        mine, theirs = names(left), names(right)
        return 0.0 if mine & theirs or not mine or not theirs else -1.0
    same = sum(a == b for a, b in told)
    if same == len(told):
        return 1.0
    return 0.0 if same else -1.0
