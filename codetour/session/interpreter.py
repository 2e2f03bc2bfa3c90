"""Is this an interpreter that can be debugged? Asked once, before anything else starts."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codetour.errors import EnvironmentProblem
from codetour.model.text import clean

OLDEST: Final = (3, 8)
PROBE: Final = "import sys; print('%d %d %d' % sys.version_info[:3]); print(sys.executable)"
HINT: Final = "Name an interpreter with --python, or make one with --env create."


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter that answered."""

    path: Path
    """as it was named: a virtual environment's link must be called by its own name"""
    version: tuple[int, int, int]

    @property
    def text(self) -> str:
        """3.11.7"""
        return ".".join(map(str, self.version))


def probe(python: Path, *, limit: float = 20.0) -> Interpreter:
    """Ask `python` for its version; raises EnvironmentProblem when it cannot be used."""
    found = shutil.which(python) or str(python)
    try:
        answer = subprocess.run(
            [found, "-E", "-c", PROBE],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise EnvironmentProblem(f"There is no interpreter at {python}.", hint=HINT) from None
    except subprocess.TimeoutExpired:
        raise EnvironmentProblem(f"{python} did not answer in {limit:g} seconds.", hint=HINT) from None
    except OSError as error:
        raise EnvironmentProblem(f"{python} cannot be started: {error.strerror}.", hint=HINT) from None
    return _understand(python, Path(found), answer)


def _understand(python: Path, found: Path, answer: subprocess.CompletedProcess[str]) -> Interpreter:
    words = answer.stdout.split("\n", 1)[0].split()
    if answer.returncode or len(words) != 3 or not all(w.isdigit() for w in words):
        said = clean(answer.stderr.strip().splitlines()[-1], 200) if answer.stderr.strip() else "nothing"
        raise EnvironmentProblem(
            f"{python} is not a working Python interpreter (it said: {said}).", hint=HINT
        )
    major, minor, micro = map(int, words)
    if (major, minor) < OLDEST:
        raise EnvironmentProblem(f"{python} is Python {major}.{minor}; a tour needs 3.8 or later.", hint=HINT)
    return Interpreter(found.absolute(), (major, minor, micro))
