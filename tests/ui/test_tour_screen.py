"""The tour screen through a real Textual app: every key, driven against a scripted driver."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from codetour.errors import EnvironmentProblem
from codetour.ui.cards import ClosingCard
from codetour.ui.dialogs import Ask, Card, Chooser
from codetour.ui.evaluate_screen import EvaluateScreen
from codetour.ui.help_screen import HelpScreen
from codetour.ui.keys import ACTIONS, BY_NAME
from codetour.ui.tour_screen import TourScreen

SIZE = (80, 24)


@pytest.fixture
async def walked(kit):
    """An app on the third stop (attention), its driver and its pilot."""
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space", "space")
        await kit.settle(pilot, lambda: driver.view.index == 2 and app.screen.scene.index == 2)
        await kit.settle(pilot, lambda: app.screen.code.source is not None and app.screen.code.arrow == 25)
        yield app, driver, pilot


@pytest.mark.parametrize("key", ["space", "right_square_bracket", "ctrl+right"])
async def test_next_stop_keys_run_on(walked, kit, key):
    app, driver, pilot = walked
    await pilot.press(key)
    await kit.settle(pilot, lambda: driver.view.index == 3)
    assert "4 · How wrong it was" in app.screen.idea.border_title


@pytest.mark.parametrize("key", ["backspace", "left_square_bracket", "ctrl+left"])
async def test_going_back_shows_what_was_recorded_and_c_returns(walked, kit, key):
    app, _, pilot = walked
    await pilot.press(key)
    await kit.settle(pilot, lambda: app.screen.scene.index == 1)
    assert "recorded, c returns to live" in kit.text_of(app.screen, "#title")
    assert app.screen.code.arrow_kind == "recorded"
    await pilot.press("c")
    await kit.settle(pilot, lambda: app.screen.scene.index == 2)
    assert "live, paused" in kit.text_of(app.screen, "#title")


@pytest.mark.parametrize(
    ("key", "call"),
    [
        ("n", "step_over"), ("f10", "step_over"), ("s", "step_in"), ("f11", "step_in"), ("r", "step_out"),
        ("shift+f11", "step_out"), ("P", "pause"), ("f6", "pause"), ("R", "restart"), ("c", "resume_tour"),
        ("f5", "resume_tour"),
    ],
)  # fmt: skip
async def test_debugger_keys_call_the_driver(walked, kit, key, call):
    _, driver, pilot = walked
    await pilot.press(key)
    await kit.settle(pilot, lambda: call in driver.calls)


async def test_a_driver_that_answers_at_once_is_asked_again(kit):
    """Its wish may be served before the key's handler has returned: tasks are eager where Python can."""
    driver = kit.ScriptedDriver(kit.sample_tour(), {}, live=False, missed={})
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "static")
        for index in (1, 2, 3):
            await pilot.press("space")
            await kit.settle(pilot, lambda index=index: app.screen.scene.index == index)


async def test_stepping_off_the_tour_says_how_to_return(walked, kit):
    app, _, pilot = walked
    await pilot.press("n")
    await kit.settle(pilot, lambda: app.screen.code.arrow == 26)
    assert "exploring, c returns to stop 4" in kit.text_of(app.screen, "#title")
    assert "c goes on to stop 4, How wrong it was" in kit.text_of(app.screen, "#idea")
    await pilot.press("c")
    await kit.settle(pilot, lambda: app.screen.scene.index == 3 and "live" in app.screen.scene.mode)


async def test_u_and_d_walk_the_frames_that_are_in_the_repository(walked, kit):
    app, _, pilot = walked
    await pilot.press("u")
    await kit.settle(pilot, lambda: app.screen.scene.place.symbol == "Block.forward")
    assert app.screen.code.arrow_kind == "frame"
    await pilot.press("u", "u")
    await kit.settle(pilot, lambda: app.screen.scene.place.file == "train.py")
    assert app.screen.scene.values[0].name == "config"
    await pilot.press("u")
    await pilot.press("d")
    await kit.settle(pilot, lambda: app.screen.scene.place.symbol == "GPT.forward")
    await pilot.press("full_stop")
    await kit.settle(pilot, lambda: app.screen.code.arrow == 25)


