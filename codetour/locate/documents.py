"""Command lines out of documents: Markdown and MDX (parsed), reStructuredText, notebooks' shell lines.

Each block is a piece of shell text with the line where it starts; inline code counts as a block of one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TAG: Final = re.compile(r"<[/a-zA-Z][^<>]{0,300}>")
_RST_BLOCK: Final = re.compile(
    r"^(\s*)(?:\.\.\s+(?:code|code-block|sourcecode|parsed-literal|prompt)::.*|.*::)\s*$"
)
_RST_INLINE: Final = re.compile(r"``([^`\n]{3,300})``")
_LONGEST: Final = 400_000


@dataclass(frozen=True, slots=True)
class Block:
    """Shell text in a document."""

    text: str
    line: int
    inline: bool = False
    heading: str = ""


def markdown_blocks(text: str) -> Iterator[Block]:
    """Fenced and indented code, `<pre>` and inline code of a Markdown or MDX document."""
    heading, headed = "", False
    for token in _parser().parse(text[:_LONGEST]):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open":
            headed = True
        elif token.type in ("fence", "code_block"):
            yield Block(token.content, line + (token.type == "fence"), heading=heading)
        elif token.type == "html_block":
            yield Block(_TAG.sub(" ", token.content), line, heading=heading)
        elif token.type == "inline":
            if headed:
                heading, headed = token.content[:120], False
            yield from _inline(token, line, heading)


def _inline(token: Token, line: int, heading: str) -> Iterator[Block]:
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "code_inline":
            yield Block(child.content, line, inline=True, heading=heading)
        elif child.type == "link_open":
            yield Block(str(child.attrGet("href") or ""), line, inline=True, heading=heading)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def rst_blocks(text: str) -> Iterator[Block]:
    """Literal blocks, code directives and inline literals of a reStructuredText document."""
    lines = text[:_LONGEST].split("\n")
    heading, at = "", 0
    while at < len(lines):
        line = lines[at]
        if at and line and set(line.strip()) <= set("=-~^*#+\"'") and len(line.strip()) >= 3:
            heading = lines[at - 1].strip()[:120]
        opened = _RST_BLOCK.match(line)
        if not opened:
            for found in _RST_INLINE.finditer(line):
                yield Block(found[1], at + 1, inline=True, heading=heading)
            at += 1
            continue
        indent, at, first = len(opened[1]), at + 1, at + 2
        body: list[str] = []
        while at < len(lines) and (
            not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > indent
        ):
            body.append(lines[at].strip() if not lines[at].strip().startswith(":") else "")
            at += 1
        yield Block("\n".join(body), first, heading=heading)


def notebook_blocks(script: str) -> Iterator[Block]:
    """`!python train.py` lines; the notebook's script keeps them as comments."""
    for number, line in enumerate(script.split("\n"), 1):
        found = re.match(r"\s*(?:pass  )?#\s*(?:!|%run\s+|%sh\s+)(.+)", line)
        if found:
            command = found[1].strip()
            yield Block(f"python {command}" if "%run" in line else command, number)
