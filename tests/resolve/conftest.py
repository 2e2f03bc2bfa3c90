"""A small repository whose stop is looked for after edits, with its history and from a tarball."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codetour.model.check import Resolution
from codetour.model.tour import Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.resolve.git import head
from codetour.resolve.resolver import Resolver

MODEL = '''import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(8, width)
        self.second = nn.Linear(width, 2)

    def forward(self, x):
        hidden = torch.relu(self.first(x))
        return self.second(hidden)


def accuracy(model, loader):
    """Share of right answers."""
    right = total = 0
    for x, y in loader:
        predicted = model(x).argmax(dim=1)
        right += (predicted == y).sum().item()
        total += len(y)
    return right / total


def train(model, loader, optimizer, epochs=10):
    for epoch in range(epochs):
        for x, y in loader:
            logits = model(x)
            loss = nn.functional.cross_entropy(logits, y, reduction='mean')
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        print('epoch', epoch, 'loss', loss.item())
    return model
'''


class History:
    """A repository whose stop is looked for after edits."""

    def __init__(self, root: Path, git: Callable[..., str] | None) -> None:
        self.root, self.git = root, git
        if git is not None and not any((folder / ".git").exists() for folder in (root, root.parent)):
            git(root, "init", "-q", "-b", "main")

    def write(self, **files: str | None) -> None:
        """`train_py="..."` writes train.py, `a__b_py=None` deletes a/b.py; committed where there is history."""
        for name, text in files.items():
            path = self.root / name.replace("__", "/").replace("_py", ".py").replace("_ipynb", ".ipynb")
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        if self.git is not None:
            self.git(self.root, "add", "-A")
            self.git(self.root, "commit", "-q", "-m", "edit")

    def stop(self, text: str, file: str = "train.py", *, nth: int = 0) -> Callable[[], Resolution]:
        files = Files(self.root)
        source = files.read(file)
        assert source is not None
        line = [n for n, t in enumerate(source.lines, 1) if text in t][nth]
        tour = complete(
            Tour("t", (Stop("a", "loss", "", make(files, file, line)),), commit=head(self.root)), files
        )
        return lambda: Resolver(self.root, tour).resolve(tour.stops[0].anchor)

    def shown(self, found: Resolution) -> str:
        """The line that a verdict leads to."""
        assert found.file is not None, found.reason
        assert found.line is not None
        source = Files(self.root).read(found.file)
        assert source is not None
        return source.line(found.line).strip()


@pytest.fixture(params=["git", "tarball"])
def history(request: pytest.FixtureRequest, tmp_path: Path, git: Callable[..., str]) -> History:
    made = History(tmp_path, git if request.param == "git" else None)
    made.write(train_py=MODEL)
    return made
