"""What is known to be hard for a debugger of training scripts, and the test that runs each for real.

`hard_cases.toml` names them all; some are tested here, the others where their part is tested.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.session.conftest import PYTHON, interpreter, line_of, needs_torch, tour_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent

ROWS = tomllib.loads((HERE / "hard_cases.toml").read_text())


@pytest.mark.parametrize("module", ROWS)
def test_each_row_has_its_test(module):
    text = (HERE / f"{module}.py").read_text()
    assert [name for name in ROWS[module].values() if f"def {name}(" not in text] == []


DECORATED = '''\
import functools

def twice(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args) * 2
    return inner

# a comment
@twice
@functools.lru_cache(None)
def decorated(a,
              b):
    """Words.

    More words.
    """
    s = (a +
         b +
         1)
    return s

print(decorated(1, 2), decorated(3, 4))
'''


@pytest.mark.debugger
@pytest.mark.parametrize("version", ["3.8", "3.11", "3.12", "3.13"])
@pytest.mark.parametrize("text", ["@twice", "def decorated", "Words.", "s = (a"])
async def test_a_decorated_function_is_stopped_in_once_and_not_at_its_definition(
    tmp_path, run_tour, version, text
):
    script = tmp_path / "train.py"
    script.write_text(DECORATED)
    stop = ("train.py", line_of(script, text), 2)
    run = await run_tour(tmp_path, tour_of("train.py", stop), python=interpreter(version))
    (seen,) = run.reached
    assert (seen.frames[0].symbol.rpartition(".")[2], seen.hits) == ("decorated", 2)
    assert {v.name: v.scalar for v in seen.frames[0].values}["a"] == 3


HUGE = """\
class Fat:
    def __repr__(self):
        return "x" * 50_000_000

many, table = list(range(3_000_000)), {i: i for i in range(1_000_000)}
nested, text, fat = [[0] * 1000 for _ in range(300)], "x" * 100_000_000, Fat()
done = True
"""


@pytest.mark.debugger
@pytest.mark.parametrize("version", ["3.8", "3.11", "3.12", "3.13"])
async def test_huge_values_cost_next_to_nothing(tmp_path, run_tour, version):
    (tmp_path / "train.py").write_text(HUGE)
    run = await run_tour(tmp_path, tour_of("train.py", ("train.py", 7)), python=interpreter(version))
    (seen,) = run.reached
    values = {v.name: v for v in seen.frames[0].values}
    assert (values["many"].size, values["table"].size) == (3_000_000, 1_000_000)
    assert values["nested"].size == 300
    assert len(str(values["text"].scalar)) < 1_000
    assert values["fat"].type == "Fat"


@pytest.mark.debugger
@pytest.mark.torch
@needs_torch
async def test_a_huge_tensor_and_layer_are_summed_up(tmp_path, run_tour):
    (tmp_path / "train.py").write_text(
        "import torch\ntensor = torch.zeros(100_000_000)\nlayer = torch.nn.Linear(4096, 4096)\ndone = True\n"
    )
    run = await run_tour(tmp_path, tour_of("train.py", ("train.py", 4)), python=PYTHON)
    values = {v.name: v for v in run.reached[0].frames[0].values}
    assert values["tensor"].shape == (100_000_000,)
    assert values["layer"].size == 4096 * 4096 + 4096
