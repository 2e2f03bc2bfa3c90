"""Questions beside the tour, asked with keys: what is typed, what is shown, what reaches the driver."""

from __future__ import annotations

import pytest

from codetour.model.driver import Breakpoint
from codetour.model.explore import Histogram, History, Stack
from codetour.ui.debug_actions import read_when
from codetour.ui.dialogs import Ask, Card, Chooser
from codetour.ui.evaluate_screen import EvaluateScreen, is_complete, shared_start
from codetour.ui.explore_cards import curve_text, histogram_text, picture_greys, picture_text, table_text
from codetour.ui.prepared import KeptPoints
from codetour.ui.stack_rows import rows_of


def shown(app):
    """All text of the topmost window."""
    screen = app.screen
    return "\n".join(str(w.render()) for w in screen.query("Static"))


@pytest.fixture
async def standing(kit):
    """At the first stop of a live tour."""
    app = kit.tour_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await kit.settle(
            pilot, lambda: app.screen.scene is not None and app.screen.driver.view.mode == "live"
        )
        yield app, app.screen.driver, pilot


async def test_threads_and_tasks_lead_to_their_lines(standing, kit):
    app, _, pilot = standing
    await pilot.press("T")
    await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
    rows = [str(o.prompt) for o in app.screen.query_one("#rows").options]
    assert rows[0] == "process ▸ the main process  stands at train.py:9, you are here  pid 41"
    assert rows[1] == "process worker 1  runs  pid 42"
    assert rows[2].startswith("thread MainThread")
    assert "worker 1: loader [red]" in rows[4]
    assert "waits for Lock.acquire" in rows[5]
    await pilot.press("down", "enter")
    await kit.settle(pilot, lambda: not isinstance(app.screen, Chooser))
    await kit.settle(pilot, lambda: app.screen.walk.browse is not None)
    assert app.screen.walk.browse.file == "model.py"


async def test_a_process_and_a_thread_are_stood_in(standing, kit):
    app, driver, pilot = standing
    for up, asked in ((1, "visit 1"), (2, "visit 0"), (-2, "visit 1 thread:2")):
        await pilot.press("T")
        await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press(*(["up"] * up if up > 0 else ["down"] * -up), "enter")
        await kit.settle(pilot, lambda a=asked: a in driver.calls)
        assert "Meanwhile the main process is held" in shown(app)


def test_tasks_stand_below_those_that_wait_for_them_and_a_deadlock_is_marked():
    def task(name, key, *awaits, state="waits for Lock.acquire"):
        return Stack("task", name, state, "", (), 0, key, awaits)

    rows, meant = rows_of(
        (),
        (
            task("leaf", "task:3", state="waits for sleep"),
            task("main", "task:1", "task:2", "task:3", state="waits for _GatheringFuture"),
            task("left", "task:2", "task:4"),
            task("right", "task:4", "task:2"),
        ),
    )
    assert [row.plain for row in rows] == [
        "task main  waits for _GatheringFuture: left, leaf",
        "  task left  waits for Lock.acquire: right  ✖ deadlock: they wait for each other",
        "    task right  waits for Lock.acquire: left  ✖ deadlock: they wait for each other",
        "  task leaf  waits for sleep",
    ]
    assert [m.key for m in meant] == ["task:1", "task:2", "task:4", "task:3"]


async def test_a_close_look_draws_what_it_was_told(standing, kit):
    app, driver, pilot = standing
    await pilot.press("k")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press(*"x", "enter")
    await kit.settle(pilot, lambda: isinstance(app.screen, Card))
    text = shown(app)
    assert "██░░" not in text
    assert "head.weight  65×384" in text
    assert "0.30%" in text
    assert "detail x 0" in driver.calls


async def test_a_name_on_the_line_leads_to_where_it_was_written(standing, kit):
    app, driver, pilot = standing
    await pilot.press("D")
    await kit.settle(pilot, lambda: isinstance(app.screen, Chooser) or app.screen.walk.browse is not None)
    if isinstance(app.screen, Chooser):
        await pilot.press("enter")
    await kit.settle(pilot, lambda: any(c.startswith("definition") for c in driver.calls))


