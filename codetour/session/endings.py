"""How a run ended, in words: for the closing card, and as the reason of every stop that was not reached."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from codetour.environment.data_maker import maker_of
from codetour.model.events import Ending
from codetour.model.text import clean

CUT: Final = (
    "The program ended (exit code {code}) without telling the debugger: "
    "it left by `os._exit`, or had closed the debugger's connection before."
)
MENDS: Final = (
    (
        r"^ModuleNotFoundError: No module named '([\w.]+)'",
        "install the package that provides `{0}`, or run `codetour doctor`",
    ),
    (
        r"offline mode|OfflineMode|HF_HUB_OFFLINE|LocalEntryNotFound",
        "allow the network: --set HF_HUB_OFFLINE=0",
    ),
    (
        r"^FileNotFoundError: .*'([^']+)'",
        "make or fetch `{0}` (see the README), or name another path after `--`",
    ),
    (
        r"^SystemExit|the following arguments are required|unrecognized arguments",
        "give the program's arguments after `--`",
    ),
    (r"CUDA|nvidia|GPU", "choose the CPU in the program's arguments, after `--`"),
    (r"^EOFError", "the program asks for input: run it in a terminal"),
    (r"^(MemoryError|.*out of memory)", "choose a smaller batch or model in the program's arguments"),
)
"""text of an exception or the last line of the output -> what to do"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run."""

    how: Ending
    message: str
    """one sentence for people"""
    mend: str = ""

    @property
    def because(self) -> str:
        """As the second half of "not reached; ..."."""
        return self.message.rstrip(".")[:1].lower() + self.message.rstrip(".")[1:]


def crash(kind: str, text: str, place: str) -> Outcome:
    """An uncaught exception; `place` is empty when no line of the program was running (it cannot be parsed)."""
    name = kind.rpartition(".")[2]
    said = clean(f"{name}: {text}" if text and text != name else name, 300)
    where = f" at {place}" if place else ""
    return Outcome("crashed", f"The program crashed{where}: {said}", mend(said))


def ended(
    code: int | None, last_lines: Sequence[str], crashed: Outcome | None, *, cut: bool = False
) -> Outcome:
    """The program ended by itself; `cut` tells that it did so without a word to the debugger."""
    if crashed is not None:
        return crashed
    if code is None:
        return Outcome("finished", "The program let go of the connection: it ended, or somebody ended it.")
    if cut and code >= 0:
        return Outcome("finished", CUT.format(code=code))
    if code == 0:
        return Outcome("finished", "The program ended (exit code 0).")
    last = clean(next((line for line in reversed(last_lines) if line.strip()), ""), 200)
    if code < 0:
        return Outcome("crashed", f"The program was ended by {signal_name(-code)}.", mend(last))
    return Outcome("finished", f"The program ended with exit code {code}: {last}", mend(last))


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def with_maker(outcome: Outcome, root: Path, cwd: Path) -> Outcome:
    """A crash for want of a data file says which script of the repository makes it, where one does."""
    missing = re.search(r"FileNotFoundError: .*'([^'\0]+)'", outcome.message)
    command = maker_of(root, missing[1], cwd) if missing else None
    return replace(outcome, mend=f"make the data with `{command}`, in {root}") if command else outcome


def mend(text: str) -> str:
    """What to do about an error, where that is known."""
    for pattern, step in MENDS:
        found = re.search(pattern, text)
        if found:
            return step.format(*found.groups())
    return ""
