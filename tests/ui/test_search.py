"""Searching: the words of the tour, the values that were seen, this file, the other files; from match to match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import OptionList

from codetour.model.source import SourceText
from codetour.model.text import clean
from codetour.ui.finding import MOST, around, holds, in_files, in_source, in_tour, worth_searching
from codetour.ui.search_screen import SearchScreen
from codetour.ui.tour_screen import TourScreen

SIZE = (80, 24)


@pytest.fixture
async def walked(kit):
    """On the third stop of a live tour."""
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space", "space")
        await kit.settle(pilot, lambda: app.screen.scene.index == 2 and app.screen.code.arrow == 25)
        yield app, driver, pilot


async def search(kit, app, pilot, text):
    await pilot.press("slash")
    await kit.settle(pilot, lambda: isinstance(app.screen, SearchScreen))
    app.screen.query_one("#line").value = text
    await kit.settle(pilot, lambda: not app.screen._matches or holds(app.screen._matches[0].text, text))


def rows(app):
    found = app.screen.query_one("#found", OptionList)
    return [str(found.get_option_at_index(i).prompt) for i in range(found.option_count)]


async def test_this_file_is_shown_while_typing_and_enter_stays_there(walked, kit):
    app, _, pilot = walked
    tour = app.screen
    await search(kit, app, pilot, "softmax")
    await kit.settle(pilot, lambda: tour.code.cursor == 30)
    assert "In this file" in rows(app)[0]
    await pilot.press("enter")
    await kit.settle(pilot, lambda: app.screen is tour)
    assert tour.code.cursor == 30
    assert tour.found == "softmax"
    await pilot.press("escape")
    assert tour.found == ""


async def test_an_idea_is_found_and_leads_to_its_stop(walked, kit):
    app, driver, pilot = walked
    await search(kit, app, pilot, "direction that lowers")
    await kit.settle(pilot, lambda: any("stop 6 · idea" in row for row in rows(app)))
    await pilot.press("enter")
    await kit.settle(pilot, lambda: "goto 5" in driver.calls)
    await kit.settle(pilot, lambda: app.screen.scene.index == 5)


def test_a_value_is_found_by_its_name_and_by_what_it_is(kit):
    seen = kit.sample_seen().values()
    assert [(m.kind, m.stop) for m in in_tour(kit.sample_tour(), seen, "4.2874")] == [
        ("value", 4),
        ("value", 5),
    ]
    assert any(m.kind == "value" and m.stop == 3 for m in in_tour(kit.sample_tour(), seen, "logits"))
    # what the frames of callers and libraries hold is not what a stop shows
    assert in_tour(kit.sample_tour(), seen, "Module._call_impl") == []


async def test_other_files_are_read_and_the_next_match_is_a_key_away(walked, kit):
    app, _, pilot = walked
    tour = app.screen
    await search(kit, app, pilot, "loss")
    await kit.settle(pilot, lambda: any("In other files" in row for row in rows(app)))
    assert any("train.py:" in row and "loss.backward()" in row for row in rows(app))
    await pilot.press("enter")
    await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    seen = set()
    for _ in range(6):
        await pilot.press("f")
        await kit.settle(pilot, lambda: "Match" in tour.saying.text)
        await pilot.pause(0.1)
        seen.add((tour.walk.browse, tour.scene.index))
    assert any(place is not None and place.file == "train.py" for place, _ in seen)
    assert len(seen) > 2
    before = tour.saying.text
    await pilot.press("f", "F")
    await kit.settle(pilot, lambda: tour.saying.text == before)


async def test_nothing_found_says_so_and_escape_changes_nothing(walked, kit):
    app, driver, pilot = walked
    tour = app.screen
    await search(kit, app, pilot, "no such words anywhere")
    await kit.settle(pilot, lambda: "0 found" in kit.text_of(app.screen, "#search"))
    await pilot.press("enter")
    assert isinstance(app.screen, SearchScreen)
    await pilot.press("escape")
    await kit.settle(pilot, lambda: app.screen is tour)
    assert tour.code.cursor == 25
    assert not any(call.startswith("goto") for call in driver.calls)
    await pilot.press("f")
    await kit.settle(pilot, lambda: "/ does" in tour.saying.text)


def test_a_file_that_cannot_be_read_is_passed_over(kit):
    sources = kit.sample_sources()
    found = list(in_files(sources, ["gone.py", "train.py"], "LOSS", lambda: False))
    assert {m.place.file for m in found} == {"train.py"}
    assert list(in_files(sources, ["train.py"], "loss", lambda: True)) == []


def test_many_matches_are_bounded_and_long_lines_cut():
    source = SourceText("x.py", "a = 1\n" * 5_000)
    assert len(in_source(source, "a", kind="here")) == MOST
    shown = around("x" * 10_000 + "needle" + "y" * 10_000, "needle")
    assert "needle" in shown
    assert len(shown) < 200


def test_files_that_people_read_come_python_first():
    assert worth_searching(["w.pt", "b/c.py", "README.md", "a.py", "x.png"]) == [
        "a.py",
        "b/c.py",
        "README.md",
    ]


@given(st.text(max_size=40), st.text(min_size=1, max_size=5))
def test_any_text_is_taken_as_it_is(text, wanted):
    found = in_source(SourceText("x.py", text), wanted, kind="here")
    assert all(clean(m.text) == m.text for m in found)
    assert {m.place.line for m in found} <= set(range(1, len(text) + 2))