async def test_b_sets_and_clears_a_breakpoint_on_the_cursor_line(walked, kit):
    app, driver, pilot = walked
    await pilot.press("down", "b")
    await kit.settle(pilot, lambda: "set model.py:26" in driver.calls)
    await kit.settle(
        pilot, lambda: "● 26" in kit.text_of(app.screen, "#code").replace("●▶", "● ").replace("●›", "● ")
    )
    await pilot.press("b")
    await kit.settle(pilot, lambda: "clear model.py:26" in driver.calls)


async def test_a_click_in_the_gutter_sets_a_breakpoint(walked, kit):
    app, driver, pilot = walked
    row = 27 - app.screen.code.scroll_offset.y
    await pilot.click("#code", offset=(2, row))
    await kit.settle(pilot, lambda: "set model.py:27" in driver.calls)


async def test_breakpoint_with_a_condition(walked, kit):
    app, driver, pilot = walked
    await pilot.press("B")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press(*"loss>5", "enter")
    await kit.settle(pilot, lambda: "set model.py:25 loss>5" in driver.calls)


@pytest.mark.parametrize("count", ["10", ">= 10", "% 3"])
async def test_breakpoint_with_a_hit_count(walked, kit, count):
    app, driver, pilot = walked
    await pilot.press("B")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    app.screen.query_one("#line", Input).value = count
    await pilot.press("enter")
    await kit.settle(pilot, lambda: len(driver.breakpoints) == 1)
    assert (driver.breakpoints[0].condition, driver.breakpoints[0].hits) == ("", count)


async def test_a_click_on_a_stop_or_on_a_call_shows_it(kit):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=(160, 50)) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space", "space")
        await kit.settle(pilot, lambda: app.screen.scene.index == 2 and app.screen.path.region.height > 5)
        rows = kit.text_of(app.screen, "#path").splitlines()
        row = next(i for i, text in enumerate(rows) if "Block.forward" in text)
        await pilot.click("#path", offset=(8, row))
        await kit.settle(pilot, lambda: app.screen.scene.place.symbol == "Block.forward")
        rows = kit.text_of(app.screen, "#outline").splitlines()
        row = next(i for i, text in enumerate(rows) if "A batch of text" in text)
        await pilot.click("#outline", offset=(12, row))
        await kit.settle(pilot, lambda: "goto 1" in driver.calls and app.screen.scene.index == 1)
        await pilot.click("#keys", offset=(kit.text_of(app.screen, "#keys").index("Continue"), 0))
        await kit.settle(pilot, lambda: app.screen.scene.index == 2)


async def test_h_runs_to_the_cursor(walked, kit):
    _, driver, pilot = walked
    await pilot.press("j", "j", "h")
    await kit.settle(pilot, lambda: "run_to model.py:27" in driver.calls)


async def test_evaluating_uses_the_frame_that_is_shown_and_stays_open(walked, kit):
    app, driver, pilot = walked
    await pilot.press("u", "p")
    await kit.settle(pilot, lambda: isinstance(app.screen, EvaluateScreen))
    await pilot.press("x", "enter")
    await kit.settle(pilot, lambda: "evaluate x 3" in driver.calls)
    await pilot.press("1", "slash", "0", "enter")
    await kit.settle(pilot, lambda: "division by zero" in kit.text_of(app.screen, "#told"))
    told = kit.text_of(app.screen, "#told")
    assert "12×256×384" in told
    assert "1/0  ✗  ZeroDivisionError: division by zero" in told
    await pilot.press("up")
    assert app.screen.lines.text == "1/0"
    await pilot.press("escape")
    await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))


