"""git through GitPython, with its teeth drawn: no prompts, no hooks, no helpers from the repository's own config.

A fetch runs as a process that is watched: its progress is reported, and cancelling kills it.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from codetour.errors import SourceError
from codetour.model.text import clean
from codetour.progress import Progress

if TYPE_CHECKING:
    # a quarter of a second of import: only commands that touch a repository pay for it
    from git import Repo

_CONFIG: Final = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("protocol.ext.allow", "never"),
    ("submodule.recurse", "false"),
    ("gc.auto", "0"),
    ("advice.detachedHead", "false"),
)

_PERCENT: Final = re.compile(r"([A-Za-z][\w ]+):\s+(\d{1,3})%")


def environment() -> dict[str, str]:
    """What every git command runs with."""
    env = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
        "GIT_CONFIG_COUNT": str(len(_CONFIG)),
    }
    for i, (key, value) in enumerate(_CONFIG):
        env[f"GIT_CONFIG_KEY_{i}"] = key
        env[f"GIT_CONFIG_VALUE_{i}"] = value
    return env


def open_repo(path: Path) -> Repo | None:
    """The repository that holds `path`, or None outside git and where git refuses."""
    from git import InvalidGitRepositoryError, NoSuchPathError, Repo

    try:
        repo = Repo(path, search_parent_directories=True, expand_vars=False)
    except (InvalidGitRepositoryError, NoSuchPathError, OSError, ValueError):
        return None
    repo.git.update_environment(**environment())
    return repo


def init_repo(path: Path) -> Repo:
    """A new or half-fetched repository at `path`."""
    from git import Repo

    path.mkdir(parents=True, exist_ok=True)
    repo = Repo.init(path, initial_branch="codetour")
    repo.git.update_environment(**environment())
    return repo


def run(repo: Repo, command: str, *args: str) -> str:
    """Output of a short git command. Raises `SourceError` with git's last line."""
    from git import GitCommandError

    try:
        return str(getattr(repo.git, command)(*args))
    except GitCommandError as error:
        raise failure(str(error.stderr)) from error


def watch(repo: Repo, command: str, *args: str, progress: Progress) -> None:
    """Run a long git command, report its percentages and kill it when the user cancels."""
    handle: Any = getattr(repo.git, command)(*args, as_process=True)  # ends the process when it is collected
    process = handle.proc
    lines: deque[str] = deque(maxlen=30)
    latest: list[tuple[str, int]] = []

    def read() -> None:
        for line in _lines(process.stderr):
            lines.append(line)
            if found := _PERCENT.search(line):
                latest[:] = [(found[1], int(found[2]))]

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while reader.is_alive():
            reader.join(0.1)
            progress.check()
            if latest:
                what, done = latest[0]
                progress.advance(done, 100, what.lower())
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        for stream in (process.stdout, process.stderr, process.stdin):
            with suppress(OSError, AttributeError):
                stream.close()
    if code:
        raise failure("\n".join(lines))


def _lines(stream: Any) -> Iterator[str]:
    """Lines that end in newline or carriage return, as git's progress has them."""
    rest = b""
    while chunk := stream.read1(4096):
        *whole, rest = re.split(rb"[\r\n]", rest + chunk)
        yield from (line.decode(errors="replace") for line in whole if line)
    if rest:
        yield rest.decode(errors="replace")


_CAUSES: Final = (
    (
        (
            r"could not resolve host|couldn't connect|failed to connect|network is unreachable"
            r"|connection (refused|timed out)"
        ),
        "The network or the host cannot be reached.",
        "Check the connection, or give the path of a folder that is already here.",
    ),
    (
        r"not found|does not exist|does not appear to be a git repository|repository .* not exist",
        "There is no such repository, or it is private.",
        "Check the spelling; for a private one use its ssh address.",
    ),
    (
        r"authentication|permission denied|could not read username|access denied|403",
        "The host refused access.",
        "For a private repository use its ssh address, or clone it and give the path.",
    ),
    (
        r"couldn't find remote ref|no such ref|unadvertised object|not our ref",
        "That branch, tag or commit is not there.",
        "List them with `git ls-remote URL`.",
    ),
    (r"no space left", "The disk is full.", "Free space, or set CODETOUR_HOME to another disk."),
)


def failure(stderr: str) -> SourceError:
    """Git's own words turned into what happened and what to do."""
    lines = [s.strip(" '") for s in stderr.splitlines() if s.strip()]
    last = next(
        (s for s in reversed(lines) if s.lower().startswith(("fatal", "error", "remote"))),
        lines[-1] if lines else "",
    )
    for pattern, message, hint in _CAUSES:
        if re.search(pattern, stderr, re.IGNORECASE):
            return SourceError(f"{message} (git: {clean(last, 200)})", hint=hint)
    return SourceError(
        f"git failed: {clean(last, 300)}", hint="Try `git clone` by hand and give codetour the path."
    )
