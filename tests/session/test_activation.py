"""A program of a conda environment that nobody has activated is toured as if somebody had."""

from __future__ import annotations

import sys

import pytest

from tests.environment.test_conda import make_conda
from tests.session.conftest import tour_of

SCRIPT = """\
import os, shutil, subprocess, sys
answer = subprocess.run(["python", "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True)
print("prefix", sys.prefix, answer.stdout.strip(), os.environ.get("OF_THE_PACKAGE"), os.environ["CONDA_PREFIX"])
end = True
"""


@pytest.mark.debugger
async def test_its_variables_and_its_python_are_the_environment_s_own(tmp_path, run_tour, monkeypatch):
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    prefix = tmp_path / "envs" / "vision"
    python = make_conda(prefix)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "train.py").write_text(SCRIPT)
    run = await run_tour(tree, tour_of("train.py", ("train.py", 4)), python=str(python), to_end=True)
    assert len(run.reached) == 1
    assert run.driver.interpreter.text.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}")
    assert f"prefix {prefix} {prefix} {prefix}/share/data {prefix}" in run.text
