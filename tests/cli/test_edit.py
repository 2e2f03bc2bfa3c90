"""The editor on real files: keys in, a tour file out, and nothing lost that was there."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from codetour.cli.edit import open_desk
from codetour.cli.edit_file import digest
from codetour.errors import UsageProblem
from codetour.model.entry import Launch
from codetour.model.events import Ended
from codetour.model.recording import Recording
from codetour.model.value import Frame, Seen, Value
from codetour.record import store
from codetour.tourfile.read import load
from codetour.ui.dialogs import Chooser
from codetour.ui.edit_app import EditApp
from codetour.ui.edit_desk import Desk, Rehearsal
from codetour.ui.prepared import Decision, Execution

TRAIN = """\
import model


def main():
    net = model.Net()
    for batch in range(3):
        loss = net(batch)
        loss.backward()


main()
"""


@pytest.fixture
def repo(make_repo: Callable[..., Path]) -> Path:
    return make_repo({"train.py": TRAIN, "model.py": "class Net:\n    pass\n", "notes.md": "# Notes\n"})


def tour_file(
    repo: Path, steps: list[dict[str, Any]] | None = None, name: str = "first", **more: Any
) -> Path:
    path = repo / ".tours" / f"{name}.tour"
    path.parent.mkdir(exist_ok=True)
    document = {"$schema": "https://aka.ms/codetour-schema", "title": name, **more, "steps": steps or []}
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return path


async def until(pilot: Pilot[Any], done: Callable[[], bool]) -> None:
    """Machines that run tests are slow at times: wait for what is meant, not for a while."""
    for _ in range(1000):
        await pilot.pause(0.02)
        if done():
            return
    raise AssertionError(done)


async def calm(pilot: Pilot[Any]) -> None:
    """The editor is there, without a window over it, and everything is saved."""
    app = pilot.app
    assert isinstance(app, EditApp)
    await pilot.pause()

    def done() -> bool:
        editor = app.editor
        return (
            editor is not None and app.screen is editor and editor.code.region.height > 0 and editor.saved
        ) or not app.is_running

    await until(pilot, done)


async def window(pilot: Pilot[Any]) -> None:
    """A window is open over the editor, and has the focus."""
    app = pilot.app
    assert isinstance(app, EditApp)
    await until(pilot, lambda: app.screen is not app.editor and app.screen.focused is not None)


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Into the window that is open."""
    await window(pilot)
    area = pilot.app.screen.query(TextArea)
    if area:
        area.first(TextArea).insert(text)
    else:
        await pilot.press(*("space" if c == " " else c for c in text))


@pytest.mark.parametrize("size", [(80, 24), (130, 40), (60, 16)])
async def test_a_tour_is_written_from_nothing(repo: Path, size: tuple[int, int]) -> None:
    path = repo / ".tours" / "mine.tour"
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=size) as pilot:
        await calm(pilot)
        assert not path.exists()
        assert app.editor is not None
        shown = {w.id: w.region.height for w in app.editor.query("#words, #code, #edit-title, #edit-keys")}
        assert min(shown.values()) > 0
        assert shown["code"] >= 6
        keys = str(app.editor.query_one("#edit-keys").render())
        assert "Help" in keys
        assert "Quit" in keys
        assert len(keys) <= size[0]
        await pilot.press("f")
        await type_text(pilot, "train")
        await pilot.press("enter", *["down"] * 6, "a")
        await calm(pilot)
        await pilot.press("t")
        await window(pilot)
        await pilot.press("ctrl+u")
        await type_text(pilot, "The loss")
        await pilot.press("enter", "i")
        await type_text(pilot, "How wrong it was.")
        await pilot.press("escape")
        await calm(pilot)
        await pilot.press("w")
        await window(pilot)
        await pilot.press("enter", "escape")
        await calm(pilot)
    made = load(path)
    (stop,) = made.stops
    assert (stop.title, stop.idea, stop.anchor.file, stop.anchor.line) == (
        "The loss",
        "How wrong it was.",
        "train.py",
        7,
    )
    assert stop.anchor.symbol == "main"
    assert stop.watch == ("loss",)
    assert json.loads(path.read_text())["steps"][0]["pattern"]