async def test_a_watched_expression_stands_first_among_the_values_at_every_stop(standing, kit):
    app, driver, pilot = standing
    await pilot.press("W")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press(*"a+b", "enter", "escape")
    await kit.settle(pilot, lambda: "evaluate a+b 0" in driver.calls)
    screen = app.screen
    await kit.settle(pilot, lambda: screen.scene.values and screen.scene.values[0].shape == (12, 256, 384))
    assert screen.scene.values[0].name == "a+b"
    asked = driver.calls.count("evaluate a+b 0")
    await pilot.press("space")
    await kit.settle(pilot, lambda: driver.calls.count("evaluate a+b 0") > asked)
    await pilot.press("W")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press(*"a+b", "enter", "escape")
    await kit.settle(pilot, lambda: not screen.scene.values or screen.scene.values[0].name != "a+b")


async def test_numbers_are_followed_and_drawn(standing, kit):
    app, driver, pilot = standing
    await pilot.press("L")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press(*"loss", "enter")
    await kit.settle(pilot, lambda: any(c.startswith("follow loss ") for c in driver.calls))
    await pilot.press("H")
    await kit.settle(pilot, lambda: isinstance(app.screen, Card))
    assert "loss  at train.py:9, 40 times, 1 not finite" in shown(app)
    assert "4 → 2.5" in shown(app)


async def test_breakpoints_are_listed_switched_off_and_removed(standing, kit):
    app, driver, pilot = standing
    await pilot.press("b")
    await kit.settle(pilot, lambda: driver.breakpoints)
    (point,) = driver.breakpoints
    for deed, left in (("down", 0), ("down", 1)):
        await pilot.press("K")
        await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press("enter")
        await kit.settle(pilot, lambda: "Go there" in str(app.screen.query_one("#rows").options[0].prompt))
        await pilot.press(deed, "enter")
        await kit.settle(pilot, lambda n=left: len(driver.breakpoints) == n)
    assert driver.breakpoints[0] == point


async def test_the_list_of_breakpoints_stops_at_raised_exceptions_and_adds_by_name_or_place(standing, kit):
    app, driver, pilot = standing
    for text, asked in (("raised", "stop at raise True"), ("uncaught", "stop at raise False")):
        await pilot.press("K")
        await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press(*text, "enter")
        await kit.settle(pilot, lambda a=asked: a in driver.calls)
    await pilot.press("K")
    await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
    await pilot.press(*"add", "enter")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press(*"model.py:12", "enter")
    await kit.settle(pilot, lambda: "set model.py:12" in driver.calls)


async def test_breakpoints_of_the_last_sitting_are_offered_and_changes_are_kept(kit):
    old = Breakpoint("model.py", 7, "loss > 5", message="was at model.py:5")
    kept = []
    given = KeptPoints((old,), ("a+b",), lost=1)
    app = kit.tour_app(kept=given, on_points=lambda *all: kept.append(all), show_map=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, Card))
        await pilot.press("space")
        await kit.settle(pilot, lambda: app.screen.scene and app.screen.driver.view.mode == "live")
        await kit.settle(
            pilot, lambda: "A breakpoint is kept from last time, switched off, of 1 more" in shown(app)
        )
        await kit.settle(pilot, lambda: "evaluate a+b 0" in app.screen.driver.calls)
        assert not app.screen.driver.breakpoints
        await pilot.press("K")
        await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
        first = str(app.screen.query_one("#rows").options[0].prompt)
        assert first == "○ model.py:7  when loss > 5  was at model.py:5"
        await pilot.press("enter")
        await kit.settle(pilot, lambda: "Go there" in str(app.screen.query_one("#rows").options[0].prompt))
        await pilot.press("down", "enter")
        await kit.settle(pilot, lambda: app.screen.driver.breakpoints and kept)
        points, watches = kept[-1]
        assert [(p.file, p.line, p.condition) for p in points] == [("model.py", 7, "loss > 5")]
        assert watches == ["a+b"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("loss > 5", ("loss > 5", "", "")), ("% 10", ("", "% 10", "")), ('"x {x}"', ("", "", "x {x}")),
     ("a == ';' ; 3", ("a == ';'", "3", "")), ("'{a}; {b}'; >= 2; c", ("c", ">= 2", "{a}; {b}")),
     ("a; b", ("(a) and (b)", "", "")), ("'text'", ("'text'", "", "")), ("", ("", "", ""))],
)  # fmt: skip
def test_what_is_typed_for_a_breakpoint_is_a_condition_a_count_or_a_text(typed, meant):
    assert read_when(typed) == meant