async def test_a_line_for_the_program_is_sent(walked, kit):
    app, driver, pilot = walked
    await pilot.press("greater_than_sign")
    await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press("y", "enter")
    await kit.settle(pilot, lambda: "input y" in driver.calls)


async def test_go_to_a_stop_by_number_and_by_words(walked, kit):
    app, driver, pilot = walked
    await pilot.press("g")
    await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
    await pilot.press("1", "enter")
    await kit.settle(pilot, lambda: "goto 0" in driver.calls)
    await pilot.press("g")
    await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
    await pilot.press(*"downhill", "enter")
    await kit.settle(pilot, lambda: "goto 5" in driver.calls)
    await kit.settle(pilot, lambda: "static" in app.screen.scene.mode)


async def test_outline_opens_over_the_code_and_enter_goes(walked, kit):
    app, driver, pilot = walked
    await pilot.press("o")
    await kit.settle(pilot, lambda: app.screen.outline.has_focus)
    assert app.screen.outline.region.width > 20
    await pilot.press("up", "up", "enter")
    await kit.settle(pilot, lambda: "goto 1" in driver.calls)
    assert app.screen.code.has_focus
    assert not app.screen.outline.display


@pytest.mark.parametrize(("key", "pane"), [("a", "values"), ("w", "path"), ("t", "output")])
async def test_panes_open_get_the_focus_and_close(walked, kit, key, pane):
    app, _, pilot = walked
    widget = app.screen.query_one(f"#{pane}")
    await pilot.press(key)
    await kit.settle(pilot, lambda: widget.has_focus and widget.size.height > 0)
    await pilot.press(key)
    await kit.settle(pilot, lambda: app.screen.code.has_focus and widget.region.height == 0)


async def test_next_stop_works_whatever_has_the_focus(walked, kit):
    _, driver, pilot = walked
    await pilot.press("a", "space")
    await kit.settle(pilot, lambda: driver.view.index == 3)


async def test_values_open_lazily_through_the_driver(walked, kit):
    app, driver, pilot = walked
    await pilot.press("a")
    await kit.settle(pilot, lambda: app.screen.values.has_focus)
    node = next(n for n in app.screen.values.root.children if n.data.name == "self")
    app.screen.values.move_cursor(node)
    await pilot.press("enter")
    await kit.settle(pilot, lambda: "children self 0" in driver.calls and len(node.children) == 2)
    assert "n_embd" in str(node.children[0].label)


async def test_a_path_row_shows_its_line(walked, kit):
    app, _, pilot = walked
    await pilot.press("w", "up", "enter")
    await kit.settle(pilot, lambda: app.screen.scene.place.symbol == "Block.forward")


async def test_fold_zoom_inline_and_copy(walked, kit):
    app, _, pilot = walked
    before = app.screen.idea.region.height
    await pilot.press("i")
    await kit.settle(pilot, lambda: app.screen.idea.region.height < before)
    await pilot.press("v")
    await kit.settle(pilot, lambda: "⟵" not in kit.text_of(app.screen, "#code"))
    await pilot.press("z")
    await kit.settle(pilot, lambda: app.screen.maximized is app.screen.code)
    await pilot.press("z")
    await kit.settle(pilot, lambda: app.screen.maximized is None)
    await pilot.press("y")
    assert app.clipboard == "model.py:25"


async def test_help_leads_and_runs_what_is_chosen(walked, kit):
    app, driver, pilot = walked
    await pilot.press("question_mark")
    await kit.settle(pilot, lambda: isinstance(app.screen, HelpScreen))
    assert "Press space" in kit.text_of(app.screen, "#lead")
    await pilot.press("enter")  # the first line: next stop
    await kit.settle(pilot, lambda: driver.view.index == 3)


async def test_help_and_palette_name_every_action(walked, kit):
    app, _, pilot = walked
    titles = {command.title for command in app.get_system_commands(app.screen)}
    for action in ACTIONS:
        if action.name != "palette":
            assert any(title.startswith(action.title.rstrip("…")) for title in titles), action
    await pilot.press("f1")
    await kit.settle(pilot, lambda: isinstance(app.screen, HelpScreen))
    rows = app.screen.query_one("#rows", OptionList)
    words = "\n".join(str(rows.get_option_at_index(i).prompt) for i in range(rows.option_count))
    assert all(action.title.rstrip("…") in words for action in ACTIONS)