async def test_moving_deleting_and_taking_back(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": n, "description": f"d{n}"} for n in (4, 5, 6)])
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await pilot.press("J")
        await calm(pilot)
        assert [s["description"] for s in json.loads(path.read_text())["steps"]] == ["d5", "d4", "d6"]
        await pilot.press("D")
        await calm(pilot)
        assert [s["description"] for s in json.loads(path.read_text())["steps"]] == ["d5", "d6"]
        await pilot.press("u", "u")
        await calm(pilot)
        assert [s["description"] for s in json.loads(path.read_text())["steps"]] == ["d4", "d5", "d6"]
        await pilot.press("U")
        await calm(pilot)
        assert [s["description"] for s in json.loads(path.read_text())["steps"]] == ["d5", "d4", "d6"]


async def test_what_another_player_wrote_stays(repo: Path) -> None:
    steps = [
        {"title": "Look", "file": "train.py", "line": 5, "description": "one", "selection": {
            "start": {"line": 4, "character": 1}, "end": {"line": 5, "character": 9}}, "icon": "beer", "zoo": [1]},
        {"file": "train.py", "pattern": "^    for .* in", "description": "two"},
        {"directory": "lib", "description": "three"},
        {"uri": "https://example.org", "description": "four", "commands": ["workbench.action.files.save"]},
        {"file": "gone.py", "line": 3, "description": "five"},
    ]  # fmt: skip
    path = tour_file(repo, steps, ref="main", isPrimary=True, nextTour="second")
    before = json.loads(path.read_text())
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await pilot.press("i")
        await type_text(pilot, " more")
        await pilot.press("escape")
        await calm(pilot)
    after = json.loads(path.read_text())
    before["steps"][0]["description"] = "one more"
    assert list(after)[: len(before)] == list(before)
    for old, new in zip(before["steps"], after["steps"], strict=True):
        assert {k: v for k, v in new.items() if k != "x-codetour"} == old
        assert [k for k in new if k != "x-codetour"] == list(old)
    assert {k: v for k, v in after.items() if k not in ("x-codetour", "steps")} == {
        k: v for k, v in before.items() if k != "steps"
    }


async def test_a_lost_stop_is_said_and_left_as_it_was(repo: Path, git: Callable[..., str]) -> None:
    path = repo / ".tours" / "mine.tour"
    from codetour.model.tour import Stop, Tour
    from codetour.resolve.anchors import complete, make
    from codetour.resolve.files import Files
    from codetour.resolve.git import head
    from codetour.tourfile.write import save

    files = Files(repo)
    stops = tuple(Stop(f"s{n}", "data", f"T{n}", make(files, "train.py", n), "x") for n in (5, 7, 8))
    save(complete(Tour("mine", stops, commit=head(repo)), files), path, sources=files)
    changed = TRAIN.replace("        loss.backward()\n", "").replace(
        "import model\n", "import model\n\nA = 1\n"
    )
    (repo / "train.py").write_text(changed)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "second")
    before = json.loads(path.read_text())["steps"][2]
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await calm(pilot)
        assert app.editor is not None
        assert [s.anchor.line for s in app.editor.draft.tour.stops[:2]] == [7, 9]
        assert "Stop 3 is lost" in " ".join(app.editor.desk.notes)
        await pilot.press("t")
        await type_text(pilot, " again")
        await pilot.press("enter")
        await calm(pilot)
    after = json.loads(path.read_text())
    assert after["steps"][2] == before
    assert after["steps"][0]["title"] == "T5 again"
    assert load(path).stops[0].anchor.line == 7
    from codetour.cli.opening import open_saved

    again = open_saved(path)
    assert [s.anchor.line for s in again.tour.stops[:2]] == [7, 9]
    assert "Stop 3 is lost" in " ".join(again.notes)


