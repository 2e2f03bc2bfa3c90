"""Every size from 20x5 up shows something sensible and nothing crashes; the layout follows the width."""

from __future__ import annotations

import pytest

from codetour.ui.app import CodetourApp
from codetour.ui.tour_screen import TourScreen


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (29, 24), (80, 7)])
async def test_a_tiny_terminal_asks_to_be_enlarged(kit, size):
    app = kit.tour_app()
    async with app.run_test(size=size) as pilot:
        await kit.settle(
            pilot, lambda: isinstance(app.screen, TourScreen) and app.screen.has_class("-enlarge")
        )
        await pilot.press("space", "o", "a", "t", "question_mark", "escape")
        if size == (20, 5):
            await kit.settle(pilot, lambda: "make the" in kit.text_of(app.screen, "#enlarge"))
        await pilot.resize_terminal(80, 24)
        await kit.settle(pilot, lambda: not app.screen.has_class("-enlarge"))
        await pilot.press("q")


async def test_a_terminal_resized_under_a_window_fits_when_it_closes(kit):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=(120, 40)) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        tour = app.screen
        for size, found in (((20, 5), "-enlarge"), ((80, 24), "-one"), ((160, 50), "-three")):
            await pilot.press("m")
            await kit.settle(pilot, lambda: app.screen is not tour)
            await pilot.resize_terminal(*size)
            await pilot.press("escape")
            await kit.settle(pilot, lambda: app.screen is tour)
            await kit.settle(pilot, lambda found=found: tour.has_class(found))
            assert tour.has_class("-enlarge") is (found == "-enlarge")


async def test_the_arrow_stays_in_sight_when_the_pane_shrinks(kit):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=(80, 40)) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await pilot.press("space", "space", "space")
        await kit.settle(pilot, lambda: driver.view.index == 3 and app.screen.code.arrow > 0)
        code = app.screen.code
        for size in ((80, 18), (120, 40), (60, 16)):
            await pilot.resize_terminal(*size)
            await kit.settle(
                pilot, lambda: code.scroll_offset.y < code.arrow <= code.scroll_offset.y + code.size.height
            )


async def test_preparation_and_errors_fit_a_tiny_terminal(kit):
    def prepare(progress):
        progress.begin("Cloning karpathy/nanoGPT")
        raise ValueError("broken")

    app = CodetourApp("karpathy/nanoGPT", prepare)
    async with app.run_test(size=(20, 5)) as pilot:
        await kit.settle(pilot, lambda: app.screen.error is not None)
        await pilot.press("q")
    assert app.return_value.code == 1


@pytest.mark.parametrize(
    ("size", "shown", "hidden"),
    [
        ((160, 50), ("outline", "idea", "code", "values", "path", "output"), ("strip",)),
        ((120, 40), ("idea", "code", "values", "path", "output"), ("outline", "strip")),
        ((80, 24), ("idea", "code", "strip", "keys"), ("outline", "values", "output")),
        ((50, 14), ("idea", "code"), ("outline", "values", "output", "strip", "keys")),
    ],
)
async def test_panes_follow_the_size(kit, size, shown, hidden):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=size) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        await kit.settle(pilot, lambda: app.screen.query_one("#code").region.height > 0)
        for name in shown:
            region = app.screen.query_one(f"#{name}").region
            assert region.height > 0
            assert region.right <= size[0]
            assert region.bottom <= size[1]
        for name in hidden:
            assert app.screen.query_one(f"#{name}").region.height == 0


async def test_code_gets_74_columns_at_120(kit):
    driver = kit.ScriptedDriver()
    app = kit.tour_app(driver)
    async with app.run_test(size=(120, 40)) as pilot:
        await kit.settle(pilot, lambda: app.screen.code.source is not None)
        code = app.screen.code
        assert code.scrollable_content_region.width - code._gutter_width >= 74
