"""Which files differ from what they were at a commit, uncommitted edits included: only their stops need a look.

The blobs of the commit are listed and compared with the bytes of the work tree; `git diff` against a work tree could
run the filters that a repository's configuration names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from codetour.errors import UsageProblem
from codetour.model.text import clean
from codetour.resolve.git import git

_REF: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/@{}~^+-]{0,199}")
_BATCH: Final = 500
"""paths in one command line"""


def known_commit(root: Path, ref: str) -> str | None:
    """The hash of the commit that `ref` names, None where there is none; no text of a stranger becomes an option."""
    if not _REF.fullmatch(ref):
        return None
    found = git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return found.strip() if found else None


def changed_since(root: Path, ref: str, files: Iterable[str]) -> frozenset[str]:
    """Those of `files` (relative to `root`) whose bytes are not those of the commit. Raises UsageProblem."""
    commit = known_commit(root, ref)
    if commit is None and git(root, "rev-parse", "--git-dir") is None:
        raise UsageProblem(
            f"--since {clean(ref, 100)}: git knows nothing of {clean(str(root), 200)}",
            hint="It must be a clone. One that belongs to another account (as in a container) has to be trusted: "
            "git config --global --add safe.directory '*'",
        )
    if commit is None:
        raise UsageProblem(
            f"--since {clean(ref, 100)}: no such commit here",
            hint="In CI, fetch it first (actions/checkout: `fetch-depth: 0`), or leave --since away.",
        )
    wanted = sorted(set(files))
    blobs: dict[str, str] = {}
    for start in range(0, len(wanted), _BATCH):
        blobs |= _blobs(root, commit, wanted[start : start + _BATCH])
    return frozenset(f for f in wanted if f not in blobs or _blob(root / f, len(blobs[f])) != blobs[f])


def _blobs(root: Path, commit: str, files: list[str]) -> dict[str, str]:
    listed = git(root, "--literal-pathspecs", "ls-tree", "-z", commit, "--", *files) or ""
    rows = (row.partition("\t") for row in listed.split("\0") if row)
    return {name: head.split()[2] for head, _, name in rows if len(head.split()) == 3}


def _blob(path: Path, digits: int) -> str | None:
    """The name that git would give to the bytes of a file."""
    import hashlib  # loads OpenSSL, which most checks do without

    try:
        data = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
    except OSError:
        return None
    algorithm = hashlib.sha1 if digits == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
