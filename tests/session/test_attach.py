"""Tours of programs that run already under a debugpy of their own, which is left as it was found."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codetour.errors import SessionError, UsageProblem
from codetour.model.driver import Unsupported
from codetour.session.headless import Patience, drive
from codetour.session.paths import Paths
from codetour.session.remote import Address, Mapping
from tests.session.conftest import Run, line_of, tour_of, until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A script under `debugpy --listen`."""

    def __init__(self, folder: Path, how: str, *, wait: bool) -> None:
        self.port = free_port()
        self.said = folder / "said.txt"
        command = [sys.executable, "-Xfrozen_modules=off", "-m", "debugpy", "--listen", str(self.port)]
        command += ["--wait-for-client"] if wait else []
        with self.said.open("w") as out:
            self.process = subprocess.Popen(
                [*command, "listens.py", how], cwd=folder, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def text(self) -> str:
        return self.said.read_text()

    def listens(self) -> bool:
        """Found out without connecting: a debugger takes whoever connects for its client."""
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(row[1].endswith(f":{self.port:04X}") and row[3] == "0A" for row in rows)

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
async def running(scripts, tmp_path):
    """A program elsewhere: its files lie in another folder than the tree."""
    programs = []
    elsewhere = Path(shutil.copytree(scripts, tmp_path / "machine" / "work"))

    async def start(how: str, *, wait: bool = True) -> Program:
        program = Program(elsewhere, how, wait=wait)
        programs.append(program)
        await until(lambda: program.text.startswith("ready") if not wait else program.listens())
        return program

    yield start
    for program in programs:
        program.end()


def visit(new_driver, scripts, program, *stops, **options):
    tour = tour_of("listens.py", *(("listens.py", line_of(scripts / "listens.py", s), *h) for s, *h in stops))
    address = Address("127.0.0.1", program.port)
    driver = new_driver(scripts, tour, attach=address, **options)
    told = Run(driver)
    driver.subscribe(told.events.append)
    return driver, told


@pytest.mark.debugger
async def test_a_waiting_program_is_toured_under_its_own_paths_and_runs_on(scripts, running, new_driver):
    program = await running("stay")
    driver, told = visit(new_driver, scripts, program, ("square =", 2), ("last = total",))
    end = await drive(driver, timeout=60)
    assert [(s.stop, s.hits) for s in told.reached] == [("s0", 2), ("s1", 1)]
    first = told.reached[0].frames
    assert [(f.symbol, f.file) for f in first if f.inside] == [
        ("step", "listens.py"),
        ("main", "listens.py"),
        ("<module>", "listens.py"),
    ]
    assert {v.name: v.scalar for v in first[0].values} == {"number": 1}
    assert (end.how, end.code) == ("all-stops", None)
    assert end.message == "Every stop was reached; the program runs on."
    assert "ready" in told.text
    assert driver.interpreter.text.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.")
    assert "listens.py" in driver.command.shown[1]
    # nobody holds it any more: it comes to its own end
    assert program.process.wait(20) == 0
    assert program.text.splitlines()[-1] == "alone"


@pytest.mark.debugger
async def test_a_program_in_its_loop_is_met_and_debugged_freely_and_may_be_met_again(
    scripts, running, new_driver
):
    program = await running("loop", wait=False)
    for _ in range(2):
        driver, told = visit(new_driver, scripts, program, ("square =",), ("here = number",))
        await driver.start()
        try:
            await asyncio.wait_for(driver.settled(), 20)
            assert [s.stop for s in told.reached] == ["s0"]
            await driver.step_over()
            await asyncio.wait_for(driver.settled(), 20)
            assert driver.view.mode == "exploring"
            assert (await driver.evaluate("square == number ** 2")).scalar is True
            with pytest.raises(Unsupported, match="did not start this program"):
                await driver.restart()
            with pytest.raises(Unsupported, match="where it was started"):
                await driver.send_input("x")
        finally:
            await driver.close()
        assert driver.finished.how == "cancelled"
        assert program.process.poll() is None


@pytest.mark.debugger
async def test_children_of_a_program_met_are_met_too(scripts, running, new_driver):
    program = await running("child")
    driver, told = visit(new_driver, scripts, program, ("here = number",), ("last = total",))
    await drive(driver, timeout=90)
    assert [s.stop for s in told.reached] == ["s0", "s1"]
    assert told.reached[0].process
    assert program.process.wait(20) == 0


@pytest.mark.debugger
async def test_the_end_of_a_program_met_is_the_end_of_the_visit(scripts, running, new_driver):
    program = await running("once")
    driver, told = visit(new_driver, scripts, program, ("here = number",))
    end = await drive(driver, timeout=60, patience=Patience(first=20, least=20, most=20))
    assert end.how == "finished"
    assert "ended" in end.message
    assert "work was never called" in told.missed["s0"]


@pytest.mark.debugger
async def test_a_folder_that_cannot_be_found_out_is_named(scripts, running, new_driver, tmp_path):
    program = await running("loop", wait=False)
    tree = Path(shutil.copytree(scripts, tmp_path / "other"))
    (tree / "inner").mkdir()
    shutil.move(tree / "listens.py", tree / "inner" / "listens.py")
    tour = tour_of(
        "inner/listens.py", ("inner/listens.py", line_of(tree / "inner" / "listens.py", "square ="))
    )
    lost = new_driver(tree, tour, attach=Address("127.0.0.1", program.port))
    with pytest.raises(SessionError, match=r"has no inner/listens.py") as caught:
        await drive(lost)
    assert "--map" in caught.value.hint
    told = (Mapping(str(tmp_path / "machine" / "work"), "inner"),)
    driver = new_driver(tree, tour, attach=Address("127.0.0.1", program.port), maps=told)
    end = await drive(driver, timeout=30)
    assert end.how == "all-stops"
    assert driver.seen[0].frames[0].file == "inner/listens.py"
    assert program.process.poll() is None


async def test_where_nobody_listens_the_way_to_start_is_told(scripts, new_driver):
    address = Address("127.0.0.1", free_port())
    driver = new_driver(scripts, tour_of("listens.py", ("listens.py", 3)), attach=address)
    with pytest.raises(SessionError, match="Nobody listens") as caught:
        await drive(driver)
    assert "--wait-for-client" in caught.value.hint


@pytest.mark.debugger
def test_a_codetour_that_is_killed_lets_the_program_go_on(scripts, tmp_path):
    folder = Path(shutil.copytree(scripts, tmp_path / "work"))
    program = Program(folder, "stay", wait=True)
    try:
        limit = time.monotonic() + 20
        while not program.listens() and time.monotonic() < limit:
            time.sleep(0.05)
        command = [sys.executable, "-m", "codetour", "run", str(scripts), "--entry", "listens.py", "--to-end"]
        command += ["--attach", str(program.port), "--headless", "--yes"]
        ours = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while "ready" not in program.text:
            assert ours.poll() is None
            assert time.monotonic() < limit + 20
            time.sleep(0.05)
        ours.send_signal(signal.SIGKILL)
        ours.wait()
        assert program.process.wait(20) == 0
        assert "alone" in program.text
    finally:
        program.end()


@pytest.mark.parametrize(
    ("text", "address"),
    [("5678", ("127.0.0.1", 5678)), (":56", ("127.0.0.1", 56)), ("n7:9", ("n7", 9)), ("[::1]:9", ("::1", 9))],
)
def test_addresses(text, address):
    read = Address.of(text)
    assert (read.host, read.port) == address


@pytest.mark.parametrize("text", ["", "node7", "node7:", "node7:0", "node7:99999", "a:b"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(UsageProblem):
        Address.of(text)


def test_mappings_are_folders_of_the_tree(tmp_path):
    (tmp_path / "src").mkdir()
    assert Mapping.of("/app", tmp_path) == Mapping("/app", "")
    assert Mapping.of("/app/=.", tmp_path) == Mapping("/app", "")
    assert Mapping.of("/lib/x=src", tmp_path) == Mapping("/lib/x", "src")
    assert Mapping.of(f"/lib={tmp_path}/src", tmp_path) == Mapping("/lib", "src")
    for text in ("app=.", "/app=..", "", "/app=/etc"):
        with pytest.raises(UsageProblem):
            Mapping.of(text, tmp_path)


def test_the_longest_mapping_goes_first(tmp_path):
    paths = Paths(tmp_path, elsewhere=[("/app", ""), ("/lib/x", "src")])
    assert paths.program_path("src/a.py") == "/lib/x/a.py"
    assert paths.program_path("train.py") == "/app/train.py"
    assert paths.locate("/lib/x/a.py") == ("src/a.py", True)
    assert paths.locate("/app/train.py") == ("train.py", True)
    assert paths.locate("/usr/lib/python3/site-packages/torch/nn.py") == ("torch/nn.py", False)
    assert paths.roots == ("/app", "/lib/x")
