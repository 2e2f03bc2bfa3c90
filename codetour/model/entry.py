"""Entry points: where training or evaluation starts, why we think so, and how to launch it."""

from __future__ import annotations

from dataclasses import dataclass, field

from codetour.model.launch import Launch, Need, Override
from codetour.model.stage import Role

__all__ = ["EntryPoint", "EntryReport", "Evidence", "Launch", "Need", "Override"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that speaks for an entry point."""

    kind: str
    """readme, docs, shell, makefile, ci, console-script, loop, guard, arguments, trainer, name, ..."""
    file: str
    line: int
    text: str
    """the line itself, cleaned, or a sentence about it"""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A place where a run starts."""

    role: Role
    file: str
    qualname: str = "<module>"
    """the function a console script or dispatcher names, else `<module>`"""
    line: int = 1
    score: float = 0.0
    """0..1, comparable within a role"""
    evidence: tuple[Evidence, ...] = ()
    launch: Launch = field(default_factory=Launch)
    loop: str | None = None
    """FILE:QUALNAME of the training (or evaluation) loop, where known"""
    title: str = ""
    """a few words for a chooser ("GAN on MNIST")"""

    @property
    def symbol(self) -> str:
        """FILE:QUALNAME."""
        return f"{self.file}:{self.qualname}"


@dataclass(frozen=True, slots=True)
class EntryReport:
    """What the locator found, best first within a role."""

    entries: tuple[EntryPoint, ...] = ()
    none_train: str | None = None
    """the reason when there is no trainer"""
    none_eval: str | None = None
    notes: tuple[str, ...] = ()
    """files skipped, limits reached"""

    def of(self, role: Role) -> tuple[EntryPoint, ...]:
        """The entries of one role, best first."""
        return tuple(e for e in self.entries if e.role == role)
