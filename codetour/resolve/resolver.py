"""Where the stops of a tour are now: one verdict per anchor, with a confidence and a reason; never a guess.

Text comes first, for it is cheap and needs no history. What it leaves open is settled by git where the tour's
commit is known: a line that no diff has touched, then the line followed commit by commit, which also tells a
statement that was deleted from one that was edited.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from codetour.model.check import Resolution
from codetour.model.tour import Anchor, Tour
from codetour.resolve.files import PYTHON, Files
from codetour.resolve.history import History
from codetour.resolve.homes import Homes
from codetour.resolve.likeness import head_agreement
from codetour.resolve.matching import Print, read_print
from codetour.resolve.search import ALONE, Found, doubtful, search, search_elsewhere, search_far, search_round
from codetour.resolve.statements import Statement

if TYPE_CHECKING:
    from codetour.resolve.trace import Trail, Trails

MANY: Final = 3
"""edits after which a statement must still assign to, or call, what it did"""
UNTROUBLED: Final = 0.90
"""from here on text alone decides and git is not asked"""


class Resolver:
    """Resolves the anchors of one tour in one work tree."""

    def __init__(self, root: Path | Files, tour: Tour | None = None) -> None:
        self.files = root if isinstance(root, Files) else Files(root)
        self._commit = tour.commit if tour is not None else None
        self._names = tuple(dict.fromkeys(s.anchor.file for s in tour.stops if s.anchor.file)) if tour else ()
        self._homes = Homes(self.files, tour)
        self._histories: dict[str | None, History] = {}
        self._trails: dict[str, Trails] = {}
        self._opened: dict[History, list[tuple[Anchor, Print]]] = {}
        self._stops = tour.stops if tour is not None else ()
        self._texts: dict[int, Found | None] = {}
        self._prints: dict[int, Print] = {}

    def resolve(self, anchor: Anchor) -> Resolution:
        """The verdict on one anchor."""
        if anchor.text and self._untouched(anchor):
            return Resolution("ok", anchor.file, anchor.line, 1.0, "the file is unchanged")
        found = self._print(anchor)
        if not found.text:
            return self._by_line(anchor)
        if not anchor.text and self._untouched(anchor):
            return Resolution("ok", anchor.file, anchor.line, 1.0, "the file is unchanged")
        by_text = self._by_text(anchor, found)
        if by_text is not None and not self._troubled(found, by_text):
            return _of_text(found, by_text)
        home = self._home(anchor)
        if self._history(anchor).commit is None:
            return self._last(found, by_text, home)
        return self._by_git(found, by_text, home)

    def _print(self, anchor: Anchor) -> Print:
        # the anchor itself is kept with it, so that its id is not given to another one
        if id(anchor) not in self._prints:
            self._prints[id(anchor)] = read_print(anchor)
        return self._prints[id(anchor)]

    def _home(self, anchor: Anchor) -> str | None:
        return self._homes.find(anchor.file, self._history(anchor))

    def _by_text(self, anchor: Anchor, found: Print) -> Found | None:
        """The stop in the file that has become its own."""
        if id(anchor) not in self._texts:
            self._texts[id(anchor)] = search(found, self.files, self._homes, self._home(anchor))
        return self._texts[id(anchor)]

    def _last(self, found: Print, by_text: Found | None, home: str | None) -> Resolution:
        """What text says where git has nothing to say; other files cost most and are looked through last."""
        surroundings = self._history(found.anchor).commit is None
        # git would have told more than what stands round it
        if surroundings and by_text is not None and doubtful(found, by_text, self.files):
            by_text = None
        where = (found, self.files, self._homes, home)
        told = by_text or (search_round(*where) if surroundings else None) or search_elsewhere(*where)
        # what git could not tell, or what was edited since its last commit
        told = told or (search_far(*where) if surroundings else search_round(*where))
        if told is None:
            return self._commented(found, home) or Resolution(
                "lost", None, None, 0.0, self._why_lost(found, home)
            )
        return _of_text(found, told)

    def _commented(self, found: Print, home: str | None) -> Resolution | None:
        index = self.files.index(home) if home is not None else None
        if home is None or index is None:
            return None
        from codetour.resolve.commented import commented_out  # only for what would be lost

        line = commented_out(found, index)
        return (
            None
            if line is None
            else Resolution("changed", home, line, 0.8, "the statement was commented out")
        )

    def _troubled(self, found: Print, by_text: Found) -> bool:
        """Whether text alone is not enough where git can be asked."""
        if by_text.confidence < UNTROUBLED or by_text.phase > 1:
            return True
        # other files than Python's have no scopes, so that equal lines stand in rows of equal blocks
        index = self.files.index(by_text.match.best.file)
        return (
            index is not None
            and not by_text.match.best.file.endswith(PYTHON)
            and len(index.by_key.get(found.key, ())) > 1
        )

    # -- by git
    def _by_git(self, found: Print, by_text: Found | None, home: str | None) -> Resolution:
        # the diff of the two ends is cheap, but only two witnesses that agree are enough
        early = by_text is not None and self._all_found(self._history(found.anchor))
        untouched = self._by_diff(found, home) if early else None
        if untouched is not None and by_text is not None and by_text.match.best.statement is untouched:
            return _verdict(found, by_text.match.best.file, untouched, max(by_text.confidence, 0.95), 1)
        trail = self._trail(found)
        if (
            trail is not None
            and trail.end == "here"
            and (traced := self._at_the_end(found, by_text, trail)) is not None
        ):
            return traced
        if trail is not None and trail.end == "gone":
            if by_text is None or not by_text.exact:
                reason = "the statement was deleted, as its history shows"
                return Resolution("lost", None, None, 0.0, reason if home else self._why_lost(found, home))
            return _of_text(found, by_text)
        if trail is None:
            untouched = untouched or self._by_diff(found, home)
        if home is not None and untouched is not None:
            if untouched.scope == found.anchor.symbol:
                return _verdict(found, home, untouched, 0.9, 1)
            if by_text is None and len(found.tokens) >= ALONE:
                return _verdict(found, home, untouched, 0.7, 2)
        return self._last(found, by_text, home)

    def _by_diff(self, found: Print, home: str | None) -> Statement | None:
        """The statement at a line that no diff has touched."""
        anchor = found.anchor
        # the lines of a notebook's script are not those of its file
        if home is None or anchor.file.endswith(".ipynb"):
            return None
        line = self._history(anchor).line(anchor.file, home, anchor.line - found.into)
        return self._untouched_at(found, home, line) if line is not None else None

    def _untouched_at(self, found: Print, file: str, line: int) -> Statement | None:
        """The statement at an untouched line: the same, or one that was edited only in its further lines."""
        index = self.files.index(file)
        statement = index.at(line) if index is not None else None
        if index is None or statement is None or statement.key == found.key:
            return statement
        if found.into or statement.line != line or statement.scope != found.anchor.symbol:
            return None
        return statement if _squeezed(index.lines[line - 1]) == _squeezed(found.anchor.text) else None

    def _at_the_end(self, found: Print, by_text: Found | None, trail: Trail) -> Resolution | None:
        """The statement that the trail of the line leads to; None where the work tree is not what git knows."""
        index = self.files.index(trail.file)
        if index is None:
            return None
        if trail.text is None:
            statement = self._untouched_at(found, trail.file, trail.line)
        else:
            statement = index.at(trail.line)
            if statement is None or _squeezed(index.lines[trail.line - 1]) != _squeezed(trail.text):
                return None
        if statement is None:
            return None
        if by_text is not None and by_text.match.best.statement is statement:
            sure = 0.95 if trail.text is None else 0.9
            return _verdict(found, trail.file, statement, max(by_text.confidence, sure), 1)
        if trail.edits >= MANY and head_agreement(found.tokens, statement.tokens) < 0:
            return None
        phase = 1 if statement.scope == found.anchor.symbol else 2
        return _verdict(found, trail.file, statement, 0.85 if trail.edits < MANY else 0.75, phase)

    def _trail(self, found: Print) -> Trail | None:
        anchor = found.anchor
        history = self._history(anchor)
        if history.commit is None:
            return None
        if history.commit not in self._trails:
            self._trails[history.commit] = self._new_trails(history.commit, history)
        return self._trails[history.commit].follow(anchor.file, anchor.line - found.into)

    def _new_trails(self, commit: str, history: History) -> Trails:
        """The trails of all stops that text alone leaves open: they are read together."""
        from codetour.resolve.trace import Trails  # 4 ms, and most checks need no history

        starts = [(a.file, a.line - found.into) for a, found in self._open(history)]
        # notebooks are read one by one, by their versions
        files = {file for file, _ in starts if not file.endswith(".ipynb")}
        names = files | history.names({f for f in files if self.files.read(f) is None})
        return Trails(self.files.root, commit, frozenset(names), starts, history.names)

    def _open(self, history: History) -> list[tuple[Anchor, Print]]:
        """The stops that text alone leaves open."""
        if history not in self._opened:
            self._opened[history] = [
                (anchor, found)
                for anchor, found in ((stop.anchor, self._print(stop.anchor)) for stop in self._stops)
                if found.text
                and self._history(anchor) is history
                and not self._untouched(anchor)
                and ((by_text := self._by_text(anchor, found)) is None or self._troubled(found, by_text))
            ]
        return self._opened[history]

    def _all_found(self, history: History) -> bool:
        """Whether text has a place for every stop: then the diff of the two ends may settle the open ones."""
        return all(self._by_text(*item) is not None for item in self._open(history))

    def _history(self, anchor: Anchor) -> History:
        """Since the tour's commit, or the anchor's own where a repair made it anew later."""
        own = anchor.print.get("commit")
        commit = own if isinstance(own, str) else self._commit
        if commit not in self._histories:
            self._histories[commit] = History(self.files.root, commit, self._names)
        return self._histories[commit]

    # -- without either
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

    def _untouched(self, anchor: Anchor) -> bool:
        """Whether the file is what it was when the tour was made: no need to look any further."""
        if "commit" in anchor.print or not self._homes.untouched(anchor.file):
            return False
        source = self.files.read(anchor.file)
        return source is not None and source.line(anchor.line).strip() == anchor.text

    def _why_lost(self, found: Print, home: str | None) -> str:
        anchor = found.anchor
        if home is None:
            return f"{anchor.file} is gone, and no other file is like it"
        index = self.files.index(home)
        if index is not None and anchor.symbol not in index.scopes:
            return f"`{anchor.symbol}` is gone from {home}"
        return f"no statement of `{anchor.symbol}` in {home} is like it any more, or several are equally"


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _of_text(found: Print, by_text: Found) -> Resolution:
    best = by_text.match.best
    return _verdict(found, best.file, best.statement, by_text.match.confidence, by_text.phase)


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
        lines = "1 line" if abs(distance) == 1 else f"{abs(distance)} lines"
        return Resolution("moved", file, line, confidence, f"{lines} {'down' if distance > 0 else 'up'}")
    return Resolution("moved", file, line, confidence, f"moved{where}")
