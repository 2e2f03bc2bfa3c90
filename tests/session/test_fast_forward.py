"""The program runs untraced between the stops of a tour, and loses none of them; traced again when that is needed."""

from __future__ import annotations

import asyncio
import time

import pytest

from codetour.model.events import Crashed
from tests.session.conftest import interpreter, line_of, tour_of

pytestmark = pytest.mark.debugger


def traced(lines) -> str:
    """What the program said of itself: the places at which it was traced."""
    words = [line.split() for line in lines if line.startswith("traced ")]
    assert words
    return " ".join(place for _, place, answer in words if answer == "True")


TELL = """
import sys


def tell(place):
    print("traced", place, sys.gettrace() is not None, flush=True)
"""

WHOLE = (
    TELL
    + """

def work(x):
    y = x + 1
    return y


def main():
    tell("first")
    for i in range(4):
        work(i)
    tell("between")
    for i in range(3):
        if i == 2:
            late = True
    tell("after")


main()
"""
)


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.11"])
async def test_before_between_and_after_the_stops_nothing_is_traced(write, run_tour, version):
    root = write(train=WHOLE)
    script = root / "train.py"
    tour = tour_of(
        "train.py", ("train.py", line_of(script, "y = x"), 3), ("train.py", line_of(script, "late"))
    )
    run = await run_tour(root, tour, python=interpreter(version), to_end=True)
    assert [(s.stop, s.hits, s.frames[0].line) for s in run.reached] == [
        ("s0", 3, line_of(script, "y = x")),
        ("s1", 1, line_of(script, "late")),
    ]
    assert [f.symbol for f in run.reached[0].frames if f.inside] == ["work", "main", "<module>"]
    assert {v.name: v.scalar for v in run.reached[0].frames[0].values}["x"] == 2
    assert traced(run.text.splitlines()) == ""


async def test_who_wants_it_has_everything_traced(write, run_tour):
    root = write(train=WHOLE)
    script = root / "train.py"
    tour = tour_of(
        "train.py", ("train.py", line_of(script, "y = x"), 3), ("train.py", line_of(script, "late"))
    )
    always = {"CODETOUR_TRACE_ALWAYS": "1"}
    run = await run_tour(root, tour, python=interpreter("3.11"), to_end=True, env=always)
    assert [s.hits for s in run.reached] == [3, 1]
    assert traced(run.text.splitlines()) == "first between after"


@pytest.fixture
async def standing(write, new_driver, python):
    root = write(train=WHOLE)
    script = root / "train.py"
    driver = new_driver(root, tour_of("train.py", ("train.py", line_of(script, "y = x"))), python=python)
    await driver.start()
    await asyncio.wait_for(driver.settled(), 30)
    yield driver, script
    await driver.close()


async def to_the_end(driver):
    while driver.finished is None:
        await driver.walk.resume()
        await asyncio.wait_for(driver.settled(), 30)
    return traced(driver.output)


async def test_a_breakpoint_elsewhere_is_traced_until_it_is_taken_away(standing):
    driver, script = standing
    between = line_of(script, 'tell("between")')
    await driver.set_breakpoint("train.py", between)
    await driver.walk.resume()
    await asyncio.wait_for(driver.settled(), 30)
    assert (driver.view.mode, driver.view.seen.frames[0].line) == ("exploring", between)
    await driver.step_over()
    await asyncio.wait_for(driver.settled(), 30)
    assert driver.view.seen.frames[0].line == between + 1
    await driver.clear_breakpoint("train.py", between)
    assert await to_the_end(driver) in {"between", ""}  # the empty text from 3.12 on
    assert driver.finished.code == 0


async def test_a_breakpoint_on_the_line_of_a_served_stop_needs_no_tracing(standing):
    driver, script = standing
    line = line_of(script, "y = x")
    await driver.set_breakpoint("train.py", line, condition="x == 3")
    await driver.walk.resume()
    await asyncio.wait_for(driver.settled(), 30)
    assert (driver.view.mode, driver.view.seen.frames[0].line) == ("exploring", line)
    assert {v.name: v.scalar for v in driver.view.seen.frames[0].values}["x"] == 3
    assert await to_the_end(driver) == ""


async def test_steps_from_a_stop_go_where_they_should(standing):
    driver, script = standing
    line = line_of(script, "y = x")
    for how, symbol, where in (
        (driver.step_over, "work", line + 1),
        (driver.step_out, "work", line + 1),
        (driver.step_over, "main", line_of(script, "for i in range(4)")),
        (driver.step_over, "main", line_of(script, "work(i)")),
        (driver.step_in, "work", line),
    ):
        await how()
        await asyncio.wait_for(driver.settled(), 30)
        assert (driver.view.seen.frames[0].symbol, driver.view.seen.frames[0].line) == (symbol, where)
    assert await to_the_end(driver) == ""


