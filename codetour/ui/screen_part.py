"""What the parts of the tour screen share: the screen itself, and the line of code that an action means."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from codetour.ui.scene import Place

if TYPE_CHECKING:
    from codetour.ui.tour_screen import TourScreen


class ScreenPart:
    """Mixed into `TourScreen`, which is one class in several files only for their length."""

    @property
    def _me(self) -> TourScreen:
        return cast("TourScreen", self)

    def _cursor(self) -> Place | None:
        me = self._me
        if me.code.source is None or me.has_class("-closing"):
            me.say("There is no line of code under a cursor here.")
            return None
        return Place(me.code.source.file, me.code.cursor)
