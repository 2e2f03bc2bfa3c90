"""An author's words: Markdown, as CodeTour shows it, rewritten so that nothing in it can do more than be read.

The text is parsed once; HTML and Markdown are written anew from the tokens. Raw HTML is text, pictures are their
description, addresses are shown and never linked (Markdown keeps those of the web), commands are shown and never run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from codetour.tourfile.links import Link, links

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SHELL: Final = re.compile(r"^>>\s+(.+)$", re.MULTILINE)
_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|#~!$&])")
_WEB: Final = re.compile(r"https?://[^\s<>()\"'\\]{1,500}")
_TICKS: Final = re.compile("`+")
_BLOCKS: Final = {
    "paragraph": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "blockquote": "blockquote",
    "heading": "h3",
}  # fmt: skip
_INLINE: Final = {"strong": "strong", "em": "em"}

Target = Callable[[Link], str]
"""where a link between stops leads, "" where it leads nowhere in this document"""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20})


def _parse(text: str) -> list[Token]:
    return _parser().parse(_SHELL.sub(lambda m: _fenced(f"$ {m[1]}"), text))


def _fenced(code: str, language: str = "") -> str:
    fence = "`" * max(3, longest_ticks(code) + 1)
    return f"\n{fence}{language}\n{code}\n{fence}\n"


def longest_ticks(text: str) -> int:
    """The longest run of back ticks."""
    return max((len(t) for t in _TICKS.findall(text)), default=0)


# -- HTML


def html(text: str, target: Target, titles: Sequence[str] = ()) -> str:
    """Safe HTML: paragraphs, lists, emphasis, code, and links to stops of this page and of those beside it."""
    made: list[str] = []
    hidden: list[bool] = []
    for token in _parse(text):
        kind, _, edge = token.type.rpartition("_")
        if token.type == "inline":
            made.append(_inline_html(token.children or [], target, titles))
        elif token.type in ("fence", "code_block"):
            made.append(f'<pre class="said">{escape(token.content.rstrip())}</pre>')
        elif token.type == "hr":
            made.append("<hr>")
        elif kind in _BLOCKS and edge == "open":
            hidden.append(token.hidden)
            made.append("" if token.hidden else f"<{_BLOCKS[kind]}>")
        elif kind in _BLOCKS and edge == "close":
            # the paragraph of a tight list has no tag of its own
            made.append(" " if hidden.pop() else f"</{_BLOCKS[kind]}>")
        else:
            made.append(escape(token.content))
    return "".join(made)


def line_html(text: str) -> str:
    """One line, with what stands between back ticks as code."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"<code>{escape(p)}</code>" if i % 2 else escape(p) for i, p in enumerate(parts))


def _inline_html(tokens: Sequence[Token], target: Target, titles: Sequence[str]) -> str:
    made: list[str] = []
    for token in tokens:
        kind, _, edge = token.type.rpartition("_")
        if token.type == "text":
            made.append(_text_html(token.content, target, titles))
        elif token.type == "code_inline":
            made.append(f"<code>{escape(token.content)}</code>")
        elif token.type == "softbreak":
            made.append("\n")
        elif token.type == "hardbreak":
            made.append("<br>")
        elif kind in _INLINE:
            made.append(f"<{'/' if edge == 'close' else ''}{_INLINE[kind]}>")
        elif token.type == "image":
            made.append(escape(_picture(token)))
        elif token.type == "link_open":
            made.append('<span class="link">')
        elif token.type == "link_close":
            made.append(f"{_address(tokens, token)}</span>")
        else:
            made.append(escape(token.content))
    return "".join(made)


def _text_html(text: str, target: Target, titles: Sequence[str]) -> str:
    made: list[str] = []
    at = 0
    for link in links(text, titles):
        made.append(escape(text[at : link.start]))
        at = link.end
        where = target(link)
        label = escape(link.label)
        made.append(f'<a href="{escape(where)}">{label}</a>' if where else _elsewhere(link))
    return "".join((*made, escape(text[at:])))


def _elsewhere(link: Link) -> str:
    where = f" (tour {link.tour}{f', stop {link.step}' if link.step else ''})" if link.tour else ""
    return escape(link.label + (where if link.label != link.tour else ""))


def _picture(token: Token) -> str:
    return f"[picture: {token.content or 'without a description'}]"


def _address(tokens: Sequence[Token], closing: Token) -> str:
    opening = _opening(tokens, closing)
    shown = str(opening.attrs.get("href", "")) if opening is not None else ""
    return f" <code>{escape(shown)}</code>" if shown else ""


def _opening(tokens: Sequence[Token], closing: Token) -> Token | None:
    """The `link_open` of a `link_close`: links do not nest."""
    found: Token | None = None
    for token in tokens:
        if token.type == "link_open":
            found = token
        if token is closing:
            return found
    return None


# -- Markdown


def markdown(text: str, target: Target, titles: Sequence[str] = ()) -> str:
    """Markdown that GitHub and Jupyter render as the author meant it, with nothing else in it."""
    writer = _Markdown(target, titles)
    for token in _parse(text):
        writer.take(token)
    return "\n".join(writer.lines).strip("\n")


