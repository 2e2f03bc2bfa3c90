"""git as the resolver asks it: only `git` itself, only commit against commit (filters of a work tree could run
programs), with everything a repository's own configuration could start switched off.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_SAFE: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false",
                "-c", "diff.external=", "-c", "log.showSignature=false")  # fmt: skip
_TIMEOUT: Final = 20
LARGEST: Final = 4 * 2**20
"""bytes of one file of the past"""
COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
"""a commit by its hash"""


def git(root: Path, *args: str) -> str | None:
    """The output of a git command in `root`, None when it fails, is missing, or takes too long."""
    done = _run(root, args)
    return None if done is None else done.decode("utf-8", "replace")


def blobs(
    root: Path, wanted: Iterable[tuple[str, str]], *, largest: int = LARGEST
) -> dict[tuple[str, str], bytes]:
    """(commit, file relative to `root`) -> its bytes at that commit; what is missing or too large is left out."""
    asked = [(c, f) for c, f in sorted(set(wanted)) if COMMIT.fullmatch(c) and "\n" not in f]
    sizes = (_run(root, ("cat-file", "--batch-check"), _lines(asked)) or b"").splitlines() if asked else []
    fit = [item for item, row in zip(asked, sizes, strict=False) if 0 <= _size(row) <= largest]
    rest = (_run(root, ("cat-file", "--batch"), _lines(fit)) or b"") if fit else b""
    made: dict[tuple[str, str], bytes] = {}
    for item in fit:
        row, _, rest = rest.partition(b"\n")
        size = _size(row)
        if size < 0:
            break
        made[item], rest = rest[:size], rest[size + 1 :]
    return made


def _lines(asked: list[tuple[str, str]]) -> bytes:
    return "".join(f"{commit}:./{file}\n" for commit, file in asked).encode("utf-8", "surrogatepass")


def _size(row: bytes) -> int:
    """Of `<name> blob <size>`; -1 for any other answer."""
    fields = row.split()
    return int(fields[2]) if len(fields) == 3 and fields[1] == b"blob" else -1


def _run(root: Path, args: tuple[str, ...], given: bytes = b"") -> bytes | None:
    import subprocess  # most checks need no git, and this costs a tenth of one

    keep = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment = keep | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            ["git", "-C", os.fspath(root), *_SAFE, *args],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
            input=given,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None


def head(root: Path) -> str | None:
    """The commit of the work tree, None outside git."""
    found = git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return found.strip() if found else None


def kinds(files: tuple[str, ...]) -> list[str]:
    """Pathspecs for files of these kinds; [] for all: git must not compare pictures to find a renamed script."""
    names = [file.rsplit("/", 1)[-1] for file in files]
    return sorted({f"*.{n.rsplit('.', 1)[1]}" for n in names}) if all("." in n for n in names) else []


def by_commit(out: str) -> list[tuple[str, list[str]]]:
    """Each commit in what git prints by `-z --format=%x01%H`, and the fields that follow it."""
    made: list[tuple[str, list[str]]] = []
    for block in out.split("\x01")[1:]:
        commit, *fields = (field.strip("\n") for field in block.split("\0"))
        made.append((commit, [f for f in fields if f]))
    return made
