"""A tour written to a file and read back is the same tour, whatever its texts hold."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.model.entry import Launch, Need, Override
from codetour.model.source import SourceText
from codetour.model.stage import STAGES
from codetour.model.tour import Anchor, CallStep, Extension, Stop, Tour, TourEntry
from codetour.tourfile import decode
from codetour.tourfile.read import load, loads
from codetour.tourfile.write import dumps, save

TEXT = st.text(st.characters(), max_size=20)  # lone surrogates and NUL included
FILE = st.sampled_from(["train.py", "src/model.py", "a b/ü.py", "nb/x.ipynb"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
# hypothesis also draws texts from the constants of the code under test
TAKEN = {"x-codetour", "title", "steps", "description", "$schema", "file", "line", *decode.CODETOUR_KEYS}
UNKNOWN = st.dictionaries(
    TEXT.filter(lambda k: k not in TAKEN),
    JSON,
    max_size=2,
)
LINE = st.integers(1, 10**9)


def anchors() -> st.SearchStrategy[Anchor]:
    placed = st.builds(Anchor, FILE, LINE, TEXT, TEXT, st.dictionaries(TEXT, JSON, max_size=2))
    return placed | st.just(Anchor("", 0))


def stops(n: int) -> st.SearchStrategy[Stop]:
    return st.builds(
        Stop,
        id=st.just(f"stop-{n}"),
        stage=st.sampled_from(STAGES),
        title=TEXT,
        anchor=anchors(),
        idea=TEXT,
        look=TEXT,
        watch=st.lists(TEXT, max_size=3).map(tuple),
        hit=st.integers(1, 100),
        path=st.lists(st.builds(CallStep, TEXT, FILE, LINE, TEXT), max_size=2).map(tuple),
        also=st.lists(st.sampled_from(STAGES), max_size=2).map(tuple),
        why=TEXT,
        concept=TEXT,
        extra=UNKNOWN,
    )


OPTIONAL = st.none() | TEXT
LAUNCH = st.builds(
    Launch,
    st.lists(TEXT, max_size=2).map(tuple),
    st.sampled_from([".", "src"]),
    OPTIONAL,
    st.dictionaries(TEXT, TEXT, max_size=2),
    OPTIONAL,
    st.lists(st.builds(Override, TEXT, TEXT), max_size=2).map(tuple),
    st.lists(st.builds(Need, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
)
TOURS = st.builds(
    Tour,
    title=TEXT,
    stops=st.integers(0, 3).flatmap(lambda n: st.tuples(*(stops(i) for i in range(n)))),
    description=TEXT,
    repo=TEXT,
    url=st.none() | TEXT,
    commit=st.none() | TEXT,
    entry=st.none() | st.builds(TourEntry, st.sampled_from(["train", "eval", "other"]), FILE, TEXT),
    launch=LAUNCH,
    extensions=st.lists(st.builds(Extension, TEXT, FILE, LINE, TEXT, TEXT), max_size=2).map(tuple),
    axes=st.dictionaries(TEXT, TEXT, max_size=2),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    print=st.dictionaries(TEXT, JSON, max_size=2),
    extra=UNKNOWN,
)


@given(TOURS)
@settings(max_examples=150, deadline=None)
def test_any_tour_survives_text(tour: Tour) -> None:
    assert loads(dumps(tour)) == tour
    assert loads(dumps(tour, anchors="line")) == tour


class OneFile:
    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, file: str) -> SourceText | None:
        return SourceText(file, self.text) if file == "a.py" else None


def a_stop(line: int, text: str, **more: Any) -> Stop:
    return Stop("one", "loss", "Loss", Anchor("a.py", line, "f", text), "The idea.", "Look.", **more)


def test_a_unique_line_gets_its_pattern_and_no_line(tmp_path: Path) -> None:
    tour = Tour("T", (a_stop(2, "loss = f(x)"),))
    save(tour, tmp_path / "t.tour", sources=OneFile("def f():\n    loss = f(x)\n"))
    written = (tmp_path / "t.tour").read_text()
    assert r'"pattern": "^[^\\S\\n]*loss = f\\(x\\)"' in written
    assert load(tmp_path / "t.tour") == tour


def test_a_line_that_stands_twice_keeps_its_number() -> None:
    text = dumps(Tour("T", (a_stop(2, "x += 1"),)), sources=OneFile("x += 1\nx += 1\n"))
    assert '"line": 2,\n      "description"' in text
    assert "pattern" not in text


def test_a_pattern_is_not_written_where_the_line_has_moved_already() -> None:
    text = dumps(Tour("T", (a_stop(7, "x += 1"),)), sources=OneFile("x += 1\n"))
    assert "pattern" not in text


def test_rewriting_keeps_the_order_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "t.tour"
    path.write_text(
        '{"steps":[{"description":"d","zebra":1,"line":3,"file":"a.py"}],"isPrimary":true,"title":"T"}'
    )
    save(load(path), path, anchors="line")
    keys = [
        line.split('"')[1] for line in path.read_text().split("\n") if line.startswith("  ") and '":' in line
    ]
    order = [k for k in keys if k in {"steps", "description", "zebra", "file", "isPrimary", "title"}]
    assert order == ["steps", "description", "zebra", "file", "isPrimary", "title"]


def test_a_step_moved_by_another_player_follows_that_player() -> None:
    text = dumps(Tour("T", (a_stop(2, "x += 1"),)), anchors="line")
    moved = loads(text.replace('"line": 2,\n      "description"', '"line": 9,\n      "description"'))
    assert moved.stops[0].anchor == Anchor("a.py", 9)
    assert moved.stops[0].idea == "The idea."


def test_a_description_edited_elsewhere_is_all_idea() -> None:
    text = dumps(Tour("T", (a_stop(2, "x += 1"),))).replace(r"The idea.\n\nLook.", "Reworded.")
    stop = loads(text).stops[0]
    assert (stop.idea, stop.look) == ("Reworded.", "")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.tour"
    save(Tour("old", ()), path)
    with contextlib.suppress(ValueError):
        save(Tour("new", (), extra={"bad": float("nan")}), path)
    assert load(path).title == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.tour"]
