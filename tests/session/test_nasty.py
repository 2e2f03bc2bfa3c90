"""Training-like programs that are hard on their surroundings: each ends as it should, and nothing is left."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.session.conftest import gone, line_of, tour_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.debugger

LOOP = """
def train(epochs=3):
    weight = 0.1
    for epoch in range(epochs):
        for x in range(1, 5):
            loss = (weight * x - 2.0 * x) ** 2
            weight -= 0.01 * 2 * (weight * x - 2.0 * x) * x
        report(epoch, loss)
    return weight

def report(epoch, loss):
    try:
        print("epoch", epoch, "loss", loss)
    except (OSError, AttributeError, ValueError):
        pass
"""

CASES = tomllib.loads(Path(__file__).with_name("nasty.toml").read_text())


@pytest.mark.parametrize("name", CASES)
async def test_a_program_that(tmp_path, run_tour, name):
    case = CASES[name]
    if sys.version_info[:2] > tuple(case.get("until", sys.version_info[:2])):
        pytest.skip(f"{name}: told as a hang on this Python")
    script = tmp_path / "train.py"
    script.write_text(f"{case['before']}\n{LOOP}\n{case['after']}\n")
    mark = f"nasty-{time.monotonic_ns()}"
    stops = [("train.py", line_of(script, text)) for text in ("weight = 0.1", "loss = (", "weight -=")]
    run = await run_tour(tmp_path, tour_of("train.py", *stops), mark, to_end=True, timeout=30)
    assert len(run.reached) == 3, run.missed
    assert run.end.how == case["how"], run.end
    assert run.end.code == case.get("code", run.end.code), run.end
    assert gone(mark, 2.0)