def test_no_key_means_two_things():
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    assert all(hasattr(TourScreen, f"action_{name}") for name in BY_NAME)


async def test_palette_runs_an_action(walked, kit):
    _, driver, pilot = walked
    await pilot.press("ctrl+p")
    await pilot.pause()
    await pilot.press(*"step over")
    await pilot.pause(0.3)
    await pilot.press("enter", "enter")
    await kit.settle(pilot, lambda: "step_over" in driver.calls)


@pytest.mark.parametrize("key", ["space", "q", "escape", "m"])
async def test_the_map_is_a_card_that_every_usual_key_closes(walked, kit, key):
    app, _, pilot = walked
    await pilot.press("m")
    await kit.settle(pilot, lambda: isinstance(app.screen, Card))
    await pilot.press(key)
    await kit.settle(pilot, lambda: not isinstance(app.screen, Card))
    assert app.is_running


async def test_save_tells_where(kit):
    app = kit.tour_app(save=lambda _driver: "Saved to nanogpt.tour")
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None)
        await pilot.press("S")
        await kit.settle(pilot, lambda: "nanogpt.tour" in kit.text_of(app.screen, "#saying"))


async def test_editor_gets_the_line(kit, tmp_path, monkeypatch):
    script = tmp_path / "editor.sh"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/called\n')
    script.chmod(0o755)
    (tmp_path / "train.py").write_text("x = 1\n")
    monkeypatch.setenv("VISUAL", str(script))
    app = kit.tour_app(root=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen) and app.screen.code.arrow == 8)
        monkeypatch.setattr(type(app._driver), "can_suspend", property(lambda self: True))
        monkeypatch.setattr(type(app._driver), "suspend_application_mode", lambda self: None)
        monkeypatch.setattr(type(app._driver), "resume_application_mode", lambda self: None)
        await pilot.press("e")
        await kit.settle(pilot, (tmp_path / "called").exists)
    assert (tmp_path / "called").read_text().strip() == f"+8 {tmp_path}/train.py"


async def test_a_slow_next_shows_that_it_runs_and_what_the_program_says(kit):
    driver = kit.ScriptedDriver(delay=1.0, loud="step 0: train loss 4.2874\n")
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space")
        await kit.settle(pilot, lambda: "running" in kit.text_of(app.screen, "#title"))
        await kit.settle(pilot, lambda: "P Pause" in kit.text_of(app.screen, "#keys"))
        await kit.settle(pilot, lambda: "train loss 4.2874" in kit.text_of(app.screen, "#strip"))
        await kit.settle(
            pilot, lambda: driver.view.index == 1 and "running" not in kit.text_of(app.screen, "#title")
        )


async def test_the_closing_card_says_what_was_missed_and_jumps(kit):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        for index in range(1, 6):
            await pilot.press("space")
            await kit.settle(pilot, lambda index=index: driver.view.index == index)
        await pilot.press("space")
        await kit.settle(pilot, lambda: app.screen.has_class("-closing"))
        card = app.screen.query_one(ClosingCard)
        await kit.settle(pilot, lambda: card.region.height > 5)
        seen = kit.text_of(app.screen, "#closing-seen")
        assert "6 of 7 stops" in seen
        assert "the run was ended after 3 of 5000 steps" in seen
        await pilot.press("down", "enter")
        await kit.settle(
            pilot, lambda: app.screen.code.source.file == "model.py" and app.screen.code.cursor == 42
        )
        await pilot.press("full_stop")
        await kit.settle(pilot, lambda: app.screen.has_class("-closing"))
        await pilot.press("backspace")
        await kit.settle(pilot, lambda: app.screen.scene.index == 6 and app.screen.code.display)


