"""Keys of the reader's own: what is written is what works and what is shown; what cannot be is told, never fatal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.places import config_dir
from codetour.ui.help_screen import HelpScreen
from codetour.ui.keymap import FILE, Keymap, load_keymap, make_keymap, read_key
from codetour.ui.keys import ACTIONS

SIZE = (80, 24)


def write_keys(text):
    path = config_dir() / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_key_of_ones_own_works_is_shown_and_replaces_the_usual_one(kit):
    write_keys('step_over = ["f8", "ctrl+o"]\nnext_stop = "l"\ncontinue = "G"\n')
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("l")
        await kit.settle(pilot, lambda: driver.view.index == 1)
        await pilot.press("space", "n")
        await pilot.pause(0.2)
        assert "step_over" not in driver.calls
        assert driver.view.index == 1
        await kit.settle(pilot, lambda: "l Next" in kit.text_of(app.screen, "#keys"))
        assert "F8 Step" in kit.text_of(app.screen, "#keys")
        await pilot.press("ctrl+o")
        await kit.settle(pilot, lambda: "step_over" in driver.calls)
        await kit.settle(pilot, lambda: "exploring, G returns to stop 3" in kit.text_of(app.screen, "#title"))
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert "Step over  (F8)" in titles
        await pilot.press("question_mark")
        await kit.settle(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "F8 runs a line, s goes into a call. G brings you" in kit.text_of(app.screen, "#lead")


async def test_the_palette_can_move_too(kit):
    write_keys('palette = ":"\n')
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("colon")
        await kit.settle(pilot, lambda: type(app.screen).__name__ == "CommandPalette")


async def test_what_cannot_be_meant_is_told_on_the_screen_and_in_the_help(kit):
    write_keys('next = "l"\nstep_in = "escape"\n')
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=(120, 60)) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        assert "did you mean 'next_stop'" in app.screen.saying.text
        await pilot.press("question_mark")
        await kit.settle(pilot, lambda: isinstance(app.screen, HelpScreen))
        await kit.settle(pilot, lambda: "'escape' has a fixed meaning" in kit.text_of(app.screen, "#lead"))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("next_stop = \n", "not TOML"),
        ("\x00\xff", "not TOML"),
        ('next_stop = "' + "x" * 200_000 + '"', "too large"),
    ],
)
def test_a_file_that_is_no_keymap_leaves_the_usual_keys(text, word):
    keymap = load_keymap(write_keys(text))
    assert keymap.actions == ACTIONS
    assert len(keymap.problems) == 1
    assert word in keymap.problems[0]
    assert "usual keys" in keymap.problems[0]


def test_no_file_is_no_problem(tmp_path):
    assert load_keymap(tmp_path / FILE) == Keymap()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"nonsense": "x"}, ("no action 'nonsense'",)),
        ({"step_over": "hyper+x"}, ("only ctrl, shift and alt", "keeps its usual keys")),
        ({"step_over": "enter"}, ("fixed meaning",)),
        ({"step_over": "ctrl+c"}, ("fixed meaning",)),
        ({"step_over": "bigkey"}, ("no key that a terminal sends",)),
        ({"step_over": []}, ("keeps its usual keys",)),
        ({"step_over": "x", "step_in": "x"}, ("is the key of step_over already", "step_in keeps")),
        ({"step_over": "g"}, ("go_to_stop has no key left: step_over took it",)),
    ],
)
def test_each_mistake_has_its_sentence(wanted, words):
    problems = "\n".join(make_keymap(wanted).problems)
    for word in words:
        assert word in problems, problems


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("space", "space"), ("F8", "f8"), ("?", "question_mark"), ("+", "plus"), ("ctrl+o", "ctrl+o"),
        ("Ctrl+O", "ctrl+O"), ("shift+f11", "shift+f11"), ("G", "G"), ("[", "left_square_bracket"),
    ],
)  # fmt: skip
def test_keys_are_read_as_people_write_them(text, key):
    assert read_key(text) == (key, "")


WRITTEN = st.one_of(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=4), st.integers(), st.none())


@given(st.dictionaries(st.sampled_from([a.name for a in ACTIONS]), WRITTEN))
def test_whatever_is_written_no_key_means_two_things(wanted):
    keymap = make_keymap(wanted)
    keys = [key for action in keymap.actions for key in action.keys]
    assert len(keys) == len(set(keys))
    assert [a.name for a in keymap.actions] == [a.name for a in ACTIONS]
    assert all(p.isprintable() for p in keymap.problems)
