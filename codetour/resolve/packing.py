"""Lists of fingerprints as a tour file keeps them."""

from __future__ import annotations

from struct import iter_unpack


def pack(values: list[int]) -> str:
    """32-bit fingerprints as one text: JSON lists would take a line each."""
    return "".join(f"{v:08x}" for v in values)


def unpack(text: object) -> list[int]:
    """The fingerprints in a text; [] for anything else."""
    if not isinstance(text, str) or len(text) % 8:
        return []
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return []
    # white space between the digits is skipped, and is none of ours
    return [value for (value,) in iter_unpack(">I", found)] if 2 * len(found) == len(text) else []