async def changed_outside(pilot: Pilot[Any], path: Path) -> str:
    """Somebody else rewords stop 1, then the writer gives it a title: the question is on the screen."""
    await calm(pilot)
    theirs = reworded(path)
    await pilot.press("t")
    await window(pilot)
    await pilot.press(*"Mine", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Chooser))
    return theirs


def reworded(path: Path) -> str:
    theirs = path.read_text().replace("one", "theirs")
    path.write_text(theirs)
    return theirs


def words(path: Path) -> tuple[str, str]:
    step = json.loads(path.read_text())["steps"][0]
    return step["description"].splitlines()[-1], step.get("title", "")


async def test_a_file_that_changed_meanwhile_is_not_overwritten(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}])
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        theirs = await changed_outside(pilot, path)
        editor = app.editor
        assert editor is not None
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is editor)
        assert editor.trouble
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is editor)
        assert app.is_running
        await pilot.press("q")
    assert path.read_text() == theirs


async def test_ones_own_version_is_kept_and_the_other_one_is_a_step_back(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}])
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await changed_outside(pilot, path)
        await pilot.press("enter")
        await until(pilot, lambda: words(path) == ("one", "Mine"))
        await calm(pilot)
        await pilot.press("u")
        await until(pilot, lambda: words(path)[0] == "theirs")
        await calm(pilot)
        await pilot.press("U")
        await until(pilot, lambda: words(path) == ("one", "Mine"))


async def test_the_other_version_is_taken_and_ones_own_is_a_step_back(repo: Path) -> None:
    steps = [
        {"file": "train.py", "line": 5, "description": "one"},
        {"file": "train.py", "line": 99, "description": "x"},
    ]
    path = tour_file(repo, steps)
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await changed_outside(pilot, path)
        await pilot.press("down", "enter")
        await calm(pilot)
        assert words(path)[0] == "theirs"
        await pilot.press("u")
        await until(pilot, lambda: words(path) == ("one", "Mine"))
        await calm(pilot)
    # a stop that is lost keeps what it was found by, whichever version it comes from
    assert json.loads(path.read_text())["steps"][1]["line"] == 99


async def test_ones_own_version_goes_into_a_file_beside(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}], isPrimary=True)
    app = EditApp(lambda: open_desk(path, None))
    beside = path.with_name("first-2.tour")
    async with app.run_test(size=(100, 30)) as pilot:
        theirs = await changed_outside(pilot, path)
        await pilot.press("down", "down", "enter")
        await until(pilot, beside.exists)
        await calm(pilot)
        await pilot.press("D")
        await calm(pilot)
    assert path.read_text() == theirs
    document = json.loads(beside.read_text())
    assert (document["title"], document["steps"], "isPrimary" in document) == ("first (2)", [], False)


async def test_a_file_that_is_no_tour_any_more_can_be_written_over(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}])
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await changed_outside(pilot, path)
        path.write_text("<<<<<<< HEAD")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen is app.editor)
        await pilot.pause(0.2)
        assert path.read_text() == "<<<<<<< HEAD"
        await pilot.press("l")
        await window(pilot)
        await pilot.press(*"here", "escape")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press("enter")
        await calm(pilot)
        assert words(path)[1] == "Mine"
        # and what is written from then on is saved before one leaves
        await pilot.press("D", "q")
        await until(pilot, lambda: not app.is_running)
    assert json.loads(path.read_text())["steps"] == []


async def test_a_text_is_saved_while_it_is_written_and_is_one_change(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}])
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await calm(pilot)
        await pilot.press("i")
        await window(pilot)
        await pilot.press(*" two")
        await until(pilot, lambda: words(path)[0] == "one two")
        await pilot.press(*" three")
        await until(pilot, lambda: words(path)[0] == "one two three")
        assert isinstance(app.screen.focused, TextArea)
        await pilot.press("escape")
        await calm(pilot)
        await pilot.press("u")
        await until(pilot, lambda: words(path)[0] == "one")
        await calm(pilot)
        await pilot.press("i")
        await window(pilot)
        await pilot.press(*" four")
        await until(pilot, lambda: words(path)[0] == "one four")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: words(path)[0] == "one")


