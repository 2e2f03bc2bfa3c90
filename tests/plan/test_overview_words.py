"""What a README says of itself: its first sentence, not its badges."""

from __future__ import annotations

import pytest

from codetour.model.source import SourceText
from codetour.plan.overview import _readme

SENTENCE = "A small library that trains very small models."


class Readme:
    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, file: str) -> SourceText | None:
        return SourceText(file, self.text, "text") if file == "README.md" else None


@pytest.mark.parametrize(
    "badges",
    [
        '[<img src="https://img.example.org/badge/license-MIT-blue">](https://example.org/owner/name)',
        "[![tests](https://example.org/badge.svg)](https://example.org)",
        '<p align="center"><img src="x.png" width="300" alt="A picture of the model at work"></p>',
        "```\npip install something-with-a-rather-long-name --upgrade\n```",
    ],
)
def test_badges_are_no_words(badges: str) -> None:
    assert _readme(Readme(f"# Name\n\n{badges}\n\n{SENTENCE} And more.\n")) == SENTENCE


def test_links_are_read_as_their_words() -> None:
    assert _readme(
        Readme("This [trains](https://x.org) `very` **small** models on [generated data](y).")
    ) == ("This trains very small models on generated data.")
