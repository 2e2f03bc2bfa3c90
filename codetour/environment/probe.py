"""Asking an interpreter what it is and which packages it has, without running anything but our own few lines.

`-I -S` keeps the working directory, `.pth` code and `sitecustomize` out of it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from codetour.errors import EnvironmentProblem
from codetour.model.text import clean

OLDEST: Final = (3, 8)
_SCRIPT: Final = Path(__file__).with_name("inside_probe.py")
_LIMIT: Final = 20.0
_HINT: Final = "Name an interpreter with --python, or make an environment with --env create."


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter that answered."""

    path: Path
    """as it was named: a virtual environment's link must be called by its own name"""
    version: tuple[int, int, int]
    implementation: str = "cpython"
    missing: tuple[str, ...] = ()
    """of the modules asked about, those that it could not import"""
    origin: str = ""
    """in words: where it was found"""

    @property
    def text(self) -> str:
        """3.11.7"""
        return ".".join(map(str, self.version))


def ask(
    path: Path,
    names: Iterable[str] = (),
    *,
    extra: Iterable[str] = (),
    origin: str = "",
    limit: float = _LIMIT,
) -> Interpreter:
    """What the interpreter at `path` says of itself and of the top-level modules `names`.

    `extra` are further folders to look in (PYTHONPATH). Raises `EnvironmentProblem` when it cannot be used or does
    not answer within `limit` seconds.
    """
    question = json.dumps({"names": sorted(set(names)), "extra": list(extra)})
    shown = clean(str(path), 300)
    try:
        done = subprocess.run(
            [str(path), "-I", "-S", str(_SCRIPT), str(path)],
            input=question,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
            env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
        )
    except FileNotFoundError:
        raise EnvironmentProblem(f"There is no interpreter at {shown}.", hint=_HINT) from None
    except subprocess.TimeoutExpired:
        raise EnvironmentProblem(f"{shown} did not answer in {limit:g} seconds.", hint=_HINT) from None
    except (OSError, ValueError) as error:
        raise EnvironmentProblem(f"{shown} cannot be started: {error}.", hint=_HINT) from None
    return _understand(path, shown, done, origin)


def _understand(path: Path, shown: str, done: subprocess.CompletedProcess[str], origin: str) -> Interpreter:
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
        major, minor, micro = (int(n) for n in answer["version"])
        missing = tuple(str(n) for n in answer["missing"])
        implementation = str(answer["implementation"])
        # behind a version manager's shim stands the real one
        path = Path(str(answer["executable"])) if answer["executable"] else path
    except (ValueError, KeyError, TypeError):
        # Python 2 has no -I; its message says its version to those who know it
        if "Unknown option: -I" in done.stderr:
            raise EnvironmentProblem(
                f"{shown} is Python 2; codetour needs 3.8 or later.", hint=_HINT
            ) from None
        said = clean((done.stderr.strip().splitlines() or ["nothing"])[-1], 200)
        raise EnvironmentProblem(
            f"{shown} is no working Python interpreter (it said: {said}).", hint=_HINT
        ) from None
    if (major, minor) < OLDEST:
        message = f"{shown} is Python {major}.{minor}; the debugger needs 3.8 or later."
        raise EnvironmentProblem(message, hint=_HINT)
    return Interpreter(path, (major, minor, micro), implementation, missing, origin)
