"""Every sample's marked lines: `#> a b` says that this line calls exactly a and b of the tree, other lines nothing."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from codetour.graph.build import build_graph
from codetour.model.source import Tree
from codetour.progress import Silent

SAMPLES = Path(__file__).parent / "samples"
CASES = sorted(p for p in SAMPLES.iterdir() if p.name != "__pycache__")


def expected(root: Path, files: list[Path]) -> dict[str, set[str]]:
    marks: dict[str, set[str]] = {}
    for path in files:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if "#>" in line:
                marks[f"{path.relative_to(root).as_posix()}:{number}"] = set(line.split("#>")[1].split())
    return marks


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_marked_lines_call_exactly_what_they_say(case: Path) -> None:
    root = case if case.is_dir() else case.parent
    entry = "main.py" if case.is_dir() else case.name
    files = sorted(case.rglob("*.py")) if case.is_dir() else [case]
    graph = build_graph(Tree(root.resolve(), case.stem), entry, Silent())
    found: defaultdict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        if graph.nodes[edge.callee].file is not None:
            found[f"{edge.file}:{edge.line}"].add(edge.callee)
    assert dict(found) == expected(root, files)
    assert not graph.notes
