from __future__ import annotations

import pytest

from codetour.model.driver import Driver, Unsupported
from codetour.model.recording import Recording
from codetour.model.tour import Anchor, Stop, Tour
from codetour.model.value import Frame, Seen, Value
from codetour.record.replay import RecordedDriver

INNER = Value("a", "int", "scalar", scalar=1)
TOUR = Tour("t", tuple(Stop(f"s{i}", "data", f"title {i}", Anchor("x.py", i + 1)) for i in range(3)))
RECORDING = Recording(
    "t",
    seen=(Seen("s0", (Frame("f", "x.py", 1, values=(Value("d", "dict", "dict", items=(INNER,)),)),)),),
    missed={"s1": "the branch was not taken"},
    output="one\ntwo",
)


async def test_walks_from_stop_to_stop_and_to_the_closing_card() -> None:
    driver: Driver = RecordedDriver(TOUR, RECORDING)
    await driver.start()
    assert (driver.view.index, driver.view.mode) == (0, "recorded")
    await driver.next()
    assert (driver.view.mode, driver.view.missed) == ("static", "the branch was not taken")
    await driver.goto(99)
    assert (driver.view.index, driver.view.mode) == (3, "ended")
    await driver.previous()
    assert driver.view.index == 2
    await driver.goto(-5)
    await driver.previous()
    assert driver.view.index == 0
    await driver.close()


async def test_recorded_values_answer_and_the_rest_says_why_not() -> None:
    driver = RecordedDriver(TOUR, RECORDING)
    assert await driver.children(["d"]) == (INNER,)
    assert (await driver.evaluate(" d ")).type == "dict"
    assert list(driver.output) == ["one", "two"]
    for refused in (
        driver.evaluate("d['a']"),
        driver.step_over(),
        driver.step_in(),
        driver.step_out(),
        driver.pause(),
        driver.restart(),
        driver.run_to("x.py", 1),
        driver.set_breakpoint("x.py", 1),
        driver.clear_breakpoint("x.py", 1),
        driver.send_input("x"),
    ):
        with pytest.raises(Unsupported, match="codetour run"):
            await refused


async def test_a_tour_without_a_recording_is_static() -> None:
    driver = RecordedDriver(TOUR)
    assert driver.view.mode == "static"
    assert driver.output == ()
    assert await driver.children(["d"]) == ()
