"""Whatever is wrong with what the user gives ends with its exit code and one message that names the next step."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codetour.model.text import clean_block

SOURCE, NO_ENTRY, ENVIRONMENT, DEBUG, USAGE = 3, 4, 5, 6, 2
TRAIN = "for step in range(3):\n    loss = 1 / (step + 1)\n    print(loss)\n"


def codetour(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codetour", *args],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def assert_one_message(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("codetour: ")]
    assert len(said) == 1, done.stderr
    assert done.stderr.count("\n  next: ") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert clean_block(done.stderr) == done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("repo", "words"),
    [
        ("no-repository-at-all", ("owner/name",)),
        ("/nowhere/at/all", ("/nowhere/at/all",)),
        ("file:///nowhere", ("no such repository",)),
        ("https://no-such-host.invalid/a/b", ("cannot be reached",)),
    ],
)
def test_what_is_no_repository(repo: str, words: tuple[str, ...], tmp_path: Path) -> None:
    done = codetour("run", repo, "--headless", "--json", cwd=tmp_path)
    assert_one_message(done, SOURCE, *words)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_ref_that_does_not_exist(make_repo: Callable[..., Path]) -> None:
    root = make_repo({"train.py": TRAIN})
    assert_one_message(codetour("plan", f"file://{root}@no-such-branch", "--json"), SOURCE, "no-such-branch")


def test_a_repository_without_files(
    tmp_path: Path, git: Callable[..., str], make_repo: Callable[..., Path]
) -> None:
    (tmp_path / "bare").mkdir()
    git(tmp_path / "bare", "init", "-q")
    for repo in (str(tmp_path / "bare"), str(make_repo({}, name="hollow"))):
        assert_one_message(codetour("run", repo, "--headless", "--json"), SOURCE, "no files")


def test_a_repository_without_python(make_repo: Callable[..., Path]) -> None:
    root = make_repo({"README.md": "# words\n", "main.c": "int main() { return 0; }\n"})
    assert_one_message(codetour("run", str(root), "--headless", "--json"), NO_ENTRY, "--entry")


def test_a_repository_without_an_entry_point(make_repo: Callable[..., Path]) -> None:
    root = make_repo({"lib/__init__.py": "def mean(xs):\n    return sum(xs) / len(xs)\n"})
    assert_one_message(codetour("run", str(root), "--headless", "--json"), NO_ENTRY, "entry point", "--entry")


@pytest.mark.parametrize("entry", ["nope.py", "train.py:nothing", "../train.py", "/etc/hostname"])
def test_an_entry_that_does_not_exist(entry: str) -> None:
    assert_one_message(codetour("run", "demo", "--entry", entry, "--headless", "--json"), NO_ENTRY)


def test_an_interpreter_that_does_not_exist_still_gives_the_static_tour() -> None:
    done = codetour("run", "demo", "--python", "/no/such/python", "--headless", "--json")
    assert_one_message(done, ENVIRONMENT, "/no/such/python", "--python")
    document = json.loads(done.stdout)
    assert len(document["stops"]) >= 8
    assert {stop["status"] for stop in document["stops"]} == {"missed"}


def python2() -> str | None:
    kept = sorted((Path.home() / ".pyenv" / "versions").glob("2.7.*/bin/python"))
    for found in (*map(str, kept), shutil.which("python2")):
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@pytest.mark.skipif(python2() is None, reason="no Python 2 on this machine")
def test_python_2_is_refused_with_its_reason() -> None:
    done = codetour("run", "demo", "--python", str(python2()), "--headless", "--json")
    assert_one_message(done, ENVIRONMENT, "Python 2")


def test_a_program_is_no_interpreter(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nprintf '\\033[31mhello'\n")
    fake.chmod(0o755)
    done = codetour("run", "demo", "--python", str(fake), "--headless", "--json")
    assert_one_message(done, ENVIRONMENT, str(fake))


def test_files_that_cannot_be_read_are_left_out(make_repo: Callable[..., Path]) -> None:
    root = make_repo({"train.py": TRAIN, "half.py": "def f(:\n"})
    (root / "bytes.py").write_bytes(b"\xff\xfe\x00\x80 = 1\n")
    (root / "zeros.py").write_bytes(b"\0" * 4096)
    (root / "latin.py").write_bytes(b"name = 'caf\xe9'\n")
    done = codetour("plan", str(root), "--entry", "train.py", "--json")
    assert done.returncode == 0, done.stderr
    assert {stop["file"] for stop in json.loads(done.stdout)["stops"]} == {"train.py"}


@pytest.mark.parametrize("text", ["def f(:\n", "print 'two'\n", "\0\0\0"], ids=["broken", "python2", "zeros"])
def test_an_entry_that_does_not_parse(text: str, make_repo: Callable[..., Path]) -> None:
    root = make_repo({"train.py": text})
    done = codetour("run", str(root), "--entry", "train.py", "--headless", "--json", "--yes")
    assert done.returncode in {USAGE, NO_ENTRY, DEBUG}, done.stderr
    assert "SyntaxError" in done.stderr
    assert "Traceback" not in done.stderr
    assert "SyntaxError" in json.loads(done.stdout)["exit"]["message"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("hello", "JSON"),
        ("[]", "title"),
        ('{"steps": []}', "title"),
        ('{"title": "x", "steps": [], "x-codetour": {"version": 999}}', "newer"),
        ("\x1b[31m", "JSON"),
    ],
)
@pytest.mark.parametrize("command", ["replay", "check"])
def test_a_file_that_is_no_tour(text: str, word: str, command: str, tmp_path: Path) -> None:
    path = tmp_path / "x.tour"
    path.write_text(text, encoding="utf-8")
    done = codetour(command, str(path))
    assert done.returncode == USAGE
    assert word in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    if command == "replay":
        assert_one_message(done, USAGE)
    assert path.read_text(encoding="utf-8") == text


def test_nothing_runs_when_nobody_can_agree(make_repo: Callable[..., Path]) -> None:
    root = make_repo({"train.py": "open('ran', 'w').close()\n" + TRAIN})
    done = codetour(
        "run", str(root), "--entry", "train.py", "--python", sys.executable, "--headless", "--json"
    )
    assert_one_message(done, DEBUG, "--yes", "--static")
    assert not (root / "ran").exists()
    assert {stop["status"] for stop in json.loads(done.stdout)["stops"]} == {"missed"}
