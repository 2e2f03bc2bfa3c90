"""Which file of the work tree is now what a file was when the tour was made.

The same path; else, without git's word, the one file that is new since then and holds its very text, or enough of
its lines, where folders that moved as a whole vouch for their files. Two files that are equally like it: none.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any, Final, cast

from codetour.model.tour import Tour
from codetour.resolve.files import Files
from codetour.resolve.history import History
from codetour.resolve.packing import unpack
from codetour.resolve.statements import MODULE, digest, normal

ALIKE_FOR_SURE: Final = 0.55
"""share of its lines that a file must have kept under a wholly new name"""
ALIKE: Final = 0.35
"""where no other file has half as many of them"""
ALIKE_AKIN: Final = 0.15
"""likewise, where the new path has all words of the old name"""
ALIKE_NAMED: Final = 0.12
"""where the name stayed"""
ALIKE_VOUCHED: Final = 0.03
"""where the name stayed and the folder has moved as a whole"""
LEAD: Final = 0.15
EMPTIED: Final = 0.1
"""share of its lines below which a file has given them all away"""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
TOGETHER: Final = 3
"""files of a folder that must have moved along; stops and scopes by which a file must lead"""


class Homes:
    """What a tour remembers of the files of its stops, and where these are now."""

    def __init__(self, files: Files, tour: Tour | None) -> None:
        shared: dict[str, Any] = tour.print if tour is not None else {}
        kept = shared.get("files")
        self._files = files
        self._prints: dict[str, Any] = cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}
        self._paths = frozenset(unpack(shared.get("paths")))
        self._homes: dict[str, str | None] = {}
        self._untouched: dict[str, bool] = {}
        self._statements: dict[str, list[str]] = {}
        for stop in tour.stops if tour is not None else ():
            self._statements.setdefault(stop.anchor.file, []).append(
                str(stop.anchor.print.get("statement", stop.anchor.text))
            )

    def find(self, file: str, history: History) -> str | None:
        """The file that is now what `file` was, None where it is gone or several may be it."""
        if file not in self._homes:
            self._homes[file] = self._find(file, history)
        return self._homes[file]

    def was_there(self, file: str) -> bool:
        """Whether a path was in the tree when the tour was made."""
        return digest(file) in self._paths

    def untouched(self, file: str) -> bool:
        """Whether a file is, to the letter, what it was when the tour was made."""
        if file not in self._untouched:
            kept = self._kept(file, "digest")
            source = self._files.read(file) if isinstance(kept, int) else None
            self._untouched[file] = source is not None and digest(source.text) == kept
        return self._untouched[file]

    def sketch(self, file: str) -> list[int]:
        """Fingerprints of some lines that a file had."""
        return unpack(self._kept(file, "sketch"))

    def scopes(self, file: str) -> frozenset[str]:
        """The scopes that a file had."""
        kept = self._kept(file, "scopes")
        return frozenset(kept.split()) if isinstance(kept, str) else frozenset()

    def fork_of(self, home: str, file: str, old: str) -> bool:
        """Whether `file` is a copy of what `old` was while that lives on in `home`: not a part split off from it.

        A copy has also what its original has kept; a part that was split off has not.
        """
        sketch = self.sketch(old)
        there = self._files.hashes(file)
        if not sketch or len(there.intersection(sketch)) < 0.4 * len(sketch):
            return False
        kept = self._files.hashes(home).intersection(sketch)
        # a home that has given nearly all away is no original any more
        return len(kept) >= EMPTIED * len(sketch) and len(there & kept) >= 0.5 * len(kept)

    def _kept(self, file: str, key: str) -> object:
        kept = self._prints.get(file)
        return cast("dict[str, Any]", kept).get(key) if isinstance(kept, dict) else None

    def _find(self, file: str, history: History) -> str | None:
        if self._files.read(file) is not None:
            return file
        followed = history.follow(file)
        if followed is not None and followed != file and self._files.read(followed) is not None:
            return followed
        # what was there before is a sibling, not the moved file
        new = [other for other in self._files.like(file) if not self.was_there(other)]
        if (same := self._same_text(file, new)) is not None:
            return same
        return self._most_alike(file, new)

    def _same_text(self, file: str, candidates: list[str]) -> str | None:
        kept = self._kept(file, "digest")
        if not isinstance(kept, int):
            return None
        same = [
            c
            for c in candidates
            if (source := self._files.read(c)) is not None and digest(source.text) == kept
        ]
        return same[0] if len(same) == 1 else None

    def _most_alike(self, file: str, candidates: list[str]) -> str | None:
        sketch = self.sketch(file)
        if not sketch:
            return None
        shares = {c: len(self._files.hashes(c).intersection(sketch)) / len(sketch) for c in candidates}
        vouched = self._vouched(file, [c for c in candidates if shares[c] >= ALIKE_VOUCHED])
        if vouched is not None:
            named = [c for c in vouched if _name(c) == _name(file)]
            if len(named) == 1 and shares[named[0]] >= ALIKE_VOUCHED:
                return named[0]
            shares = {c: s for c, s in shares.items() if c in vouched}
        ranked = sorted(
            (
                (share + 0.1 * min(tail, 3), other)
                for other, share in shares.items()
                if share >= _least(file, other, tail := _kinship(file, other))
            ),
            reverse=True,
        )
        if not ranked:
            return self._most_scopes(
                file, [c for c, s in shares.items() if s >= ALIKE_VOUCHED and _kinship(file, c)]
            )
        akin = [other for _, other in ranked if _kinship(file, other)]
        if len(akin) == 1 and shares[akin[0]] == max(shares.values()):
            return akin[0]
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < LEAD:
            return self._most_stops(file, [other for _, other in ranked])
        best = ranked[0][1]
        next_best = max((s for o, s in shares.items() if o != best), default=0.0)
        sure = _kinship(file, best) or shares[best] >= ALIKE_FOR_SURE or shares[best] >= 2 * next_best
        return best if sure else None

    def _most_stops(self, file: str, candidates: list[str]) -> str | None:
        """The candidate that holds clearly more of the stops' statements and of the old scopes than the others do."""
        wanted = {digest(normal(text)) for text in self._statements.get(file, ())}
        scopes = self.scopes(file)
        indexes = [(index, c) for c in candidates if (index := self._files.index(c)) is not None]
        ranked = sorted(
            (
                (len(wanted & index.by_key.keys()) + len(scopes & index.scopes.keys()), c)
                for index, c in indexes
            ),
            reverse=True,
        )
        if len(ranked) < 2 or ranked[0][0] - ranked[1][0] < max(TOGETHER, 0.15 * ranked[0][0]):
            return None
        return ranked[0][1]

    def _most_scopes(self, file: str, candidates: list[str]) -> str | None:
        """The candidate that has at least half of the old scopes, where no other has half as many of them."""
        scopes = self.scopes(file) - {MODULE}
        ranked = sorted(
            (
                (len(scopes & index.scopes.keys()), c)
                for c in candidates
                if (index := self._files.index(c)) is not None
            ),
            reverse=True,
        )
        if not ranked or ranked[0][0] < max(TOGETHER, 0.5 * len(scopes)):
            return None
        return ranked[0][1] if len(ranked) == 1 or ranked[0][0] >= 2 * ranked[1][0] else None

    def _vouched(self, file: str, candidates: list[str]) -> list[str] | None:
        """The candidates in the one folder that took most of the other files along: forks take few."""
        took: Counter[tuple[str, str]] = Counter()
        moves = {c: _folders(file, c) for c in candidates}
        for old, new in {move for move in moves.values() if move[0] != move[1]}:
            below = (f[len(new) :] for f in self._files.python() if f.startswith(new))
            took[old, new] = sum(self.was_there(old + rest) for rest in below)
        ranked = took.most_common(2)
        if not ranked or ranked[0][1] < TOGETHER or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
            return None
        return [c for c in candidates if moves[c] == ranked[0][0]]


