"""An environment made for a repository: a virtual environment in the cache with what the repository requires.

    plan = plan_environment(tree, requirements, missing)
    if not plan.ready:
        # show plan.commands, ask, then
        make_environment(plan, progress)

It is named by the hash of what goes into it, so other requirements give another one. A record beside the folder is
written last: what was cut short, however, counts as not there and is made anew; the installer's own cache keeps what
was downloaded. Nothing of codetour's is put into it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import re
import shutil
import sys
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codetour.environment.installer import Installer
from codetour.environment.requirements import Requirements
from codetour.errors import EnvironmentProblem
from codetour.model.source import Tree
from codetour.places import cache_dir
from codetour.progress import Progress

_PIN: Final = re.compile(r"===?\s*[\w.*+!-]+")
_HINT: Final = (
    "Read the log, then run the command again: it goes on with what was downloaded. Or make an environment as the"
    " repository's README says and name it with --python."
)


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """What would be made, and by which commands."""

    folder: Path
    commands: tuple[tuple[str, ...], ...]
    """as they will run: one for the environment, one for the packages when there are any"""
    packages: tuple[str, ...]
    sources: tuple[str, ...] = ()
    """files of the repository that name them"""
    left_out: tuple[str, ...] = ()
    """lines of those files that are no plain requirement: links, options, editable installs"""

    @property
    def python(self) -> Path:
        """Its interpreter, once it is made."""
        return self.folder / "bin" / "python"

    @property
    def log(self) -> Path:
        """Where everything that the commands say is kept."""
        return self.folder.with_name(self.folder.name + ".log")

    @property
    def record(self) -> Path:
        """Written when all went well."""
        return self.folder.with_name(self.folder.name + ".json")

    @property
    def ready(self) -> bool:
        """It was made to its end and is still there."""
        return self.record.is_file() and self.python.exists()


def plan_environment(
    tree: Tree, requirements: Requirements, needed: Iterable[str] = (), *, base: str = sys.executable
) -> EnvironmentPlan:
    """The environment for `requirements` and `needed`, made with the interpreter `base`.

    `needed` are distributions that the code imports; those that the requirements do not name are added.
    """
    named = {_name(spec) for spec in requirements.specs}
    more = [n for n in dict.fromkeys(needed) if _name(n) not in named]
    packages = (*requirements.specs, *more)
    folder = _folder(tree, packages, base)
    python = str(folder / "bin" / "python")  # not resolved: an environment is known by its own path
    if uv := shutil.which("uv"):
        make = (uv, "venv", "--python", base, str(folder))
        install = (uv, "pip", "install", "--python", python)
    else:
        make = (base, "-m", "venv", str(folder))
        install = (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    commands = (make, (*install, "--", *packages)) if packages else (make,)
    return EnvironmentPlan(folder, commands, packages, requirements.sources, requirements.left_out)


def _folder(tree: Tree, packages: Iterable[str], base: str) -> Path:
    key = hashlib.sha256("\n".join((base, *packages)).encode()).hexdigest()[:12]
    slug = re.sub(r"[^\w.-]+", "-", tree.name, flags=re.ASCII).strip("-.")[:60] or "repository"
    return cache_dir() / "environments" / f"{slug}-{key}"


def _name(spec: str) -> str:
    return re.split(r"[\s\[<>=!~;]", spec, maxsplit=1)[0].lower().replace("_", "-")


def make_environment(plan: EnvironmentPlan, progress: Progress) -> None:
    """Run the commands of `plan`; nothing is done when it is ready. A half-made folder never stays.

    Exact pins that cannot be had any more are loosened once. Raises `EnvironmentProblem` with the last words of the
    installer and the path of the log, `Interrupted` when the reader cancels.
    """
    plan.folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(plan, progress):
        if plan.ready:
            return
        _remove(plan)
        try:
            loosened = _make(plan, progress)
        except BaseException:
            _remove(plan)
            progress.end("not made")
            raise
        record = {"packages": plan.packages, "loosened": loosened, "commands": plan.commands}
        plan.record.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _make(plan: EnvironmentPlan, progress: Progress) -> bool:
    """Whether pins had to be loosened."""
    with Installer(plan.log) as installer:
        make, *rest = plan.commands
        progress.begin("Making a virtual environment")
        _need(plan, installer.run(make, progress), installer)
        progress.end()
        if not rest:
            return False
        install, count = rest[0], len(plan.packages)
        progress.begin(f"Installing {count} package{'' if count == 1 else 's'} and what they need")
        loosened = not installer.run(install, progress)
        if loosened:
            at = install.index("--") + 1
            loose = (*install[:at], *(_PIN.sub("", spec) for spec in install[at:]))
            installer.note("Once more, with the exact versions left open.")
            _need(plan, loose != install and installer.run(loose, progress), installer)
        progress.end("some versions are other than pinned" if loosened else "")
    return loosened


def _need(plan: EnvironmentPlan, went_well: bool, installer: Installer) -> None:  # noqa: FBT001 - an outcome
    if went_well:
        return
    lines = [f"The environment could not be made: {installer.reason}", *(f"  {t}" for t in installer.tail)]
    lines.append(f"The whole log: {plan.log}")
    raise EnvironmentProblem("\n".join(lines), hint=_HINT)


def _remove(plan: EnvironmentPlan) -> None:
    plan.record.unlink(missing_ok=True)
    shutil.rmtree(plan.folder, ignore_errors=True)


@contextlib.contextmanager
def _alone(plan: EnvironmentPlan, progress: Progress) -> Generator[None, None, None]:
    """Two runs for one repository do not make it at once: the second waits, and finds it ready."""
    with plan.folder.with_name(plan.folder.name + ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                progress.check()
                time.sleep(0.1)
        yield
