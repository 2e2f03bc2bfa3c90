"""The other tours of a repository, as a shared page may name them, and those that are shared beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from codetour.tourfile.links import Link, bare


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Titles that words may name, the tour that follows, and the files of the tours that are shared together."""

    titles: tuple[str, ...] = ()
    next_tour: str = ""
    """title, "" where none follows"""
    pages: Mapping[str, str] = field(default_factory=dict[str, str])
    """title -> name of the file in the same folder"""

    def page(self, title: str) -> str:
        """The address of a tour's page, relative to this one; "" where it is not shared along."""
        wanted = bare(title)
        return next((f"./{quote(file)}" for name, file in self.pages.items() if bare(name) == wanted), "")

    def target(self, link: Link, own: str, count: int) -> str:
        """Where a link leads, "" for nowhere. `own` is the mark before the number of a stop: `s` for `#s3`."""
        if not link.tour:
            return f"#{own}{link.step}" if 0 < link.step <= count else ""
        page = self.page(link.tour)
        return f"{page}#{own}{link.step}" if page and link.step else page
