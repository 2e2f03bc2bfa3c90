"""A tour as one HTML page that needs nothing else: no network, no server, no other file.

All text is escaped; the only script and style are ours, named by their hash in a policy that forbids the rest.
The page reads without the script too: every stop, one below the other.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from typing import Final, cast

from codetour.model.naming import counted, has_chapters
from codetour.model.stage import STAGE_TITLES
from codetour.model.tour import Tour
from codetour.share import words
from codetour.share.call_map import call_map, svg
from codetour.share.card import MARKS, Card, block_of, line_of
from codetour.share.languages import language
from codetour.share.neighbours import Neighbours
from codetour.tourfile.links import Link

_LONGEST: Final = 6000
"""lines of an excerpt that are coloured"""
_LEGEND: Final = (
    "Each row is a function, below the one that calls it. Numbers are stops; a dashed line is a second way to a "
    "function."
)


@dataclass(frozen=True, slots=True)
class Around:
    """What a page says beside its stops."""

    neighbours: Neighbours = field(default_factory=Neighbours)
    made_with: str = ""
    links: dict[int, str] = field(default_factory=dict[int, str])
    """stop number -> address of its line, shown as text"""


def write(tour: Tour, cards: Sequence[Card], around: Around | None = None) -> str:
    """The page."""
    around = around or Around()
    style = _asset("page.css") + _colours()
    script = _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = line_of(tour.title) or "Tour"
    said = _Words(len(cards), around.neighbours)
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style></head><body>",
            '<a class="skip" href="#stops">Skip to the stops</a>',
            _header(tour, title),
            '<div class="page">',
            _outline(cards),
            '<main id="stops" tabindex="-1">',
            _map(tour, cards, said),
            *(_section(card, len(cards), said, around) for card in cards),
            _end(tour, cards, around),
            "</main></div>",
            _bar(),
            '<p id="said" class="unseen" role="status" aria-live="polite"></p>',
            f"<script>{script}</script></body></html>",
        )
    )


class _Words:
    """Writes an author's words with links to the stops of this page, and to the pages that lie beside it."""

    def __init__(self, count: int, neighbours: Neighbours) -> None:
        self._count, self._neighbours = count, neighbours

    def __call__(self, text: str, kind: str) -> list[str]:
        return (
            [f'<div class="{kind}">{words.html(text, self._target, self._neighbours.titles)}</div>']
            if text
            else []
        )

    def _target(self, link: Link) -> str:
        return self._neighbours.target(link, "s", self._count)


def _asset(name: str) -> str:
    return files("codetour.share").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _colours() -> str:
    from pygments.formatters.html import HtmlFormatter

    def rules(style: str, before: str) -> str:
        made = cast("list[str]", HtmlFormatter(style=style).get_token_style_defs(before))
        # the comment behind each rule names its token: a third of the text
        return "\n".join(rule.partition(" /*")[0] for rule in made)

    # the reader's choice outdoes that of the system; on paper it is always light
    return (
        f"\n{rules('default', '.code')}"
        f"\n@media screen {{ {rules('github-dark', ':root[data-theme=dark] .code')} }}"
        "\n@media screen and (prefers-color-scheme: dark) "
        f"{{ {rules('github-dark', ':root:not([data-theme=light]) .code')} }}\n"
    )


def _header(tour: Tour, title: str) -> str:
    commit = f" at {escape(line_of(tour.commit)[:12])}" if tour.commit else ""
    repo = f'<p class="quiet">{escape(line_of(tour.repo))}{commit}</p>' if tour.repo else ""
    return (
        f"<header><h1>{escape(title)}</h1>{repo}"
        '<p class="keys quiet">Keys: <kbd>→</kbd> <kbd>j</kbd> <kbd>space</kbd> next, <kbd>←</kbd> <kbd>k</kbd> '
        "back, <kbd>m</kbd> map, <kbd>/</kbd> search, <kbd>a</kbd> all stops, <kbd>t</kbd> light or dark</p></header>"
    )


