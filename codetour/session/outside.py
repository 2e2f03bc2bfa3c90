"""What can be told of a process that answers nothing: by the system, and by a signal (see `inside/last_resort`)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import time
from pathlib import Path
from typing import Final

WRITTEN: Final = 0.5
"""seconds for the stacks to be written"""
STATES: Final = {
    "T": "it has stopped itself, or was stopped by a signal (SIGSTOP)",
    "t": "another debugger holds it",
    "D": "it waits for the disk or a device",
    "Z": "it has ended",
}
_CALL: Final = re.compile(r'  File "(.*)", line (\d+) in (.*)')
_LARGEST: Final = 200_000


def state_words(pid: int) -> str:
    """What the system says of a process that does nothing; "" where there is nothing to say."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
    return STATES.get(state, "")


async def calls_of(pid: int, folder: Path) -> list[tuple[str, str, int]]:
    """(symbol, path, line) of the main thread's calls, innermost first; none where they cannot be had."""
    return await asyncio.to_thread(_calls, pid, folder / f"stacks-{pid}")


def _calls(pid: int, file: Path) -> list[tuple[str, str, int]]:
    number = getattr(signal, "SIGRTMIN", 0) + 9
    if not file.exists() or not _catches(pid, number):
        return []
    with contextlib.suppress(OSError):
        before = file.stat().st_size
        os.kill(pid, number)
        end = time.monotonic() + WRITTEN
        while file.stat().st_size == before and time.monotonic() < end:
            time.sleep(0.02)
        with file.open(encoding="utf-8", errors="replace") as found:
            found.seek(before)
            text = found.read(_LARGEST)
        # the thread that was there first is told last
        last = text.rpartition("hread 0x")[2]
        return [(m[3], m[1], int(m[2])) for m in _CALL.finditer(last)]
    return []


def _catches(pid: int, number: int) -> bool:
    """It has a handler: without one the signal would end it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return False
    mask = re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.MULTILINE)
    return mask is not None and bool(int(mask[1], 16) >> (number - 1) & 1)
