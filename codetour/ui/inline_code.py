"""Words between backticks, as tours write them in Markdown, shown in a style of their own instead of the ticks."""

from __future__ import annotations

import re

from textual.content import Content

_CODE = re.compile(r"`([^`\n]+)`")
STYLE = "bold $text-accent"


def with_code(text: str) -> Content:
    """`text` as it is but for its backticks; a single one stays."""
    parts = _CODE.split(text)
    # every second part was between ticks
    return Content.assemble(*((part, STYLE) if i % 2 else part for i, part in enumerate(parts)))
