"""What activating an environment would change: the program finds its tools, libraries and data as in the user's shell.

Virtual environments need their folder on the PATH. Conda environments also bring scripts of their packages, which set
variables (data folders of GDAL or PROJ, library paths); those are run by `activated`, when the program is started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LONGEST: Final = 20.0
"""seconds for the scripts of an environment"""
MOST_SCRIPTS: Final = 40
_OURS: Final = frozenset({"PWD", "OLDPWD", "SHLVL", "_"})


def conda_prefix(python: Path) -> Path | None:
    """The conda environment that an interpreter belongs to."""
    prefix = python.parent.parent
    return prefix if (prefix / "conda-meta" / "history").is_file() else None


def activation_variables(python: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """`variables` as activating the interpreter's environment leaves them; nothing is run."""
    found = dict(variables)
    bin_folder = str(python.parent)
    kept = [p for p in found.get("PATH", os.defpath).split(os.pathsep) if p != bin_folder]
    conda = conda_prefix(python)
    prefix = python.parent.parent
    is_venv = (prefix / "pyvenv.cfg").is_file()
    if conda is None and not is_venv:
        return found
    found["PATH"] = os.pathsep.join((bin_folder, *kept))
    if is_venv:
        found["VIRTUAL_ENV"] = str(prefix)
        return found
    found.pop("VIRTUAL_ENV", None)
    found["CONDA_PREFIX"] = str(prefix)
    found["CONDA_DEFAULT_ENV"] = prefix.name if prefix.parent.name == "envs" else str(prefix)
    found.setdefault("CONDA_SHLVL", "1")
    return found


def activated(python: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """`variables` after the activation scripts of the interpreter's conda environment; unchanged where they fail."""
    prefix = conda_prefix(python)
    folder = prefix / "etc" / "conda" / "activate.d" if prefix is not None else None
    scripts = sorted(folder.glob("*.sh"))[:MOST_SCRIPTS] if folder is not None and folder.is_dir() else []
    if not scripts or variables.get("CONDA_PREFIX") == os.environ.get("CONDA_PREFIX"):
        return dict(variables)  # none, or the user's shell has run them
    sourced = 'for script in "$@"; do . "$script" >/dev/null 2>&1 </dev/null; done; exec env -0'
    # packages write them for bash
    words = [shutil.which("bash") or "sh", "-c", sourced, "sh", *map(str, scripts)]
    try:
        done = subprocess.run(words, env=dict(variables), capture_output=True, timeout=LONGEST, check=True)
    except (OSError, subprocess.SubprocessError):
        return dict(variables)
    told = (part.partition("=") for part in done.stdout.decode(errors="surrogateescape").split("\0"))
    return {name: value for name, equals, value in told if equals and name not in _OURS} or dict(variables)
