"""What a stop is called where its author gave it no title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.model.naming import heading_of, name_of
from codetour.model.text import clean
from codetour.model.tour import Anchor, Stop


def stop(idea: str = "", title: str = "", text: str = "", **extra: str) -> Stop:
    return Stop("s", "start", title, Anchor("src/lex.ts", 3, text=text), idea=idea, extra=extra)


@pytest.mark.parametrize(
    ("made", "heading", "name"),
    [
        (stop("words", title="Title"), "Title", "Title"),
        (stop("## The `lexer`\nReads [tokens](x.md)."), "The lexer", "The lexer"),
        (stop("Reads [tokens](x.md) of *one* file.\nMore."), "src/lex.ts", "Reads tokens of one file."),
        (stop("\n\n> - quoted __init__"), "src/lex.ts", "quoted __init__"),
        (stop("words", text="let a = 1"), "let a = 1", "let a = 1"),
        (stop(""), "src/lex.ts", "src/lex.ts"),
        (stop("![](a.png)\n---"), "src/lex.ts", "---"),
        (Stop("s", "start", "", Anchor("", 0), extra={"directory": "src"}), "src", "src"),
        (Stop("s", "start", "", Anchor("", 0)), "", ""),
    ],
)
def test_names(made: Stop, heading: str, name: str) -> None:
    assert (heading_of(made), name_of(made)) == (heading, name)


@given(st.text(), st.text())
def test_any_words_make_one_short_line(idea: str, title: str) -> None:
    for made in (name_of(stop(idea, title), 40), heading_of(stop(idea, title), 40)):
        assert made
        assert len(made) <= 40
        assert made == clean(made)
