"""Every hostile file through every command that opens one: refused or shown, and nothing else happens."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree as ET

import pytest

from codetour.check import formats, patterns
from codetour.check.json_report import as_json
from codetour.check.judge import judge
from codetour.check.report import Report
from codetour.cli.commands import run_command
from codetour.cli.edit import open_desk
from codetour.cli.output import exit_with
from codetour.errors import CodetourError
from codetour.progress import Silent
from codetour.tourfile.read import load
from tests.hostile import corpus

SECRET = "root-of-all-secrets"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
HUNG: int = 60
"""seconds after which a command counts as hanging; catastrophic patterns are stopped long before"""


class Playground:
    """A repository with traps round it."""

    def __init__(self, root: Path) -> None:
        self.outside = root
        self.repo = root / "repo"
        (self.repo / ".tours/.codetour").mkdir(parents=True)
        (self.repo / "train.py").write_text("import os\nloss = 1\n" + "a" * 60 + "! = 2\n")
        (root / "secret.txt").write_text(SECRET)
        (self.repo / "link.txt").symlink_to(root / "secret.txt")
        (self.repo / "linked").symlink_to(root)
        (self.repo / "loop").symlink_to(self.repo / "loop")
        os.mkfifo(self.repo / "fifo")

    def everything(self) -> dict[str, int]:
        found = (p for p in self.outside.rglob("*") if not p.is_symlink() and p.is_file())
        return {str(p): p.stat().st_size for p in found}

    def run(self, *args: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr; an exception that the command line lets through fails the test."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = exit_with(lambda: run_command([*args]))
        return code, out.getvalue(), err.getvalue()


@pytest.fixture
def playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playground]:
    monkeypatch.setattr(patterns, "SECONDS", 0.3)

    def hang(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError("a command hangs")

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(HUNG)
    made = Playground(tmp_path)
    monkeypatch.chdir(made.repo)
    yield made
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def is_clean(text: str) -> None:
    assert not RAW.search(text), repr(RAW.search(text))
    assert SECRET not in text
    assert "Traceback" not in text


def has_no_markup(page: str) -> None:
    assert "<img src=x" not in page
    assert "<script>pwn()" not in page
    assert SECRET not in page


def test_the_corpus_has_at_least_200_files() -> None:
    counts = {kind: len(corpus.files(kind)) for kind in corpus.KINDS}
    assert sum(counts.values()) >= 200
    assert min(counts.values()) >= 30


@pytest.mark.parametrize("name", corpus.files("tour"))
def test_a_hostile_tour(playground: Playground, name: str) -> None:
    path = playground.repo / ".tours/evil.tour"
    path.write_bytes(corpus.files("tour")[name])
    before = playground.everything()
    code, out, err = playground.run("check")
    assert code in (0, 1, 2)
    is_clean(out)
    is_clean(err)
    if code == 2 and "MiB" not in out:
        assert re.search(r"^  \d+:\d+: ", out, re.MULTILINE), out
    report = judge([path], playground.repo, Silent())
    for write, parse in _FORMATS:
        written = write(report)
        is_clean(written)
        parse(written)
    for command in (("replay", str(path), "--plain"), ("tours", ".")):
        code, out, err = playground.run(*command)
        assert code in (0, 1, 2)
        is_clean(out)
        is_clean(err)
    assert playground.everything() == before


@pytest.mark.parametrize("name", corpus.files("tour"))
def test_a_hostile_tour_that_is_written(playground: Playground, name: str) -> None:
    """By the editor and by --fix: only the file itself, and only what can be read again."""
    path = playground.repo / ".tours/evil.tour"
    path.write_bytes(corpus.files("tour")[name])
    before = playground.everything()
    try:
        desk = open_desk(path, None)
    except CodetourError as problem:
        is_clean(problem.message)
    else:
        for stop in desk.tour.stops[:1]:
            desk.names(stop, None)
        desk.save(desk.tour)
        assert [s.id for s in load(path).stops] == [s.id for s in desk.tour.stops]
    code, out, err = playground.run("check", "--fix")
    assert code in (0, 1, 2)
    is_clean(out + err)
    assert playground.everything().keys() == before.keys()


@pytest.mark.parametrize(
    "name", [n for n in corpus.files("tour") if n.startswith(("text-", "run-", "field-"))]
)
def test_a_hostile_tour_that_is_shared(playground: Playground, name: str) -> None:
    path = playground.repo / ".tours/evil.tour"
    path.write_bytes(corpus.files("tour")[name])
    _share(playground, path)


@pytest.mark.parametrize("folder", ["", "/etc", "~"])
def test_a_repository_cannot_say_that_its_tours_belong_to_another_folder(
    playground: Playground, folder: str
) -> None:
    """codetour keeps the folder of a tour that was saved elsewhere; a file in the repository must not pass for that."""
    path = playground.repo / ".tours/evil.tour"
    path.write_text(
        json.dumps({"title": "T", "steps": [{"file": "secret.txt", "line": 1, "description": "d"}]})
    )
    named = folder or str(playground.outside)
    for name in ("evil.place", "evil.tour.place", "place"):
        (path.parent / ".codetour" / name).write_text(named + "\n")
    code, out, err = playground.run("replay", str(path), "--plain")
    assert code == 0
    is_clean(out + err)
    assert "secret.txt is not here" in out
    _share(playground, path)


@pytest.mark.parametrize("name", corpus.files("recording"))
def test_a_hostile_recording(playground: Playground, name: str) -> None:
    path = playground.repo / ".tours/good.tour"
    path.write_text(json.dumps(corpus.a_tour()))
    (path.parent / ".codetour/good.json.gz").write_bytes(corpus.files("recording")[name])
    code, out, err = playground.run("replay", str(path), "--plain")
    assert code in (0, 2)
    is_clean(out)
    is_clean(err)
    _share(playground, path, styles=("html",))


@pytest.mark.parametrize("name", corpus.files("bundle"))
def test_a_hostile_bundle(playground: Playground, name: str) -> None:
    path = playground.repo / "evil.codetour"
    path.write_bytes(corpus.files("bundle")[name])
    before = playground.everything()
    code, out, err = playground.run("replay", str(path), "--plain")
    assert code in (0, 2)
    is_clean(out)
    is_clean(err)
    assert playground.everything() == before
    _share(playground, path, styles=("html", "md"))


def _share(
    playground: Playground,
    path: Path,
    *,
    styles: tuple[str, ...] = ("html", "md", "notebook", "tour", "bundle"),
) -> None:
    before = playground.everything()
    for style in styles:
        made = playground.outside / f"out.{style}"
        code, out, err = playground.run(
            "share", str(path), "--to", style, "-o", str(made), "--yes", "--content"
        )
        assert code in (0, 1, 2)
        is_clean(out)
        is_clean(err)
        if made.exists():
            if style == "html":
                has_no_markup(made.read_text("utf-8"))
            made.unlink()
    assert playground.everything() == before


def _github(out: str) -> None:
    for line in out.splitlines():
        assert line.startswith(("::error ", "::warning ", "::notice ", "codetour check: ")), line


_FORMATS: list[tuple[Callable[[Report], str], Callable[[str], object]]] = [
    (lambda report: json.dumps(as_json(report)), json.loads),
    (formats.as_github, _github),
    (formats.as_sarif, json.loads),
    (formats.as_junit, ET.fromstring),
    (formats.as_markdown, has_no_markup),
]
