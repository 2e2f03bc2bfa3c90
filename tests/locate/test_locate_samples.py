"""Every sample: the marked file comes first in its role, and the marked function is named as the loop."""

from __future__ import annotations

from pathlib import Path

import pytest

from codetour.locate.locator import find_entries
from codetour.progress import Silent
from codetour.source.reading import read_source

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(p.name for p in SAMPLES.iterdir() if p.is_dir())


def marked(root: Path, mark: str) -> list[tuple[str, str]]:
    """(file, line) of each line that carries the mark."""
    rows: list[tuple[str, str]] = []
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.ipynb")]):
        file = path.relative_to(root).as_posix()
        rows += [
            (file, line)
            for line in read_source(root, file).lines
            if line.rstrip().endswith(f"# expect: {mark}")
        ]
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_sample_entries_are_found(name: str, sample) -> None:
    report = find_entries(sample(name), Silent())
    root = SAMPLES / name
    expected = 0
    for role in ("train", "eval"):
        for file, _ in marked(root, role):
            assert [e.file for e in report.of(role)][:1] == [file]
            expected += 1
    if marked(root, "no-train"):
        assert not report.of("train")
        assert report.none_train
    assert expected, "a sample without an expectation tests nothing"


@pytest.mark.parametrize(
    "name", [n for n in NAMES if marked(SAMPLES / n, "loop") or marked(SAMPLES / n, "loop-module")]
)
def test_sample_loops_are_named(name: str, sample) -> None:
    loop = find_entries(sample(name), Silent()).of("train")[0].loop
    assert loop is not None
    file, _, qualname = loop.partition(":")
    wanted = marked(SAMPLES / name, "loop")
    if wanted:
        assert file == wanted[0][0]
        assert f"def {qualname.rpartition('.')[2]}(" in wanted[0][1]
    else:
        assert (file, qualname) == (marked(SAMPLES / name, "loop-module")[0][0], "<module>")


@pytest.mark.parametrize("name", NAMES)
def test_evidence_points_at_lines_that_exist(name: str, sample) -> None:
    for entry in find_entries(sample(name), Silent()).entries:
        assert entry.evidence
        for evidence in entry.evidence:
            text = (SAMPLES / name / evidence.file).read_text()
            assert 1 <= evidence.line <= text.count("\n") + 1
