"""Standing in another process, thread or rank than the one the tour stands in, and the way back."""

from __future__ import annotations

import asyncio
import socket

import pytest

from codetour.model.driver import Unsupported
from codetour.model.events import Paused
from tests.session.conftest import PYTHON, gone, line_of, needs_torch, tour_of, until

pytestmark = pytest.mark.debugger


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def stands(driver, seconds=30.0):
    await asyncio.wait_for(driver.settled(), seconds)
    return driver.view


def top(driver):
    frame = next(f for f in driver.view.seen.frames if f.inside)
    return frame.symbol, frame.line


async def value(driver, text):
    """Of an expression in the innermost frame of the tree."""
    frame = next(i for i, f in enumerate(driver.view.seen.frames) if f.inside)
    return (await driver.evaluate(text, frame)).scalar


@pytest.fixture
def crew(scripts, new_driver, tmp_path):
    """A driver at the line after which main and both workers do something."""
    made = []

    async def start(how, **options):
        script = scripts / "crew.py"
        stops = [("crew.py", line_of(script, text)) for text in ("begun = True", "end = begun")]
        driver = new_driver(scripts, tour_of("crew.py", *stops), how, str(tmp_path / "until"), **options)
        made.append(driver)
        await driver.start()
        await stands(driver)
        for _ in range(200):
            stacks = await driver.explorer.stacks()
            if sum(c.symbol == "work" for s in stacks for c in s.calls) == 2:
                return driver
            await asyncio.sleep(0.05)
        raise TimeoutError

    yield start
    # the drivers' loop is the test's own
    for driver in made:
        assert driver.finished is not None


@pytest.mark.parametrize("how", ["fork", "spawn", "script"])
async def test_a_chosen_process_is_stepped_in_asked_and_left_again(crew, scripts, tmp_path, how):
    driver = await crew(how)
    script = scripts / "crew.py"
    try:
        processes = await driver.explorer.processes()
        assert processes[0].here
        assert processes[0].state == f"stands at crew.py:{line_of(script, 'begun = True')}"
        other = processes[-1]
        assert (other.state, other.here) == ("runs", False)
        said = await driver.explorer.visit(other.number)
        assert said.endswith(
            f"Meanwhile the main process is held at crew.py:{line_of(script, 'begun = True')}."
        )
        # on a busy machine it is looked at first, and stands a moment later
        await until(lambda: not driver.walk.standing.top.beside)
        assert (driver.view.mode, driver.view.away) == ("exploring", "the main process")
        assert driver.view.seen.process == other.name
        assert top(driver)[0] == "work"
        turns = await value(driver, "turns")
        await driver.run_to("crew.py", line_of(script, "doubled = turns"))
        await stands(driver)
        assert top(driver) == ("work", line_of(script, "doubled = turns"))
        assert await value(driver, "turns") > turns
        await driver.step_over()
        await stands(driver)
        assert top(driver) == ("work", line_of(script, "time.sleep(0.02)"))
        assert await value(driver, "os.getpid()") == other.pid
        # the other worker was never asked to stand
        state = {p.number: p.state for p in await driver.explorer.processes()}
        assert sum(s.startswith("stands at") for s in state.values()) == 2
        assert "runs" in state.values()
        await driver.resume_tour()
        assert (driver.view.mode, driver.view.away, top(driver)[0]) == ("live", "", "main")
        assert await value(driver, "how") == how
        await driver.next()
        view = await stands(driver)
        assert (view.mode, view.index) == ("live", 1)
    finally:
        await driver.close()
    assert gone(str(tmp_path / "until"))


async def test_from_a_visited_process_the_next_stop_lets_everything_go_on(crew):
    driver = await crew("fork")
    try:
        for number in (1, 2):
            await driver.explorer.visit(number)
        assert len(driver.walk.visits.held) == 2
        await driver.next()
        view = await stands(driver)
        assert (view.mode, view.index, view.away) == ("live", 1, "")
    finally:
        await driver.close()


async def test_a_visited_process_that_ends_leads_back(crew, tmp_path):
    driver = await crew("fork")
    try:
        await driver.explorer.visit(1)
        await driver.evaluate("open(until, 'w').close()")
        await driver.step_out()
        await until(lambda: driver.view.away == "")
        assert (driver.view.mode, driver.view.index) == ("live", 0)
        with pytest.raises(Unsupported, match="Nobody gets into"):
            await driver.explorer.visit(1)
    finally:
        await driver.close()


async def test_a_breakpoint_by_hand_halts_in_the_worker_that_comes_by(crew, scripts):
    driver = await crew("fork")
    try:
        line = line_of(scripts / "crew.py", "doubled = turns")
        await driver.set_breakpoint("crew.py", line, condition="number == 1")
        await until(lambda: len(driver.walk._waiting) == 1)
        states = [p.state for p in await driver.explorer.processes()]
        assert states.count("stopped, waits to be looked at") == 1
        waiting = states.index("stopped, waits to be looked at")
        await driver.explorer.visit(waiting)
        assert top(driver) == ("work", line)
        assert driver.view.seen.reason == "breakpoint"
        assert await value(driver, "number") == 1
        await driver.clear_breakpoint("crew.py", line)
        await driver.resume_tour()
        assert driver.view.mode == "live"
    finally:
        await driver.close()