async def test_a_restart_forgets_the_crash(kit):
    driver = kit.ScriptedDriver(crash_at="data")
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space")
        await kit.settle(pilot, lambda: app.screen.scene.tone == "trouble")
        await pilot.press("R")
        await kit.settle(pilot, lambda: driver.view.mode == "live" and app.screen.scene.tone == "live")
        assert app.screen.walk.crash == ""
        assert "CUDA" not in kit.text_of(app.screen, "#idea")


async def test_what_was_known_to_be_missing_is_told_where_it_crashes(kit):
    problem = "missing: package einx. `codetour doctor x/y` tells how to mend it."
    driver = kit.ScriptedDriver(crash_at="data")
    app = kit.tour_app(driver, problem=problem)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space")
        await kit.settle(pilot, lambda: "codetour doctor x/y" in kit.text_of(app.screen, "#idea"))
        assert "space shows the rest" in kit.text_of(app.screen, "#idea")


async def test_a_crash_is_a_stop_with_its_text(kit):
    driver = kit.ScriptedDriver(crash_at="data")
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space")
        await kit.settle(pilot, lambda: app.screen.scene.tone == "trouble")
        assert "crashed" in kit.text_of(app.screen, "#title")
        assert "CUDA out of memory [bold]not markup[/bold]" in kit.text_of(app.screen, "#idea")


async def test_the_place_is_told_and_resumed(kit):
    places = []
    driver = kit.ScriptedDriver(live=False)
    app = kit.tour_app(driver, place=3, on_place=places.append)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None and app.screen.scene.index == 3)
    assert places[-1] == 3


async def test_a_recording_cannot_be_stepped_and_says_so(kit):
    app = kit.tour_app(kit.ScriptedDriver(live=False))
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None)
        await pilot.press("n")
        await kit.settle(pilot, lambda: "cannot be stepped" in kit.text_of(app.screen, "#saying"))


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_leaving_ends_the_program(kit, key):
    driver = kit.ScriptedDriver(delay=60)
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "running")
        await pilot.press(key)
        await kit.settle(pilot, lambda: driver.closed > 0)
    assert app.return_value.code == 0


async def test_what_was_said_is_gone_with_the_next_key(kit):
    app = kit.tour_app(kit.ScriptedDriver(live=False))
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None)
        await pilot.press("n")
        await kit.settle(pilot, lambda: app.screen.saying.display)
        assert app.screen.saying.region.bottom == 23  # the key line stays free
        await pilot.press("down")
        await kit.settle(pilot, lambda: not app.screen.saying.display)


async def test_a_driver_that_fails_does_not_take_the_screen_with_it(kit):
    class Broken(kit.ScriptedDriver):
        async def next(self):
            raise RuntimeError("adapter [red]gone")

    app = kit.tour_app(Broken())
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None and "live" in app.screen.scene.mode)
        await pilot.press("space")
        await kit.settle(pilot, lambda: "adapter [red]gone" in kit.text_of(app.screen, "#saying"))


async def test_a_flood_of_output_stays_bounded(kit):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        for i in range(20_000):
            driver.write(f"line {i} \x1b[31mred\x1b[0m\r\n")
        await kit.settle(pilot, lambda: app.screen.output.last(1) == ["line 19999 red"])
        assert app.screen.output.line_count <= 5_001


async def test_a_program_that_cannot_start_leaves_the_static_tour(kit):
    class NoPython(kit.ScriptedDriver):
        async def start(self):
            raise EnvironmentProblem("There is no Python 3 at /x.", hint="Give --python.")

    driver = NoPython()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: app.screen.scene is not None and "static" in app.screen.scene.mode)
        await kit.settle(
            pilot, lambda: "no Python 3 at /x. Give --python." in kit.text_of(app.screen, "#idea")
        )
        await pilot.press("space")
        await kit.settle(pilot, lambda: app.screen.scene.index == 1)
    assert driver.closed
