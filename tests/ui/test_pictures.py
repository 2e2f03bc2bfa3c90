"""SVG snapshots of every screen at 80x24 and 120x40; `test_readme_picture` is the picture in the README.

Look at a changed picture before accepting it: `pytest tests/ui/test_pictures.py --snapshot-update`.
"""

from __future__ import annotations

import asyncio

import pytest

from codetour.errors import SourceError
from codetour.ui.app import CodetourApp
from codetour.ui.consent_screen import ConsentScreen
from codetour.ui.phases import Phases
from codetour.ui.prepared import Second
from codetour.ui.tour_screen import TourScreen

NARROW, WIDE, HUGE = (80, 24), (120, 40), (160, 50)
OUTPUT = "using text input.txt: 1,115,394 characters, 65 different ones\nnumber of parameters: 10.65M\n"


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """No cursor that blinks, nothing that moves."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("CODETOUR_HOME", "/home/ada/codetour")  # shown by the help; nothing is written there
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none", raising=False)


def walk_to(kit, index, *keys):
    """Press space until stop `index` is shown, then `keys`."""

    async def before(pilot):
        screen = lambda: pilot.app.screen  # noqa: E731 - read at each look
        await kit.settle(
            pilot, lambda: isinstance(screen(), TourScreen) and screen().driver.view.mode != "starting"
        )
        tour = screen()
        for _ in range(index):
            at = tour.scene.index
            await pilot.press("space")
            await kit.settle(pilot, lambda at=at: tour.scene.index > at)
        await kit.settle(pilot, lambda: tour.code._colouring is not None and tour.code._colouring.done)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        tour.output._pour()
        await asyncio.sleep(0.1)
        await pilot.pause()

    return before


def test_readme_picture(kit, snap_compare):
    app = kit.tour_app(kit.ScriptedDriver(loud_once=OUTPUT))
    assert snap_compare(app, terminal_size=(120, 36), run_before=walk_to(kit, 2))


@pytest.mark.parametrize("size", [NARROW, WIDE, HUGE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_tour(kit, snap_compare, size):
    app = kit.tour_app(kit.ScriptedDriver(loud_once=OUTPUT))
    assert snap_compare(app, terminal_size=size, run_before=walk_to(kit, 2))


@pytest.mark.parametrize("theme", ["light", "ansi"])
def test_theme(kit, snap_compare, theme):
    app = kit.tour_app(theme=theme)
    assert snap_compare(app, terminal_size=NARROW, run_before=walk_to(kit, 2))


def test_no_color(kit, snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(kit.tour_app(), terminal_size=NARROW, run_before=walk_to(kit, 2))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("exploring", ("n",)),
        ("recorded", ("backspace",)),
        ("frame-up", ("u",)),
        ("outline", ("o",)),
        ("values", ("a",)),
        ("folded", ("i",)),
        ("help", ("question_mark",)),
        ("map", ("m",)),
        ("go-to-stop", ("g",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_narrow(kit, snap_compare, name, keys):
    assert snap_compare(kit.tour_app(), terminal_size=NARROW, run_before=walk_to(kit, 2, *keys))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_closing_card(kit, snap_compare, size):
    app = kit.tour_app(second=Second("Evaluation tour (eval.py)", lambda _p: kit.sample_prepared()))
    assert snap_compare(app, terminal_size=size, run_before=walk_to(kit, 6))


def test_crash(kit, snap_compare):
    app = kit.tour_app(kit.ScriptedDriver(crash_at="attention"))
    assert snap_compare(app, terminal_size=NARROW, run_before=walk_to(kit, 2))


def test_static(kit, snap_compare):
    app = kit.tour_app(kit.ScriptedDriver(kit.sample_tour(), {}, live=False, missed={}))
    assert snap_compare(app, terminal_size=WIDE, run_before=walk_to(kit, 2))


def test_tiny(kit, snap_compare):
    assert snap_compare(kit.tour_app(), terminal_size=(50, 14), run_before=walk_to(kit, 2))


def test_smallest(kit, snap_compare):
    assert snap_compare(kit.tour_app(), terminal_size=(20, 5), run_before=walk_to(kit, 0))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_consent(kit, snap_compare, size):
    driver = kit.ScriptedDriver()
    prepared = kit.sample_prepared(driver, live=lambda _d, _p: driver, execution=kit.sample_execution())
    app = CodetourApp("karpathy/nanoGPT", prepared=prepared)

    async def before(pilot):
        await kit.settle(pilot, lambda: isinstance(pilot.app.screen, ConsentScreen))
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_error(kit, snap_compare, monkeypatch):
    monkeypatch.setattr("codetour.ui.app.Phases", lambda: Phases(clock=lambda: 0.0))

    def prepare(progress):
        progress.begin("Finding github.com/karpathy/nanoGTP")
        raise SourceError("There is no repository karpathy/nanoGTP.", hint="Check the name, or give a path.")

    async def before(pilot):
        await kit.settle(pilot, lambda: pilot.app.screen.error is not None)
        await pilot.pause(0.2)

    app = CodetourApp("karpathy/nanoGTP", prepare)
    assert snap_compare(app, terminal_size=NARROW, run_before=before)
