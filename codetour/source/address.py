"""What the user calls a repository: a path, `owner/name[@ref]` or a git URL.

    parse("karpathy/nanoGPT@v1") -> Address(url="https://github.com/karpathy/nanoGPT", ref="v1", ...)

A path that exists wins over `owner/name`. `CODETOUR_HOST` names another host than GitHub (an Enterprise server, a
mirror, a `file://` folder in tests).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from codetour.errors import SourceError
from codetour.model.text import clean

_SHORT: Final = re.compile(r"^([A-Za-z0-9][\w.-]*)/([A-Za-z0-9_.][\w.-]*?)(?:\.git)?(?:@(\S+))?$")
_SCP: Final = re.compile(r"^(?:[\w.+-]+@)?[\w.-]+:(?!//)[\w./~+-]+(?:@\S+)?$")
_SCHEMES: Final = ("https", "http", "ssh", "git", "file")
_REF: Final = re.compile(r"^(?!-)(?!.*\.\.)(?!.*[~^:?*\[\\\x00-\x20\x7f])\S{1,200}$")


@dataclass(frozen=True, slots=True)
class Address:
    """A repository that has to be cloned."""

    url: str
    name: str
    """`owner/name` where it can be told, else the last part"""
    ref: str | None = None


def parse(spec: str) -> Address | Path:
    """An existing path as `Path`, else an `Address`. Raises `SourceError` with what would be understood."""
    if "\0" in spec or len(spec) > 4096:
        raise SourceError("That is not a repository address.", hint=_HINT)
    if (path := _existing(spec)) is not None:
        return path
    if spec.startswith("-"):
        raise SourceError(f"Not a repository: {clean(spec)}", hint=_HINT)
    if short := _SHORT.match(spec):
        host = os.environ.get("CODETOUR_HOST", "https://github.com").rstrip("/")
        return Address(f"{host}/{short[1]}/{short[2]}", f"{short[1]}/{short[2]}", _checked(short[3]))
    scheme = spec.split("://", maxsplit=1)[0] if "://" in spec else ""
    if scheme in _SCHEMES or _SCP.match(spec):
        url, ref = _split_ref(spec)
        return Address(url, _name(url), _checked(ref))
    if scheme or "::" in spec:
        raise SourceError(
            f"codetour does not clone over {clean(spec.split(':', maxsplit=1)[0])!r}.", hint=_HINT
        )
    raise SourceError(f"Not found: {clean(spec)}", hint=_HINT)


def _existing(spec: str) -> Path | None:
    try:
        path = Path(spec).expanduser()
        return path.absolute() if path.exists() else None
    except (OSError, RuntimeError):  # a name too long, a home that nobody has
        return None


_HINT: Final = "Give owner/name[@ref], a git URL (https, ssh, file) or the path of a folder."


def public_url(url: str) -> str | None:
    """`url` as an https address without credentials, for permalinks; None when it has none."""
    if scp := re.match(r"^(?:[\w.+-]+@)?([\w.-]+):(?!//)([\w./~+-]+)$", url):
        url = f"https://{scp[1]}/{scp[2]}"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port and parts.scheme in {"https", "http"} else ""
    except ValueError:
        return None
    if parts.scheme not in {"https", "http", "ssh", "git"} or not parts.hostname:
        return None
    return urlunsplit(("https", parts.hostname + port, parts.path.removesuffix(".git"), "", ""))


def _split_ref(spec: str) -> tuple[str, str | None]:
    """`https://host/owner/name@ref`: the `@` of a user comes before the host, never after a path's slash."""
    head, at, ref = spec.rpartition("@")
    path_begins = head.find("/", head.find("://") + 3) if "://" in head else head.find(":")
    if at and path_begins > 0:
        return head, ref
    return spec, None


def _name(url: str) -> str:
    parts = [p for p in re.split(r"[/:]", url.removesuffix("/").removesuffix(".git")) if p]
    return "/".join(parts[-2:]) if len(parts) > 2 and not url.startswith("file:") else parts[-1]


def _checked(ref: str | None) -> str | None:
    if ref is not None and not _REF.match(ref):
        raise SourceError(f"Not a branch, tag or commit: {clean(ref)}", hint=_HINT)
    return ref
