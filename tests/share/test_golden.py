"""Whole outputs, compared with files: a change of a format shows up as a diff that somebody has read.

`CODETOUR_WRITE_GOLDEN=1` writes the files anew.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.model.tour import Anchor, Stop, Tour
from codetour.share.neighbours import Neighbours
from codetour.share.writing import Wish, share
from tests.share import sample

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"


NOTES = {"forward": "Mine: ask *why*."}
WISH = Wish(
    notes=NOTES, neighbours=Neighbours(("Other",), "Other"), prefix="part", made_with="Made with codetour."
)


def written(to: Any) -> str:
    made = share(sample.sample_tour(), sample.sample_recording(), sample.SampleSources(), to, WISH)
    text = made.data.decode()
    if to == "html":
        # colours come from a library whose versions differ; the script has tests of its own
        text = re.sub(r"(?s)<(style|script)>.*?</\1>", r"<\1></\1>", text)
        text = re.sub(r"sha256-[\w+/=]+", "sha256-", text)
        text = re.sub(r'<span class="[a-z]\w?">(.*?)</span>', r"\1", text)
    return text


@pytest.mark.parametrize(("to", "name"), [("tour", "sample.tour"), ("md", "sample.md"), ("notebook", "sample.ipynb"),
                                          ("html", "sample.html")])  # fmt: skip
def test_the_output_is_the_golden_file(to: str, name: str) -> None:
    path = GOLDEN / name
    text = written(to)
    if os.environ.get("CODETOUR_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_notebook_is_valid() -> None:
    book = nbformat.reads(written("notebook"), as_version=4)
    nbformat.validate(book, relax_add_props=False)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert len({c.id for c in book.cells}) == len(book.cells)
    assert len(book.cells) == 1 + len(sample.sample_tour().stops) + 1
    assert {c.cell_type for c in book.cells} == {"markdown"}


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=4), st.text(max_size=20))
@settings(deadline=None, max_examples=100)
def test_any_tour_makes_a_valid_notebook(texts: list[tuple[str, str]], title: str) -> None:
    stops = tuple(Stop(f"s-{n}", "loss", a, Anchor("a.py", 1, a, b), b, a) for n, (a, b) in enumerate(texts))
    made = share(Tour(title, stops, title, repo=title), None, sample.SampleSources(), "notebook").data
    nbformat.validate(nbformat.reads(made.decode(), as_version=4), relax_add_props=False)
    json.loads(made)


def test_what_is_not_asked_for_is_in_no_output() -> None:
    for to in ("md", "notebook", "html"):
        plain = share(
            sample.sample_tour(), sample.sample_recording(), sample.SampleSources(), to
        ).data.decode()
        assert "a private line" not in plain
        assert "0.25" not in plain
        assert "Mine: ask" not in plain
        assert "lr=0.1" in plain.replace("\\", "").replace("&#x27;", "'")
