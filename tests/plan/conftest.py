"""Small repositories whose lines say which stop they expect: `# stop: <stage>` and `# never`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from codetour.graph.build import build_graph
from codetour.model.entry import EntryPoint, Launch
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.plan.planner import plan_tour
from codetour.progress import Silent

SAMPLES = Path(__file__).parent / "samples"
ENTRIES = {
    "torch_loop": "train.py",
    "library_fit": "train.py",
    "hooks": "train.py",
    "two_players": "gan.py",
    "branches": "train.py",
    "both_ways": "train.py",
    "wrapped_model": "train.py",
    "library_example": "examples/fit.py",
    "first_program": "train.py",
    "chosen_import": "train.py",
    "late_report": "train.py",
}

Plan = Callable[..., Tour]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Plans a sample by name, or the files given as name -> text."""
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))

    def make(sample: str | dict[str, str], entry: str = "", argv: Sequence[str] = ()) -> Tour:
        root = tmp_path / "repo"
        if isinstance(sample, str):
            shutil.copytree(SAMPLES / sample, root, dirs_exist_ok=True)
            entry = entry or ENTRIES[sample]
        else:
            for name, text in sample.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
        tree = Tree(root, "someone/sample")
        file, _, qualname = entry.partition(":")
        point = EntryPoint("train", file, qualname or "<module>", launch=Launch(tuple(argv)))
        return plan_tour(tree, point, build_graph(tree, entry, Silent()), Silent())

    return make


def marked(sample: str) -> tuple[set[tuple[str, int, str]], set[tuple[str, int]]]:
    """Places that must be stops, with their stage, and places that must not."""
    wanted: set[tuple[str, int, str]] = set()
    never: set[tuple[str, int]] = set()
    for path in sorted((SAMPLES / sample).rglob("*.py")):
        file = path.relative_to(SAMPLES / sample).as_posix()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if mark := re.search(r"# stop: (\w+)", line):
                wanted.add((file, number, mark[1]))
            elif line.endswith("# never"):
                never.add((file, number))
    return wanted, never
