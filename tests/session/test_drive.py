"""Whole tours of scripts that are hard to debug, under the real debugger."""

from __future__ import annotations

import asyncio
import time

import pytest

from codetour.model.events import Crashed
from tests.session.conftest import gone, line_of, tour_of, until

pytestmark = pytest.mark.debugger


def where(seen):
    return [(f.symbol.rpartition(".")[2], f.line) for f in seen.frames if f.inside]


async def test_stops_are_served_in_the_order_in_which_they_happen(scripts, run_tour):
    shapes = scripts / "shapes.py"
    called = line_of(shapes, "print(decorated")
    tour = tour_of(
        "shapes.py",
        ("shapes.py", line_of(shapes, "def counted")),
        ("shapes.py", line_of(shapes, "def decorated")),
        ("shapes.py", called),
    )
    run = await run_tour(scripts, tour)
    assert [s.stop for s in run.reached] == ["s2", "s1", "s0"]
    assert where(run.reached[1])[0] == ("decorated", line_of(shapes, "total = ("))
    assert run.end.how == "all-stops"


async def test_the_nth_pass_is_counted_by_statement_not_by_line_event(scripts, run_tour):
    shapes = scripts / "shapes.py"
    line = line_of(shapes, "total += (")
    run = await run_tour(scripts, tour_of("shapes.py", ("shapes.py", line, 3)))
    values = {v.name: v.scalar for v in run.reached[0].frames[0].values}
    assert (values["item"], values["total"], run.reached[0].hits) == (3, 6, 3)


async def test_a_pass_that_never_comes_shows_an_earlier_one_and_says_so(scripts, run_tour):
    line = line_of(scripts / "shapes.py", "total += (")
    run = await run_tour(scripts, tour_of("shapes.py", ("shapes.py", line, 9)))
    (seen,) = run.reached
    assert seen.hits < 9
    assert "3 times" in seen.reason


async def test_a_comprehension_line_stops_once_in_its_function(scripts, run_tour):
    line = line_of(scripts / "shapes.py", "for i in range(n)")
    run = await run_tour(scripts, tour_of("shapes.py", ("shapes.py", line)))
    assert where(run.reached[0])[0][0] == "listed"


async def test_lambdas_and_generators_stop_in_their_own_scope(scripts, run_tour):
    script = scripts / "steps.py"
    tour = tour_of(
        "steps.py",
        ("steps.py", line_of(script, "square = lambda")),
        ("steps.py", line_of(script, "yield i * 2"), 2),
        ("steps.py", line_of(script, "total += value"), 4),
        ("more/found_late.py", line_of(scripts / "more" / "found_late.py", "y = x * 2")),
    )
    run = await run_tour(scripts, tour)
    assert [(s.stop, s.hits, s.frames[0].symbol) for s in run.reached] == [
        ("s0", 1, "main"),
        ("s1", 2, "numbers"),
        ("s2", 4, "total_of"),
        ("s3", 1, "twice"),
    ]
    assert [f.symbol for f in run.reached[1].frames if f.inside] == [
        "numbers",
        "total_of",
        "main",
        "<module>",
    ]


async def test_misses_are_explained(scripts, run_tour):
    shapes = scripts / "shapes.py"
    (scripts / "unused.py").write_text("def f():\n    return 1\n")
    tour = tour_of(
        "shapes.py",
        ("shapes.py", line_of(shapes, "def never")),
        ("shapes.py", line_of(shapes, '"large"')),
        ("unused.py", 2),
        ("shapes.py", 4000),
        ("missing.py", 1),
    )
    run = await run_tour(scripts, tour)
    why = run.missed
    assert "never was never called" in why["s0"]
    assert "`x > 10` was False" in why["s1"]
    assert "unused.py was never imported" in why["s2"]
    assert "nothing that runs" in why["s3"]
    assert "cannot be read" in why["s4"]
    assert "ended (exit code 0)" in why["s0"]


