"""The lines of the demo that its tour is expected to stop on; they stand in demo_marks.toml, not in the demo's code."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEMO = Path(__file__).resolve().parents[2] / "codetour" / "demo"


def demo_marks() -> dict[tuple[str, int], str]:
    """(file, line) -> stage. Each line must stand in its file exactly once."""
    found: dict[tuple[str, int], str] = {}
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for file, marks in listed.items():
        lines = [line.strip() for line in (DEMO / file).read_text(encoding="utf-8").splitlines()]
        for text, stage in marks.items():
            assert lines.count(text) == 1, f"{file}: {text}"
            found[file, lines.index(text) + 1] = stage
    return found
