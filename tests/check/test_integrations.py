"""The action and the hooks call commands that exist: each is run as CI would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "codetour/bin").mkdir(parents=True)
    (tmp_path / "codetour/bin/codetour").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codetour "$@"\n')
    (tmp_path / "codetour/bin/codetour").chmod(0o755)
    (tmp_path / "train.py").write_text("loss = 1\nloss = loss * 2\n")
    run(tmp_path, "codetour new .tours/a.tour --at train.py:2")
    return tmp_path


def run(root: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{root / 'codetour/bin'}{os.pathsep}{os.environ['PATH']}"
    # where the action has made its environment
    environment = {"RUNNER_TEMP": str(root), "FOLDER": "."} | environment
    return subprocess.run(
        ["bash", "-c", script],
        cwd=root,
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def step() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][-1]


@pytest.mark.parametrize(("paths", "strict"), [("", "false"), (".tours", "true")])
def test_the_action_passes_while_stops_resolve(repository: Path, paths: str, strict: str) -> None:
    done = run(repository, step()["run"], PATHS=paths, STRICT=strict, SINCE="")
    assert done.returncode == 0, done.stderr
    assert "1 ok" in done.stdout


def test_the_action_fails_on_a_lost_stop(repository: Path) -> None:
    (repository / "train.py").write_text("import os\n")
    done = run(repository, step()["run"], PATHS="", STRICT="false", SINCE="")
    assert done.returncode == 1
    assert done.stdout.startswith("::error ")


def test_the_action_passes_a_commit_on(repository: Path, git: Callable[..., str]) -> None:
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    done = run(repository, step()["run"], PATHS="", STRICT="false", SINCE="main")
    assert done.returncode == 0, done.stderr
    assert "0 ok" in done.stdout
    (repository / "train.py").write_text("import os\n")
    assert run(repository, step()["run"], PATHS="", STRICT="false", SINCE="main").returncode == 1
    refused = run(repository, step()["run"], PATHS="", STRICT="false", SINCE="--output=x; touch pwned")
    assert refused.returncode == 2
    assert not (repository / "pwned").exists()


def test_the_action_checks_a_part_of_a_repository(repository: Path) -> None:
    (repository / "part").mkdir()
    for name in ("train.py", ".tours"):
        (repository / name).rename(repository / "part" / name)
    (repository / "part/train.py").write_text("loss = 1\nloss = loss * 3\n")
    done = run(repository, step()["run"], PATHS="", STRICT="true", SINCE="", FOLDER="part")
    assert done.returncode == 1
    assert "::warning file=part/train.py,line=2," in done.stdout


def test_the_action_leaves_the_python_of_the_job_alone(repository: Path) -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    assert steps[0]["with"]["update-environment"] is False
    calls = repository / "calls"
    python = repository / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\nmkdir -p "$3/bin"; cp "$0" "$3/bin/python"\n')
    python.chmod(0o755)
    done = run(
        repository,
        steps[1]["run"],
        PYTHON=str(python),
        VERSION="",
        SOURCE="here",
        RUNNER_TEMP=str(repository / "t"),
    )
    assert done.returncode == 0, done.stderr
    assert calls.read_text().splitlines() == [
        f"-m venv {repository}/t/codetour",
        "-m pip install --quiet here",
    ]


def test_the_inputs_of_the_action_reach_its_command() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    used = {v for s in action["runs"]["steps"] for v in s.get("env", {}).values()}
    assert {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]} <= used


def test_a_finding_names_files_as_the_job_sees_them(repository: Path) -> None:
    (repository / "part").mkdir()
    for name in ("train.py", ".tours"):
        (repository / name).rename(repository / "part" / name)
    (repository / "part/train.py").write_text("loss = 1\nloss = loss * 3\n")
    done = run(repository, "codetour check --repo part --format github")
    assert "::warning file=part/train.py,line=2," in done.stdout


def test_the_gitlab_snippet_of_the_readme_runs(repository: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    snippet = readme[readme.index("```yaml\ntours:") + 8 :]
    job = yaml.safe_load(snippet[: snippet.index("```")])["tours"]
    install, check = job["script"]
    assert install == "pip install --quiet codetour"
    assert run(repository, check).returncode == 0
    (repository / "train.py").write_text("import os\n")
    assert run(repository, check).returncode == 1
    report = ET.parse(repository / job["artifacts"]["reports"]["junit"]).getroot()
    assert len(report.findall(".//failure")) == 1


def test_the_readme_names_options_that_exist(repository: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## In CI") :].split("\n## ", 1)[0]
    shown = run(repository, "codetour check --help").stdout
    options = set(re.findall(r"codetour check .*?(--[a-z]+)", section))
    assert options >= {"--fix", "--since", "--live"}
    assert all(option in shown for option in options)


@pytest.mark.parametrize("number", [0, 1])
def test_the_hooks_run(repository: Path, number: int) -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[number]
    assert hook["always_run"] is True  # else a commit that only deletes files is passed over
    assert run(repository, hook["entry"]).returncode == 0
    (repository / "train.py").write_text("# first\nloss = 1\nloss = loss * 2\n")
    assert run(repository, hook["entry"]).returncode == number
