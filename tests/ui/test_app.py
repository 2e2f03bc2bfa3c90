"""The journey: preparation, choice, consent, tour, second tour; cancel and errors at each of them."""

from __future__ import annotations

import threading

import pytest

from codetour.errors import SourceError
from codetour.model.entry import EntryPoint, Evidence
from codetour.ui.app import CodetourApp
from codetour.ui.consent_screen import ConsentScreen
from codetour.ui.dialogs import Ask, Card, Chooser
from codetour.ui.prepare_screen import PreparationScreen
from codetour.ui.prepared import Choice, Second, entry_options
from codetour.ui.tour_screen import TourScreen

SIZE = (80, 24)


async def test_the_first_frame_is_painted_before_the_work_begins(kit):
    began = threading.Event()
    frames = []

    def prepare(progress):
        frames.append(app.screen._compositor.render_strips())
        began.set()
        progress.begin("Cloning")
        progress.end()
        return kit.sample_prepared()

    app = CodetourApp("karpathy/nanoGPT", prepare, show_map=False)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, began.is_set)
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    assert any("karpathy/nanoGPT" in strip.text for strip in frames[0])


async def test_phases_show_what_is_done_and_for_how_long(kit):
    go_on = threading.Event()

    def prepare(progress):
        progress.begin("Cloning karpathy/nanoGPT")
        progress.end("36 files")
        progress.begin("Building the call graph")
        progress.advance(12, 36, "model.py")
        go_on.wait(10)
        return kit.sample_prepared()

    app = CodetourApp("karpathy/nanoGPT", prepare, show_map=False)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: "12 of 36 (33 %)  model.py" in kit.text_of(app.screen, "#phases"))
        text = kit.text_of(app.screen, "#phases")
        assert "✓ Cloning karpathy/nanoGPT  36 files" in text
        assert "s" in text.splitlines()[0].split()[-1]
        go_on.set()
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))


@pytest.mark.parametrize("key", ["q", "escape", "ctrl+c"])
async def test_cancel_stops_the_work_at_its_next_report(kit, key):
    ended = threading.Event()

    def prepare(progress):
        progress.begin("Cloning")
        try:
            while not ended.wait(0.01):
                progress.check()
        finally:
            ended.set()

    app = CodetourApp("karpathy/nanoGPT", prepare)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: "Cloning" in kit.text_of(app.screen, "#phases"))
        await pilot.press(key)
        await kit.settle(pilot, ended.is_set)
    assert app.return_value.code == 130


async def test_work_that_does_not_listen_is_left_by_a_second_key(kit):
    release = threading.Event()

    def prepare(progress):
        progress.begin("Cloning")
        release.wait(20)
        return kit.sample_prepared()

    app = CodetourApp("karpathy/nanoGPT", prepare)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: "Cloning" in kit.text_of(app.screen, "#phases"))
        await pilot.press("q")
        await kit.settle(pilot, lambda: "Stopping" in kit.text_of(app.screen, "#foot"))
        await pilot.press("q")
        await pilot.pause()
    release.set()
    assert app.return_value.code == 130


async def test_an_error_says_what_to_do_next_and_can_be_tried_again(kit):
    tries = []

    def prepare(progress):
        tries.append(1)
        progress.begin("Cloning")
        if len(tries) == 1:
            raise SourceError("There is no github.com/x/[b]y[/b].", hint="Check the name.")
        return kit.sample_prepared()

    app = CodetourApp("x/y", prepare, show_map=False)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: "Next: Check the name." in kit.text_of(app.screen, "#phases"))
        assert "There is no github.com/x/[b]y[/b]." in kit.text_of(app.screen, "#phases")
        await pilot.press("r")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))


async def test_leaving_after_an_error_hands_it_over(kit):
    def prepare(_progress):
        raise SourceError("gone", hint="look")

    app = CodetourApp("x/y", prepare)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: "gone" in kit.text_of(app.screen, "#phases"))
        await pilot.press("q")
        await pilot.pause()
    assert app.return_value.code == 3
    assert app.return_value.error.hint == "look"


