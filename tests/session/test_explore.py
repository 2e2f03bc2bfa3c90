"""What a reader asks beside the tour: threads and tasks, names, close looks, numbers followed over the run."""

from __future__ import annotations

import asyncio
import time

import pytest

from codetour.model.driver import Unsupported
from codetour.session.exploring import detail_of
from tests.session.conftest import PYTHON, gone, interpreter, line_of, needs_torch, tour_of, until


@pytest.fixture
async def at_end(scripts, new_driver):
    """Standing in `main`, with a task that holds a lock and one that wants it."""
    line = line_of(scripts / "explores.py", "here = total")
    driver = new_driver(scripts, tour_of("explores.py", ("explores.py", line)))
    await driver.start()
    await asyncio.wait_for(driver.settled(), 20)
    assert driver.view.mode == "live"
    yield driver
    await driver.close()


@pytest.mark.debugger
async def test_threads_and_tasks_are_told_with_what_they_wait_for(at_end):
    stacks = {(s.kind, s.name): s for s in await at_end.explorer.stacks()}
    threads = {name: stack for (kind, name), stack in stacks.items() if kind == "thread"}
    assert set(threads) == {"MainThread", "waiter"}, threads
    main = stacks["thread", "MainThread"]
    assert main.state == "stopped here"
    assert (main.calls[0].symbol.rpartition(".")[2], main.calls[0].file) == ("main", "explores.py")
    waiter = stacks["thread", "waiter"]
    assert waiter.state == "daemon"
    assert [c.symbol for c in waiter.calls if c.inside] == ["waits"]
    assert stacks["task", "holds"].state == "waits for sleep"
    assert stacks["task", "wants"].state == "waits for Lock.acquire"
    assert [c.symbol for c in stacks["task", "wants"].calls if c.inside] == ["wants"]
    assert stacks["task", "wants"].awaits == (stacks["task", "holds"].key,)
    assert stacks["task", "holds"].awaits == ()


@pytest.mark.debugger
async def test_a_waiting_task_is_looked_at_with_its_values(at_end):
    wants = next(s for s in await at_end.explorer.stacks() if s.name == "wants")
    said = await at_end.explorer.visit(0, wants.key)
    assert said.startswith("A task that waits is looked at, not stepped in")
    assert [f.symbol for f in at_end.view.seen.frames if f.inside] == ["wants"]
    frame = next(i for i, f in enumerate(at_end.view.seen.frames) if f.inside)
    assert (await at_end.evaluate("lock._locked", frame)).scalar is True
    with pytest.raises(Unsupported, match="only looked at"):
        await at_end.step_over()
    await at_end.resume_tour()
    assert at_end.view.mode == "live"
    assert (await at_end.evaluate("total")).scalar is not None


TASKS = """
import asyncio

async def leaf(n):
    await asyncio.sleep(600)

async def gathers():
    await asyncio.gather(*(asyncio.create_task(leaf(n), name=f"leaf {n}") for n in range(2)))

async def plainly(other):
    await other

async def waits(other):
    await asyncio.wait([other])

async def timed(other):
    await asyncio.wait_for(other, 500)

async def crossed(mine, yours, name):
    async with mine:
        await asyncio.sleep(0)
        async with yours:
            pass

async def main():
    gathering = asyncio.create_task(gathers(), name="gathers")
    await asyncio.sleep(0.01)
    first = asyncio.create_task(plainly(gathering), name="plainly")
    second = asyncio.create_task(waits(first), name="waits")
    third = asyncio.create_task(timed(second), name="timed")
    a, b = asyncio.Lock(), asyncio.Lock()
    left = asyncio.create_task(crossed(a, b, "left"), name="left")
    right = asyncio.create_task(crossed(b, a, "right"), name="right")
    await asyncio.sleep(0.05)
    here = True
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()

asyncio.run(main())
"""


