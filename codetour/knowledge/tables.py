"""Reads the TOML tables beside this module."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]


@cache
def read_toml(name: str) -> dict[str, Any]:
    """`<name>.toml`; do not change what comes back."""
    return parse_toml((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


def parse_toml(text: str) -> dict[str, Any]:
    """TOML text as data; raises ValueError saying where it is wrong."""
    return tomllib.loads(text)
