"""Where the stops of a tour are now: one verdict per anchor, with a confidence and a reason; never a guess.

Three phases, the first that is sure enough wins: the same scope; another scope of the file; another file. With git,
a file is followed through renames, and a line that no diff has touched settles what text alone leaves open.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from codetour.model.check import Resolution
from codetour.model.tour import Anchor, Tour
from codetour.resolve.anchors import unpack
from codetour.resolve.files import Files
from codetour.resolve.history import History
from codetour.resolve.matching import Candidate, Match, Place, Print, best, read_print
from codetour.resolve.statements import MODULE, Index, Statement, digest
from codetour.resolve.trace import Step, follow, read_steps

SAME_SCOPE: Final = 0.62
RENAMED_SCOPE: Final = 0.66
VOTES: Final = 0.12
"""share of a scope's statements that its successor must hold"""
OTHER_SCOPE: Final = 0.74
OTHER_FILE: Final = 0.80
OPEN: Final = 0.80
"""below, a line is followed commit by commit where there is history"""
UNTROUBLED: Final = 0.85
"""from here on text alone decides and git is not asked"""
ALONE: Final = 6
"""words that a statement must have to be told from others by its text alone"""
NEAR_ALONE: Final = 0.15
MARGIN: Final = 0.06
"""lead over the second best; less is a guess"""