async def test_a_file_that_is_run_as_text_is_not_called_unimported(tmp_path, run_tour):
    (tmp_path / "cfg.py").write_text("lr = 0.1\nwd = lr * 2\n")
    (tmp_path / "other.py").write_text("x = 1\n")
    (tmp_path / "train.py").write_text("a = 1\nexec(open('cfg.py').read())\nx = wd\n")
    tour = tour_of("train.py", ("cfg.py", 2), ("other.py", 1), ("train.py", 3))
    run = await run_tour(tmp_path, tour, to_end=True)
    assert [s.stop for s in run.reached] == ["s2"]
    assert "run as text (exec), where no debugger can stop" in run.missed["s0"]
    assert run.missed["s1"].startswith("line 1 was never reached") or "never imported" in run.missed["s1"]


async def test_a_daemon_thread_is_stopped_in_and_does_not_keep_the_program(tmp_path, run_tour):
    (tmp_path / "train.py").write_text(
        "import threading, time\n\n\ndef spin(seen):\n    while True:\n        here = len(seen)\n"
        "        seen.append(here)\n        time.sleep(0.01)\n\n\nseen = []\n"
        "threading.Thread(target=spin, args=(seen,), daemon=True).start()\n"
        "while len(seen) < 5:\n    time.sleep(0.01)\nend = True\nprint('main ends')\n"
    )
    tour = tour_of("train.py", ("train.py", 6, 3), ("train.py", 15))
    run = await run_tour(tmp_path, tour, to_end=True)
    assert [s.stop for s in run.reached] == ["s0", "s1"]
    assert run.reached[0].frames[0].symbol == "spin"
    assert (run.end.how, run.end.code) == ("finished", 0)
    assert "main ends" in run.text


@pytest.mark.parametrize(("how", "code"), [("exit", 3), ("hard", 5), ("caught", 0)])
async def test_exit_codes_come_through(scripts, run_tour, how, code):
    run = await run_tour(scripts, tour_of("ends.py", ("shapes.py", 1)), how)
    assert (run.end.how, run.end.code) == ("finished", code)
    assert run.of(Crashed) == []


async def test_a_signal_is_named(scripts, run_tour):
    run = await run_tour(scripts, tour_of("ends.py", ("shapes.py", 1)), "signal")
    assert run.end.how == "crashed"
    assert "SIGSEGV" in run.end.message


async def test_a_crash_is_a_stop_of_its_own(scripts, run_tour):
    line = line_of(scripts / "ends.py", 'print("end")')
    run = await run_tour(scripts, tour_of("ends.py", ("ends.py", line)), "raise")
    (crash,) = run.of(Crashed)
    assert crash.type.endswith("ZeroDivisionError")
    assert crash.seen.frames[0].symbol == "divide"
    assert {v.name: v.scalar for v in crash.seen.frames[0].values} == {"number": 1, "below": 0}
    assert "crashed at ends.py" in run.missed["s0"]
    assert run.end.how == "crashed"
    assert "ZeroDivisionError" in run.text
    # told as without a debugger: no frame of ours
    assert "debugpy" not in run.text
    assert "bootstrap" not in run.text
    assert run.end.code == 1


async def test_a_program_s_own_way_to_tell_exceptions_is_used(tmp_path, run_tour):
    (tmp_path / "train.py").write_text(
        "import sys\nsys.excepthook = lambda kind, error, trace: print('mine', kind.__name__, trace.tb_lineno)\n"
        "raise ValueError(3)\n"
    )
    run = await run_tour(tmp_path, tour_of("train.py", ("train.py", 3)), to_end=True)
    assert "mine ValueError 3" in run.text
    assert "Traceback" not in run.text
    assert run.end.how == "crashed"


