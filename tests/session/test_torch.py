"""What PyTorch programs do to a debugger: workers, ranks, compiled functions, backward passes."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.session.conftest import PYTHON, line_of, needs_torch, tour_of

pytestmark = [
    pytest.mark.debugger,
    pytest.mark.torch,
    needs_torch,
]


def stops(script: Path, *texts: str):
    return tour_of(script.name, *((script.name, line_of(script, text)) for text in texts))


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def values(seen):
    return {v.name: v for v in seen.frames[0].values}


async def test_loader_workers_are_planned_away_and_the_sample_is_seen_in_the_main_process(scripts, run_tour):
    tour = stops(scripts / "torch_loader.py", "sample = torch", "total = batch")
    run = await run_tour(scripts, tour, "fork", python=PYTHON, to_end=True)
    assert [(s.stop, s.process) for s in run.reached] == [("s0", ""), ("s1", "")]
    assert values(run.reached[1])["batch"].shape == (4, 4)
    assert run.text.count("batch") == 8
    assert "data-workers=0" in {o.arg for o in run.driver.command.environment.overrides}


@pytest.mark.parametrize("how", ["fork", "spawn"])
async def test_loader_workers_that_the_user_wants_are_attached(scripts, run_tour, how):
    tour = stops(scripts / "torch_loader.py", "sample = torch", "total = batch")
    run = await run_tour(scripts, tour, how, python=PYTHON, refused=frozenset({"data-workers"}), timeout=120)
    assert {s.stop for s in run.reached} == {"s0", "s1"}
    inner = next(s for s in run.reached if s.stop == "s0")
    assert inner.process
    assert inner.frames[0].symbol == "Squares.__getitem__"


async def test_each_pass_over_a_loader_is_cut_short_on_demand(scripts, run_tour):
    tour = stops(scripts / "torch_loader.py", "end = True")
    run = await run_tour(scripts, tour, "fork", python=PYTHON, max_batches=2, to_end=True)
    assert "length 2" in run.text
    assert (run.text.count("batch 0"), run.text.count("batch 1")) == (2, 2)
    assert "max-batches=2" in {o.arg for o in run.driver.command.environment.overrides}
    assert run.end.code == 0


async def test_of_two_spawned_ranks_the_first_is_followed(scripts, run_tour):
    tour = stops(scripts / "torch_ranks.py", "dist.all_reduce", "end = True")
    run = await run_tour(scripts, tour, free_port(), python=PYTHON, to_end=True, timeout=120)
    first = next(s for s in run.reached if s.stop == "s0")
    assert first.process == "rank 0"
    assert values(first)["rank"].scalar == 0
    assert run.text.count("[3.0, 3.0, 3.0]") == 2
    assert run.end.code == 0


async def test_a_launcher_s_ranks_are_met(scripts, run_tour):
    tour = stops(scripts / "torch_ranks.py", "dist.all_reduce")
    launcher = ("torchrun", "--nproc_per_node=2", f"--master_port={free_port()}")
    run = await run_tour(scripts, tour, python=PYTHON, launcher=launcher, to_end=True, timeout=120)
    assert [s.process for s in run.reached] == ["rank 0"]
    assert run.text.count("[3.0, 3.0, 3.0]") == 2
    assert run.end.code == 0


async def test_compiled_functions_backward_passes_and_hooks_are_stopped_in(scripts, run_tour):
    script = scripts / "torch_compiled.py"
    tour = stops(script, "y = Square", "ctx.save_for_backward", "half = gradient", "(x,) = ctx", "print(")
    run = await run_tour(scripts, tour, python=PYTHON, to_end=True)
    assert [s.stop for s in run.reached] == ["s0", "s1", "s2", "s3", "s4"]
    assert values(run.reached[3])["gradient"].shape == (3,)
    assert "TORCHDYNAMO_DISABLE=1" in {o.arg for o in run.driver.command.environment.overrides}
    assert "[1.0, 1.0, 1.0]" in run.text


async def test_a_compiled_function_is_told_as_a_reason_where_compiling_was_wanted(scripts, run_tour):
    tour = stops(scripts / "torch_compiled.py", "y = Square", "half = gradient")
    run = await run_tour(
        scripts, tour, python=PYTHON, to_end=True, refused=frozenset({"TORCHDYNAMO_DISABLE"}), timeout=120
    )
    assert [s.stop for s in run.reached] == ["s1"]
    assert "model was never called (or only as compiled code" in run.missed["s0"]


async def test_passes_are_cut_short_in_the_processes_of_a_launcher_too(scripts, run_tour):
    tour = stops(scripts / "torch_loader.py", "end = True")
    launcher = ("torchrun", "--nproc_per_node=1", f"--master_port={free_port()}")
    run = await run_tour(
        scripts, tour, "fork", python=PYTHON, launcher=launcher, max_batches=2, to_end=True, timeout=120
    )
    assert "length 2" in run.text
    assert (run.text.count("batch 0"), run.text.count("batch 1")) == (2, 2)
    assert run.end.code == 0
