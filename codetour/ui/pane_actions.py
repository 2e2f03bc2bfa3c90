"""The keys that open, focus, fold and maximise panes."""

from __future__ import annotations

from codetour.ui.screen_part import ScreenPart


class PaneActions(ScreenPart):
    """The group Panes of `keys`."""

    def action_outline(self) -> None:
        self._toggle("outline", wide="-three")

    def action_values(self) -> None:
        self._toggle("values", wide="-two")

    def action_path(self) -> None:
        self._toggle("path", wide="-two")

    def action_output(self) -> None:
        me = self._me
        opened = me.has_class("-open-output")
        me.set_class(not opened, "-open-output")
        (me.code if opened else me.output).focus()

    def _toggle(self, name: str, *, wide: str) -> None:
        """Where the pane has a column of its own it gets the focus; elsewhere it opens over the code."""
        me = self._me
        pane = me.pane(name)
        has_column = me.has_class(wide) or (wide == "-two" and me.has_class("-three"))
        flag = f"-open-{'outline' if name == 'outline' else 'side'}"
        if pane.has_focus:
            me.remove_class(flag)
            me.code.focus()
            return
        if not has_column:
            self._close_overlays()
            me.add_class(flag)
        pane.focus()

    def _close_overlays(self) -> None:
        self._me.remove_class("-open-outline", "-open-side")

    def action_back_to_code(self) -> None:
        me = self._me
        if me.maximized is not None:
            me.minimize()
        self._close_overlays()
        me.found = ""
        me.code.highlight("")
        if me.has_class("-closing"):
            me.closing.take_focus()
        else:
            me.code.focus()

    def action_idea(self) -> None:
        me = self._me
        me.idea.folded = not me.idea.folded
        me.refresh_scene()

    def action_zoom(self) -> None:
        me = self._me
        if me.maximized is not None:
            me.minimize()
        elif me.focused is not None:
            me.maximize(me.focused)
