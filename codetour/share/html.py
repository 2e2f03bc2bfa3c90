"""A tour as one HTML page that needs nothing else: no network, no server, no other file.

All text is escaped; the only script and style are ours, named by their hash in a policy that forbids the rest.
"""

from __future__ import annotations

import base64
import hashlib
import io
from html import escape
from importlib.resources import files
from typing import Final, cast

from codetour.model.tour import Tour
from codetour.share.card import Card, block_of, line_of

_LONGEST: Final = 6000
"""lines of an excerpt that are coloured"""


def write(tour: Tour, cards: list[Card]) -> str:
    """The page."""
    style = _asset("page.css") + _colours()
    script = _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = line_of(tour.title) or "Tour"
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style></head><body>",
            _header(tour, title),
            '<div class="page">',
            _outline(cards),
            '<main id="stops" tabindex="-1">',
            *(_section(card, len(cards)) for card in cards),
            "</main></div>",
            '<p id="said" class="quiet" role="status" aria-live="polite"></p>',
            f"<script>{script}</script></body></html>",
        )
    )


def _asset(name: str) -> str:
    return files("codetour.share").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _colours() -> str:
    from pygments.formatters.html import HtmlFormatter

    def rules(style: str) -> str:
        return cast("str", HtmlFormatter(style=style).get_style_defs(".code"))

    light, dark = rules("default"), rules("github-dark")
    return (
        f"\n@media print, (prefers-color-scheme: light) {{{light}}}"
        f"\n@media screen and (prefers-color-scheme: dark) {{{dark}}}\n"
    )


def _header(tour: Tour, title: str) -> str:
    words = "".join(
        f"<p>{escape(line)}</p>" for line in block_of(tour.description).split("\n") if line.strip()
    )
    commit = f" at {escape(line_of(tour.commit, 12).rstrip('…'))}" if tour.commit else ""
    repo = f'<p class="quiet">{escape(line_of(tour.repo))}{commit}</p>' if tour.repo else ""
    return (
        f"<header><h1>{escape(title)}</h1>{repo}{words}"
        '<p class="keys quiet">Keys: <kbd>→</kbd> or <kbd>j</kbd> next, <kbd>←</kbd> or <kbd>k</kbd> back, '
        "<kbd>/</kbd> search, <kbd>a</kbd> all stops</p></header>"
    )


def _outline(cards: list[Card]) -> str:
    made = [
        '<nav aria-label="Stops"><label class="quiet" for="find">Search</label><input id="find" type="search">',
        _map(cards),
        "<ol>",
    ]
    chapter = ""
    for card in cards:
        if card.chapter != chapter:
            chapter = card.chapter
            made.append(f'<li class="chapter" aria-hidden="true">{escape(chapter)}</li>')
        made.append(f'<li value="{card.number}"><a href="#s{card.number}">{escape(card.title)}</a></li>')
    return "\n".join((*made, "</ol></nav>"))


def _map(cards: list[Card]) -> str:
    """The stops as a line of points, one row per chapter, in the order in which they run."""
    rows: list[tuple[str, list[int]]] = []
    for card in cards:
        if not rows or rows[-1][0] != card.chapter:
            rows.append((card.chapter, []))
        rows[-1][1].append(card.number)
    parts: list[str] = []
    before: tuple[int, int] | None = None
    for row, (chapter, numbers) in enumerate(rows):
        y = 14 + row * 22
        parts.append(f'<text x="0" y="{y + 4}">{escape(chapter)}</text>')
        for at, number in enumerate(numbers[:8]):
            x = 118 + at * 20
            if before is not None:
                parts.insert(0, f'<line x1="{before[0]}" y1="{before[1]}" x2="{x}" y2="{y}"/>')
            before = (x, y)
            parts.append(f'<a href="#s{number}"><circle id="m{number}" cx="{x}" cy="{y}" r="7"/>'
                         f'<title>Stop {number}</title></a>')  # fmt: skip
    height = 14 + 22 * len(rows)
    return f'<svg viewBox="0 0 280 {height}" role="img" aria-label="Map of {len(cards)} stops">{"".join(parts)}</svg>'


def _section(card: Card, total: int) -> str:
    made = [
        f'<section id="s{card.number}" aria-labelledby="h{card.number}">',
        f'<p class="quiet">{escape(card.chapter)} · stop {card.number} of {total}</p>',
        f'<h2 id="h{card.number}">{escape(card.title)}</h2>',
    ]
    for kind, words in (("idea", card.idea), ("look", card.look)):
        made += [f'<p class="{kind}">{escape(line)}</p>' for line in words.split("\n") if line.strip()]
    if card.file:
        made.append(f'<p class="quiet place">{escape(card.file)}:{card.line} in {escape(card.symbol)}</p>')
    if card.code:
        made.append(_code(card))
    if card.missed:
        made.append(f'<p class="missed">Not reached: {escape(card.missed)}</p>')
    made += [*_values(card), *_changes(card), *_path(card), "</section>"]
    return "\n".join(made)


def _code(card: Card) -> str:
    lines = _highlight(card)
    made: list[str] = []
    for n, line in enumerate(lines):
        number = card.first + n
        here = number == card.line
        mark = ' class="here" aria-current="true"' if here else ""
        made.append(f'<span{mark}><span class="no">{number:5} </span>{line or " "}</span>')
    label = (
        f"Code of {card.file}, lines {card.first} to {card.first + len(lines) - 1}, line {card.line} marked"
    )
    return f'<pre class="code" tabindex="0" role="region" aria-label="{escape(label)}">{"".join(made)}</pre>'


def _highlight(card: Card) -> list[str]:
    if not card.file.endswith((".py", ".pyi", ".ipynb")) or len(card.code) > _LONGEST:
        return [escape(line) for line in card.code]
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    out = io.StringIO()
    HtmlFormatter(nowrap=True).format(PythonLexer(stripnl=False).get_tokens("\n".join(card.code)), out)
    lines = out.getvalue().split("\n")
    # the lexer ends its text with one more newline
    return (lines + [""] * len(card.code))[: len(card.code)]


def _values(card: Card) -> list[str]:
    if not card.values:
        return []
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in (v.name, v.type, v.shape, v.value)) + "</tr>"
        for v in card.values
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("name", "type", "shape", "value"))
    return [
        f"<table><caption>Values at this stop</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    ]


def _changes(card: Card) -> list[str]:
    if not card.changes:
        return []
    words = {"+": "new", "~": "changed", "-": "gone"}
    items = "".join(
        f"<li><b>{escape(mark)}</b> {escape(words.get(mark, ''))} <code>{escape(name)}</code> {escape(text)}</li>"
        for mark, name, text in card.changes
    )
    return [f'<h3>What changed</h3><ul class="changes">{items}</ul>']


def _path(card: Card) -> list[str]:
    if not card.path:
        return []
    items = "".join(
        f'<li><code>{escape(symbol)}</code> <span class="quiet">{escape(file)}:{line}</span>'
        f"{' ' + escape(reason) if reason else ''}</li>"
        for symbol, file, line, reason in card.path
    )
    return [f'<h3>Call path</h3><ol class="calls">{items}</ol>']