async def test_several_entry_points_are_chosen_between(kit):
    entries = (
        EntryPoint("train", "train.py", evidence=(Evidence("readme", "README.md", 4, "python train.py"),)),
        EntryPoint("train", "finetune.py", title="fine-tuning"),
    )
    taken = []

    def then(index, _progress):
        taken.append(index)
        return kit.sample_prepared()

    app = CodetourApp("x/y", lambda _p: Choice("Which run?", entry_options(entries), then), show_map=False)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press(*"fine", "enter")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    assert taken == [1]


def consent_app(kit, decisions, **more):
    driver = kit.ScriptedDriver()

    def live(decision, _progress):
        decisions.append(decision)
        return driver

    prepared = kit.sample_prepared(driver, live=live, execution=kit.sample_execution(), **more)
    return CodetourApp("x/y", lambda _p: prepared, show_map=False)


async def test_consent_shows_all_and_refused_overrides_leave_the_command(kit):
    decisions = []
    app = consent_app(kit, decisions)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await kit.settle(pilot, lambda: "train.py" in kit.text_of(app.screen, "#what"))
        shown = kit.text_of(app.screen, "#what")
        for fact in ("/home/ada/.venv/bin/python", "--max_iters=3", "runs/nanoGPT", "scratch copy", "325be85d9be",
                     "3.11.7", "TORCHDYNAMO_DISABLE=1", "ends after 600 s", "README.md:42"):  # fmt: skip
            assert fact in shown
        await pilot.press("down", "down", "down", "down", "space")
        await kit.settle(pilot, lambda: "--max_iters=3" not in kit.text_of(app.screen, "#what"))
        await pilot.press("m", "r")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    decision = decisions[0]
    assert decision.launch.argv == ("--dataset=shakespeare", "--device=cpu")
    assert [o.arg for o in decision.refused] == ["--max_iters=3"]
    assert decision.remember


async def test_an_override_can_be_edited(kit):
    decisions = []
    app = consent_app(kit, decisions)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press("down", "down", "down", "e")
        await kit.settle(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press(*"--device=mps", "enter")
        await kit.settle(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press("r")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    assert "--device=mps" in decisions[0].launch.argv
    assert "--device=cpu" not in decisions[0].launch.argv


async def test_static_tour_only_runs_nothing(kit):
    decisions = []
    app = consent_app(kit, decisions)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press("s")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
        await kit.settle(pilot, lambda: "static, no values" in kit.text_of(app.screen, "#title"))
    assert decisions == []


async def test_quitting_at_consent_runs_nothing(kit):
    decisions = []
    app = consent_app(kit, decisions)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press("q")
        await pilot.pause()
    assert decisions == []
    assert app.return_value.code == 0


async def test_consent_given_before_is_not_asked_again(kit):
    decisions = []
    app = consent_app(kit, decisions, agreed=True)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    assert len(decisions) == 1


async def test_the_evaluation_tour_follows_the_training_tour(kit):
    first, second = kit.ScriptedDriver(), kit.ScriptedDriver(live=False)
    more = kit.sample_prepared(second, static=lambda: second)
    prepared = kit.sample_prepared(
        first, static=lambda: first, second=Second("Evaluation tour (eval.py)", lambda _p: more)
    )
    app = CodetourApp("x/y", lambda _p: prepared, show_map=False)
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen) and app.screen.driver is first)
        await pilot.press("E")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen) and app.screen.driver is second)
        assert first.closed == 1


async def test_the_map_comes_first_and_space_begins(kit):
    app = kit.tour_app(show_map=True, problem="PyTorch is missing: codetour doctor says how to install it")
    async with app.run_test(size=SIZE) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, Card))
        strips = "\n".join(s.text for s in app.screen._compositor.render_strips())
        assert "language model is trained on one text file" in strips
        assert "PyTorch is missing" in strips
        await pilot.press("space")
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
        assert app.screen.scene.index == 0


async def test_preparation_screen_is_the_default_screen(kit):
    app = CodetourApp("x/y", lambda _p: kit.sample_prepared())
    assert isinstance(app.get_default_screen(), PreparationScreen)