async def test_a_step_onto_a_line_with_a_breakpoint_halts_there_once(standing):
    driver, script = standing
    line = line_of(script, "y = x")
    await driver.set_breakpoint("train.py", line)
    await driver.step_out()
    await asyncio.wait_for(driver.settled(), 30)
    seen = []
    while driver.finished is None:
        await driver.step_in()
        await asyncio.wait_for(driver.settled(), 30)
        if driver.finished is None:
            seen.append((driver.view.seen.frames[0].line, driver.view.seen.frames[0].symbol))
        if len(seen) == 8:
            break
    loop, call = line_of(script, "for i in range(4)"), line_of(script, "work(i)")
    assert seen == [
        *((loop, "main"), (call, "main"), (line, "work"), (line + 1, "work"), (line + 1, "work")),
        *((loop, "main"), (call, "main"), (line, "work")),
    ]


async def test_a_running_program_is_halted_and_runs_on_untraced(write, new_driver, python):
    root = write(
        train=TELL
        + """
began = True
total = 0
while total < 3_000_000:
    total += 1
    if total % 1_000_000 == 1:
        tell(str(total))
"""
    )
    script = root / "train.py"
    driver = new_driver(root, tour_of("train.py", ("train.py", line_of(script, "began"))), python=python)
    await driver.start()
    try:
        await asyncio.wait_for(driver.settled(), 30)
        await driver.walk.resume()
        assert await driver.walk.pause()
        assert driver.view.seen.frames[0].line >= line_of(script, "while total")
        assert "2000001" not in await to_the_end(driver)
    finally:
        await driver.close()


async def test_each_pass_of_each_thread_is_a_pass(write, run_tour, python):
    root = write(
        train="""
        import threading

        def work(n):
            for i in range(5):
                here = (n, i)
            return here

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        end = True
        """
    )
    script = root / "train.py"
    tour = tour_of(
        "train.py", ("train.py", line_of(script, "here ="), 20), ("train.py", line_of(script, "end ="))
    )
    run = await run_tour(root, tour, python=python, to_end=True)
    assert [(s.stop, s.hits) for s in run.reached] == [("s0", 20), ("s1", 1)]
    assert "only" not in run.reached[0].reason


async def test_turns_of_a_loop_are_counted_on_its_own_line(write, run_tour, python):
    root = write(
        train="""
        total = 0
        while total < 9:
            total += 1
        for i in range(4):
            total += i
        end = True
        """
    )
    script = root / "train.py"
    tour = tour_of(
        "train.py", ("train.py", line_of(script, "while"), 3), ("train.py", line_of(script, "for i"), 2)
    )
    run = await run_tour(root, tour, python=python, to_end=True)
    assert [(s.stop, s.hits) for s in run.reached] == [("s0", 3), ("s1", 2)]
    assert {v.name: v.scalar for v in run.reached[0].frames[0].values}["total"] in {2, 3}


async def test_a_crash_of_an_untraced_thread_is_told(write, run_tour, python):
    root = write(
        train="""
        import threading, time

        def work(n):
            return n / 0

        thread = threading.Thread(target=work, args=(1,))
        thread.start()
        thread.join()
        end = True
        """
    )
    run = await run_tour(root, tour_of("train.py", ("train.py", 9)), python=python, to_end=True)
    (crash,) = run.of(Crashed)
    assert (crash.type.rpartition(".")[2], crash.seen.frames[0].symbol) == ("ZeroDivisionError", "work")
    assert {v.name: v.scalar for v in crash.seen.frames[0].values} == {"n": 1}
    assert [s.stop for s in run.reached] == ["s0"]
    assert run.text.count("Traceback") == 1


async def test_a_program_that_takes_its_own_file_away_is_stopped_in(write, run_tour, python):
    root = write(
        train="""
        import os
        os.unlink(__file__)
        first = 1
        for i in range(3):
            second = i
        third = 3
        """
    )
    script = root / "train.py"
    lines = [line_of(script, text) for text in ("first =", "second =", "third =")]
    run = await run_tour(
        root, tour_of("train.py", *(("train.py", n) for n in lines)), python=python, to_end=True
    )
    assert [s.frames[0].line for s in run.reached] == lines


async def test_a_long_loop_of_plain_python_comes_to_its_end_soon(write, run_tour, python):
    root = write(
        train="""
        def small(x):
            y = x + 1
            return y

        total = 0
        for i in range(1_000_000):
            total = small(total)
        end = True
        """
    )
    began = time.monotonic()
    run = await run_tour(root, tour_of("train.py", ("train.py", 2), ("train.py", 8)), python=python)
    assert [s.stop for s in run.reached] == ["s0", "s1"]
    assert time.monotonic() - began < 30


async def test_functions_that_are_pickled_by_value_keep_their_places(write, run_tour, python):
    root = write(
        train="""
        import pickle, types

        def work(x):
            here = x * 2
            return here

        code = work.__code__
        parts = pickle.loads(pickle.dumps(code.co_consts))
        again = types.FunctionType(code.replace(co_consts=parts), {"__name__": "elsewhere"})
        print("again", again(3))
        end = True
        """
    )
    run = await run_tour(
        root, tour_of("train.py", ("train.py", 4), ("train.py", 11)), python=python, to_end=True
    )
    assert [s.stop for s in run.reached] == ["s0", "s1"]
    assert "again 6" in run.text