class Resolver:
    """Resolves the anchors of one tour in one work tree."""

    def __init__(self, root: Path | Files, tour: Tour | None = None) -> None:
        self.files = root if isinstance(root, Files) else Files(root)
        shared: dict[str, Any] = tour.print if tour is not None else {}
        self._commit = tour.commit if tour is not None else None
        self._names = tuple(dict.fromkeys(s.anchor.file for s in tour.stops if s.anchor.file)) if tour else ()
        self._steps: dict[str, tuple[set[str], list[Step] | None]] = {}
        self._histories: dict[str | None, History] = {}
        kept = shared.get("files")
        self._prints: dict[str, Any] = cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}
        self._paths = frozenset(unpack(shared.get("paths")))
        self._homes: dict[str, str | None] = {}

    def _history(self, anchor: Anchor) -> History:
        """Since the tour's commit, or the anchor's own where a repair made it anew later."""
        own = anchor.print.get("commit")
        commit = own if isinstance(own, str) else self._commit
        if commit not in self._histories:
            self._histories[commit] = History(self.files.root, commit, self._names)
        return self._histories[commit]

    def resolve(self, anchor: Anchor) -> Resolution:
        """The verdict on one anchor."""
        found = read_print(anchor)
        if not found.text:
            return self._by_line(anchor)
        if self._untouched(anchor):
            return Resolution("ok", anchor.file, anchor.line, 1.0, "the file is unchanged")
        match, phase = self._search(found)
        settled = self._by_diff(found, match)
        if settled is not None:
            return settled
        if match is None or match.confidence < OPEN:
            traced = self._by_trace(found, match)
            if traced is not None:
                return traced
        if match is None:
            return Resolution("lost", None, None, 0.0, self._why_lost(found))
        return _verdict(found, match.best.file, match.best.statement, match.confidence, phase)

    # -- by text
    def _search(self, found: Print) -> tuple[Match | None, int]:
        anchor = found.anchor
        home = self._home(anchor)
        index = self.files.index(home) if home else None
        if home and index is not None:
            if anchor.symbol in index.scopes:
                match = best(found, [Place(home, index, anchor.symbol, 1.0)])
                if _sure(match, SAME_SCOPE):
                    return match, 1
            else:
                match = self._renamed_scope(found, home, index)
                if _sure(match, RENAMED_SCOPE):
                    return match, 2
            match = self._other_scope(found, home, index)
            if _sure(match, OTHER_SCOPE):
                return match, 2
            match = _alone(found, home, index)
            if match is not None:
                return match, 2
        if anchor.symbol == MODULE or (index is not None and anchor.symbol in index.scopes):
            return None, 0
        match = self._other_file(found, home)
        return (match, 3) if _sure(match, OTHER_FILE) else (None, 0)

    def _renamed_scope(self, found: Print, home: str, index: Index) -> Match | None:
        """The one new scope that holds much more of the old one than any other: the same under another name."""
        scopes = self._scopes(found.anchor.file)
        if not scopes:
            return None
        votes = sorted(
            ((_overlap(found, index, s), s) for s in index.scopes if s not in scopes and s != MODULE),
            reverse=True,
        )
        if not votes or votes[0][0] * found.size < 3 or votes[0][0] < VOTES:
            return None
        if len(votes) > 1 and votes[0][0] < 1.5 * votes[1][0]:
            return None
        return best(found, [Place(home, index, votes[0][1], max(0.8, votes[0][0]))])

    def _other_scope(self, found: Print, home: str, index: Index) -> Match | None:
        """A scope that was there before is a sibling: only a text unique then may have moved into it."""
        scopes = self._scopes(found.anchor.file)
        here = _overlap(found, index, found.anchor.symbol)
        places = [
            place
            for place in _alike(found, home, index)
            if place.scope not in scopes or (found.copies == 1 and place.scope != found.anchor.symbol)
        ]
        return best(found, places, exact=lambda scope: scope in scopes or here >= 0.5)

    def _other_file(self, found: Print, home: str | None) -> Match | None:
        want = {digest(line) for line in (found.anchor.text, *found.near) if len(line) > 8}
        ranked = sorted(
            ((len(want & self.files.hashes(f)), f) for f in self.files.python() if f != home), reverse=True
        )
        sketch = self._sketch(found.anchor.file)
        places: list[Place] = []
        for shared, file in ranked[:5]:
            index = self.files.index(file) if shared >= 3 else None
            if index is None:
                continue
            # while the file lives on, a look-alike of the whole file is a fork of it
            if home and sketch and len(self.files.hashes(file).intersection(sketch)) >= 0.4 * len(sketch):
                continue
            least = 0.85 if digest(file) in self._paths else 0.65
            places += [p for p in _alike(found, file, index) if p.likeness >= least]
        return best(found, places)

    def _home(self, anchor: Anchor) -> str | None:
        """The file that is now what the anchor's file was."""
        if anchor.file not in self._homes:
            self._homes[anchor.file] = self._find_home(anchor.file, self._history(anchor))
        return self._homes[anchor.file]

    def _find_home(self, file: str, history: History) -> str | None:
        if self.files.read(file) is not None:
            return file
        followed = history.follow(file)
        if followed is not None and followed != file and self.files.read(followed) is not None:
            return followed
        sketch = self._sketch(file)
        ranked: list[tuple[float, str]] = []
        for other in self.files.like(file):
            if digest(other) in self._paths:
                continue  # it was there before: a sibling, not the moved file
            tail = _common_tail(file, other)
            share = len(self.files.hashes(other).intersection(sketch)) / max(1, len(sketch))
            if share >= (0.12 if tail else 0.55):
                ranked.append((share + 0.1 * min(tail, 3), other))
        ranked.sort(reverse=True)
        if not ranked or len(ranked) == 1:
            return ranked[0][1] if ranked else None
        if (together := self._moved_together(file, [other for _, other in ranked])) is not None:
            return together
        return ranked[0][1] if ranked[0][0] - ranked[1][0] >= 0.15 else None

    def _moved_together(self, file: str, candidates: list[str]) -> str | None:
        """The candidate whose folder took most of the other files along: forks take few."""
        counts: list[tuple[int, str]] = []
        for other in candidates:
            if not other.endswith("/" + file):
                continue
            prefix = other[: -len(file)]
            moved = [f[len(prefix) :] for f in self.files.python() if f.startswith(prefix)]
            counts.append((sum(digest(f) in self._paths for f in moved), other))
        counts.sort(reverse=True)
        if counts and counts[0][0] >= 3 and (len(counts) == 1 or counts[0][0] >= 2 * counts[1][0]):
            return counts[0][1]
        return None

    # -- by git
    def _by_diff(self, found: Print, match: Match | None) -> Resolution | None:
        """What an untouched line settles."""
        if match is not None and match.confidence >= UNTROUBLED:
            return None
        home = self._home(found.anchor)
        if home is None:
            return None
        line = self._history(found.anchor).line(found.anchor.file, home, found.anchor.line - found.into)
        index = self.files.index(home) if line is not None else None
        statement = index.at(line) if index is not None and line is not None else None
        if statement is None or statement.key != found.key:
            return None
        if match is not None and match.best.statement is statement:
            return _verdict(found, home, statement, max(match.confidence, 0.95), 1)
        if statement.scope == found.anchor.symbol:
            return _verdict(found, home, statement, 0.9, 1)
        if match is None and len(found.tokens) >= 6:
            return _verdict(found, home, statement, 0.7, 2)
        return None

    def _by_trace(self, found: Print, match: Match | None) -> Resolution | None:
        """Where following the line commit by commit ends, when it is a statement that agrees with what text says."""
        anchor = found.anchor
        place = self._traced(anchor, anchor.line - found.into)
        if place is None:
            return None
        file, line, edits = place
        index = self.files.index(file)
        statement = index.at(line) if index is not None else None
        if statement is None or (edits == 0 and statement.key != found.key):
            return None
        if match is not None and match.best.statement is statement:
            return _verdict(found, file, statement, max(match.confidence, 0.9), 1)
        phase = 1 if statement.scope == anchor.symbol else 2
        return _verdict(found, file, statement, 0.85 if edits < 3 else 0.75, phase)

    def _traced(self, anchor: Anchor, line: int) -> tuple[str, int, int] | None:
        history = self._history(anchor)
        if history.commit is None:
            return None
        names = history.names(anchor.file)
        known = self._steps.get(history.commit)
        if known is None or not names <= known[0]:
            names |= known[0] if known is not None else set()
            for file in self._names:
                names |= history.names(file) if self._home(replace(anchor, file=file)) else set()
            known = names, read_steps(self.files.root, history.commit, names)
            self._steps[history.commit] = known
        return None if known[1] is None else follow(known[1], anchor.file, line)

    # -- foreign anchors
    def _by_line(self, anchor: Anchor) -> Resolution:
        """An anchor that is only a line: all that can be said is whether the line is there."""
        source = self.files.read(anchor.file)
        if source is None:
            return Resolution("lost", None, None, 0.0, f"{anchor.file} is not there")
        if anchor.line > len(source.lines):
            reason = f"{anchor.file} has only {len(source.lines)} lines"
            return Resolution("lost", None, None, 0.0, reason)
        return Resolution(
            "ok", anchor.file, max(anchor.line, 1), 0.5, "only a line number; its text is not known"
        )

    # -- what the tour remembers
    def _kept(self, file: str, key: str) -> object:
        kept = self._prints.get(file)
        return cast("dict[str, Any]", kept).get(key) if isinstance(kept, dict) else None

    def _untouched(self, anchor: Anchor) -> bool:
        """Whether the file is what it was when the tour was made: no need to look any further."""
        if "commit" in anchor.print:
            return False
        kept = self._kept(anchor.file, "digest")
        source = self.files.read(anchor.file) if isinstance(kept, int) else None
        return (
            source is not None
            and digest(source.text) == kept
            and source.line(anchor.line).strip() == anchor.text
        )

    def _sketch(self, file: str) -> list[int]:
        return unpack(self._kept(file, "sketch"))

    def _scopes(self, file: str) -> frozenset[str]:
        kept = self._kept(file, "scopes")
        return frozenset(kept.split()) if isinstance(kept, str) else frozenset()

    def _why_lost(self, found: Print) -> str:
        anchor = found.anchor
        home = self._home(anchor)
        if home is None:
            return f"{anchor.file} is gone, and no other file is like it"
        index = self.files.index(home)
        if index is not None and anchor.symbol not in index.scopes:
            return f"`{anchor.symbol}` is gone from {home}"
        return f"no statement of `{anchor.symbol}` in {home} is like it any more, or several are equally"


