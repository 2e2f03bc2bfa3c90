"""Free debugging round the tour: what every key of the screen does to a program that really runs."""

from __future__ import annotations

import asyncio
import time

import pytest

from codetour.model.driver import Unsupported
from tests.session.conftest import gone, interpreter, line_of, tour_of, until

pytestmark = pytest.mark.debugger


@pytest.fixture
def script(scripts):
    return scripts / "steps.py"


@pytest.fixture
async def standing(scripts, script, new_driver):
    """A driver at its first stop, in `main`; the second lies in the generator, the third in the late module."""
    tour = tour_of(
        "steps.py",
        ("steps.py", line_of(script, "first = total_of")),
        ("steps.py", line_of(script, "yield i * 2")),
        ("more/found_late.py", line_of(scripts / "more" / "found_late.py", "y = x * 2")),
    )
    driver = new_driver(scripts, tour)
    await driver.start()
    await at_rest(driver)
    yield driver
    await driver.close()


async def at_rest(driver):
    await asyncio.wait_for(driver.settled(), 20)


def here(driver):
    frame = driver.view.seen.frames[0]
    return frame.symbol, frame.line


async def test_the_reader_walks_ahead_and_back_while_the_program_stands(standing):
    assert standing.view.mode == "live"
    await standing.goto(2)
    assert standing.view.mode == "static"
    await standing.resume_tour()
    assert (standing.view.index, standing.view.mode) == (0, "live")
    await standing.next()
    await at_rest(standing)
    assert (standing.view.index, here(standing)[0]) == (1, "numbers")
    await standing.previous()
    assert (standing.view.index, standing.view.mode, standing.view.live_index) == (0, "recorded", 1)


async def test_steps_go_over_into_and_out_of_calls_and_the_tour_goes_on(standing, script):
    await standing.step_in()
    await at_rest(standing)
    assert here(standing) == ("total_of", line_of(script, "total = 0"))
    assert standing.view.mode == "exploring"
    await standing.step_over()
    await at_rest(standing)
    assert here(standing) == ("total_of", line_of(script, "for value in numbers"))
    await standing.step_out()
    await at_rest(standing)
    # the generator's stop lies on the way
    assert standing.view.mode == "live"
    assert here(standing)[0] == "numbers"
    await standing.resume_tour()
    await at_rest(standing)
    assert (standing.view.index, here(standing)[0]) == (2, "twice")
    assert [f.symbol for f in standing.view.seen.frames if f.inside] == ["twice", "main", "<module>"]


async def test_a_statement_of_several_lines_is_one_step_and_a_loop_of_one_line_is_many(standing, script):
    await standing.run_to("steps.py", line_of(script, "several = max"))
    await at_rest(standing)
    while here(standing)[1] != line_of(script, "several = max"):
        await standing.resume_tour()
        await at_rest(standing)
    await standing.step_over()
    await at_rest(standing)
    assert here(standing) == ("main", line_of(script, 'print("done"'))


async def test_run_to_a_line(standing, script):
    await standing.run_to("steps.py", line_of(script, 'print("done"'))
    await at_rest(standing)
    assert standing.view.index == 1  # a stop on the way is served first
    for _ in range(3):
        if here(standing)[1] != line_of(script, 'print("done"'):
            await standing.resume_tour()
            await at_rest(standing)
    assert here(standing) == ("main", line_of(script, 'print("done"'))


async def test_breakpoints_with_a_condition_and_with_a_count(standing, script):
    line = line_of(script, "total += value")
    mark = await standing.set_breakpoint("steps.py", line, condition="value == 4")
    assert (mark.line, mark.verified) == (line, True)
    await standing.next()
    await at_rest(standing)
    await standing.resume_tour()
    await at_rest(standing)
    assert here(standing)[0] == "total_of"
    assert (await standing.evaluate("value")).scalar == 4
    await standing.clear_breakpoint("steps.py", line)
    assert standing.breakpoints == ()
    await standing.set_breakpoint("steps.py", line_of(script, "return total"), hits="1")
    await standing.resume_tour()
    await at_rest(standing)
    assert (await standing.evaluate("total")).scalar == 12


async def test_a_count_survives_every_other_change_of_the_file_s_breakpoints(standing, script):
    line = line_of(script, "total += value")
    await standing.set_breakpoint("steps.py", line, hits="% 2")
    values = []
    for _ in range(4):
        # the stop in the generator, a breakpoint put and taken: the file's breakpoints are sent again each time
        await standing.resume_tour()
        await at_rest(standing)
        await standing.set_breakpoint("steps.py", line_of(script, "third ="))
        await standing.clear_breakpoint("steps.py", line_of(script, "third ="))
        if standing.view.mode == "exploring":
            assert here(standing)[1] == line
            assert standing.view.seen.reason == "breakpoint"
            values.append((await standing.evaluate("value")).scalar)
    assert values == [2, 6]


