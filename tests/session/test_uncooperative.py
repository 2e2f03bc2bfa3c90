"""Programs that get in the debugger's way: its tracing, its connection, its children."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from tests.session.conftest import line_of, tour_of

pytestmark = pytest.mark.debugger


LOOP = """
def work():
    total = 0
    for i in range(3):
        a = i
        b = a + 1
        c = b + 1
        d = c + 1
        total += d
    return total

print("worked:", work())
"""


@pytest.fixture
def program(tmp_path):
    """Writes a script that does something and then works."""

    def write(before: str) -> Path:
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(before) + LOOP)
        return path

    return write


def stops_in_the_loop(path: Path):
    first = line_of(path, "a = i")
    return tour_of("script.py", *(("script.py", first + i) for i in range(5)))


async def test_the_tracing_hook_stays_with_the_debugger(tmp_path, program, run_tour):
    path = program("""
        import sys, threading
        sys.settrace(None)
        threading.settrace(lambda *event: None)
    """)
    run = await run_tour(tmp_path, stops_in_the_loop(path), to_end=True)
    assert len(run.reached) == 5
    assert "worked: 12" in run.text
    if sys.version_info < (3, 12):
        assert "own tracing (sys.settrace" in run.text


async def test_threads_of_a_plain_program_are_no_reason_to_say_anything(tmp_path, program, run_tour):
    path = program("""
        import threading
        thread = threading.Thread(target=print, args=("in a thread",))
        thread.start()
        thread.join()
    """)
    run = await run_tour(tmp_path, stops_in_the_loop(path), to_end=True)
    assert len(run.reached) == 5
    assert "codetour:" not in run.text


async def test_a_program_that_closes_our_connection_is_not_said_to_have_ended_as_usual(
    tmp_path, program, run_tour
):
    path = program("import os\nos.closerange(3, 256)\n")
    run = await run_tour(tmp_path, stops_in_the_loop(path))
    assert run.reached == []
    assert "without telling the debugger" in run.end.message
    assert "worked: 12" in run.text


async def test_a_child_that_never_answers_is_waited_for_once(tmp_path, program, run_tour):
    """A grandchild of a fork in a fork holds a connection on which nobody listens."""
    path = program("""
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
        time.sleep(1)
    """)
    run = await run_tour(tmp_path, stops_in_the_loop(path))
    assert len(run.reached) == 5
    timing = run.driver.timing
    assert timing["last_stop"] - timing["first_stop"] < 25, "five stops must not cost five time limits"
