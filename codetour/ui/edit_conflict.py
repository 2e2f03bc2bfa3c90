"""The question when the file was changed by somebody else while it is open: no version of the two is ever lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from textual.content import Content

from codetour.errors import CodetourError
from codetour.model.text import clean
from codetour.ui.background import in_thread
from codetour.ui.dialogs import Chooser

if TYPE_CHECKING:
    from codetour.ui.edit_desk import Settling
    from codetour.ui.edit_screen import EditScreen

TEXT = (
    "Somebody else has written to this tour's file while it was open here. "
    "Nothing is written before you choose; Esc goes back to the editor."
)
ROWS = (
    ("Keep mine", "written over the file; u brings the other version back"),
    ("Take theirs", "the file as it is now; u brings yours back"),
    ("Save mine beside", "as a tour of its own, and go on with it"),
)


class EditConflict:
    """Mixed into `EditScreen`."""

    def ask_whose(self) -> None:
        """Ask which version is to stand; not over a window in which something is being written."""
        me = cast("EditScreen", self)
        if me.desk.settling is not None and me.app.screen is me:
            rows = [Content.assemble((title, "bold"), f"  {told}") for title, told in ROWS]
            me.app.push_screen(
                Chooser("The file was changed by somebody else", rows, text=TEXT), self._chosen
            )

    def _chosen(self, index: int | None) -> None:
        me = cast("EditScreen", self)
        settling = me.desk.settling
        if index is not None and settling is not None:
            ways = (self._keep_mine, self._take_theirs, self._save_beside)
            me.run_worker(self._settle(lambda: ways[index](settling)), group="settle", exclusive=True)

    async def _settle(self, way: Callable[[], Awaitable[str]]) -> None:
        me = cast("EditScreen", self)
        try:
            told = await way()
        except CodetourError as problem:
            me.say(f"{problem.message} {problem.hint}".strip(), "error")
            return
        me.trouble = ""
        me.changed()
        me.say(told)

    async def _keep_mine(self, settling: Settling) -> str:
        draft = cast("EditScreen", self).draft
        mine = draft.tour
        try:
            draft.take(await in_thread(settling.reload, "reload"), "keeping yours")
            draft.take(mine, "the other version")
        except CodetourError:
            # what is there now is no tour: there is nothing to come back to
            await in_thread(settling.overwrite, "overwrite")
            return "Yours is kept."
        return "Yours is kept; u brings the other version back."

    async def _take_theirs(self, settling: Settling) -> str:
        cast("EditScreen", self).draft.take(await in_thread(settling.reload, "reload"), "the other version")
        return "The file as it is now; u brings yours back."

    async def _save_beside(self, settling: Settling) -> str:
        draft = cast("EditScreen", self).draft
        mine = draft.tour
        made, name = await in_thread(lambda: settling.beside(mine), "beside")
        draft.take(made, "saving beside")
        return f"Saved as {clean(name, 200)}, where you go on; the other file is left as it is."