def _outline(cards: Sequence[Card]) -> str:
    made = [
        '<nav aria-label="Stops"><label class="quiet" for="find">Search</label>',
        '<input id="find" type="search" autocomplete="off" spellcheck="false">',
        '<p id="hits" class="quiet"></p><details id="outline" open><summary>Stops</summary><ol>',
        '<li class="free"><a href="#s0">Map</a></li>',
    ]
    chapter = ""
    for card in cards:
        if card.chapter != chapter:
            chapter = card.chapter
            made.append(f'<li class="chapter" aria-hidden="true">{escape(chapter)}</li>')
        made.append(f'<li value="{card.number}"><a href="#s{card.number}">{escape(card.name)}</a></li>')
    made.append(f'<li class="free"><a href="#s{len(cards) + 1}">The end</a></li>')
    return "\n".join((*made, "</ol></details></nav>"))


def _bar() -> str:
    return (
        '<footer class="bar"><button id="back" type="button">← Back</button>'
        '<progress id="progress" max="1" value="0" aria-label="How far"></progress>'
        '<button id="theme" type="button" aria-label="Light or dark">◐</button>'
        '<button id="next" type="button">Next →</button></footer>'
    )


def _map(tour: Tour, cards: Sequence[Card], said: _Words) -> str:
    """The first page: what this is about, and the calls with the stops on them."""
    drawn = call_map(cards)
    made = [
        '<section id="s0" aria-labelledby="h0">',
        f'<p class="quiet">{counted(len(cards), "stop")}</p><h2 id="h0">Map</h2>',
        *said(block_of(tour.description), "idea"),
    ]
    if drawn.nodes:
        made += [
            "<h3>How the program gets to the stops</h3>",
            f'<p class="quiet">{_LEGEND}</p>',
            f'<div class="wide" tabindex="0" role="region" aria-label="Call graph">{svg(drawn)}</div>',
        ]
        if drawn.left_out:
            made.append(f'<p class="quiet">{drawn.left_out} more functions are not drawn.</p>')
    if tour.axes:
        rows = "".join(
            f"<tr><td>{escape(line_of(k, 40))}</td><td>{escape(line_of(v, 120))}</td></tr>"
            for k, v in tour.axes.items()
        )
        made.append(
            f'<table class="names"><caption>Names of dimensions</caption><tbody>{rows}</tbody></table>'
        )
    made += [f'<p class="missed">{words.line_html(line_of(note))}</p>' for note in tour.notes]
    return "\n".join((*made, "</section>"))


def _section(card: Card, total: int, said: _Words, around: Around) -> str:
    where = " · ".join(part for part in (card.chapter, f"stop {card.number} of {total}") if part)
    made = [
        f'<section id="s{card.number}" aria-labelledby="h{card.number}">',
        f'<p class="quiet">{escape(where)}</p>',
        f'<h2 id="h{card.number}">{escape(card.title)}</h2>',
        *said(card.idea, "idea"),
        *said(card.look, "look"),
        *(f'<p class="fact"><b>{escape(k)}:</b> <code>{escape(v)}</code></p>' for k, v in card.facts),
    ]
    if card.file:
        made.append(f'<p class="quiet place">{_place(card)}</p>')
    if address := around.links.get(card.number):
        made.append(f'<p class="quiet place">{escape(address)}</p>')
    if card.code:
        made.append(_code(card))
    if card.missed:
        made.append(f'<p class="missed">Not reached: {words.line_html(card.missed)}</p>')
    made += [*_values(card), *_changes(card), *_path(card)]
    if card.note:
        made.append(f'<aside class="note"><h3>A reader’s note</h3>{"".join(said(card.note, "mine"))}</aside>')
    return "\n".join((*made, "</section>"))


def _place(card: Card) -> str:
    where = f"{escape(card.file)}:{card.line}"
    if card.cell is not None:
        where = f"{escape(card.file)}, cell {card.cell[0]}, line {card.cell[1]}"
    return where if card.symbol in ("", "<module>") else f"{where} in {escape(card.symbol)}"


def _code(card: Card) -> str:
    lines = _highlight(card)
    made: list[str] = []
    for n, line in enumerate(lines):
        number = card.first + n
        here = number == card.line
        selected = card.marked[0] <= number <= card.marked[1]
        mark = ' class="here" aria-current="true"' if here else ' class="chosen"' if selected else ""
        # the arrow says what the colour says, for paper and for those who do not see it
        arrow = "▶" if here else " "
        made.append(f'<span{mark}><span class="ln">{arrow}{number:5} </span>{line or " "}</span>')
    last = card.first + len(lines) - 1
    lines_shown = f"lines {card.first} to {last}, line {card.line} marked"
    label = f"Code of {card.file or 'the stop'} at stop {card.number}, {lines_shown}"
    return f'<pre class="code" tabindex="0" role="region" aria-label="{escape(label)}">{"".join(made)}</pre>'


