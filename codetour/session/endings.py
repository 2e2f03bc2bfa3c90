"""How a run ended, in words: for the closing card, and as the reason of every stop that was not reached."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from codetour.environment.data_maker import maker_of
from codetour.model.events import Ending
from codetour.model.text import clean
from codetour.source.files import list_files

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
        r"^FileNotFoundError: (?:.*'([^']+)'|(\S+) not found)",
        "make or fetch `{0}` (see the README), or name another path after `--`",
    ),
    (
        r"^SystemExit|the following arguments are required|unrecognized arguments",
        "give the program's arguments after `--`",
    ),
    (r"CUDA|nvidia|GPU", "choose the CPU in the program's arguments, after `--`"),
    (r"^BdbQuit", "the program calls `pdb.set_trace()`: take it out, or run it in a terminal"),
    (r"^EOFError", "the program asks for input: run it in a terminal"),
    (r"^(MemoryError|.*out of memory)", "choose a smaller batch or model in the program's arguments"),
)
"""text of an exception or the last line of the output -> what to do"""
_MISSING_FILE: Final = r"FileNotFoundError: (?:.*'([^'\0]+)'|(\S+) not found)"
_MISSING_MODULE: Final = r"ModuleNotFoundError: No module named '([\w.]+)'"


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
    if crashed is not None and code != 0:
        return crashed
    if crashed is not None:
        said = crashed.message.replace(
            "The program crashed", "a part of it (a thread, another process) crashed"
        )
        return Outcome("finished", f"The program ended (exit code 0), but {said}", crashed.mend)
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


def with_local_help(outcome: Outcome, root: Path, cwd: Path) -> Outcome:
    """What the repository itself has against a crash: a script that makes the missing file, the missing module."""
    missing = re.search(_MISSING_FILE, outcome.message)
    name = next(filter(None, missing.groups()), "") if missing else ""
    command = maker_of(root, name, cwd) if name else None
    if command:
        return replace(outcome, mend=f"make the data with `{command}`, in {root}")
    module = re.search(_MISSING_MODULE, outcome.message)
    folder = _folder_of(module[1].partition(".")[0], root) if module else ""
    if folder:
        return replace(outcome, mend=f"the repository has it in {folder}: --set PYTHONPATH={root / folder}")
    return outcome


def _folder_of(module: str, root: Path) -> str:
    """The folder of the tree, nearest to its top, from which a module could be imported, or ""."""
    files = [PurePosixPath(f) for f in list_files(root).files if f.endswith(".py")]
    found = [
        f.parent if f.stem == module else f.parent.parent
        for f in files
        if f.stem == module or (f.name == "__init__.py" and f.parent.name == module)
    ]
    best = min(found, key=lambda f: (len(f.parts), f), default=None)
    return best.as_posix() if best is not None and best.parts else ""


def mend(text: str) -> str:
    """What to do about an error, where that is known."""
    for pattern, step in MENDS:
        found = re.search(pattern, text)
        if found:
            return step.format(*filter(None, found.groups()))
    return ""
