"""The reader's own keys: `keys.toml` in the configuration folder, one line per action.

    next_stop = ["space", "l"]
    step_over = "f8"

Names are those of `keys.ACTIONS`; keys are single characters or names such as `space`, `f5`, `ctrl+o`, `shift+f11`.
What cannot be meant is left out and told, never fatal: `Keymap.problems` are sentences for the reader.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, cast

from codetour.model.text import clean
from codetour.ui.keys import ACTIONS, Action

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE: Final = "keys.toml"
_LARGEST: Final = 100_000
_MOST_KEYS: Final = 4
_OF_PANES: Final = frozenset(
    (
        *("escape", "enter", "tab", "shift+tab", "ctrl+c", "ctrl+q"),
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    )
)
"""move inside panes, close windows and leave, whatever else is set"""
_NAMED: Final = frozenset(
    ("space", "backspace", "delete", "insert", "tab", *(f"f{n}" for n in range(1, 25)), *_OF_PANES)
)
_SIGNS: Final = {
    "[": "left_square_bracket", "]": "right_square_bracket", ">": "greater_than_sign", "<": "less_than_sign",
    ".": "full_stop", "/": "slash", "?": "question_mark", ",": "comma", ";": "semicolon", ":": "colon",
    "-": "minus", "_": "underscore", "+": "plus", "*": "asterisk", "=": "equals_sign", "!": "exclamation_mark",
    "@": "at", "#": "number_sign", "$": "dollar_sign", "%": "percent_sign", "&": "ampersand", "~": "tilde",
    "(": "left_parenthesis", ")": "right_parenthesis", "'": "apostrophe", '"': "quotation_mark",
    "\\": "backslash", "|": "vertical_line", "{": "left_curly_bracket", "}": "right_curly_bracket",
    "^": "circumflex_accent", "`": "grave_accent", " ": "space",
}  # fmt: skip
_SHOWN: Final = {
    **{name: sign for sign, name in _SIGNS.items() if sign != " "},
    "backspace": "⌫",
    "space": "space",
}


@dataclass(frozen=True, slots=True)
class Keymap:
    """The actions with the keys that they have for this reader."""

    actions: tuple[Action, ...] = ACTIONS
    changed: Mapping[str, str] = field(default_factory=dict[str, str])
    """action -> keys separated by commas, for `App.set_keymap`"""
    problems: tuple[str, ...] = ()

    def action(self, name: str) -> Action:
        """The action called `name`."""
        return next(a for a in self.actions if a.name == name)

    def key(self, name: str) -> str:
        """The key to name in a sentence."""
        return self.action(name).shown.split()[0]


def load_keymap(path: Path) -> Keymap:
    """What `path` says; the usual keys where it is missing or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return Keymap()
    except OSError as error:
        return _nothing(f"{path} cannot be read: {error.strerror}")
    if len(data) > _LARGEST:
        return _nothing(f"{path} is too large for a list of keys")
    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return _nothing(f"{path} is not TOML: {error}")
    return make_keymap(found)


def _nothing(why: str) -> Keymap:
    return Keymap(problems=(f"{clean(why, 300)}. The usual keys are used.",))


def make_keymap(wanted: Mapping[str, Any]) -> Keymap:
    """The usual keys with `wanted` (action -> key or keys) in their places."""
    known = {a.name: a for a in ACTIONS}
    problems: list[str] = []
    chosen: dict[str, tuple[str, ...]] = {}
    taken: dict[str, str] = {}
    for name, value in wanted.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            problems.append(
                f"{FILE}: there is no action {clean(name, 40)!r}"
                + (f"; did you mean {near[0]!r}?" if near else "")
            )
            continue
        keys: list[str] = []
        for text in _listed(value):
            key, why = read_key(text)
            if key in taken:
                why = f"is the key of {taken[key]} already"
            if why:
                problems.append(f"{FILE}: {name}: {clean(repr(text), 40)} {why}")
            elif key not in keys:
                keys.append(key)
        if not keys:
            problems.append(f"{FILE}: {name} keeps its usual keys")
            continue
        chosen[name] = tuple(keys)
        taken |= dict.fromkeys(keys, name)
    return _settled(chosen, taken, problems)


def _settled(chosen: Mapping[str, tuple[str, ...]], taken: Mapping[str, str], problems: list[str]) -> Keymap:
    """Usual keys give way to chosen ones; an action that loses all of them is told."""
    actions: list[Action] = []
    changed: dict[str, str] = {}
    for action in ACTIONS:
        keys = chosen.get(action.name) or tuple(k for k in action.keys if k not in taken)
        if keys == action.keys:
            actions.append(action)
            continue
        if not keys:
            thief = taken[action.keys[0]]
            problems.append(
                f"{FILE}: {action.name} has no key left: {thief} took it. The palette still has it."
            )
        shown = " ".join(show_key(k) for k in keys) or "-"
        actions.append(replace(action, keys=keys, shown=shown))
        # a key that nobody can press stands for none
        changed[action.name] = ",".join(keys) or f"f24+{action.name}"
    return Keymap(tuple(actions), changed, tuple(problems))


def _listed(value: Any) -> Sequence[str]:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [v if isinstance(v, str) else repr(v) for v in listed[:_MOST_KEYS]]


def read_key(text: str) -> tuple[str, str]:
    """Textual's name for a key as people write it, and what is wrong with it ("" when nothing is)."""
    *before, name = text.split("+") if len(text) > 1 else [text]
    modifiers = [m.strip().lower() for m in before]
    if any(m not in ("ctrl", "shift", "alt") for m in modifiers):
        return "", "is no key: only ctrl, shift and alt can be held"
    if len(name) == 1:
        key = name if name.isalnum() else _SIGNS.get(name, "")
    else:
        key = name.strip().lower()
        key = key if key in _NAMED or key in _SIGNS.values() else ""
    if not key or (not name.isascii()):
        return "", "is no key that a terminal sends; write a character or a name such as space, f5, ctrl+o"
    key = "+".join([*modifiers, key])
    if key in _OF_PANES:
        return "", "has a fixed meaning: moving in panes, closing windows, leaving"
    return key, ""


def show_key(key: str) -> str:
    """`ctrl+p` as `^p`, `question_mark` as `?`."""
    *modifiers, name = key.split("+")
    shown = _SHOWN.get(name, name.upper() if name.startswith("f") and name[1:].isdecimal() else name)
    return "".join({"ctrl": "^", "shift": "⇧", "alt": "alt-"}[m] for m in modifiers) + shown