@pytest.mark.parametrize("how", ["sleep", "spin", "deaf", "compiled"])
async def test_a_program_that_does_not_end_is_ended(scripts, run_tour, how):
    mark = f"mark-{how}-{time.monotonic_ns()}"
    tour = tour_of("hangs.py", ("hangs.py", line_of(scripts / "hangs.py", "ready = True")), ("shapes.py", 70))
    run = await run_tour(scripts, tour, how, mark, patience=1.0)
    assert [s.stop for s in run.reached] == ["s0"]
    assert run.end.how == "timeout"
    assert ("compiled code" if how == "compiled" else "hangs.py:") in run.end.message
    assert gone(mark, 1.0)


async def test_nothing_is_left_of_a_family(scripts, run_tour):
    mark = f"family-{time.monotonic_ns()}"
    tour = tour_of("family.py", ("family.py", line_of(scripts / "family.py", "started = True")))
    run = await run_tour(scripts, tour, mark, "stay")
    assert run.end.how == "all-stops"
    assert gone(mark, 1.0)


async def test_what_a_program_leaves_behind_at_its_own_end_is_ended_too(scripts, run_tour):
    mark = f"left-{time.monotonic_ns()}"
    run = await run_tour(scripts, tour_of("family.py", ("shapes.py", 1)), mark)
    assert run.end.code == 0
    assert gone(mark, 1.0)


@pytest.mark.parametrize("how", ["fork", "spawn", "subprocess", "again", "grandchildren"])
async def test_children_are_attached_and_stopped_in(scripts, run_tour, how):
    workers = scripts / "workers.py"
    tour = tour_of(
        "workers.py",
        ("workers.py", line_of(workers, "here = number")),
        ("workers.py", line_of(workers, "end = True")),
    )
    run = await run_tour(scripts, tour, how)
    assert {s.stop for s in run.reached} == {"s0", "s1"}
    inner = next(s for s in run.reached if s.stop == "s0")
    assert inner.process or how == "again"
    assert inner.frames[0].values


@pytest.mark.parametrize("how", ["spawn", "script", "code"])
async def test_children_are_prepared_as_the_program_was(scripts, run_tour, how):
    line = line_of(scripts / "prepared.py", "here = sorted")
    run = await run_tour(scripts, tour_of("prepared.py", ("prepared.py", line)), how, to_end=True)
    (seen,) = run.reached
    assert seen.process
    told = dict(line.split(" ", 1) for line in run.text.splitlines() if line.startswith(("inner", "outer")))
    wanted = {"_codetour_quiet_imports", "_codetour_keep_tracing", "_codetour_patches", "_codetour_children"}
    assert wanted <= set(told["inner"].split())
    assert wanted <= set(told["outer"].split())
    assert run.end.code == 0


async def test_rank_zero_is_followed(scripts, run_tour):
    line = line_of(scripts / "workers.py", "here = number")
    run = await run_tour(scripts, tour_of("workers.py", ("workers.py", line)), "ranks")
    (seen,) = run.reached
    assert seen.process == "rank 0"
    assert {v.name: v.scalar for v in seen.frames[0].values}["number"] == 0


async def test_threads_that_meet_at_a_line(scripts, run_tour):
    line = line_of(scripts / "threads.py", "here = number")
    end = line_of(scripts / "threads.py", 'print("joined")')
    run = await run_tour(scripts, tour_of("threads.py", ("threads.py", line), ("threads.py", end)))
    assert [s.stop for s in run.reached] == ["s0", "s1"]


async def test_hostile_objects_are_not_touched(scripts, run_tour):
    line = line_of(scripts / "hostile.py", "return here")
    started = time.monotonic()
    run = await run_tour(scripts, tour_of("hostile.py", ("hostile.py", line)), to_end=True)
    names = {v.name: v for v in run.reached[0].frames[0].values}
    assert {"thing", "loud", "big", "endless"} <= set(names)
    assert "REPR CALLED" not in run.text
    assert "touched" not in run.text
    assert run.end.code == 0
    assert time.monotonic() - started < 30


