"""Stops found again after real edits in real git histories, and reported lost rather than guessed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codetour.errors import UsageProblem
from codetour.model.check import Resolution
from codetour.model.tour import Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.resolve.git import head
from codetour.resolve.history import shift
from codetour.resolve.resolver import Resolver
from codetour.resolve.statements import Index, normal

BASE = """import torch


def loss_of(logits, targets):
    flat = logits.view(-1, logits.size(-1))
    return torch.nn.functional.cross_entropy(flat, targets.view(-1))


def train(model, loader, optimizer):
    model.train()
    for step, (x, y) in enumerate(loader):
        logits = model(x)
        loss = loss_of(logits, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print(step, loss.item())
    return model
"""


def git(root: Path, *args: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(root), *args],
        check=True,
        capture_output=True,
    )


class Repository:
    """A work tree with a tour; edits may be committed."""

    def __init__(self, root: Path, *, history: bool) -> None:
        self.root = root
        self.history = history
        (root / "train.py").write_text(BASE)
        if history:
            git(root, "init", "-q")
            self.commit()

    def commit(self) -> None:
        if self.history:
            git(self.root, "add", "-A")
            git(self.root, "commit", "-q", "-m", "edit")

    def stop(self, text: str, file: str = "train.py") -> Callable[[], Resolution]:
        """Anchor the line that holds `text`; the function returned resolves it in the tree as it is then."""
        files = Files(self.root)
        line = next(n for n, t in enumerate((self.root / file).read_text().split("\n"), 1) if text in t)
        tour = Tour("t", (Stop("a", "loss", "", make(files, file, line)),), commit=head(self.root))
        tour = complete(tour, files)
        return lambda: Resolver(self.root, tour).resolve(tour.stops[0].anchor)

    def edit(self, old: str, new: str, file: str = "train.py") -> None:
        path = self.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        self.commit()

    def line(self, text: str, file: str = "train.py") -> int:
        return next(n for n, t in enumerate((self.root / file).read_text().split("\n"), 1) if text in t)


@pytest.fixture(params=[True, False], ids=["git", "tarball"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    return Repository(tmp_path, history=request.param)


def test_an_untouched_line_is_ok(repository: Repository) -> None:
    found = repository.stop("loss.backward()")()
    assert (found.status, found.line) == ("ok", repository.line("loss.backward()"))


def test_lines_above_move_it(repository: Repository) -> None:
    found = repository.stop("loss.backward()")
    repository.edit("import torch\n", "import torch\nimport math\n\n# a comment\n")
    assert (found().status, found().line) == ("moved", repository.line("loss.backward()"))


def test_a_renamed_function_is_followed(repository: Repository) -> None:
    found = repository.stop("loss = loss_of(logits, y)")
    repository.edit("def train(", "def fit(")
    assert (found().status, found().line) == ("ok", repository.line("loss = loss_of(logits, y)"))


def test_a_renamed_file_is_followed(repository: Repository) -> None:
    found = repository.stop("optimizer.step()")
    (repository.root / "src").mkdir()
    (repository.root / "train.py").rename(repository.root / "src/train.py")
    repository.commit()
    assert (found().status, found().file) == ("moved", "src/train.py")


def test_an_edited_statement_is_changed(repository: Repository) -> None:
    found = repository.stop("loss = loss_of(logits, y)")
    repository.edit("loss = loss_of(logits, y)", "loss = loss_of(logits, y, smoothing=0.1)")
    assert (found().status, found().line) == ("changed", repository.line("smoothing"))


def test_a_reformatted_statement_is_the_same(repository: Repository) -> None:
    found = repository.stop("optimizer.zero_grad")
    repository.edit(
        "optimizer.zero_grad(set_to_none=True)",
        "optimizer.zero_grad(\n            set_to_none=True,\n        )",
    )
    assert (found().status, found().line) in {("ok", 14), ("moved", 14)}


def test_a_method_moved_to_a_class_is_found(repository: Repository) -> None:
    found = repository.stop("flat = logits.view")
    text = (repository.root / "train.py").read_text()
    body = text[text.index("def loss_of") : text.index("def train")].rstrip()
    moved = "class Losses:\n    @staticmethod\n" + "\n".join(f"    {x}" for x in body.split("\n")) + "\n\n\n"
    repository.edit(text[text.index("def loss_of") : text.index("def train")], moved)
    assert found().line == repository.line("flat = logits.view")


def test_a_deleted_statement_is_lost(repository: Repository) -> None:
    found = repository.stop("optimizer.zero_grad")
    repository.edit("        optimizer.zero_grad(set_to_none=True)\n", "")
    assert found().status == "lost"
    assert found().file is None


def test_a_deleted_file_is_lost(repository: Repository) -> None:
    found = repository.stop("optimizer.step()")
    (repository.root / "train.py").unlink()
    (repository.root / "other.py").write_text("x = 1\n")
    repository.commit()
    assert found().status == "lost"
    assert "gone" in found().reason


def test_two_equal_copies_elsewhere_are_never_guessed(repository: Repository) -> None:
    found = repository.stop("optimizer.step()")
    text = (repository.root / "train.py").read_text()
    for folder in ("a", "b"):
        (repository.root / folder).mkdir()
        (repository.root / folder / "trainer.py").write_text(text)
    (repository.root / "train.py").unlink()
    if repository.history:
        pytest.skip("git itself names the file that took its place")
    assert found().status == "lost"


def test_a_broken_file_still_resolves(repository: Repository) -> None:
    found = repository.stop("loss.backward()")
    repository.edit("import torch\n", "import torch\nx = (1,\ndef broken(:\n    pass\n")
    assert found().line == repository.line("loss.backward()")


def test_python_2_resolves(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text('def f(x):\n    print "loss", x\n    exec "y = 1"\n    return x\n')
    repository = Repository(tmp_path, history=False)
    found = repository.stop('print "loss"', "old.py")
    repository.edit("def f(x):\n", "def f(x):\n    x = x + 1\n", "old.py")
    assert found().line == 3


@pytest.mark.parametrize("name", ["config.yaml", "run.sh", "README.md", "Makefile"])
def test_other_text_is_anchored_by_its_lines(tmp_path: Path, name: str) -> None:
    repository = Repository(tmp_path, history=False)
    (tmp_path / name).write_text("lr: 0.001\nbatch_size: 64\nepochs: 10\n")
    found = repository.stop("batch_size", name)
    repository.edit("lr: 0.001\n", "# tuned\nseed: 1\nlr: 0.001\n", name)
    assert (found().status, found().line) == ("moved", 4)


def test_a_notebook_is_followed_over_its_cells(tmp_path: Path) -> None:
    repository = Repository(tmp_path, history=False)

    def write(*cells: str) -> None:
        made: list[dict[str, Any]] = [
            {"cell_type": "code", "source": c, "metadata": {}, "outputs": []} for c in cells
        ]
        (tmp_path / "n.ipynb").write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}))

    write("import torch", "model = torch.nn.Linear(4, 2)\nloss = model(x).sum()")
    files = Files(tmp_path)
    source = files.read("n.ipynb")
    assert source is not None
    line = source.lines.index("loss = model(x).sum()") + 1
    tour = complete(Tour("t", (Stop("a", "loss", "", make(files, "n.ipynb", line)),)), files)
    write("import torch", "x = torch.ones(4)", "model = torch.nn.Linear(4, 2)\nloss = model(x).sum()")
    found = Resolver(repository.root, tour).resolve(tour.stops[0].anchor)
    after = Files(tmp_path).read("n.ipynb")
    assert after is not None
    assert found.line is not None
    assert after.line(found.line) == "loss = model(x).sum()"


@pytest.mark.parametrize("line", [0, 99])
def test_a_line_that_is_not_there_cannot_be_anchored(repository: Repository, line: int) -> None:
    with pytest.raises(UsageProblem, match="there is no line"):
        make(Files(repository.root), "train.py", line)


def test_repository_settings_cannot_start_programs(tmp_path: Path) -> None:
    repository = Repository(tmp_path, history=True)
    found = repository.stop("loss.backward()")
    repository.edit("loss.backward()", "scaler.scale(loss).backward()")
    trap = tmp_path / "trap"
    for key in ("core.fsmonitor", "diff.external", "core.pager"):
        git(tmp_path, "config", key, f"touch {trap}; false")
    found()
    assert not trap.exists()


def test_statements_know_their_scopes() -> None:
    text = 'class A:\n    """Doc\n    string."""\n    def f(self):\n'
    text += "        x = (1,\n             2)\n        return x\ny = 3\n"
    found = [(s.line, s.end, s.scope) for s in Index(list(text.split("\n"))).statements]
    assert found == [
        (1, 1, "<module>"),
        (2, 3, "A"),
        (4, 4, "A"),
        (5, 6, "A.f"),
        (7, 7, "A.f"),
        (8, 8, "<module>"),
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [("f(a, b,)", "f(a,b)"), ('x = "a"', "x='a'"), ("return (a + b)", "return a + b"), ("x = (a)", "x = a")],
)
def test_what_formatters_change_does_not_count(left: str, right: str) -> None:
    assert normal(left) == normal(right)


def test_brackets_that_mean_something_stay() -> None:
    assert normal("return (a)+(b)") != normal("return a)+(b")


def test_hunks_shift_lines() -> None:
    hunks = [(2, 1, 2, 3), (10, 0, 13, 2)]
    assert [shift(hunks, n) for n in (1, 2, 3, 10, 11)] == [1, None, 5, 12, 15]
