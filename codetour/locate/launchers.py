"""Through launchers to what they launch: `torchrun --nproc_per_node 8 -m pkg.train --lr 1` runs `pkg.train`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal

from codetour.knowledge.locate_tables import launchers

What = Literal["script", "module", "shell", "make", "notebook", "name"]
_SCRIPT_ENDINGS: Final = (".py", ".ipynb")
_FLAGS_WITH_VALUE: Final = frozenset({"-W", "-X", "--check-hash-based-pycs"})


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a command line runs."""

    what: What
    target: str
    """path, module name, make target or program name"""
    argv: tuple[str, ...] = ()
    launcher: str = ""
    """the program that starts it in several processes, "" for plain Python"""


def see_through(words: tuple[str, ...]) -> Invocation | None:
    """What `words` runs, None when it is nothing of a repository."""
    table = launchers()
    launcher = ""
    for at, word in enumerate(words[:40]):
        name = PurePosixPath(word.replace("\\", "/")).name
        rest = words[at + 1 :]
        if table.pythons.match(name):
            return _python(rest, launcher)
        if name in table.shells:
            script = next((w for w in rest if not w.startswith("-")), "")
            return Invocation("shell", script, _after(rest, script), launcher) if script else None
        if name.endswith(_SCRIPT_ENDINGS) and (at == 0 or launcher or word.startswith("./")):
            return Invocation("script", word, rest, launcher)
        if name.endswith(".sh") and at == 0:
            return Invocation("shell", word, rest)
        if name in ("make", "gmake", "just") and at == 0:
            target = next((w for w in rest if not w.startswith("-") and "=" not in w), "")
            return Invocation("make", target, ())
        if name in table.distributed or name in table.wrappers:
            launcher = launcher or (name if name in table.distributed else "")
            if name in table.distributed:
                found = _distributed(rest, name)
                if found is not None:
                    return found
            continue
        if name in ("papermill", "jupyter", "runipy", "nbconvert"):
            return _notebook(rest)
        if at == 0:
            return Invocation("name", word, rest) if _is_name(word) else None
    return None


def _python(rest: tuple[str, ...], launcher: str) -> Invocation | None:
    at = 0
    while at < len(rest):
        word = rest[at]
        if word == "-m" and at + 1 < len(rest):
            return _module(rest[at + 1], rest[at + 2 :], launcher)
        if word.startswith("-m") and len(word) > 2:
            return _module(word[2:], rest[at + 1 :], launcher)
        if word == "-c":
            return None
        if word in _FLAGS_WITH_VALUE:
            at += 2
        elif word.startswith("-"):
            at += 1
        elif word.endswith(_SCRIPT_ENDINGS):
            return Invocation("script", word, rest[at + 1 :], launcher)
        else:
            # `python main` or `python folder`: a package or a path without its ending
            return Invocation("script", word, rest[at + 1 :], launcher) if _is_path(word) else None
    return None


def _module(name: str, rest: tuple[str, ...], launcher: str) -> Invocation | None:
    table = launchers()
    if name in table.modules:
        found = _distributed(rest, name)
        return found if found is not None else None
    if name in table.tools or name.split(".", maxsplit=1)[0] in ("pip", "pytest", "jupyter"):
        return None
    return Invocation("module", name, rest, launcher)


def _distributed(rest: tuple[str, ...], launcher: str) -> Invocation | None:
    """The first script or `-m module` after a launcher's own options; these never end in .py."""
    for at, word in enumerate(rest):
        name = PurePosixPath(word).name
        if word in ("-m", "--module") and at + 1 < len(rest) and not rest[at + 1].isdigit():
            return Invocation("module", rest[at + 1], _own(rest[at + 2 :]), launcher)
        if launchers().pythons.match(name):
            return _python(rest[at + 1 :], launcher)
        if word.endswith(".py"):
            return Invocation("script", word, _own(rest[at + 1 :]), launcher)
    return None


def _own(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The program's arguments: a `--` before them ends the launcher's."""
    return argv[1:] if argv[:1] == ("--",) else argv


def _notebook(rest: tuple[str, ...]) -> Invocation | None:
    name = next((w for w in rest if w.endswith(".ipynb")), None)
    return Invocation("notebook", name, ()) if name else None


def _after(rest: tuple[str, ...], word: str) -> tuple[str, ...]:
    return rest[rest.index(word) + 1 :] if word in rest else ()


def _is_name(word: str) -> bool:
    return word.replace("-", "_").replace(".", "_").isidentifier()


def _is_path(word: str) -> bool:
    return all(
        part.replace("-", "_").replace(".", "_").isidentifier() for part in word.strip("./").split("/")
    )