async def test_typing_completes_recalls_explains_and_takes_several_lines(standing, kit):
    app, driver, pilot = standing
    await pilot.press("p")
    await kit.settle(pilot, lambda: isinstance(app.screen, EvaluateScreen))
    lines = app.screen.lines
    await pilot.press(*"lo", "tab")
    await kit.settle(pilot, lambda: "logits  loss  lossless" in shown(app))
    await pilot.press("s", "tab")
    await kit.settle(pilot, lambda: lines.text == "loss")
    await pilot.press("enter")
    await kit.settle(pilot, lambda: "evaluate loss 0" in driver.calls)
    assert lines.text == ""
    await pilot.press(*"loss?", "enter")
    await kit.settle(pilot, lambda: "What it does." in shown(app))
    await pilot.press(*"if x:", "enter", *"    y", "enter")
    assert lines.text.split("\n")[0] == "if x:"
    await pilot.press("enter")
    await kit.settle(pilot, lambda: any(c.startswith("evaluate if x:") for c in driver.calls))
    await pilot.press("up", "up", "up")
    assert lines.text == "loss?"
    await pilot.press("escape")


async def test_who_waits_for_long_is_told_where_the_program_is(standing, kit):
    app, _, pilot = standing
    for seconds in (5.0, 21.0, 25.0, 43.0):
        app.screen.watch_wait(seconds)
        await pilot.pause()
    await kit.settle(pilot, lambda: "No stop for 43 s; the program is at model.py:" in shown(app))
    assert "P pauses it there" in shown(app)
    assert "for 25 s" not in shown(app)


async def test_a_recording_has_nobody_to_ask(kit):
    app = kit.tour_app(kit.ScriptedDriver(live=False))
    async with app.run_test(size=(120, 40)) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None)
        for key in "TH":
            await pilot.press(key)
            await kit.settle(pilot, lambda: "No program" in shown(app))


@pytest.mark.parametrize(
    ("text", "whole"),
    [("x", True), ("x = 1", True), ("if x:", False), ("if x:\n  y", False), ("if x:\n  y\n", True), ("f(", False),
     ("f(\n1)", True), ("x =", True), ("def f():", False), ("a?", True), ("[1,\n2]", True)],
)  # fmt: skip
def test_what_is_whole_is_run(text, whole):
    assert is_complete(text) == whole


def test_the_shared_start_of_names():
    assert shared_start(["loss", "lossless"]) == "loss"
    assert shared_start(["a"]) == "a"
    assert shared_start(["a", "b"]) == ""


def test_pictures_need_no_colour():
    assert picture_text(((0, 255), (None, 128))) == "  ██\n··▒▒"
    rows = histogram_text(Histogram(-1.0, 2.0, (0, 1, 24))).split("\n")
    assert [row[2] for row in rows[:3]] == ["█", "█", "█"]
    assert [row[0] for row in rows[:3]] == [" ", " ", " "]
    assert rows[2][1] == "▁"
    assert rows[3].startswith("-1")


def test_a_curve_of_one_number_or_none():
    assert "no number yet" in curve_text(History("loss", "a.py:1", (), 0))
    assert "2 → 2" in curve_text(History("loss", "a.py:1", (2.0,), 1))


def test_a_table_leaves_out_what_is_empty():
    text = table_text(("name", "gradient"), (("w", ""), ("b", "")))
    assert text == "name\nw\nb"


def test_a_picture_in_greys_has_two_points_in_a_cell() -> None:
    assert picture_greys(((0, 255), (None, 128), (7, 7))) == [
        ("▀", "rgb(0,0,0) on rgb(200,60,60)"),
        ("▀", "rgb(255,255,255) on rgb(128,128,128)"),
        "\n",
        ("▀", "rgb(7,7,7)"),
        ("▀", "rgb(7,7,7)"),
    ]
