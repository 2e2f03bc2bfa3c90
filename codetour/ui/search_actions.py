"""The keys that search: the window, and from match to match when it is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from codetour.source.files import list_files
from codetour.ui.finding import Match, files_of, in_files, in_source, in_tour, worth_searching
from codetour.ui.screen_part import ScreenPart
from codetour.ui.search_screen import SearchScreen


class SearchActions(ScreenPart):
    """Remembers what was searched for and found."""

    _searched: str = ""
    _matches: Sequence[Match] = ()
    _at: int = -1

    def action_search(self) -> None:
        me = self._me
        start = me.code.cursor

        def near(text: str) -> list[Match]:
            self._searched = text
            here = in_source(me.code.source, text, kind="here") if me.code.source is not None else []
            # what stands below the cursor comes first
            below = [m for m in here if m.place is not None and m.place.line >= start]
            return [*below, *here[: len(here) - len(below)], *in_tour(me.driver.tour, me.walk.seen(), text)]

        def preview(text: str, match: Match | None) -> None:
            me.code.highlight(text)
            if match is not None and match.kind == "here" and match.place is not None:
                me.code.move_cursor(match.place.line)

        def done(found: tuple[Sequence[Match], int] | None) -> None:
            if found is None:
                me.found = ""
                me.code.highlight("")
                return
            self._matches, self._at = found
            self._show_match()

        me.app.push_screen(SearchScreen(self._searched, near, self._far(), preview), done)

    def _far(self) -> Callable[[str, Callable[[], bool]], Iterator[Match]]:
        me = self._me
        shown = me.code.source.file if me.code.source is not None else ""
        tour, root, sources = me.driver.tour, me.prepared.root, me.prepared.sources

        def search(text: str, stopped: Callable[[], bool]) -> Iterator[Match]:
            ours = files_of(tour)
            others = worth_searching(list_files(root).files) if root is not None else []
            files = [f for f in dict.fromkeys([*ours, *others]) if f != shown]
            return in_files(sources, files, text, stopped)

        return search

    def action_next_match(self) -> None:
        self._step(1)

    def action_previous_match(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        me = self._me
        if not self._matches:
            me.say(f"Nothing was searched for yet: {me.keymap.key('search')} does.")
            return
        self._at = (self._at + by) % len(self._matches)
        self._show_match()

    def _show_match(self) -> None:
        me = self._me
        match = self._matches[self._at]
        me.found = self._searched
        if match.stop is not None:
            index = match.stop
            me.walk.browse = None
            me.walk.wish(lambda: me.driver.goto(index))
        elif match.place is not None:
            me.browse(match.place)
        me.refresh_scene()
        keys = f"{me.keymap.key('next_match')} next, {me.keymap.key('previous_match')} previous"
        me.say(f"Match {self._at + 1} of {len(self._matches)}, {match.where}   {keys}")
