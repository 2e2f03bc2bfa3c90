"""Where a program is that runs already, and how its folders are called here.

HOST:PORT                      as given to `debugpy --listen` or `debugpy.listen`
REMOTE=LOCAL                   a folder of the program's machine, and the folder of the tree that it is
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from codetour.errors import UsageProblem
from codetour.session.paths import Paths

LOCALHOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a debugger listens."""

    host: str
    port: int

    @staticmethod
    def of(text: str) -> Address:
        """Read `HOST:PORT`, `:PORT`, `PORT`, `[V6]:PORT`; raises UsageProblem."""
        host, _, port = text.strip().rpartition(":")
        if not port.isdigit() or not 0 < int(port) < 65_536:
            raise UsageProblem(
                f"{text!r} is no address.", hint="Write HOST:PORT, as in `debugpy --listen HOST:PORT`."
            )
        return Address(host.strip("[]") or LOCALHOST, int(port))

    @property
    def text(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One folder under its two names."""

    remote: str
    """absolute, for the program"""
    local: str = ""
    """relative to the tree, POSIX; "" is the tree itself"""

    @staticmethod
    def of(text: str, root: Path) -> Mapping:
        """Read `REMOTE` or `REMOTE=LOCAL`; LOCAL is a folder of the tree at `root`. Raises UsageProblem."""
        remote, _, local = text.partition("=")
        if not remote.startswith("/"):
            raise UsageProblem(f"{remote!r} is no absolute folder.", hint="Write --map /remote/folder=LOCAL.")
        folder = (root / Path(local).expanduser()).resolve()
        if folder != root.resolve() and root.resolve() not in folder.parents:
            raise UsageProblem(f"{local!r} is not in {root}.", hint="LOCAL is a folder of the repository.")
        inner = folder.relative_to(root.resolve()).as_posix()
        return Mapping(str(PurePosixPath(remote)), "" if inner == "." else inner)


@dataclass(frozen=True, slots=True)
class Remote:
    """A program met running, in the words that a walk needs (see `Command`)."""

    shown: tuple[str, ...]
    """its command as it told it"""
    cwd: Path
    """its working directory, on its own machine"""
    paths: Paths
