"""The keys that look at code: back to the arrow, shapes beside lines, copy, editor."""

from __future__ import annotations

import subprocess

from textual.app import SuspendNotSupported

from codetour.ui.editor import editor_command
from codetour.ui.screen_part import ScreenPart


class LookActions(ScreenPart):
    """The group Look of `keys`, but for searching."""

    def action_arrow(self) -> None:
        me = self._me
        me.walk.browse, me.walk.frame = None, None
        me.code.arrow = 0
        me.refresh_scene()
        if not me.has_class("-closing"):
            me.code.focus()

    def action_inline(self) -> None:
        me = self._me
        me.inline = not me.inline
        me.say(f"Shapes beside the code: {'on' if me.inline else 'off'}")
        me.refresh_scene()

    def action_copy_place(self) -> None:
        me = self._me
        place = self._cursor()
        if place is not None:
            me.app.copy_to_clipboard(f"{place.file}:{place.line}")
            me.say(f"Copied {place.file}:{place.line}")

    def action_editor(self) -> None:
        me = self._me
        place = self._cursor()
        if place is None:
            return
        if me.prepared.root is None:
            me.say("This tour brings its own copy of the code; there is no file to open.", "warning")
            return
        path = me.prepared.root / place.file
        command = editor_command(path, place.line)
        if command is None or not path.is_file():
            me.say(
                "Set EDITOR to the editor you like." if command is None else f"{path} is not there.",
                "warning",
            )
            return
        trouble = ""
        try:
            with me.app.suspend():
                # nothing may be raised in here, or the terminal is never taken back
                try:
                    subprocess.run(command, check=False)
                except OSError as problem:
                    trouble = f"{command[0]}: {problem.strerror}. Set EDITOR to an editor that is there."
        except SuspendNotSupported:
            trouble = "This terminal cannot be handed to an editor."
        if trouble:
            me.say(trouble, "warning")
