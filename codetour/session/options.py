"""What to run, how, and within which limits: everything a live session is told before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from codetour.session.remote import Address, Mapping

Sandbox = Literal["auto", "bwrap", "none"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds after which something is given up."""

    start: float = 60.0
    """until the program's interpreter has connected"""
    request: float = 10.0
    """for the debugger to answer a request"""
    capture: float = 20.0
    """for one stop to be summed up"""
    evaluate: float = 5.0
    """for an expression that the user typed"""
    pause: float = 3.0
    """for a running program to stand still when asked"""


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """One way to run a tour's entry point."""

    python: Path
    """the interpreter that can run it; never ours unless the user said so"""
    argv: tuple[str, ...] | None = None
    """arguments after the script; None: those of the tour's launch"""
    cwd: Path | None = None
    """None: the launch's, inside the tree"""
    env: dict[str, str] = field(default_factory=dict[str, str])
    """added to the launch's environment; the user's word is last"""
    refused: frozenset[str] = frozenset()
    """names of planned overrides (see `overrides`) that the user does not want"""
    launcher: tuple[str, ...] = ()
    """interpreter arguments that start the script in several processes, ("-m", "torch.distributed.run", ...)"""
    rank: int = 0
    """of several ranks, the one that the tour follows"""
    max_batches: int | None = None
    """end each pass over a data loader after so many batches"""
    sandbox: Sandbox = "none"
    to_end: bool = False
    """let the program go on to its end when every stop was served"""
    interactive: bool = False
    """somebody can answer when the program reads its standard input"""
    watch_misses: bool = True
    """stop for a moment on the way to stops, to find out why one is missed"""
    attach: Address | None = None
    """where a program listens that runs already; nothing is started then, and nothing ended"""
    maps: tuple[Mapping, ...] = ()
    """that program's folders, where they cannot be found out"""
    limits: Limits = field(default_factory=Limits)
