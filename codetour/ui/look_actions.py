"""The keys that look at code: back to the arrow, search, shapes beside lines, copy, editor."""

from __future__ import annotations

import subprocess

from textual.app import SuspendNotSupported

from codetour.ui.dialogs import Ask, Tell
from codetour.ui.editor import editor_command
from codetour.ui.screen_part import ScreenPart


class LookActions(ScreenPart):
    """The group Look of `keys`."""

    _searched: str = ""

    def action_arrow(self) -> None:
        me = self._me
        me.walk.browse, me.walk.frame = None, None
        me.code.arrow = 0
        me.refresh_scene()
        if not me.has_class("-closing"):
            me.code.focus()

    def action_search(self) -> None:
        me = self._me
        if me.code.source is None:
            return
        start = me.code.cursor

        def typing(text: str) -> None:
            self._searched = text
            me.code.find(text, start=start)

        def answer(text: str, tell: Tell) -> bool:
            if not text:
                return False
            if not me.code.find(text, start=me.code.cursor + 1):
                tell(f"“{text}” is not in {me.code.source.file if me.code.source else 'this file'}.")
            return True

        def done(_result: None) -> None:
            me.code.find("", start=1)

        me.app.push_screen(
            Ask(f"Search {me.code.source.file}", answer, hint="Enter goes to the next one", typing=typing),
            done,
        )

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
