"""Every action of the tour screen, once: its keys, its words, where it is offered.

The bindings, the key line, the help and the palette are all made from this table, so none can lack an action.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["Tour", "Debugger", "Look", "Panes", "Other"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a reader can do on the tour screen."""

    name: str
    """`action_<name>` of the screen"""
    keys: tuple[str, ...]
    """Textual key names, the one to show first"""
    shown: str
    """the keys as people write them"""
    title: str
    """the verb, for the palette and the help"""
    help: str
    group: Group
    short: str = ""
    """for the key line; "" leaves it out"""


ACTIONS: tuple[Action, ...] = (
    Action("next_stop", ("space", "right_square_bracket", "ctrl+right"), "space ]", "Next stop",
           "run on to the next place worth seeing", "Tour", "Next"),
    Action("previous_stop", ("backspace", "left_square_bracket", "ctrl+left"), "⌫ [", "Previous stop",
           "look back; the program stays where it is", "Tour", "Back"),
    Action("go_to_stop", ("g",), "g", "Go to a stop…", "by its number or its words", "Tour"),
    Action("continue", ("c", "f5"), "c F5", "Continue",
           "to where the program is, or on", "Tour", "Continue"),
    Action("map", ("m",), "m", "Map of the repository", "what is trained, on what, how", "Tour"),
    Action("graph", ("G",), "G", "Call graph", "who calls whom, with the stops on it", "Tour"),
    Action("concept", ("x",), "x", "Explain the concept", "the idea behind this stop, in general", "Tour"),
    Action("follow", ("l",), "l", "Follow a link…", "to another stop or another tour", "Tour"),
    Action("second_tour", ("E",), "E", "Evaluation tour", "the second tour, after the training", "Tour"),
    Action("step_over", ("n", "f10"), "n F10", "Step over", "run this line", "Debugger", "Step"),
    Action("step_in", ("s", "f11"), "s F11", "Step into", "go into the call on this line", "Debugger", "Into"),
    Action("step_out", ("r", "shift+f11"), "r ⇧F11", "Step out", "run until this function returns", "Debugger"),
    Action("run_here", ("h",), "h", "Run to here", "run until the cursor's line", "Debugger"),
    Action("pause", ("P", "f6"), "P F6", "Pause", "stop the running program where it is", "Debugger"),
    Action("up", ("u",), "u", "Frame up", "show the caller, its line and its values", "Debugger"),
    Action("down", ("d",), "d", "Frame down", "show the callee", "Debugger"),
    Action("breakpoint", ("b",), "b", "Breakpoint", "set or clear, on the cursor's line", "Debugger"),
    Action("condition", ("B",), "B", "Breakpoint with a condition…", "stop only when it is true", "Debugger"),
    Action("evaluate", ("p",), "p", "Evaluate…", "an expression in the frame that is shown", "Debugger"),
    Action("examine", ("k",), "k", "Look closely…", "spread, picture, layers and gradients", "Debugger"),
    Action("watch", ("W",), "W", "Watch…", "an expression, shown at every stop", "Debugger"),
    Action("track", ("L",), "L", "Follow a number…", "each time the cursor's line is passed", "Debugger"),
    Action("histories", ("H",), "H", "Numbers over the run", "the loss, and what is followed", "Debugger"),
    Action("definition", ("D",), "D", "Go to the definition…", "of a name on the cursor's line", "Debugger"),
    Action("breakpoints", ("K",), "K", "Breakpoints…", "all of them: go there, switch off, remove", "Debugger"),
    Action("threads", ("T",), "T", "Processes, threads, tasks…", "what each does, who waits; stand in one", "Debugger"),
    Action("restart", ("R",), "R", "Restart", "the program, from its beginning", "Debugger"),
    Action("send_input", ("greater_than_sign",), ">", "Type for the program…", "a line for its input", "Debugger"),
    Action("arrow", ("full_stop",), ".", "Back to the arrow", "where this stop or the program is", "Look"),
    Action("search", ("slash",), "/", "Search…", "ideas, values, names and code of every file", "Look", "Search"),
    Action("next_match", ("f",), "f", "Next match", "of the last search", "Look"),
    Action("previous_match", ("F",), "F", "Previous match", "of the last search", "Look"),
    Action("inline", ("v",), "v", "Shapes beside the code", "on the lines that just ran", "Look"),
    Action("copy_place", ("y",), "y", "Copy the place", "file:line to the clipboard", "Look"),
    Action("editor", ("e",), "e", "Open in the editor", "$EDITOR at the cursor's line", "Look"),
    Action("outline", ("o",), "o", "Outline", "chapters and stops", "Panes", "Outline"),
    Action("idea", ("i",), "i", "Fold the idea", "first sentence only, more code", "Panes"),
    Action("values", ("a",), "a", "All values", "the values pane, on a narrow terminal", "Panes", "Values"),
    Action("path", ("w",), "w", "Where: call path", "how the program got here", "Panes"),
    Action("output", ("t",), "t", "Output", "what the program wrote", "Panes", "Output"),
    Action("zoom", ("z",), "z", "Maximise the pane", "and back", "Panes"),
    Action("note", ("N",), "N", "Your note…", "on this stop; kept for you, outside the tour", "Other"),
    Action("save", ("S",), "S", "Save the tour", "and its recording", "Other"),
    Action("help", ("question_mark", "f1"), "? F1", "Help", "how to go on, and every key", "Other", "Help"),
    Action("palette", ("ctrl+p",), "^p", "Palette", "every action by its name", "Other", "Palette"),
    Action("leave", ("q", "ctrl+c"), "q", "Leave", "ends the program, keeps the place", "Other", "Quit"),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}
RUNNING = ("pause", "output", "previous_stop", "help", "leave")
"""what the key line offers while the program runs"""
CLOSING = ("previous_stop", "go_to_stop", "second_tour", "save", "outline", "help", "leave")
"""what it offers on the closing card"""
