"""`codetour run --launcher --rank`: a script started by a launcher, seen from the rank that is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

TRAIN = """\
import os


def train(rank):
    weight = 0.5
    for step in range(3):
        loss = (weight * 2 - 3) ** 2
        weight -= 0.1 * loss
        print("rank", rank, "loss", loss)


if __name__ == "__main__":
    train(int(os.environ.get("RANK", "0")))
"""
LAUNCH = """\
import os, subprocess, sys

ranks = [subprocess.Popen([sys.executable, *sys.argv[1:]], env={**os.environ, "RANK": str(n)}) for n in range(2)]
sys.exit(max(rank.wait() for rank in ranks))
"""


def run(tmp_path, *options):
    words = (sys.executable, "-m", "codetour", "run", str(tmp_path / "repo"), "--entry", "train.py", *options)
    env = {**os.environ, "CODETOUR_HOME": str(tmp_path / "home"), "PYTHONPATH": str(tmp_path)}
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.debugger
@pytest.mark.parametrize("rank", [0, 1])
def test_the_stops_are_those_of_the_rank(tmp_path, rank):
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "train.py").write_text(TRAIN)
    (tmp_path / "launch_two.py").write_text(LAUNCH)
    options = ("--python", sys.executable, "--launcher", "-m launch_two", "--rank", str(rank))
    done = run(tmp_path, *options, "--headless", "--json", "--yes")
    document = json.loads(done.stdout)
    reached = [s for s in document["stops"] if s["status"] == "reached"]
    assert reached, done.stderr
    assert {s["process"] for s in reached} == {f"rank {rank}"}
    assert "-m launch_two" in " ".join(document["launch"]["command"])


def test_what_is_no_command_or_excluded_is_told(tmp_path):
    (tmp_path / "repo").mkdir()
    done = run(tmp_path, "--launcher", "torchrun 'unclosed", "--static")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)
    done = run(tmp_path, "--launcher", "torchrun", "--attach", "5678")
    assert (done.returncode, "exclude each other" in done.stderr) == (2, True)
