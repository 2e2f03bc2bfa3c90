"""The address of a line at a commit, on the hosts whose way of writing it is known."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from codetour.model.tour import Tour
from codetour.share.card import Card

_URL: Final = re.compile(r"https://([\w.-]+)((?:/[\w.~-]+){2,8})")
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_STYLES: Final = {
    "github.com": ("/blob/{commit}/{file}", "#L{line}"),
    "huggingface.co": ("/blob/{commit}/{file}", "#L{line}"),
    "gitlab.com": ("/-/blob/{commit}/{file}", "#L{line}"),
    "codeberg.org": ("/src/commit/{commit}/{file}", "#L{line}"),
    "bitbucket.org": ("/src/{commit}/{file}", "#lines-{line}"),
}


def permalink(tour: Tour, card: Card, prefix: str = "") -> str:
    """The line on the web, "" where that is not known. `prefix`: the tour's folder inside the repository."""
    return address(tour, card.file, card.line, prefix)


def address(tour: Tour, file: str, line: int, prefix: str = "") -> str:
    """As `permalink`, for any file; line 0 means the file."""
    url = _URL.fullmatch((tour.url or "").removesuffix(".git").rstrip("/"))
    if url is None or not file or not _COMMIT.fullmatch(tour.commit or ""):
        return ""
    host = url[1]
    style = _STYLES.get(host) or (_STYLES["gitlab.com"] if host.startswith("gitlab.") else None)
    if style is None or ".." in url[2].split("/"):
        return ""
    where = f"{prefix}/{file}" if prefix else file
    made = f"https://{host}{url[2]}" + style[0].format(commit=tour.commit, file=quote(where))
    # lines of a rendered notebook have no address
    return made + style[1].format(line=line) if line > 0 and not file.endswith(".ipynb") else made