def plain_line(value: str) -> str:
    """One line that cannot become markup."""
    return _SIGNS.sub(lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(m[1], "\\" + m[1]), value)


def quoted_code(code: str) -> str:
    """`code` between back ticks, whatever it holds."""
    if not code:
        return ""
    ticks = "`" * (longest_ticks(code) + 1)
    space = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{space}{code}{space}{ticks}"


class _Markdown:
    """Writes blocks with the prefixes (quote, list) they stand in."""

    def __init__(self, target: Target, titles: Sequence[str]) -> None:
        self.lines: list[str] = []
        self._target, self._titles = target, titles
        self._prefix: list[str] = []
        self._bullets: dict[int, str] = {}
        """of items whose first line is not written yet, by their level in `_prefix`"""
        self._gap: str | None = None
        """prefix of the empty line before a list or quotation, which may not touch what stands before it"""
        self._numbers: list[int | None] = []

    def take(self, token: Token) -> None:
        kind, _, edge = token.type.rpartition("_")
        if token.type == "inline":
            self._block(self._inline(token.children or []).split("\n"))
        elif token.type in ("fence", "code_block"):
            self._block(_fenced(token.content.rstrip("\n")).strip("\n").split("\n"))
        elif token.type == "hr":
            self._block(["---"])
        elif kind in ("bullet_list", "ordered_list"):
            self._list(token, opens=edge == "open", ordered=kind == "ordered_list")
        elif kind == "list_item":
            self._item(opens=edge == "open")
        elif kind == "blockquote" and edge == "open":
            self._open_gap()
            self._prefix.append("> ")
        elif kind == "blockquote":
            self._prefix.pop()
        elif kind not in ("paragraph", "heading"):
            self._block(plain_line(token.content).split("\n"))

    def _list(self, token: Token, *, opens: bool, ordered: bool) -> None:
        if opens:
            self._open_gap()
            self._numbers.append(int(token.attrs.get("start", 1)) if ordered else None)
        else:
            self._numbers.pop()

    def _item(self, *, opens: bool) -> None:
        if not opens:
            self._prefix.pop()
            self._bullets.pop(len(self._prefix), None)
            return
        number = self._numbers[-1]
        bullet = "- " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        self._bullets[len(self._prefix)] = bullet
        self._prefix.append(" " * len(bullet))

    def _open_gap(self) -> None:
        if self.lines and not self._bullets and self._gap is None:
            self._gap = "".join(self._prefix)

    def _block(self, lines: list[str]) -> None:
        before = "".join(self._prefix)
        if self._gap is not None:
            self.lines.append(self._gap.rstrip())
        elif self.lines and not self._bullets:
            self.lines.append(before.rstrip())
        self._gap = None
        first = "".join(self._bullets.get(level, part) for level, part in enumerate(self._prefix))
        self._bullets.clear()
        self.lines += [(first if n == 0 else before) + line for n, line in enumerate(lines)]

    def _inline(self, tokens: Sequence[Token]) -> str:
        made: list[str] = []
        for token in tokens:
            kind = token.type.rpartition("_")[0]
            if token.type == "text":
                made.append(self._text(token.content))
            elif token.type == "code_inline":
                made.append(quoted_code(token.content))
            elif token.type == "softbreak":
                made.append("\n")
            elif token.type == "hardbreak":
                made.append("  \n")
            elif kind in _INLINE:
                made.append("**" if kind == "strong" else "*")
            elif token.type == "image":
                made.append(plain_line(_picture(token)))
            elif token.type == "link_open":
                made.append("[" if _web(token) else "")
            elif token.type == "link_close":
                made.append(self._closed(tokens, token))
            else:
                made.append(plain_line(token.content))
        return "\n".join(_tame(line) for line in "".join(made).split("\n"))

    def _closed(self, tokens: Sequence[Token], closing: Token) -> str:
        opening = _opening(tokens, closing)
        if opening is None:
            return ""
        address = str(opening.attrs.get("href", ""))
        return f"](<{address}>)" if _web(opening) else f" ({quoted_code(address)})" if address else ""

    def _text(self, text: str) -> str:
        made: list[str] = []
        at = 0
        for link in links(text, self._titles):
            made.append(plain_line(text[at : link.start]))
            at = link.end
            where = self._target(link)
            label = plain_line(link.label)
            made.append(f"[{label}]({where})" if where else plain_line(_plain_elsewhere(link)))
        return "".join((*made, plain_line(text[at:])))


def _plain_elsewhere(link: Link) -> str:
    where = f" (tour {link.tour}{f', stop {link.step}' if link.step else ''})" if link.tour else ""
    return link.label + (where if link.label != link.tour else "")


def _web(token: Token) -> bool:
    return _WEB.fullmatch(str(token.attrs.get("href", ""))) is not None


def _tame(line: str) -> str:
    """A line of words that begins no list, rule or heading."""
    return re.sub(r"^(\s*)(\d+)([.)])", r"\1\2\\\3", re.sub(r"^(\s*)([-+=])", r"\1\\\2", line))