async def test_a_new_title_is_followed_by_the_tours_that_lead_here(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}])
    other = tour_file(repo, [], "other", nextTour="first", zoo={"a": 1})
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await calm(pilot)
        await pilot.press("T")
        await window(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.screen.query("#ask")))
        await type_text(pilot, "ly")
        await pilot.press("enter")
        await calm(pilot)
    assert load(path).title == "firstly"
    assert json.loads(other.read_text())["nextTour"] == "firstly"
    assert json.loads(other.read_text())["zoo"] == {"a": 1}


async def test_giving_up_a_text_changes_nothing(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "one"}])
    before = path.read_bytes()
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await pilot.press("i")
        await type_text(pilot, "nonsense")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.screen is app.editor)
        assert app.is_running
        await pilot.press("w")
        await window(pilot)
        await pilot.press("space", "ctrl+c")
        await until(pilot, lambda: app.screen is app.editor)
    assert path.read_bytes() == before


async def test_watches_are_offered_from_what_was_seen(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 7, "description": "one"}])
    values = (Value("loss", "Tensor", "tensor", (2, 3)), Value("hidden", "int", "scalar", scalar=3))
    seen = Seen("step-1", (Frame("main", "train.py", 7, values=values),))
    store.save(Recording("first", seen=(seen,), end=Ended("finished")), store.recording_path(path))
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await pilot.press("w")
        await window(pilot)
        await pilot.press("down", "space", "tab")
        await type_text(pilot, "batch")
        await pilot.press("enter", "escape")
        await calm(pilot)
    assert load(path).stops[0].watch == ("hidden", "batch")


async def test_everything_typed_is_saved_before_leaving(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": n, "description": "x"} for n in range(1, 9)])
    app = EditApp(lambda: open_desk(path, None))
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await pilot.press(*"DDDD", "q")
        await until(pilot, lambda: not app.is_running)
    assert len(load(path).stops) == 4


async def test_leaving_does_not_wait_for_a_program_that_is_being_recorded(repo: Path) -> None:
    path = tour_file(repo, [{"file": "train.py", "line": 5, "description": "x"}])
    ended = False

    async def record(_ready: Rehearsal, _decision: Decision) -> Recording:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended = True
        raise AssertionError

    def desk() -> Desk:
        opened = open_desk(path, None)
        execution = Execution(sys.executable, "train.py", Launch(), str(repo))
        ready = Rehearsal(opened.tour, execution, agreed=True)
        return replace(opened, rehearse=lambda _tour, _progress: ready, record=record)

    app = EditApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await pilot.press("R")
        editor = app.editor
        assert editor is not None
        await until(pilot, lambda: any(w.group == "record" and w.is_running for w in editor.workers))
        waiting = asyncio.ensure_future(editor.settled())
        await asyncio.wait([waiting], timeout=2)
        assert waiting.done()
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert ended


async def test_every_action_has_a_method_and_a_place_in_the_help() -> None:
    from codetour.ui.edit_keys import EDITS
    from codetour.ui.edit_screen import EditScreen

    assert all(hasattr(EditScreen, f"action_{a.name}") for a in EDITS)
    keys = [key for a in EDITS for key in a.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "folder", "large"])
def test_what_is_no_tour_file_is_refused_without_being_read(repo: Path, kind: str) -> None:
    path = repo / "x.tour"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as out:
            out.truncate(2**40)
    assert digest(path) == ""
    with pytest.raises(UsageProblem):
        open_desk(path, None)


def test_a_link_that_leads_nowhere_makes_no_file_elsewhere(repo: Path, tmp_path: Path) -> None:
    path = repo / "x.tour"
    path.symlink_to(tmp_path / "elsewhere.tour")
    with pytest.raises(UsageProblem, match="leads nowhere"):
        open_desk(path, None)
