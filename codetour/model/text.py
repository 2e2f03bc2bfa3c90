"""Making untrusted text safe to show: repositories, tours and debuggees may hold escape sequences and worse.

Everything that came from outside passes `clean` (one line) or `clean_block` before a terminal, a log or a report
sees it. Markup of a given output (Rich, HTML, Markdown) is escaped by whoever writes that output.
"""

from __future__ import annotations

import re
from functools import cache


@cache
def _hostile() -> re.Pattern[str]:
    # C0 and C1 controls, DEL, bidi overrides and isolates, zero-width and line separators, lone surrogates
    return re.compile(
        "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
    )


@cache
def _escape() -> re.Pattern[str]:
    # a whole CSI or OSC sequence goes at once, so that "\x1b[31mred" becomes "red" and not "[31mred"
    return re.compile(
        r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|[PX^_][^\x1b]{0,4096}(?:\x1b\\)?|[@-Z\\-_])"
    )


def clean(text: str, limit: int = 500) -> str:
    """`text` on one line, without control characters, at most `limit` characters (cut with an ellipsis)."""
    text = text[: limit * 4 + 4096]
    if not text.isprintable():  # most is, and the patterns cost a millisecond to make
        text = _escape().sub("", text)
        text = _hostile().sub(lambda m: " " if m.group() in "\t\n\r\u2028\u2029" else "", text)
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def clean_block(text: str, limit: int = 200_000) -> str:
    """`text` with its lines and tabs kept, without control characters, at most `limit` characters."""
    text = _escape().sub("", text[:limit]).replace("\r\n", "\n").replace("\r", "\n")
    return _hostile().sub(lambda m: m.group() if m.group() in "\t\n" else "", text)
