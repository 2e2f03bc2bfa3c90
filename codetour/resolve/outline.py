"""What a line of a text file stands under: headings of Markdown, keys of YAML, sections of TOML and INI, functions of
shell scripts. It tells apart lines that are equal, as Python's scopes do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from codetour.resolve.statements import Index

LONGEST: Final = 200
"""characters of an outline that are kept, and of a line that are looked at"""
NAMED: Final = 80
"""characters of one heading or key"""
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*)")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'`*+.#])\1{2,}\s*$")
_SECTION: Final = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+\s*(?:[#;].*)?$")
_FUNCTION: Final = re.compile(r"\s*(?:function\s+([\w:-]+)|([\w:-]+)\s*\(\s*\))\s*(?:\(\s*\))?\s*\{?\s*$")
_ITEM: Final = re.compile(r"(?:-\s+)+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=32)
def outline(index: Index, file: str) -> tuple[str, ...]:
    """Per line of a text file, what it stands under; "" at the top, () for kinds of files that have no outline."""
    name = file.rsplit("/", 1)[-1].lower()
    reader = _READERS.get(name[name.rfind(".") :] if "." in name else name)
    return (
        ()
        if reader is None
        else tuple(path[:LONGEST] for path in reader([line[:LONGEST] for line in index.lines]))
    )


def under(index: Index, file: str, line: int) -> str | None:
    """What one line stands under; None in a file that has no outline."""
    paths = outline(index, file)
    return paths[line - 1] if 1 <= line <= len(paths) else None


def _markdown(lines: list[str]) -> Iterator[str]:
    path: list[tuple[int, str]] = []
    fenced = False
    for line in lines:
        if _FENCE.match(line):
            fenced = not fenced
        found = None if fenced else _HEADING.match(line)
        if found:
            _leave(path, len(found[1]))
        yield _joined(path)
        if found:
            path.append((len(found[1]), _letters(found[2])))


def _underlined(lines: list[str]) -> Iterator[str]:
    """Of reStructuredText, whose levels are the signs in the order in which they come first."""
    path: list[tuple[int, str]] = []
    signs: list[str] = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        found = _UNDERLINE.match(below) if line.strip() and not _UNDERLINE.match(line) else None
        heading = found is not None and len(below.rstrip()) >= len(line.rstrip())
        if found and heading:
            if found[1] not in signs:
                signs.append(found[1])
            _leave(path, signs.index(found[1]))
        yield _joined(path)
        if found and heading:
            path.append((signs.index(found[1]), _letters(line)))


def _indented(lines: list[str]) -> Iterator[str]:
    """Of YAML: the keys that a line is indented under, a list's item by its first entry."""
    path: list[tuple[int, str]] = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            yield _joined(path)
            continue
        margin = len(line) - len(line.lstrip())
        _leave(path, margin)
        yield _joined(path)
        item = _ITEM.match(text)
        if item:
            path.append((margin, _letters(text[item.end() :])))
        elif ":" in text:
            path.append((margin, text.split(":", 1)[0].strip("\"' ")))


def _sections(lines: list[str]) -> Iterator[str]:
    section = ""
    for line in lines:
        found = _SECTION.match(line)
        yield "" if found else section
        section = found[1] if found else section


def _functions(lines: list[str]) -> Iterator[str]:
    function = ""
    for line in lines:
        found = _FUNCTION.match(line)
        if found or line.startswith("}"):
            yield ""
            function = (found[1] or found[2]) if found else ""
        else:
            yield function


def _leave(path: list[tuple[int, str]], level: int) -> None:
    while path and path[-1][0] >= level:
        path.pop()


def _joined(path: list[tuple[int, str]]) -> str:
    return "/".join(name[:NAMED] for _, name in path)


def _letters(text: str) -> str:
    """Without numbers and signs: a new version of what a step uses, or of a chapter's number, is no other one."""
    return " ".join(_LETTERS.findall(text.lower()))


_READERS: Final[dict[str, Callable[[list[str]], Iterator[str]]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".rst": _underlined,
    ".yaml": _indented,
    ".yml": _indented,
    ".toml": _sections,
    ".ini": _sections,
    ".cfg": _sections,
    ".sh": _functions,
    ".bash": _functions,
}
