"""Samples are small own repositories, one per pattern; marked lines in their files are the expectations."""

from __future__ import annotations

from pathlib import Path

import pytest

from codetour.model.source import Tree

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))


@pytest.fixture
def sample():
    def tree(name: str) -> Tree:
        return Tree(root=SAMPLES / name, name=name)

    return tree


@pytest.fixture
def repository(tmp_path: Path):
    """Write files to a fresh folder: `repository({"train.py": "..."})`."""

    def tree(files: dict[str, str | bytes]) -> Tree:
        root = tmp_path / "repository"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        root.mkdir(exist_ok=True)
        return Tree(root=root, name="some/repository")

    return tree
