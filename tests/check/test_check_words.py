"""A common `codetour check` is read without click: both readings must agree, and the rest must be left to click."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codetour.cli import check as clicked
from codetour.cli.checking import STYLES, CheckOptions, read_plain
from tests.check.conftest import Codetour

WORDS = st.sampled_from(
    ["--repo", "--format", "--json", "--fix", "--strict", "--since", "--live", "--yes", "-y", "--", "-", "--rep",
     "--repo=x", "--format=json", *STYLES, ".tours", "a.tour", "origin/main", "", "-h", "--help", "--timeout", "3"]
)  # fmt: skip


def by_click(words: list[str], monkeypatch: pytest.MonkeyPatch) -> CheckOptions | None:
    """The options as click reads them, None where it refuses or answers itself."""
    asked: list[CheckOptions] = []

    def keep(options: CheckOptions) -> int:
        asked.append(options)
        return 0

    monkeypatch.setattr(clicked, "check", keep)
    try:
        clicked.command.main(words, standalone_mode=False)
    except (click.ClickException, click.exceptions.Exit):
        return None
    return asked[0] if asked else None


@given(words=st.lists(WORDS, max_size=7))
@example(words=["--repo", "x", "--format", "sarif", "a.tour", "--since", "origin/main", "--fix", "--strict"])
@example(words=["--format", "text", "--json"])
@example(words=["--json", "--format", "text"])
@example(words=["--repo", "a", "--repo", "b"])
def test_what_is_read_here_is_what_click_reads(words: list[str]) -> None:
    plain = read_plain(["check", *words])

    with pytest.MonkeyPatch.context() as patch:
        assert plain is None or plain == by_click(words, patch)


@pytest.mark.parametrize(
    "words",
    [["--live"], ["--help"], ["--format", "nonsense"], ["--repo"], ["--repo", "--json"], ["--"], ["-y"], ["--repo=x"]],
)  # fmt: skip
def test_what_is_unusual_is_left_to_click(words: list[str]) -> None:
    assert read_plain(["check", *words]) is None


def test_what_ci_asks_is_read_here() -> None:
    words = ["check", ".tours", "--repo", "r", "--format", "github", "--since", "HEAD~3", "--fix", "--strict"]

    assert read_plain(words) == CheckOptions(
        (Path(".tours"),), Path("r"), "github", mend=True, strict=True, since="HEAD~3"
    )


def test_other_commands_and_completion_are_left_to_click(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_plain(["plan", "x"]) is None
    assert read_plain([]) is None
    monkeypatch.setenv("_CODETOUR_COMPLETE", "bash_complete")

    assert read_plain(["check"]) is None


def test_a_plain_check_needs_neither_click_nor_dataclasses(codetour: Codetour, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("def main():\n    loss = 1\n    return loss\n")
    codetour(tmp_path, "new", ".tours/a.tour", "--at", "train.py:2")
    (tmp_path / "train.py").write_text("import math\n\n\ndef main():\n    loss = 1\n    return loss\n")
    look = (
        "import sys; sys.argv = ['codetour', 'check', '--json']\n"
        "from codetour.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, {'click', 'dataclasses', 'ast'} & {*sys.modules}, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stderr.strip() == "0 set()"
    assert '"schema": "codetour.check/1"' in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("style", ["json", "text"])
def test_a_full_disk_is_told_in_one_sentence(codetour: Codetour, tmp_path: Path, style: str) -> None:
    (tmp_path / "train.py").write_text("loss = 1\n")
    codetour(tmp_path, "new", ".tours/a.tour", "--at", "train.py:1")

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "codetour", "check", "--format", style],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.startswith("codetour: The disk is full")
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 2
