"""A tour as Markdown that GitHub renders: a heading per stop, code with its line marked, permalinks."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from codetour.model.tour import Tour
from codetour.share.card import Card, block_of, line_of

_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|#~])")
_TICKS: Final = re.compile("`{3,}")


def write(tour: Tour, cards: list[Card]) -> str:
    """The document."""
    made = [f"# {text(line_of(tour.title) or 'Tour')}", ""]
    if tour.description:
        made += [paragraphs(block_of(tour.description)), ""]
    if tour.repo:
        at = f" at `{tour.commit[:12]}`" if tour.commit and tour.commit.isalnum() else ""
        made += [f"Repository: {text(line_of(tour.repo))}{at}.", ""]
    chapter = ""
    for card in cards:
        if card.chapter != chapter:
            chapter = card.chapter
            made += [f"## {chapter}", ""]
        made += _stop(tour, card)
    return "\n".join(made).rstrip() + "\n"


def text(value: str) -> str:
    """One line that cannot become markup."""
    return _SIGNS.sub(lambda m: {"<": "&lt;", ">": "&gt;"}.get(m[1], "\\" + m[1]), value)


def paragraphs(value: str) -> str:
    """Several lines, each plain text: no headings, lists, rules or code blocks out of somebody's words."""
    return "\n".join(re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+=])", r"\\\1", text(line.strip())))
                     for line in value.split("\n"))  # fmt: skip


def _stop(tour: Tour, card: Card) -> list[str]:
    made = [f"### {card.number}. {text(card.title)}", ""]
    made += [part for value in (card.idea, card.look) if value for part in (paragraphs(value), "")]
    if card.file:
        place = f"`{card.file.replace('`', '')}:{card.line}`"
        if link := permalink(tour, card):
            place = f"[{place}]({link})"
        made += [f"{place} in `{card.symbol.replace('`', '')}`", ""]
    if card.code:
        made += _code(card)
    if card.missed:
        made += [f"Not reached: {text(card.missed)}", ""]
    if card.values:
        made += ["| name | type | shape | value |", "|---|---|---|---|"]
        made += [
            f"| {' | '.join(text(c) for c in (v.name, v.type, v.shape, v.value))} |" for v in card.values
        ]
        made.append("")
    made += [f"- `{mark}` {text(name)}: {text(change)}" for mark, name, change in card.changes]
    made += [""] if card.changes else []
    if card.path:
        made += ["Call path: " + " → ".join(text(symbol) for symbol, *_ in card.path), ""]
    return made


def _code(card: Card) -> list[str]:
    longest = max((len(t) for t in _TICKS.findall("\n".join(card.code))), default=2)
    fence = "`" * max(3, longest + 1)
    lines = [
        f"{'>' if card.first + n == card.line else ' '} {card.first + n:5} {code}"
        for n, code in enumerate(card.code)
    ]
    return [f"{fence}python" if card.file.endswith((".py", ".ipynb")) else fence, *lines, fence, ""]


def permalink(tour: Tour, card: Card) -> str:
    """The line on GitHub at the tour's commit, "" where that is not known."""
    url = (tour.url or "").removesuffix(".git").rstrip("/")
    if (
        not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", url)
        or not tour.commit
        or not tour.commit.isalnum()
    ):
        return ""
    lines = "" if card.file.endswith(".ipynb") else f"#L{card.line}"
    return f"{url}/blob/{tour.commit}/{quote(card.file)}{lines}"