async def test_output_comes_through_without_loss(scripts, run_tour):
    run = await run_tour(scripts, tour_of("floods.py", ("shapes.py", 1)), timeout=120)
    assert run.end.code == 0
    assert run.driver.output[-1] == "last line"
    assert len(run.driver.output) <= 5_000
    # pieces beyond the bound of one event are dropped from the screen's stream, never the end
    assert run.text.rstrip().endswith("last line")


async def test_input_that_nobody_gives_ends(scripts, run_tour):
    run = await run_tour(
        scripts, tour_of("asks.py", ("asks.py", line_of(scripts / "asks.py", "done = True")))
    )
    assert "EOFError" in run.end.message
    assert run.end.mend


async def test_input_that_somebody_gives(scripts, new_driver):
    driver = new_driver(
        scripts,
        tour_of("asks.py", ("asks.py", line_of(scripts / "asks.py", "done = True"))),
        interactive=True,
    )
    await driver.start()
    try:
        await until(lambda: driver._walk is not None and "name? " in driver.walk.output.partial["stdout"])
        await driver.send_input("Ada")
        await asyncio.wait_for(driver.settled(), 20)
        assert driver.view.mode == "live"
        await until(lambda: any("hello Ada" in line for line in driver.output))
    finally:
        await driver.close()


async def test_input_that_somebody_ends(scripts, new_driver):
    line = line_of(scripts / "asks.py", "done = True")
    driver = new_driver(scripts, tour_of("asks.py", ("asks.py", line)), interactive=True)
    await driver.start()
    try:
        await until(lambda: driver._walk is not None and "name? " in driver.walk.output.partial["stdout"])
        await driver.send_input("^D")
        await asyncio.wait_for(driver.settled(), 20)
        assert driver.view.mode == "crashed"
        assert "EOFError" in driver.view.message
    finally:
        await driver.close()


@pytest.mark.parametrize("delay", [0, 0.01, 0.1, 0.3])
async def test_leaving_while_the_program_is_being_started_leaves_nothing(scripts, new_driver, delay):
    mark = f"early-{time.monotonic_ns()}"
    driver = new_driver(scripts, tour_of("hangs.py", ("hangs.py", 8)), "sleep", mark)
    await driver.start()
    await asyncio.sleep(delay)
    await asyncio.wait_for(driver.close(), 10)
    assert driver.finished.how == "cancelled"
    assert gone(mark, 1.0)


async def test_modules_functions_and_working_directories(tmp_path, run_tour):
    package = tmp_path / "work" / "pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("def go(n):\n    x = n + 1\n    return x\n")
    (package / "train.py").write_text(
        "import os, sys\nfrom .helper import go\n\n\ndef main():\n    os.chdir('/')\n    print(go(3), sys.argv)\n"
        "    return 0\n\n\nif __name__ == '__main__':\n    main()\n"
    )
    tour = tour_of("work/pkg/train.py", ("work/pkg/helper.py", 2), module="pkg.train", cwd="work")
    run = await run_tour(tmp_path, tour, "a", "b")
    assert where(run.reached[0]) == [("go", 2), ("main", 7), ("<module>", 12)]
    (package / "cli.py").write_text(
        "import sys\nfrom pkg.helper import go\n\n\ndef main():\n    print(go(1), sys.argv)\n"
    )
    tour = tour_of("work/pkg/cli.py", ("work/pkg/helper.py", 2), qualname="main")
    run = await run_tour(tmp_path, tour, "x", to_end=True)
    assert where(run.reached[0]) == [("go", 2), ("main", 6)]
    assert "2 ['pkg', 'x']" in run.text
    assert run.end.code == 0