def _alone(found: Print, home: str, index: Index) -> Match | None:
    """The same statement, the only one of its kind before and now, near one of its old neighbours: it has moved."""
    same = index.by_key.get(found.key, [])
    if found.copies != 1 or len(same) != 1 or len(found.tokens) < ALONE or found.size < 2:
        return None
    statement = same[0]
    order = statement.order
    around = {s.key for s in index.statements[max(0, order - 6) : order + 7] if s is not statement}
    old = set(found.skeleton[max(0, found.at - 5) : found.at + 6]) - {found.key}
    near = len(around & old) / max(1, len(old))
    if near < NEAR_ALONE:
        return None
    candidate = Candidate(0.75, home, statement, 1.0, near, 0.0, 0.5)
    return Match(candidate, 0.25, min(0.9, 0.75 + near / 2))


def _sure(match: Match | None, least: float) -> bool:
    return match is not None and match.confidence >= least and match.margin >= MARGIN


def _overlap(found: Print, index: Index, scope: str) -> float:
    return sum((found.counts & index.bag(scope)).values()) / max(1, found.size)


def _alike(found: Print, file: str, index: Index) -> list[Place]:
    """The scopes of a file that may be the old one under another name, or have taken over part of it."""
    anchor = found.anchor
    leaf = anchor.symbol.rsplit(".", 1)[-1]
    made: list[Place] = []
    for scope in index.scopes:
        if scope == anchor.symbol and file == anchor.file:
            continue
        share = _overlap(found, index, scope)
        same = scope != MODULE and scope.rsplit(".", 1)[-1] == leaf
        if share >= 0.3 or (same and share >= 0.15) or (found.key in index.bag(scope) and share >= 0.2):
            made.append(Place(file, index, scope, min(0.95, share + 0.2 * same)))
    return sorted(made, key=lambda p: -p.likeness)[:6]


def _common_tail(left: str, right: str) -> int:
    count = 0
    for mine, theirs in zip(reversed(left.split("/")), reversed(right.split("/")), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _verdict(found: Print, file: str, statement: Statement, confidence: float, phase: int) -> Resolution:
    anchor = found.anchor
    line = max(1, min(statement.line + found.into, statement.end if found.into > 0 else statement.line))
    confidence = round(confidence if phase == 1 else confidence * 0.95, 3)
    same = statement.key == found.key
    where = "" if phase == 1 else f" in `{statement.scope}`"
    if file != anchor.file:
        where += f" in {file}"
    if not same:
        return Resolution("changed", file, line, confidence, f"the statement was edited{where}")
    if (file, line) == (anchor.file, anchor.line):
        return Resolution("ok", file, line, confidence, "unchanged")
    if file == anchor.file and not where:
        distance = line - anchor.line
        return Resolution(
            "moved", file, line, confidence, f"{abs(distance)} lines {'down' if distance > 0 else 'up'}"
        )
    return Resolution("moved", file, line, confidence, f"moved{where}")
