"""Reads the TOML tables beside this module."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    from tomllib import loads
else:
    from tomli import loads  # pyright: ignore[reportMissingImports]


@cache
def read_toml(name: str) -> dict[str, Any]:
    """`<name>.toml`; do not change what comes back."""
    return loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


def parse_toml(text: str) -> dict[str, Any]:
    """TOML text as data; raises ValueError saying where it is wrong."""
    return loads(text)