def _highlight(card: Card) -> list[str]:
    name = language(card.file)
    if not name or len(card.code) > _LONGEST:
        return [escape(line) for line in card.code]
    from pygments import lexers
    from pygments.formatters.html import HtmlFormatter

    lexer = lexers.get_lexer_by_name(name, stripnl=False)
    text = "\n".join(card.code)
    tokens = list(lexer.get_tokens(text))
    # a lexer may only add one more newline at the end: where it changes more, the code stays plain
    if "".join(value for _, value in tokens) not in (text, f"{text}\n"):
        return [escape(line) for line in card.code]
    out = io.StringIO()
    HtmlFormatter(nowrap=True).format(tokens, out)
    lines = out.getvalue().split("\n")
    return (lines + [""] * len(card.code))[: len(card.code)]


def _values(card: Card) -> list[str]:
    if not card.values:
        return []
    rows = "".join(
        f"<tr{' class=watched' if v.watched else ''}>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in (v.name, v.type, v.shape, v.value))
        + "</tr>"
        for v in card.values
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("name", "type", "shape", "value"))
    caption = f'<caption>Values at this stop <span class="quiet">{escape(card.seen)}</span></caption>'
    made = [
        _table(
            "values",
            f"Values at stop {card.number}",
            f"{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>",
        )
    ]
    if card.axes:
        made.append(f'<p class="quiet axes">{escape(card.axes)}</p>')
    return made


def _table(kind: str, label: str, inner: str) -> str:
    """A table that scrolls by itself where it is too wide, also by the keys."""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="{kind}">{inner}</table></div>'
    )


def _changes(card: Card) -> list[str]:
    if not card.changes:
        return []
    items = "".join(
        f"<li><b>{escape(mark)}</b> {escape(MARKS.get(mark, ''))} <code>{escape(name)}</code> {escape(text)}</li>"
        for mark, name, text in card.changes
    )
    return [f'<h3>What changed since the last stop</h3><ul class="changes">{items}</ul>']


def _path(card: Card) -> list[str]:
    if len(card.path) < 2:
        return []
    items = "".join(
        f'<li><code>{escape(c.symbol)}</code> <span class="quiet">{escape(c.file)}:{c.line}</span>'
        f"{' ' + words.line_html(c.reason) if c.reason else ''}</li>"
        for c in card.path
    )
    return [f'<h3>Call path</h3><ol class="path">{items}</ol>']


def _end(tour: Tour, cards: Sequence[Card], around: Around) -> str:
    """The last page: what was seen, where an idea of the reader's own would go, which tour comes next."""
    made = [
        f'<section id="s{len(cards) + 1}" aria-labelledby="h{len(cards) + 1}">',
        f'<h2 id="h{len(cards) + 1}">The end</h2>',
    ]
    seen = [c for c in cards if c.seen]
    if seen:
        made.append(f"<p>{len(seen)} of {len(cards)} stops were seen in a run.</p>")
    if has_chapters(tour):
        chapters = ", ".join(f"{STAGE_TITLES[stage]} ({len(at)})" for stage, at in tour.chapters())
        made.append(f"<p>Chapters: {escape(chapters)}.</p>")
    if tour.extensions:
        rows = "".join(
            f"<tr><td>{escape(line_of(e.kind, 60))}</td><td>{escape(line_of(e.file))}:{e.line}</td>"
            f"<td>{escape(line_of(e.how))}</td></tr>"
            for e in tour.extensions
        )
        caption = "<caption>Where your own idea would go</caption>"
        made.append(_table("where", "Where your own idea would go", f"{caption}<tbody>{rows}</tbody>"))
    if following := around.neighbours.next_tour:
        page = around.neighbours.page(following)
        name = f'<a href="{escape(page)}">{escape(following)}</a>' if page else f"<b>{escape(following)}</b>"
        made.append(f"<p>Next tour: {name}</p>")
    if around.made_with:
        made.append(f'<p class="quiet">{escape(around.made_with)}</p>')
    return "\n".join((*made, "</section>"))
