"""An address -> a `Tree`: a work tree on disk, pinned to a commit.

A remote repository is fetched shallow (one commit) into the cache, one folder per commit, so a second visit costs
one `ls-remote`, works offline, and an aborted fetch goes on where it can. A local path is taken as it is.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from codetour.errors import SourceError
from codetour.model.source import Tree
from codetour.model.text import clean
from codetour.places import cache_dir
from codetour.progress import Progress
from codetour.source import guarded_git as git
from codetour.source.address import Address, parse, public_url

if TYPE_CHECKING:
    from git import Repo

_HASH: Final = re.compile(r"^[0-9a-f]{7,40}$")
_DONE: Final = "codetour-complete"
"""a file inside `.git` that says the checkout ended well"""


def get_tree(spec: str, progress: Progress) -> Tree:
    """The tree that `spec` names, cloned when it is not here yet. Raises `SourceError`."""
    address = parse(spec)
    if isinstance(address, Path):
        return local_tree(address)
    return _remote_tree(address, progress)


# -- a folder that is here already


def local_tree(path: Path) -> Tree:
    """The tree at `path`, which may be a part of a larger repository. Nothing is written, nothing is run in it."""
    path = Path(os.path.realpath(path))
    if not path.exists():
        raise SourceError(f"Not found: {clean(str(path))}", hint="Give the path of a repository's folder.")
    if not path.is_dir():
        raise SourceError(
            f"{clean(str(path))} is a file.",
            hint=f"Give its folder and name it: codetour run {path.parent} --entry {path.name}",
        )
    try:
        with os.scandir(path) as entries:
            names = {entry.name for entry in entries}
    except OSError as error:
        raise SourceError(
            f"{clean(str(path))} cannot be read: {error.strerror}", hint="Check its permissions."
        ) from error
    repo = git.open_repo(path)
    if repo is not None and repo.bare:
        raise SourceError(
            f"{clean(str(path))} is a bare repository without files.",
            hint=f"Clone it: codetour run file://{path}",
        )
    if not names - {".git"}:
        raise SourceError(
            f"{clean(str(path))} holds no files.", hint="Check out a branch, or give another folder."
        )
    if repo is None:
        return Tree(root=path, name=path.name)
    top = Path(os.path.realpath(str(repo.working_tree_dir)))
    url = _origin(repo)
    name = "/".join(url.rsplit("/", 2)[-2:]) if url else top.name
    if path != top:
        name = f"{name}/{path.relative_to(top).as_posix()}"
    return Tree(
        root=path, name=clean(name, 120), commit=_head(repo), url=url, top=top, dirty=_dirty(repo, top)
    )


def _head(repo: Repo) -> str | None:
    try:
        return repo.head.commit.hexsha
    except (ValueError, OSError):
        return None  # no commit yet


def _origin(repo: Repo) -> str | None:
    try:
        urls = {remote.name: remote.url for remote in repo.remotes}
    except Exception:  # noqa: BLE001 - a broken config file must not stop a static command
        return None
    url = urls.get("origin") or next(iter(urls.values()), None)
    return public_url(url) if url else None


def _dirty(repo: Repo, top: Path) -> bool:
    """Whether tracked files differ from the commit, found by reading only.

    `git status` would run the clean filters that the repository's own config names.
    """
    from git import GitCommandError

    try:
        repo.git.diff_index("--cached", "--quiet", "HEAD")
    except GitCommandError:
        return True
    try:
        entries: Any = repo.index.entries
        for (name, _stage), entry in entries.items():
            info = (top / name).lstat()
            same_time = info.st_mtime == entry.mtime[0] + entry.mtime[1] / 1e9
            if not same_time and (info.st_size != entry.size or _blob(top / name) != entry.hexsha):
                return True
    except (OSError, ValueError, AttributeError):
        return True
    return False


def _blob(path: Path) -> str:
    data = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


# -- a repository that must be fetched


def _remote_tree(address: Address, progress: Progress) -> Tree:
    slug = re.sub(r"[^\w.-]+", "-", address.name).strip("-.") or "repository"
    store = cache_dir() / "clones" / f"{slug}-{hashlib.sha256(address.url.encode()).hexdigest()[:10]}"
    progress.begin(f"Fetching {clean(address.name, 100)}")
    notes: tuple[str, ...] = ()
    try:
        commit, ref = _remote_commit(store, address)
    except SourceError:
        known = _last_known(store, address.ref)
        if known is None:
            raise
        commit, ref = known, known
        notes = ("The host was not reached; this is the copy of an earlier visit.",)
    root = store / commit[:16]
    if not (root / ".git" / _DONE).exists():
        _fetch(root, address, commit, ref, progress)
        (root / ".git" / _DONE).touch()
    _remember(store, address.ref, commit)
    commit = _full_hash(root) or commit
    progress.end(f"commit {commit[:10]}")
    if not any(p.name != ".git" for p in root.iterdir()):
        raise SourceError(
            f"{clean(address.name)} is empty at that commit.", hint="Pick another one with @ref."
        )
    return Tree(
        root=root, name=clean(address.name, 120), commit=commit, url=public_url(address.url), ref=address.ref,
        top=root, notes=notes,
    )  # fmt: skip


def _remote_commit(store: Path, address: Address) -> tuple[str, str]:
    """The commit that the address means now, and the name to fetch it by."""
    repo = git.init_repo(store / "refs")
    wanted = address.ref or "HEAD"
    rows = [
        line.split("\t")
        for line in git.run(repo, "ls_remote", "--", address.url).splitlines()
        if "\t" in line
    ]
    if not rows:
        raise SourceError(
            f"{clean(address.name)} is empty.", hint="It has no commit yet; give another repository."
        )
    found = {name: commit for commit, name in rows}
    for name in (
        wanted,
        f"refs/heads/{wanted}",
        f"refs/tags/{wanted}^{{}}",
        f"refs/tags/{wanted}",
        f"refs/{wanted}",
    ):
        if name in found:
            return found[name], name.removesuffix("^{}")
    if address.ref is None:  # a remote whose HEAD names no branch
        return rows[0][0], rows[0][1]
    if _HASH.match(wanted):
        return wanted, wanted
    near = ", ".join(
        sorted(n.split("/", 2)[2] for n in found if n.count("/") >= 2 and not n.endswith("^{}"))[:8]
    )
    raise SourceError(
        f"{clean(address.name)} has no branch, tag or commit {clean(wanted)!r}.",
        hint=f"It has {clean(near)}.",
    )


def _fetch(root: Path, address: Address, commit: str, ref: str, progress: Progress) -> None:
    """One commit, shallow; a host that serves no single commits gives its history without file contents."""
    repo = git.init_repo(root)
    options = ("--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
    try:
        git.watch(repo, "fetch", *options, "--depth=1", "--", address.url, ref, progress=progress)
        _check_out(repo, commit, progress)
    except SourceError:
        if not _HASH.match(ref):
            raise
        everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        git.watch(repo, "fetch", *options, "--", address.url, *everything, progress=progress)
        _check_out(repo, commit, progress)
    with suppress(ValueError):
        repo.create_remote("origin", public_url(address.url) or address.url)


def _check_out(repo: Repo, commit: str, progress: Progress) -> None:
    git.watch(repo, "checkout", "--progress", "--force", "--detach", commit, progress=progress)


def _full_hash(root: Path) -> str | None:
    repo = git.open_repo(root)
    return _head(repo) if repo is not None else None


def _remember(store: Path, ref: str | None, commit: str) -> None:
    """Which commit a ref meant last time, for a visit without network."""
    place = _memory(store, ref)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(commit + "\n", encoding="ascii")


def _last_known(store: Path, ref: str | None) -> str | None:
    try:
        commit = _memory(store, ref).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return commit if (store / commit[:16] / ".git" / _DONE).exists() else None


def _memory(store: Path, ref: str | None) -> Path:
    return store / "seen" / hashlib.sha256((ref or "HEAD").encode()).hexdigest()[:16]
