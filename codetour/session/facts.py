"""What a running program says of itself, asked without stopping it: its command, its folders, its interpreter.

An expression without a frame is evaluated beside the program's own threads.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, cast

from codetour.model.text import clean
from codetour.session.process import Process
from codetour.session.wire import WireError

MOST: Final = 200
ASK: Final = (
    "(lambda os, sys: __import__('json').dumps([list(map(str, sys.argv[:50])), "
    "str(getattr(sys.modules.get('__main__'), '__file__', '')), os.getcwd(), sys.executable, "
    "list(sys.version_info[:3]), [p for p in sys.path if isinstance(p, str)][:50]]))"
    "(__import__('os'), __import__('sys'))"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A program in its own words."""

    argv: tuple[str, ...]
    main: str
    """file of `__main__`; the debugger's own while the program waits to begin"""
    cwd: str
    executable: str
    version: tuple[int, int, int]
    search: tuple[str, ...]
    """`sys.path`"""

    def candidates(self, entry: str, local: str) -> list[str]:
        """Folders that may be the tree for the program, likeliest first."""
        found: list[str] = []
        for file in (self.main, *self.argv[:1]):
            path = posixpath.normpath(posixpath.join(self.cwd, file))
            if path.endswith("/" + entry):
                found.append(path[: -len(entry) - 1] or "/")
        here = [posixpath.normpath(posixpath.join(self.cwd, f)) for f in (self.main, *self.search)]
        if any(f == local or f.startswith(local.rstrip("/") + "/") for f in (self.cwd, *here)):
            found.append(local)  # on the same machine the tree is there, but perhaps not what runs
        found += [self.cwd, *self.search, *(str(p) for p in PurePosixPath(self.cwd).parents)]
        return [f for f in dict.fromkeys(found) if f.startswith("/")]


async def ask_facts(process: Process) -> Facts:
    """Raises WireError when it does not answer as it should."""
    found = await _json(process, ASK)
    if not isinstance(found, list) or len(cast("list[Any]", found)) != 6:
        raise WireError("an answer of another kind")
    argv, main, cwd, executable, version, search = cast("list[Any]", found)
    numbers = (
        [n for n in cast("list[Any]", version) if isinstance(n, int)] if isinstance(version, list) else []
    )
    return Facts(
        _texts(argv), clean(str(main), 1_000), clean(str(cwd), 1_000), clean(str(executable), 1_000),
        cast("tuple[int, int, int]", tuple((*numbers, 0, 0, 0)[:3])), _texts(search),
    )  # fmt: skip


async def find_root(
    process: Process, candidates: Sequence[str], entry: str, text: bytes
) -> tuple[str, bool] | None:
    """(the folder, with links resolved, that holds `entry` for the program; whether its text is the same as ours)."""
    question = (
        "(lambda os, hashlib: __import__('json').dumps(next(([os.path.realpath(d), "
        "hashlib.sha256(open(os.path.join(d, e), 'rb').read()).hexdigest()] for d in "
        f"{[c[:1_000] for c in candidates[:MOST]]!a} for e in [{entry!a}] "
        "if os.path.isfile(os.path.join(d, e))), None)))(__import__('os'), __import__('hashlib'))"
    )
    found = await _json(process, question)
    if not isinstance(found, list) or len(cast("list[Any]", found)) != 2:
        return None
    root, digest = cast("list[Any]", found)
    return (str(root), digest == hashlib.sha256(text).hexdigest()) if isinstance(root, str) else None


async def _json(process: Process, expression: str) -> object:
    answer = await process.evaluate(expression)
    try:
        return json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise WireError(clean(answer, 200) or "an empty answer") from error


def _texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list):
        return ()
    return tuple(clean(x, 1_000) for x in cast("list[object]", found)[:MOST] if isinstance(x, str))
