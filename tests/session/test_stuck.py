"""Where a program is that does not stand still when it is asked to, and how that is told."""

from __future__ import annotations

import time

import pytest

from tests.session.conftest import gone, interpreter, line_of, tour_of

pytestmark = pytest.mark.debugger


def tour(script):
    return tour_of("stuck.py", ("stuck.py", line_of(script, "begun = True")))


@pytest.mark.parametrize("version", ["3.8", "3.11", "3.13"])
async def test_a_loop_in_compiled_code_that_lets_nobody_in_is_found_by_a_signal(scripts, run_tour, version):
    mark = f"held-{time.monotonic_ns()}"
    script = scripts / "stuck.py"
    run = await run_tour(
        scripts, tour(script), "held", mark, python=interpreter(version), to_end=True, timeout=3
    )
    line = line_of(script, "sum(range")
    assert run.end.message == (
        f"Time was up after 3 s, the program was inside compiled code, called at stuck.py:{line}."
    )
    assert gone(mark)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("stopped", "standing still: it has stopped itself, or was stopped by a signal (SIGSTOP)."),
        ("exit", "at its end, in what it does when it exits (atexit, threads)."),
        ("children", "at its end, waiting for process 2."),
    ],
)
async def test_what_else_keeps_a_program_is_told(scripts, run_tour, how, said):
    mark = f"{how}-{time.monotonic_ns()}"
    run = await run_tour(scripts, tour(scripts / "stuck.py"), how, mark, to_end=True, timeout=3)
    assert len(run.reached) == 1
    assert run.end.message == f"Time was up after 3 s, the program was {said}"
    assert gone(mark)


async def test_a_thread_that_crashes_does_not_make_the_program_one_that_crashed(scripts, run_tour):
    script = scripts / "stuck.py"
    run = await run_tour(scripts, tour(script), "thread", to_end=True)
    line = line_of(script, "missing")
    assert (run.end.how, run.end.code) == ("finished", 0)
    said = f"a part of it (a thread, another process) crashed at stuck.py:{line}: KeyError: 'missing'"
    assert run.end.message == f"The program ended (exit code 0), but {said}"


async def test_of_a_launcher_and_what_it_launched_the_first_crash_is_told(scripts, run_tour):
    script = scripts / "stuck.py"
    run = await run_tour(scripts, tour(script), "launches", to_end=True)
    line = line_of(script, "the cause")
    assert run.end.how == "crashed"
    assert run.end.message == f"The program crashed at stuck.py:{line}: ValueError: the cause"
