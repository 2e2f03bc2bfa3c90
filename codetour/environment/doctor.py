"""What stands between an entry point and its first stop, and the command that removes each obstacle."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codetour.environment.probe import Interpreter
from codetour.knowledge.distributions import distribution_of
from codetour.model.entry import EntryPoint, Need


@dataclass(frozen=True, slots=True)
class Report:
    """The state of things for one entry point."""

    interpreter: Interpreter | None
    needs: tuple[Need, ...]
    """what is missing, most basic first; empty: it can run"""

    @property
    def mend(self) -> str:
        """The first command to give, "" when nothing is missing or no command is known."""
        return next((n.mend for n in self.needs if n.mend), "")


def examine(entry: EntryPoint, interpreter: Interpreter | None, problem: str = "", hint: str = "") -> Report:
    """What is missing: interpreter, packages, then what the launch itself lacks."""
    needs: list[Need] = []
    if interpreter is None:
        needs.append(Need("interpreter", problem or "no Python interpreter was found", hint))
    elif interpreter.missing:
        install = shlex.join(install_command(interpreter, interpreter.missing))
        needs += [
            Need(f"package {n}", f"imported by the run, not in {interpreter.path}", install)
            for n in interpreter.missing
        ]
    return Report(interpreter, (*needs, *(n for n in entry.launch.needs if not _is_cached(n))))


def _is_cached(need: Need) -> bool:
    """A model of the Hugging Face hub that was fetched before."""
    kind, _, name = need.what.partition(" ")
    if kind != "model":
        return False
    home = os.environ.get("HF_HOME", os.path.join("~", ".cache", "huggingface"))  # noqa: PTH118 - may hold `~`
    hub = Path(os.environ.get("HF_HUB_CACHE", os.path.join(home, "hub"))).expanduser()  # noqa: PTH118 - as above
    return (hub / f"models--{name.replace('/', '--')}").is_dir()


def install_command(interpreter: Interpreter, modules: Iterable[str]) -> list[str]:
    """How to install what provides `modules` for this interpreter."""
    packages = dict.fromkeys(distribution_of(m) for m in modules)
    return [str(interpreter.path), "-m", "pip", "install", *packages]
