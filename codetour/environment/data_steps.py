"""Preparatory steps: the repository's own commands that make data which a run is about to miss.

    for step in data_steps(tree, entry.launch, python):
        # show step.words and step.folder, ask, then
        take(step, env, progress)

Which script makes what was found by reading (`Need.mend`); nothing runs before the user has seen the command.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codetour.environment.installer import Installer
from codetour.errors import EnvironmentProblem, SourceError
from codetour.model.entry import Launch, Need
from codetour.model.source import Tree
from codetour.places import cache_dir
from codetour.progress import Progress
from codetour.source.reading import read_source


@dataclass(frozen=True, slots=True)
class Step:
    """One command to run before the program."""

    words: tuple[str, ...]
    """as it will run"""
    folder: Path
    makes: tuple[str, ...]
    """what the run needs and this is said to make"""


def data_steps(tree: Tree, launch: Launch, python: Path) -> tuple[Step, ...]:
    """The steps that make what `launch` needs, each script once, in the order of the needs."""
    wanted: dict[str, list[Need]] = {}
    for need in launch.needs:
        found = re.fullmatch(r"(?:python|bash) (.+\.(?:py|sh))", need.mend)
        if found and _is_there(tree, found[1]):
            wanted.setdefault(found[1], []).append(need)
    return tuple(
        Step(
            (str(python) if script.endswith(".py") else "bash", str(_below(tree, script))),
            _folder(tree, launch, script, needs),
            tuple(n.what for n in needs),
        )
        for script, needs in wanted.items()
    )


def take(step: Step, env: Mapping[str, str], progress: Progress) -> None:
    """Run a step. Raises `EnvironmentProblem` with its own last words, `Interrupted` when the reader cancels."""
    log = cache_dir() / "preparation.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    progress.begin(f"Making {', '.join(step.makes)}")
    with Installer(log) as runner:
        if not runner.run(step.words, progress, cwd=step.folder, env=env):
            raise EnvironmentProblem(
                f"{Path(step.words[1]).name} failed: {runner.reason}",
                hint=f"Read {log}, make the data as the repository's README says, then run again.",
            )
    progress.end()


def _below(tree: Tree, script: str) -> Path:
    return Path(os.path.realpath(tree.root)).joinpath(*PurePosixPath(script).parts)


def _is_there(tree: Tree, script: str) -> bool:
    path = _below(tree, script)
    inside = Path(os.path.realpath(tree.root)) in Path(os.path.realpath(path)).parents
    return inside and path.is_file()


def _folder(tree: Tree, launch: Launch, script: str, needs: list[Need]) -> Path:
    """Where the script is meant to run: in its own folder when it writes a bare name that is wanted there."""
    root, own = Path(os.path.realpath(tree.root)), PurePosixPath(script).parent
    if launch.cwd != "." and PurePosixPath(launch.cwd) in (own, *own.parents):
        return root / launch.cwd
    try:
        text = read_source(tree.root, script).text
    except SourceError:
        return root
    places = {PurePosixPath(n.what.partition(" ")[2]).parent for n in needs}
    at_home = own in places and str(own) != "."
    if at_home and "__file__" not in text and f"{own.name}/" not in text and "$0" not in text:
        return root / own
    return root
