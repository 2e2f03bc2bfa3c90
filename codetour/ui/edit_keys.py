"""Every action of the editor, once: the bindings, the key line, the help and the palette are made from this table."""

from __future__ import annotations

from codetour.ui.keys import Action

EDITS: tuple[Action, ...] = (
    Action("next_stop", ("right_square_bracket", "ctrl+right"), "]", "Next stop", "", "Tour", "Next"),
    Action("previous_stop", ("left_square_bracket", "ctrl+left"), "[", "Previous stop", "", "Tour", "Back"),
    Action("add", ("a",), "a", "Add a stop", "at the cursor's line, after this stop", "Tour", "Add"),
    Action("place", ("h",), "h", "Put the stop here", "at the cursor's line", "Tour", "Here"),
    Action(
        "later", ("J", "shift+down"), "J", "Move the stop down", "one place on in the tour", "Tour", "Down"
    ),
    Action("earlier", ("K", "shift+up"), "K", "Move the stop up", "one place back in the tour", "Tour", "Up"),
    Action("delete", ("D", "delete"), "D", "Delete the stop", "u brings it back", "Tour"),
    Action("title", ("t",), "t", "Title of the stop…", "", "Look", "Title"),
    Action(
        "idea", ("i",), "i", "Idea of the stop…", "what a reader should understand; Markdown", "Look", "Idea"
    ),
    Action("look", ("l",), "l", "Where to look…", "what to notice in the code", "Look"),
    Action("watch", ("w",), "w", "What to watch…", "the values to show first", "Look", "Watch"),
    Action("stage", ("s",), "s", "Chapter of the stop…", "data, model, loss, and so on", "Look"),
    Action("hit", ("H",), "H", "Which pass…", "stop when the line is reached for the nth time", "Look"),
    Action("file", ("f",), "f", "Open a file…", "to put a stop into it", "Panes", "File"),
    Action("search", ("slash",), "/", "Search…", "text in the file that is shown", "Panes"),
    Action("arrow", ("full_stop",), ".", "Back to the stop's line", "", "Panes"),
    Action("zoom", ("z",), "z", "Maximise the pane", "and back", "Panes"),
    Action(
        "tour", ("T",), "T", "The tour itself…", "title, description, next tour, primary", "Other", "Tour"
    ),
    Action("record", ("R",), "R", "Record again", "run the program and keep the values", "Other"),
    Action("undo", ("u",), "u", "Undo", "", "Other", "Undo"),
    Action("redo", ("U", "ctrl+r"), "U", "Redo", "", "Other"),
    Action("help", ("question_mark", "f1"), "?", "Help", "every key", "Other", "Help"),
    Action("palette", ("ctrl+p",), "^p", "Palette", "every action by its name", "Other"),
    Action("leave", ("q", "ctrl+c"), "q", "Leave", "everything is saved already", "Other", "Quit"),
)