async def test_another_thread_of_the_process_is_looked_at_and_stepped_in(crew):
    driver = await crew("fork")
    try:
        told = []
        driver.subscribe(told.append)
        idler = next(s for s in await driver.explorer.stacks() if s.name == "idler")
        await driver.explorer.visit(0, idler.key)
        assert (driver.view.mode, driver.view.away) == ("exploring", "the main process")
        assert top(driver)[0] == "idle"
        assert await value(driver, "nap") == 0.01
        assert [e.seen.reason for e in told if isinstance(e, Paused)] == ["another thread"]
        await driver.resume_tour()
        assert (driver.view.mode, top(driver)[0]) == ("live", "main")
        assert await value(driver, "how") == "fork"
        await driver.explorer.visit(0, idler.key)
        await driver.step_over()
        view = await stands(driver)
        assert (view.mode, view.away, top(driver)[0]) == ("exploring", "", "idle")
        await driver.next()
        view = await stands(driver)
        assert (view.mode, view.index) == ("live", 1)
    finally:
        await driver.close()


async def test_the_rank_that_is_asked_for_is_followed_and_one_that_never_comes_is_told(scripts, run_tour):
    script = scripts / "workers.py"
    tour = tour_of("workers.py", ("workers.py", line_of(script, "here = number")))
    run = await run_tour(scripts, tour, "ranks", to_end=True, rank=1)
    assert [s.process for s in run.reached] == ["rank 1"]
    run = await run_tour(scripts, tour, "ranks", to_end=True, rank=7)
    assert run.reached == []
    assert "there was no rank 7, only 0, 1" in run.missed["s0"]


@needs_torch
@pytest.mark.torch
@pytest.mark.parametrize("how", ["fork", "spawn"])
async def test_a_breakpoint_in_a_dataset_halts_in_the_loader_s_worker(scripts, new_driver, how):
    script = scripts / "torch_loader.py"
    tour = tour_of("torch_loader.py", ("torch_loader.py", line_of(script, 'print("length"')))
    driver = new_driver(
        scripts, tour, how, python=PYTHON, refused=frozenset({"data-workers"}), interactive=True
    )
    await driver.start()
    try:
        await stands(driver, 60)
        line = line_of(script, "return sample")
        await driver.set_breakpoint("torch_loader.py", line, condition="index == 5")
        await driver.resume_tour()
        view = await stands(driver, 90)
        assert (view.mode, view.seen.reason) == ("exploring", "breakpoint")
        assert view.seen.process
        assert top(driver) == ("Squares.__getitem__", line)
        assert {v.name: v.shape for v in view.seen.frames[0].values}["sample"] == (4,)
        await driver.step_over()
        view = await stands(driver)
        assert view.seen.process
        assert await value(driver, "__import__('torch').utils.data.get_worker_info().id") in {0, 1}
        # the main process waits for the batch in compiled code: it can be looked at all the same
        await driver.explorer.visit(0)
        assert top(driver)[0] == "main"
        assert await value(driver, "len(loader)") == 4
        assert driver.view.away == view.seen.process
    finally:
        await driver.close()


async def ranks(scripts, new_driver, *argv, **options):
    script = scripts / "torch_ranks.py"
    stops = [("torch_ranks.py", line_of(script, text)) for text in ("dist.all_reduce", 'print("rank"')]
    tour = tour_of("torch_ranks.py", *stops)
    driver = new_driver(scripts, tour, *argv, python=PYTHON, to_end=True, interactive=True, **options)
    await driver.start()
    await stands(driver, 90)
    return driver


@needs_torch
@pytest.mark.torch
@pytest.mark.parametrize("launcher", [False, True])
@pytest.mark.parametrize("rank", [0, 1])
async def test_a_rank_is_visited_while_the_other_is_held(scripts, new_driver, launcher, rank):
    port = free_port()
    options = {"launcher": ("torchrun", "--nproc_per_node=2", f"--master_port={port}")} if launcher else {}
    driver = await ranks(scripts, new_driver, *(() if launcher else (port,)), rank=rank, **options)
    line = line_of(scripts / "torch_ranks.py", "dist.all_reduce")
    try:
        assert driver.view.seen.process == f"rank {rank}"
        other = 1 - rank
        processes = {p.name: p for p in await driver.explorer.processes()}
        assert {"rank 0", "rank 1"} <= set(processes)
        # it waits for us in the collective: it is looked at, with its values, and not stepped in
        said = await driver.explorer.visit(processes[f"rank {other}"].number)
        assert f"rank {rank} is held at torch_ranks.py:{line}; a collective operation here" in said
        assert "inside compiled code, looked at from beside" in said
        assert top(driver) == ("work", line)
        assert await value(driver, "rank") == other
        with pytest.raises(Unsupported, match="only looked at"):
            await driver.step_over()
        await driver.resume_tour()
        assert (driver.view.mode, driver.view.seen.process) == ("live", f"rank {rank}")
        await driver.next()
        view = await stands(driver, 60)
        assert (view.index, view.seen.process) == (1, f"rank {rank}")
        # now the other one is past the collective
        await driver.next()
        await until(lambda: driver.finished is not None, 60)
        assert driver.finished.code == 0
        assert "".join(driver.output).count("[3.0, 3.0, 3.0]") == 2
    finally:
        await driver.close()