async def test_a_condition_on_the_line_of_a_stop_is_asked_too(scripts, script, new_driver):
    line = line_of(script, "total += value")
    driver = new_driver(scripts, tour_of("steps.py", ("steps.py", line, 4)))
    await driver.set_breakpoint("steps.py", line, condition="value > 2 and any(v == value for v in [4, 6])")
    await driver.start()
    try:
        await at_rest(driver)
        assert (driver.view.mode, (await driver.evaluate("value")).scalar) == ("exploring", 4)
        await driver.next()
        await at_rest(driver)
        assert (driver.view.mode, (await driver.evaluate("value")).scalar) == ("live", 6)
    finally:
        await driver.close()


async def test_a_condition_that_raises_stops_once_and_says_what_it_raised(standing, script):
    line = line_of(script, "total += value")
    await standing.set_breakpoint("steps.py", line, condition="nothing_of_that_name > 2")
    await standing.step_over()
    await at_rest(standing)
    while standing.view.mode != "exploring":
        await standing.resume_tour()
        await at_rest(standing)
    assert here(standing)[1] == line
    said = "its condition raised NameError: name 'nothing_of_that_name' is not defined"
    assert standing.view.seen.reason == f"breakpoint: {said}"
    assert [b.message for b in standing.breakpoints] == [said]
    await standing.resume_tour()
    await at_rest(standing)
    assert standing.view.mode == "live"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"condition": "x ="}, "no Python expression"),
        ({"hits": "often"}, "no count"),
        ({"hits": "% 0"}, "never comes"),
    ],
)
async def test_what_is_no_condition_is_refused_before_it_is_armed(standing, script, given, said):
    with pytest.raises(Unsupported, match=said):
        await standing.set_breakpoint("steps.py", line_of(script, "total += value"), **given)
    assert standing.breakpoints == ()


async def test_a_breakpoint_where_nothing_runs_is_refused(standing):
    with pytest.raises(Unsupported, match=r"line 4000"):
        await standing.set_breakpoint("steps.py", 4000)
    with pytest.raises(Unsupported, match="cannot be read"):
        await standing.set_breakpoint("nowhere.py", 1)


async def test_expressions_run_in_the_stopped_frame_and_end(standing):
    assert (await standing.evaluate("state['lr'] * 2")).scalar == 0.2
    assert (await standing.evaluate("1 / 0")).kind == "error"
    assert (await standing.evaluate("not python")).kind == "error"
    children = await standing.children(("state",))
    assert {c.name: c.scalar for c in children}["lr"] == 0.1
    began = time.monotonic()
    assert (await standing.evaluate("[i for i in iter(int, 1)]")).kind == "error"
    assert time.monotonic() - began < 15
    assert (await standing.evaluate("2 + 2")).scalar == 4


async def test_a_running_program_is_paused_and_asked_nothing_while_it_runs(scripts, new_driver):
    mark = f"pause-{time.monotonic_ns()}"
    line = line_of(scripts / "hangs.py", "ready = True")
    driver = new_driver(scripts, tour_of("hangs.py", ("hangs.py", line), ("shapes.py", 70)), "sleep", mark)
    await driver.start()
    try:
        await at_rest(driver)
        await driver.next()
        assert driver.view.mode == "running"
        with pytest.raises(Unsupported, match="pause it first"):
            await driver.step_over()
        with pytest.raises(Unsupported, match="pause it first"):
            await driver.evaluate("1")
        await driver.pause()
        assert driver.view.mode == "exploring"
        assert (await driver.evaluate("how")).scalar == "sleep"
    finally:
        await driver.close()
    assert gone(mark, 1.0)


async def test_a_restart_begins_anew_and_keeps_breakpoints(standing, script):
    await standing.set_breakpoint("steps.py", line_of(script, "return total"))
    await standing.next()
    await at_rest(standing)
    await standing.restart()
    await at_rest(standing)
    assert (standing.view.index, standing.view.mode) == (0, "live")
    assert len(standing.seen) == 1
    await standing.next()
    await at_rest(standing)
    await standing.resume_tour()
    await at_rest(standing)
    assert here(standing) == ("total_of", line_of(script, "return total"))