@pytest.mark.debugger
@pytest.mark.parametrize("version", ["3.8", "3.10", "3.11", "3.12", "3.13"])
async def test_who_waits_for_whom(tmp_path, new_driver, version):
    python = interpreter(version)
    (tmp_path / "tasks.py").write_text(TASKS)
    line = line_of(tmp_path / "tasks.py", "here = True")
    driver = new_driver(tmp_path, tour_of("tasks.py", ("tasks.py", line)), python=python)
    await driver.start()
    try:
        await asyncio.wait_for(driver.settled(), 20)
        tasks = {s.key: s for s in await driver.explorer.stacks() if s.kind == "task"}
        edges = {t.name: sorted(tasks[key].name for key in t.awaits) for t in tasks.values()}
    finally:
        await driver.close()
    assert edges["gathers"] == ["leaf 0", "leaf 1"]
    assert edges["plainly"] == ["gathers"]
    assert edges["waits"] == ["plainly"]
    assert edges["timed"] == ["waits"]
    assert (edges["left"], edges["right"]) == (["right"], ["left"])
    assert edges["leaf 0"] == []


@pytest.mark.debugger
async def test_a_program_inside_compiled_code_still_tells_where_it_is(scripts, new_driver):
    mark = f"compiled-{time.monotonic_ns()}"
    stop = ("explores.py", line_of(scripts / "explores.py", "return 1"))
    driver = new_driver(scripts, tour_of("explores.py", stop), mark)
    await driver.start()
    try:
        line = line_of(scripts / "explores.py", "pbkdf2_hmac")
        await until(lambda: driver._walk.debugger.root is not None)

        def where(stacks):
            return [(c.file, c.line) for s in stacks for c in s.calls if s.name == "MainThread" and c.inside]

        limit = time.monotonic() + 20
        while ("explores.py", line) not in (found := where(await driver.explorer.stacks())):
            assert time.monotonic() < limit, found
            await asyncio.sleep(0.1)
        await driver.pause()
        assert driver.view.message == f"The program is inside compiled code, called at explores.py:{line}."
    finally:
        await driver.close()
    assert gone(mark, 1.0)


@pytest.mark.debugger
async def test_names_are_completed_found_and_explained(at_end, scripts):
    explorer = at_end.explorer
    assert await explorer.complete("mo") == ("mo", ("model",))
    assert await explorer.complete("print(model.wi") == ("wi", ("width",))
    assert (await explorer.complete("model."))[1] == ("double", "width")
    assert (await explorer.complete("tab"))[1] == ("table",)
    found = await explorer.definition("model.double")
    assert (found.file, found.line) == ("explores.py", line_of(scripts / "explores.py", "def double"))
    found = await explorer.definition("model")
    assert found.line == line_of(scripts / "explores.py", "class Model")
    assert await explorer.definition("total") is None
    assert await explorer.explain("model.double") == "model.double(self, x, times)\nTwice x."
    assert "Doubles" in await explorer.explain("Model")
    with pytest.raises(Unsupported, match="no nothing"):
        await explorer.explain("nothing")


@pytest.mark.debugger
async def test_values_are_set_and_statements_of_several_lines_run(at_end):
    assert (await at_end.evaluate("total = 7")).kind != "error"
    assert (await at_end.evaluate("total")).scalar == 7
    assert (await at_end.evaluate("for i in range(3):\n    total += i\ntotal")).scalar == 10
    assert (await at_end.evaluate("def f(x):\n    return x + 1\nf(1)")).scalar == 2
    await at_end.evaluate("model.width = 9")
    assert (await at_end.evaluate("model.width")).scalar == 9


@pytest.mark.debugger
async def test_an_expression_typed_while_a_slow_one_runs_waits_for_it(at_end):
    slow = asyncio.create_task(at_end.evaluate("__import__('time').sleep(3.5) or 1"))
    await asyncio.sleep(0.2)
    quick = await asyncio.gather(*(at_end.evaluate(f"{n} + 1") for n in range(3)))
    assert [v.scalar for v in quick] == [1, 2, 3]
    assert (await slow).scalar == 1


@pytest.mark.debugger
async def test_a_number_is_followed_without_stopping(scripts, new_driver):
    script = scripts / "explores.py"
    tour = tour_of(
        "explores.py",
        ("explores.py", line_of(script, "total = 0.0")),
        ("explores.py", line_of(script, "here =")),
    )
    driver = new_driver(scripts, tour)
    await driver.start()
    try:
        await asyncio.wait_for(driver.settled(), 20)
        place = line_of(script, 'print("loss"')
        await driver.explorer.follow("loss", "explores.py", place)
        with pytest.raises(Unsupported, match="followed already"):
            await driver.explorer.follow("loss", "explores.py", place)
        with pytest.raises(Unsupported, match="no expression"):
            await driver.explorer.follow("loss +", "explores.py", place + 1)
        await driver.next()
        await asyncio.wait_for(driver.settled(), 20)
        assert driver.view.index == 1
        (history,) = await driver.explorer.histories()
        assert (history.name, history.place, history.count) == ("loss", f"explores.py:{place}", 5)
        assert history.numbers == (10.0, 9.0, 8.0, 7.0, 6.0)
    finally:
        await driver.close()


