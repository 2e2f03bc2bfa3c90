"""Two themes of our own; every theme of Textual can be chosen as well."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="codetour-dark",
    primary="#82aaff",
    secondary="#86e1fc",
    accent="#ffc777",
    warning="#ff966c",
    error="#ff757f",
    success="#c3e88d",
    foreground="#dfe3f2",
    background="#15171e",
    surface="#1c1f29",
    panel="#252936",
    dark=True,
)
LIGHT = Theme(
    name="codetour-light",
    primary="#2e5fb8",
    secondary="#00698c",
    accent="#8a5a00",
    warning="#a34a00",
    error="#b8203f",
    success="#3d6e17",
    foreground="#20243a",
    background="#fbfbfc",
    surface="#f1f2f5",
    panel="#e3e6ed",
    dark=False,
)
NAMES = {"dark": DARK.name, "light": LIGHT.name, "ansi": "ansi-dark", "ansi-light": "ansi-light"}