async def test_a_library_that_imports_the_tree_and_one_that_cannot_be_imported(tmp_path, run_tour):
    """Tracing rests while libraries are imported; what they import of the tree is stopped in all the same."""
    root, libraries = tmp_path / "tree", tmp_path / "libraries"
    root.mkdir()
    libraries.mkdir()
    (libraries / "plugins.py").write_text("import ours\n\n\ndef call(function):\n    return function(2)\n")
    (libraries / "broken.py").write_text("import plugins\n1 / 0\n")
    (root / "ours.py").write_text("import json\n\nregistered = json.loads('3')\n")
    (root / "train.py").write_text(
        "import plugins\n\n\ndef double(x):\n    y = x * 2\n    return y\n\n\n"
        "print(plugins.call(double))\nimport broken\n"
    )
    tour = tour_of("train.py", ("ours.py", 3), ("train.py", 5), ("train.py", 9))
    run = await run_tour(root, tour, env={"PYTHONPATH": str(libraries)}, to_end=True)
    assert [s.stop for s in run.reached] == ["s0", "s2", "s1"]
    assert [f.symbol for f in run.reached[0].frames if f.inside] == ["<module>", "<module>"]
    told = run.text[run.text.index("Traceback") :].splitlines()
    assert [line.split('"')[1] for line in told if line.startswith("  File")] == [
        str(root / "train.py"),
        str(libraries / "broken.py"),
    ]


async def test_a_link_to_the_tree_and_a_file_executed_under_its_name(tmp_path, run_tour):
    real = tmp_path / "real"
    real.mkdir()
    (real / "cfg.py").write_text("lr = 0.1\nwd = lr * 2\n")
    (real / "train.py").write_text(
        "exec(compile(open('cfg.py').read(), __file__.replace('train', 'cfg'), 'exec'))\nx = wd\n"
    )
    (tmp_path / "link").symlink_to(real)
    tour = tour_of("train.py", ("cfg.py", 2), ("train.py", 2))
    run = await run_tour(tmp_path / "link", tour)
    assert [(s.stop, s.frames[0].file) for s in run.reached] == [("s0", "cfg.py"), ("s1", "train.py")]


async def test_a_notebook_runs_where_it_lies(tmp_path, run_tour):
    import json

    folder = tmp_path / "nb"
    folder.mkdir()
    (folder / "near.py").write_text("value = 7\n")
    cells = [
        "import os\nimport near\nimport IPython.display as ipd\nfrom IPython.display import HTML\n%matplotlib inline\n",
        "total = near.value + 1\ndisplay(HTML(total))\nipd.Audio(rate=1).play()\nprint(os.getcwd())\n",
    ]
    nb = {
        "cells": [
            {"cell_type": "code", "source": c, "metadata": {}, "outputs": [], "execution_count": None}
            for c in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "train.ipynb").write_text(json.dumps(nb))
    from codetour.source.reading import read_source

    script = read_source(tmp_path, "nb/train.ipynb")
    line = next(i for i, text in enumerate(script.lines, 1) if text.startswith("display"))
    run = await run_tour(tmp_path, tour_of("nb/train.ipynb", ("nb/train.ipynb", line)), to_end=True)
    frame = run.reached[0].frames[0]
    assert (frame.file, frame.line, frame.symbol) == ("nb/train.ipynb", line, "<module>")
    assert {v.name: v.scalar for v in frame.values}["total"] == 8
    assert str(folder) in run.text
    assert run.end.code == 0
    assert {p.name for p in tmp_path.rglob("*.py")} == {"near.py"}


async def test_reasons_in_a_notebook_name_cells(tmp_path, run_tour):
    import json

    cells = ["x = 1\n", "if x > 1:\n    print(x)\n", "y = 0\nprint(x / y)\n"]
    nb = {"cells": [{"cell_type": "code", "source": c} for c in cells], "metadata": {}, "nbformat": 4}
    (tmp_path / "t.ipynb").write_text(json.dumps(nb))
    run = await run_tour(tmp_path, tour_of("t.ipynb", ("t.ipynb", 5)))
    assert next(iter(run.missed.values())).startswith(
        "`x > 1` was False when cell 1, line 1 was first reached"
    )
    assert "crashed at t.ipynb, cell 2, line 2: ZeroDivisionError" in run.end.message