async def test_before_the_start_and_after_the_end_there_is_nobody_to_ask(scripts, new_driver):
    driver = new_driver(scripts, tour_of("explores.py", ("explores.py", 21)))
    assert driver.explorer is None
    await driver.start()
    await driver.close()
    with pytest.raises(Unsupported, match="over"):
        await driver.explorer.stacks()
    with pytest.raises(Unsupported, match="pause it first"):
        await driver.explorer.complete("x")


TORCH = """
import torch
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
image = torch.linspace(0, 1, 3 * 32 * 16).reshape(1, 3, 32, 16)
attention = torch.eye(12).expand(2, 4, 12, 12)
attention_with_nan = torch.full((4, 4), float("nan")).fill_diagonal_(1.0)
before = 1
loss = model(torch.ones(5, 4)).pow(2).sum()
loss.backward()
optimizer.step()
after = 1
"""


@needs_torch
@pytest.mark.torch
@pytest.mark.debugger
async def test_a_close_look_at_models_tensors_and_optimizers(tmp_path, new_driver):
    (tmp_path / "train.py").write_text(TORCH)
    lines = [("train.py", line_of(tmp_path / "train.py", text)) for text in ("before =", "after =")]
    driver = new_driver(tmp_path, tour_of("train.py", *lines), python=PYTHON)
    await driver.start()
    try:
        await asyncio.wait_for(driver.settled(), 60)
        first = await driver.explorer.detail(("model",))
        assert [r[0] for r in first.rows] == ["0.weight", "0.bias", "2.weight", "2.bias"]
        assert [r[1] for r in first.rows] == ["8×4", "8", "2×8", "2"]
        assert [r[3] for r in first.rows] == [""] * 4
        image = await driver.explorer.detail(("image",))
        assert (len(image.picture), len(image.picture[0])) == (32, 16)
        assert (image.picture[0][0], image.picture[-1][-1]) == (0, 255)
        assert sum(image.histogram.counts) == 3 * 32 * 16
        assert (image.histogram.low, image.histogram.high) == (0.0, 1.0)
        attention = await driver.explorer.detail(("attention",))
        assert [row[i] for i, row in enumerate(attention.picture)] == [255] * 12
        holed = await driver.explorer.detail(("attention_with_nan",))
        assert holed.picture[0][:2] == (0, None)
        await driver.next()
        await asyncio.wait_for(driver.settled(), 60)
        second = await driver.explorer.detail(("model",))
        assert all(float(r[3]) >= 0 for r in second.rows)
        assert any(float(r[3]) > 0 for r in second.rows)
        assert any(r[4].endswith("%") for r in second.rows)
        groups = await driver.explorer.detail(("optimizer",))
        assert groups.rows[0][:3] == ("0", "4 tensors", "58")
        assert "lr 0.5" in groups.rows[0][3]
        with pytest.raises(Unsupported, match="not there"):
            await driver.explorer.detail(("nowhere",))
    finally:
        await driver.close()


def test_a_hostile_detail_is_cut() -> None:
    found = detail_of(
        {
            "value": {"n": "x\x1b[31m"},
            "histogram": {"low": "nan", "high": 1, "counts": [1, -4, "x", 10**40]},
            "picture": ["zz0g1", 7, "ff" * 9_999],
            "columns": ["a"] * 99,
            "rows": [["\x1b]0;x\x07", 3]] * 9_999,
        }
    )
    assert "\x1b" not in found.value.name
    assert found.histogram.counts == (1,)
    assert found.picture[0] == (None, None, 1)
    assert len(found.picture[1]) == 128
    assert len(found.columns) == 8
    assert len(found.rows) == 300
    assert "\x1b" not in found.rows[0][0]
