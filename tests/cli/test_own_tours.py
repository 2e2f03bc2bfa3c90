"""What belongs to the reader (place, notes), links between tours, and the tours that a repository brings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from codetour.cli.own_tours import prepared_tour
from codetour.cli.reader import Reader, reader_file
from codetour.cli.run import Request
from codetour.model.tour import Anchor, Stop, Tour, TourEntry
from codetour.places import state_dir
from codetour.progress import Silent
from codetour.ui.app import CodetourApp
from codetour.ui.cards import map_content
from codetour.ui.prepared import Choice, Prepared
from codetour.ui.tour_screen import TourScreen

TRAIN = "import os\n\n\ndef main():\n    loss = 1\n    print(loss)\n\n\nmain()\n"


def a_tour(**more: Any) -> Tour:
    return Tour("T", tuple(Stop(f"s{n}", "data", f"T{n}", Anchor("a.py", n)) for n in range(3)), **more)


def test_place_and_notes_are_kept_outside_the_tour() -> None:
    tour = a_tour(repo="o/n")
    reader = Reader(tour)
    reader.arrive(1)
    reader.write_note("s2", "  think\x1b[31m again\n\nlater ")
    again = Reader(tour)
    assert again.kept.index(tour) == 1
    assert again.kept.progress(tour) == 1
    assert again.kept.notes == {"s2": "think again\n\nlater"}
    assert state_dir() in reader_file(tour).parents
    again.write_note("s2", " ")
    again.arrive(3)
    last = Reader(tour).kept
    assert (last.notes, last.ended, last.index(tour)) == ({}, True, 0)


def test_a_reader_is_known_again_in_another_clone_and_another_run() -> None:
    one = a_tour(repo="o/n", entry=TourEntry("train", "train.py"))
    other = Tour("planned anew", one.stops[:2], repo="o/n", entry=TourEntry("train", "train.py"))
    assert reader_file(one, Path("/x/a")) == reader_file(other, Path("/y/b"))
    assert reader_file(one) != reader_file(a_tour(repo="o/m", entry=TourEntry("train", "train.py")))
    assert reader_file(a_tour(), Path("/x/a")) != reader_file(a_tour(), Path("/x/b"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"place": 1, "seen": [1, {}], "notes": {"a": 1}}', "\x00", "[" * 9999]
)
def test_a_damaged_file_is_as_none(text: str) -> None:
    path = reader_file(a_tour())
    path.parent.mkdir(parents=True)
    path.write_text(text)
    kept = Reader(a_tour()).kept
    assert (kept.place, kept.seen, kept.notes) == ("", frozenset(), {})


@pytest.fixture
def repo(make_repo: Callable[..., Path]) -> Path:
    steps = [{"file": "train.py", "line": n, "title": f"Line {n}", "description": f"d{n}"} for n in (1, 4, 5)]
    first = {"title": "1 - First", "isPrimary": True, "steps": json.loads(json.dumps(steps))}
    first["steps"][0]["description"] = "see [the end][#3], [Second#2] and [B, T]"
    first["steps"][1]["description"] = "only [Second]"
    second = {"title": "2 - Second", "steps": steps, "description": "What comes then"}
    return make_repo(
        {"train.py": TRAIN, ".tours/1.tour": json.dumps(first), ".tours/2.tour": json.dumps(second)},
        name="own",
    )


async def settle(pilot: Pilot[Any], title: str) -> TourScreen:
    def there() -> bool:
        screen = pilot.app.screen
        return (
            isinstance(screen, TourScreen) and screen.driver.tour.title == title and screen.scene is not None
        )

    await until(pilot, there)
    await pilot.pause(0.05)
    screen = pilot.app.screen
    assert isinstance(screen, TourScreen)
    return screen


async def until(pilot: Pilot[Any], done: Callable[[], object]) -> None:
    """Machines that run tests are slow at times: wait for what is meant, not for a while."""
    for _ in range(1000):
        await pilot.pause(0.02)
        if done():
            return
    raise AssertionError(done)


def app_of(repo: Path, stop: int = 0) -> CodetourApp:
    return CodetourApp("x", lambda _p: prepared_tour(repo / ".tours/1.tour", None, stop), show_map=False)


async def test_a_note_is_written_shown_and_found_again(repo: Path) -> None:
    app = app_of(repo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot, "1 - First")
        await pilot.press("N")
        await until(pilot, lambda: app.screen.query(TextArea))
        app.screen.query_one(TextArea).insert("Ask why.")
        await pilot.press("escape")
        await until(pilot, lambda: screen.scene and "Your note: Ask why." in screen.scene.notes)
        await pilot.press("space")
        await until(pilot, lambda: screen.scene and screen.scene.index == 1)
        assert screen.scene is not None
        assert screen.scene.notes == ()
    assert (repo / ".tours/1.tour").read_text().find("Ask why") == -1
    again = prepared_tour(repo / ".tours/1.tour", None)
    assert again.notes == {"step-1": "Ask why."}
    assert again.place == 1


async def test_links_lead_to_stops_and_tours_and_back(repo: Path) -> None:
    app = app_of(repo, 1)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await settle(pilot, "1 - First")
        assert screen.scene is not None
        assert screen.scene.idea == "see the end (stop 3), tour Second, stop 2 and [B, T]"
        await pilot.press("l")
        await until(pilot, lambda: app.screen is not screen)
        await pilot.press("enter")
        await until(pilot, lambda: screen.driver.view.index == 2)
        await pilot.press("backspace")
        await until(pilot, lambda: screen.scene and screen.scene.index == 1)
        await pilot.press("l")
        second = await settle(pilot, "2 - Second")
        assert second.driver.view.index == 0
        assert second.prepared.second is not None
        assert second.prepared.second.label == "back to 1 - First, stop 2"
        await pilot.press("E")
        first = await settle(pilot, "1 - First")
        assert first.driver.view.index == 1
        assert first.prepared.second is not None
        assert first.prepared.second.label == "the next tour, 2 - Second"
        await pilot.press("E")
        assert (await settle(pilot, "2 - Second")).prepared.second is None


async def test_steps_without_a_file_are_shown_as_words(repo: Path) -> None:
    path = repo / ".tours/words.tour"
    path.write_text(json.dumps({"title": "W", "steps": [
        {"description": "Just words"},
        {"directory": "src", "description": "A folder", "commands": ["evil.run"]},
        {"file": "x.py", "contents": "a = 1\nb = 2\n", "line": 2, "description": "Its own text"}]}))  # fmt: skip
    app = CodetourApp("x", lambda _p: prepared_tour(path, None), show_map=False)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot, "W")
        assert screen.scene is not None
        assert (screen.scene.idea, screen.scene.place) == ("Just words", None)
        # steps without titles are told apart by their words, and no chapter is made up for them
        outline = [str(node.label) for node in screen.outline.root.children]
        assert outline == ["Just words", "A folder", "Its own text", "The end of the tour"]
        assert "1-3  Just words, A folder, Its own text" in map_content(screen.driver.tour, problem="").plain
        await pilot.press("space")
        await until(pilot, lambda: screen.scene and screen.scene.index == 1)
        assert screen.scene.notes == ("Folder: src", "Command of VS Code, not run: evil.run")
        await pilot.press("space")
        await until(pilot, lambda: screen.code.source and screen.code.source.line(2) == "b = 2")


def request(repo: Path, **more: Any) -> Request:
    return Request(repo=str(repo), static=True, quiet=True, **more)


def test_a_run_offers_the_tours_that_a_repository_brings(repo: Path) -> None:
    from codetour.cli.run_screen import _prepare

    choice = _prepare(request(repo), {}, Silent())
    assert isinstance(choice, Choice)
    assert [o.label for o in choice.options] == ["Tour its training run", "1 - First", "2 - Second"]
    taken = choice.then(1, Silent())
    assert isinstance(taken, Prepared)
    assert taken.tour.title == "1 - First"
    assert taken.live is None
    named = _prepare(request(repo, entry="train.py"), {}, Silent())
    assert isinstance(named, Prepared)
    assert named.tour.entry is not None


def test_a_repository_without_a_training_run_still_has_its_tours(make_repo: Callable[..., Path]) -> None:
    from codetour.cli.run_screen import _prepare

    tour = {"title": "Theirs", "steps": [{"file": "a.ts", "line": 1, "description": "x"}]}
    repo = make_repo({"a.ts": "const a = 1\n", ".tours/t.tour": json.dumps(tour)})
    choice = _prepare(request(repo), {}, Silent())
    assert isinstance(choice, Choice)
    again = choice.then(0, Silent())
    assert isinstance(again, Choice)
    assert "No training or evaluation entry point" in again.text
    assert [o.label for o in again.options] == ["Theirs"]
    taken = again.then(0, Silent())
    assert isinstance(taken, Prepared)
    assert taken.tour.title == "Theirs"


def test_a_tour_of_endless_patterns_opens_all_the_same(make_repo: Callable[..., Path]) -> None:
    import time

    from codetour.cli.opening import open_saved

    evil = {"file": "a.py", "pattern": "(x+x+)+y", "description": "never"}
    root = make_repo({"a.py": "x" * 60 + "\n", "t.tour": json.dumps({"title": "T", "steps": [evil] * 400})})
    begun = time.monotonic()
    opened = open_saved(root / "t.tour")
    assert time.monotonic() - begun < 60  # alone, each of them would take its two seconds
    assert len(opened.tour.stops) == 400
    assert len(opened.notes) == 400


@pytest.mark.parametrize(
    ("line", "found"), [("# CT1.1 - here", 2), ("# CT1.12 - there", 0), ("# XCT1.1: x", 2), ("# ct1.1", 0)]
)
def test_a_step_is_found_by_its_marker(make_repo: Callable[..., Path], line: str, found: int) -> None:
    from codetour.cli.opening import open_saved

    tour = {"title": "1 - T", "steps": [{"file": "a.py", "description": "x"}]}
    root = make_repo({"a.py": f"x = 1\n{line}\ny = 2\n", ".tours/t.tour": json.dumps(tour)})
    assert open_saved(root / ".tours/t.tour").tour.stops[0].anchor.line == (found or 1)


def test_a_tour_saved_elsewhere_is_opened_with_its_repository(repo: Path, tmp_path: Path) -> None:
    from codetour.cli.opening import open_saved
    from codetour.cli.run_headless import run_headless

    target = tmp_path / "elsewhere" / "mine.tour"
    assert run_headless(request(repo, entry="train.py", save=target)) == 0
    opened = open_saved(target)
    assert opened.root == repo.resolve()
    assert opened.sources.read("train.py") is not None
    # nothing beside it says so: a stranger's folder could bring such a file
    assert not [p for p in target.parent.rglob("*") if p.is_file() and str(repo).encode() in p.read_bytes()]
