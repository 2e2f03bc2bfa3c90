"""Environments made for real, from wheels in a folder: no network. Cancel, failure, a second run, uv where it is."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from codetour.environment.create import EnvironmentPlan, make_environment, plan_environment
from codetour.environment.requirements import read_requirements
from codetour.errors import EnvironmentProblem, Interrupted
from codetour.model.source import Tree
from codetour.progress import Silent


class Told(Silent):
    def __init__(self) -> None:
        super().__init__()
        self.phases: list[str] = []
        self.details: list[str] = []

    def begin(self, phase: str) -> None:
        self.phases.append(phase)

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None:
        self.details.append(detail)


def make_wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    """A wheel as the specification has it: one module, metadata, a record."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {n}\n" for n in needs)
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for file, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{file},sha256={digest},{len(text)}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that packages come from."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    make_wheel(folder, "alpha", "1.0", "beta")
    make_wheel(folder, "beta", "2.0")
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "not-there"))
    return folder


@pytest.fixture(params=["pip", "uv"])
def tool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    uv = shutil.which("uv") or os.environ.get("CODETOUR_TEST_UV")
    if request.param == "uv" and not uv:
        pytest.skip("uv is not installed (CODETOUR_TEST_UV may name it)")
    tools = tmp_path / "tools"
    tools.mkdir()
    if request.param == "uv":
        (tools / "uv").symlink_to(str(uv))
    kept = [f for f in os.environ["PATH"].split(os.pathsep) if not Path(f, "uv").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join([str(tools), *kept]))
    return str(request.param)


def plan_for(tmp_path: Path, requirements: str, *needed: str) -> EnvironmentPlan:
    root = tmp_path / "repo"
    root.mkdir(exist_ok=True)
    (root / "requirements.txt").write_text(requirements)
    tree = Tree(root, "ada/repo")
    return plan_environment(tree, read_requirements(tree), needed)


def installed(plan: EnvironmentPlan) -> set[str]:
    code = "import importlib.metadata as m; print(*[d.metadata['Name'].lower() for d in m.distributions()])"
    done = subprocess.run(
        [str(plan.python), "-I", "-c", code], check=True, capture_output=True, text=True, env={}
    )
    return set(done.stdout.split())


def test_it_holds_what_the_repository_requires_and_nothing_of_ours(
    tmp_path: Path, shelf: Path, tool: str
) -> None:
    plan = plan_for(tmp_path, "alpha==1.0\n", "alpha")
    assert Path(plan.commands[0][0]).name == ("uv" if tool == "uv" else Path(sys.executable).name)
    progress = Told()
    make_environment(plan, progress)
    assert plan.ready
    assert installed(plan) - {"pip", "setuptools", "wheel"} == {"alpha", "beta"}
    assert progress.phases == ["Making a virtual environment", "Installing 1 package and what they need"]
    assert any("alpha" in detail for detail in progress.details)
    log = plan.log.read_text()
    assert all(" ".join(command[:2]) in log for command in plan.commands)
    assert "exit code 0" in log
    assert json.loads(plan.record.read_text())["packages"] == ["alpha==1.0"]


def test_it_is_made_once_for_the_same_requirements(tmp_path: Path, shelf: Path) -> None:
    plan = plan_for(tmp_path, "beta\n")
    told = [Told(), Told()]
    threads = [threading.Thread(target=make_environment, args=(plan, t)) for t in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(len(t.phases) for t in told) == [0, 2]
    assert "beta" in installed(plan)
    again = plan_for(tmp_path, "beta\n")
    assert again.ready
    assert again.folder == plan.folder
    other = plan_for(tmp_path, "alpha\nbeta\n")
    assert other.folder != plan.folder
    assert not other.ready


def test_a_requirement_that_is_nowhere_is_told_with_the_log_and_leaves_nothing(
    tmp_path: Path, shelf: Path, tool: str
) -> None:
    plan = plan_for(tmp_path, "alpha\nno-such-thing-at-all\n")
    with pytest.raises(EnvironmentProblem) as told:
        make_environment(plan, Silent())
    assert "no-such-thing-at-all" in told.value.message.splitlines()[0]
    assert str(plan.log) in told.value.message
    assert "--python" in told.value.hint
    assert "no-such-thing-at-all" in plan.log.read_text()
    assert not plan.folder.exists()
    assert not plan.ready


def test_a_pin_that_is_gone_is_loosened_and_told(tmp_path: Path, shelf: Path, tool: str) -> None:
    plan = plan_for(tmp_path, "alpha==0.1\n")
    make_environment(plan, Silent())
    assert "alpha" in installed(plan)
    assert json.loads(plan.record.read_text())["loosened"] is True
    assert "exact versions left open" in plan.log.read_text()


def test_what_was_cut_short_is_made_anew(tmp_path: Path, shelf: Path) -> None:
    plan = plan_for(tmp_path, "beta\n")
    (plan.folder / "bin").mkdir(parents=True)
    (plan.folder / "bin" / "python").write_text("half")
    assert not plan.ready
    make_environment(plan, Silent())
    assert "beta" in installed(plan)


def slow_plan(tmp_path: Path) -> EnvironmentPlan:
    """A plan whose installation starts a child and says nothing for a minute."""
    folder = tmp_path / "environments" / "slow"
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    make = (sys.executable, "-c", f"import pathlib; pathlib.Path({str(folder)!r}).mkdir(); print('made')")
    return EnvironmentPlan(folder, (make, (sys.executable, "-c", code, "--", "slow")), ("slow",))


def processes_of(word: str) -> list[int]:
    found = subprocess.run(["ps", "-axo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in found.splitlines() if word in line and "ps -axo" not in line]


def test_cancel_ends_the_installer_and_all_it_started_and_leaves_no_half(tmp_path: Path) -> None:
    plan, progress = slow_plan(tmp_path), Told()
    before = set(processes_of("time.sleep(60)"))

    def cancel() -> None:
        while not set(processes_of("time.sleep(60)")) - before:
            time.sleep(0.05)
        progress.cancel()

    threading.Thread(target=cancel, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        make_environment(plan, progress)
    assert time.monotonic() - began < 30
    assert not plan.folder.exists()
    assert not plan.ready
    assert "Interrupted" in plan.log.read_text()
    end = time.monotonic() + 5
    while set(processes_of("time.sleep(60)")) - before and time.monotonic() < end:
        time.sleep(0.05)
    assert set(processes_of("time.sleep(60)")) - before == set()


def test_a_base_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    plan = plan_environment(
        Tree(tmp_path, "x"), read_requirements(Tree(tmp_path, "x")), base="/no/such/python"
    )
    with pytest.raises(EnvironmentProblem, match="could not be made"):
        make_environment(plan, Silent())
    assert not plan.folder.exists()


def test_names_that_an_enemy_wrote_stay_inside_the_cache(tmp_path: Path) -> None:
    plan = plan_environment(Tree(tmp_path, "../../etc/\x1b[31m"), read_requirements(Tree(tmp_path, "x")))
    assert plan.folder.parent.name == "environments"
    assert plan.folder.name.isprintable()
    assert ".." not in plan.folder.parts
