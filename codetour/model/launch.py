"""How an entry point is started: all that a tour file knows of its entry."""

from __future__ import annotations

from typing import NamedTuple


class Override(NamedTuple):
    """An argument or environment variable that codetour proposes to add, and why; the user may refuse it."""

    arg: str
    """as it would stand on the command line (`--device=cpu`), or `NAME=value` of the environment"""
    why: str


class Need(NamedTuple):
    """Something the launch lacks, found before starting."""

    what: str
    """`argument --data`, `file data/train.bin`, `package tiktoken`, `gpu`"""
    why: str
    mend: str = ""
    """the command or step that would mend it, when one is known"""


class Launch(NamedTuple):
    """How an entry point is started."""

    argv: tuple[str, ...] = ()
    """arguments after the script or module, overrides included"""
    cwd: str = "."
    """relative to the tree's root"""
    module: str | None = None
    """start as `python -m MODULE` instead of by file"""
    env: dict[str, str] = {}  # noqa: RUF012 - never written to
    source: str | None = None
    """FILE:LINE of the documentation or script that says so"""
    overrides: tuple[Override, ...] = ()
    needs: tuple[Need, ...] = ()
    flags: tuple[str, ...] = ()
    """interpreter flags (`-u`, `-X ...`)"""