async def test_after_the_end_the_reader_may_look_but_not_step(standing):
    for _ in range(3):
        await standing.resume_tour()
        await at_rest(standing)
    await until(lambda: standing.finished is not None)
    assert standing.finished.code == 0
    assert "done 12 144 288" in list(standing.output)
    await standing.goto(1)
    assert standing.view.mode == "recorded"
    with pytest.raises(Unsupported):
        await standing.step_in()
    with pytest.raises(Unsupported):
        await standing.send_input("x")


async def test_a_breakpoint_that_writes_does_not_stop(standing, script):
    line = line_of(script, "total += value")
    await standing.set_breakpoint("steps.py", line, hits=">= 2", log="value {value}, total {total:>3}")
    await standing.set_breakpoint("steps.py", line_of(script, "return total"))
    await standing.set_breakpoint("steps.py", line_of(script, "return state"), log="{nothing}")
    while standing.view.seen.reason != "breakpoint":
        await standing.walk.resume()
        await at_rest(standing)
    await until(lambda: sum("value" in text for text in standing.output) == 3)
    written = [text for text in standing.output if "value" in text]
    assert written[0] == f"steps.py:{line}  value 2, total   0"
    while standing.finished is None:
        await standing.walk.resume()
        await at_rest(standing)
    assert any("NameError in" in text for text in standing.output)


@pytest.mark.parametrize("text", ["{", "{a +}", r"a\b {c}"])
async def test_a_text_that_is_none_is_refused(standing, script, text):
    with pytest.raises(Unsupported, match="no text with"):
        await standing.set_breakpoint("steps.py", line_of(script, "total += value"), log=text)


async def test_a_hot_loop_writes_a_bounded_number_of_lines(tmp_path, new_driver):
    (tmp_path / "hot.py").write_text("begin = 1\nfor i in range(3000):\n    x = i\nend = 1\n")
    driver = new_driver(tmp_path, tour_of("hot.py", ("hot.py", 1), ("hot.py", 4)))
    await driver.start()
    try:
        await at_rest(driver)
        await driver.set_breakpoint("hot.py", 3, log="i={i}")
        await driver.next()
        await at_rest(driver)
        assert driver.view.index == 1
        await until(lambda: any("i=" in text for text in driver.output))
        assert sum("i=" in text for text in driver.output) < 1000
    finally:
        await driver.close()


RAISES = """
def inner(n):
    raise ValueError(n)

def outer(n):
    try:
        inner(n)
    except ValueError:
        return n

begin = 1
for i in range(2):
    outer(i)
list(x for x in range(2))
end = 1
"""


@pytest.mark.parametrize("version", ["3.8", "3.11", "3.12", "3.13"])
async def test_exceptions_that_are_caught_are_stopped_at_on_demand_once_each(tmp_path, new_driver, version):
    path = tmp_path / "raises.py"
    path.write_text(RAISES)
    stops = [("raises.py", line_of(path, text)) for text in ("begin = 1", "end = 1")]
    driver = new_driver(tmp_path, tour_of("raises.py", *stops), python=interpreter(version))
    await driver.start()
    try:
        await at_rest(driver)
        assert not driver.explorer.stops_at_raise
        await driver.explorer.stop_at_raise(wanted=True)
        seen = []
        for _ in range(2):
            await driver.walk.resume()
            await at_rest(driver)
            seen.append((driver.view.mode, driver.view.seen.reason, here(driver)))
        line = line_of(path, "raise ValueError")
        assert seen == [("exploring", f"Raised here: ValueError: {n}", ("inner", line)) for n in range(2)]
        await driver.explorer.stop_at_raise(wanted=False)
        await driver.walk.resume()
        await at_rest(driver)
        assert (driver.view.mode, driver.view.index) == ("live", 1)
    finally:
        await driver.close()


@pytest.mark.parametrize("version", ["3.12", "3.13"])
async def test_a_reader_stands_where_the_program_calls_breakpoint(tmp_path, new_driver, version):
    (tmp_path / "own.py").write_text("x = 1\nbreakpoint()\ny = x + 1\nend = 1\n")
    tour = tour_of("own.py", ("own.py", 1), ("own.py", 4))
    for interactive, told in ((True, [("exploring", 3), ("live", 4)]), (False, [("live", 4)])):
        driver = new_driver(tmp_path, tour, python=interpreter(version), interactive=interactive)
        await driver.start()
        try:
            await at_rest(driver)
            seen = []
            while len(seen) < len(told):
                await driver.walk.resume()
                await at_rest(driver)
                seen.append((driver.view.mode, here(driver)[1]))
            assert seen == told
        finally:
            await driver.close()
