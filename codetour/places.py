"""The only module that knows directories: where clones, caches, consent and progress are kept.

`CODETOUR_HOME` puts all of them under one folder, which tests and CI use.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def _home() -> Path | None:
    value = os.environ.get("CODETOUR_HOME")
    return Path(value).expanduser().absolute() if value else None


def cache_dir() -> Path:
    """What can be made again: clones, graph facts, the demo's working copy."""
    home = _home()
    return home / "cache" if home else Path(platformdirs.user_cache_dir("codetour", appauthor=False))


def state_dir() -> Path:
    """What the user did: consent given, progress in tours, saved recordings. Never inside a repository."""
    home = _home()
    return home / "state" if home else Path(platformdirs.user_state_dir("codetour", appauthor=False))


def config_dir() -> Path:
    """What the user wrote: keymap, framework edges of their own."""
    home = _home()
    return home / "config" if home else Path(platformdirs.user_config_dir("codetour", appauthor=False))