def _name(file: str) -> str:
    return file.rsplit("/", 1)[-1]


def _folders(old: str, new: str) -> tuple[str, str]:
    """The folders that differ between two paths, each with its slash: what a move of a folder has renamed."""
    tail = max(1, _common_tail(old, new))
    return "".join(f"{p}/" for p in old.split("/")[:-tail]), "".join(f"{p}/" for p in new.split("/")[:-tail])


def _least(old: str, new: str, kinship: int) -> float:
    """The share of its lines that a file must have kept under a path."""
    if kinship:
        return ALIKE_NAMED
    words, path = _WORD.findall(_name(old).rsplit(".", 1)[0].lower()), new.rsplit(".", 1)[0].lower()
    there = _WORD.findall(path)
    # `agent` goes on in `agents/dqn`, `utils` in `utils_vad`
    akin = bool(words) and all(any(other.startswith(word) for other in there) for word in words)
    return ALIKE_AKIN if akin else ALIKE


def _kinship(left: str, right: str) -> int:
    """Parts of two paths that are the same from their ends on; less where only signs and numbers differ."""
    whole = _stem(left.replace("/", "_")) == _stem(right.replace("/", "_"))
    return _common_tail(left, right) or 2 * whole or int(_stem(left) == _stem(right))


@lru_cache(maxsize=4096)
def _stem(file: str) -> str:
    """The letters of a file's name: notebooks are numbered anew, modules get an underscore."""
    name = _name(file)
    return "".join(filter(str.isalpha, name.rsplit(".", 1)[0])).lower() or name


def _common_tail(left: str, right: str) -> int:
    count = 0
    for mine, theirs in zip(reversed(left.split("/")), reversed(right.split("/")), strict=False):
        if mine != theirs:
            break
        count += 1
    return count
