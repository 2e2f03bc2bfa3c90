"""Every sample: the marked file comes first in its role, the marked function is the loop, the launch is as marked.

A sample is a folder, or one text in which `==> path <==` begins each file. Marks are comments in Python files:
`# expect: train|eval|loop|loop-module|no-train` at the end of a line; `# argv: WORDS`, `# eval-argv: WORDS`,
`# not-argv: WORDS`, `# cwd: X`, `# module: X`, `# qualname: X`, `# source: FILE:LINE`, `# override: TEXT`,
`# env: NAME=VALUE`, `# needs: WHAT [= MEND]`, `# no-needs:`, `# reason: TEXT` on lines of their own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codetour.locate.locator import find_entries
from codetour.model.entry import EntryPoint, EntryReport
from codetour.model.source import Tree
from codetour.progress import Silent
from codetour.source.reading import read_source

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(p.name for p in SAMPLES.iterdir() if p.is_dir() or p.suffix == ".sample")
MARK = re.compile(r"^\s*# (?P<name>[a-z-]+):(?P<value>.*)$")


@pytest.fixture
def tree_of(tmp_path: Path):
    """The tree of a sample."""

    def tree(name: str) -> Tree:
        place = SAMPLES / name
        if place.is_dir():
            return Tree(root=place, name=name)
        root = tmp_path / "repository"
        root.mkdir()
        parts = re.split(r"^==> (.+) <==\n", place.read_text(), flags=re.MULTILINE)
        for file, text in zip(parts[1::2], parts[2::2], strict=True):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text)
        return Tree(root=root, name="x")

    return tree


def lines_of(root: Path) -> list[tuple[str, str]]:
    """(file, line) of every Python file and notebook."""
    paths = sorted([*root.rglob("*.py"), *root.rglob("*.ipynb")])
    files = [p.relative_to(root).as_posix() for p in paths]
    return [(file, line) for file in files for line in read_source(root, file).lines]


def expected(root: Path, mark: str) -> list[tuple[str, str]]:
    """(file, line) of each line that expects `mark`."""
    return [(f, line) for f, line in lines_of(root) if line.rstrip().endswith(f"# expect: {mark}")]


def marks(root: Path, name: str) -> list[str]:
    """The values of marks that stand on lines of their own."""
    found = (MARK.match(line) for _, line in lines_of(root))
    return [m["value"].strip() for m in found if m and m["name"] == name]


@pytest.mark.parametrize("name", NAMES)
def test_sample(name: str, tree_of) -> None:
    tree = tree_of(name)
    report = find_entries(tree, Silent())
    check_roles(report, tree.root)
    if report.of("train"):
        check_loop(report.of("train")[0], tree.root)
        check_launch(report.of("train")[0], tree.root)
    check_evaluation(report, tree.root)
    check_evidence(report, tree.root)


def check_roles(report: EntryReport, root: Path) -> None:
    """The marked files come first, or there is a reason why there is none."""
    count = 0
    for role in ("train", "eval"):
        for file, _ in expected(root, role):
            assert [e.file for e in report.of(role)][:1] == [file], role
            count += 1
    if expected(root, "no-train"):
        assert not report.of("train")
        assert report.none_train
        assert all(reason in report.none_train for reason in marks(root, "reason"))
        count += 1
    assert count, "a sample without an expectation tests nothing"


def check_loop(entry: EntryPoint, root: Path) -> None:
    """The marked function is named as the loop."""
    wanted, at_module = expected(root, "loop"), expected(root, "loop-module")
    if not wanted and not at_module:
        return
    assert entry.loop is not None
    file, _, qualname = entry.loop.partition(":")
    if at_module:
        assert (file, qualname) == (at_module[0][0], "<module>")
    else:
        assert file == wanted[0][0]
        assert f"def {qualname.rpartition('.')[2]}(" in wanted[0][1]


def check_launch(entry: EntryPoint, root: Path) -> None:
    """Arguments, folder, module, overrides and needs are those that are marked."""
    launch = entry.launch
    for words in marks(root, "argv"):
        assert not (missing := [w for w in words.split() if w not in launch.argv]), (missing, launch.argv)
    for words in marks(root, "not-argv"):
        assert not [w for w in words.split() if w in launch.argv], launch.argv
    for name, value in (("cwd", launch.cwd), ("module", launch.module), ("source", launch.source)):
        assert marks(root, name) in ([], [value])
    assert marks(root, "qualname") in ([], [entry.qualname])
    assert not set(marks(root, "override")) - {o.arg for o in launch.overrides}
    assert all(o.why for o in launch.overrides)
    for text in marks(root, "env"):
        variable, _, value = text.partition("=")
        assert launch.env.get(variable) == value
    needs = {n.what: n.mend for n in launch.needs}
    for text in marks(root, "needs"):
        what, equals, mend = text.partition(" = ")
        assert what in needs
        assert not equals or needs[what] == mend
    if marks(root, "no-needs"):
        assert not needs


def check_evaluation(report: EntryReport, root: Path) -> None:
    """The arguments that ask for an evaluation."""
    for words in marks(root, "eval-argv"):
        argv = report.of("eval")[0].launch.argv
        assert not [w for w in words.split() if w not in argv], argv
    for words in marks(root, "not-eval-argv"):
        assert not [w for w in words.split() if w in report.of("eval")[0].launch.argv]


def check_evidence(report: EntryReport, root: Path) -> None:
    """Evidence points at lines that exist."""
    for entry in report.entries:
        assert entry.evidence
        for evidence in entry.evidence:
            assert 1 <= evidence.line <= len(read_source(root, evidence.file).lines)
