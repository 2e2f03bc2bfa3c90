"""An environment made for a repository: a virtual environment in the cache with what the repository requires.

The commands are shown and agreed to before they run. Exact pins that cannot be had any more are loosened once.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from codetour.environment.requirements import Requirements, read_requirements
from codetour.errors import EnvironmentProblem
from codetour.model.source import Tree
from codetour.model.text import clean
from codetour.places import cache_dir
from codetour.progress import Progress


def environment_folder(tree: Tree) -> Path:
    """Where codetour keeps the environment of a tree: another one when its requirements change."""
    facts = "\n".join((str(tree.url or tree.root), *read_requirements(tree).specs))
    key = hashlib.sha256(facts.encode()).hexdigest()[:12]
    slug = re.sub(r"[^\w.-]+", "-", tree.name).strip("-.") or "repository"
    return cache_dir() / "environments" / f"{slug}-{key}"


def creation_commands(
    tree: Tree, requirements: Requirements, missing: Iterable[str] = (), *, base: str = sys.executable
) -> tuple[tuple[str, ...], ...]:
    """The commands that make it, as they will run: one for the environment, one for the packages.

    `missing` are distributions that the code needs and the requirements do not name.
    """
    folder = environment_folder(tree)
    named = {
        re.split(r"[\s\[<>=!~;]", s, maxsplit=1)[0].lower().replace("_", "-") for s in requirements.specs
    }
    more = [m for m in dict.fromkeys(missing) if m.lower().replace("_", "-") not in named]
    packages = (*requirements.specs, *more)
    python = str(folder / "bin" / "python")
    if uv := shutil.which("uv"):
        make = (uv, "venv", "--python", base, str(folder))
        install = (uv, "pip", "install", "--python", python)
    else:
        make = (base, "-m", "venv", str(folder))
        install = (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    return (make, (*install, "--", *packages)) if packages else (make,)


def create(commands: tuple[tuple[str, ...], ...], progress: Progress) -> None:
    """Run what `creation_commands` gave. Raises `EnvironmentProblem` with pip's own last words."""
    progress.begin("Making an environment")
    for command in commands:
        failed = _run(command, progress)
        if failed and "install" in command:
            at = command.index("--") + 1
            loose = (*command[:at], *(re.sub(r"==\s*[\w.*+!-]+", "", spec) for spec in command[at:]))
            failed = _run(loose, progress)
        if failed:
            raise EnvironmentProblem(
                f"The environment could not be made: {failed}",
                hint="Make one by hand as the repository's README says, and name it with --python.",
            )
    progress.end()


def _run(command: tuple[str, ...], progress: Progress) -> str:
    """The last line that says why it failed; empty when it went well."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        return str(error)
    last, told = "", ""
    assert process.stdout is not None
    try:
        for number, line in enumerate(process.stdout):
            progress.check()
            last = clean(line.strip(), 200) or last
            told = last if last.startswith("ERROR") else told
            progress.advance(number, None, last)
        return (told or last or "no message") if process.wait() else ""
    except BaseException:
        process.kill()
        raise
    finally:
        process.stdout.close()
        process.wait()
