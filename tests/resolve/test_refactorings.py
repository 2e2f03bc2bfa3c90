"""What people do to code over the years, one test each: with history and from a tarball alike the stop is found."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codetour.model.tour import Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.resolve.git import head
from codetour.resolve.resolver import Resolver
from tests.resolve.conftest import MODEL, History

LOSS = "loss = nn.functional.cross_entropy"
Edit = Callable[[str], str]


def replaced(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


def quoted(text: str) -> str:
    """As black and ruff write it: double quotes, one argument a line, trailing commas."""
    return text.replace("'", '"').replace(
        'nn.functional.cross_entropy(logits, y, reduction="mean")',
        'nn.functional.cross_entropy(\n                logits,\n                y,\n                reduction="mean",\n'
        "            )",
    )


def indented(text: str) -> str:
    """The whole training function inside a block."""
    at = text.index("def train(")
    return text[:at] + "if True:\n" + textwrap.indent(text[at:], "    ")


def commented(text: str) -> str:
    return "\n".join(
        f"# {n}\n{line}" if line.strip() and n % 3 == 0 else line for n, line in enumerate(text.split("\n"))
    )


def swapped(text: str) -> str:
    """Two functions change places."""
    at, end = text.index("def accuracy"), text.index("def train(")
    return text[:at] + text[end:] + "\n\n" + text[at:end]


def conditional(text: str) -> str:
    """One more block round a line."""
    line = "            nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"
    assert line in text
    return text.replace(line, "            if epochs > 1:\n    " + line)


def into_class(text: str) -> str:
    at = text.index("def train(")
    body = text[at:].replace("def train(model,", "def train(self, model,")
    return text[:at] + "class Trainer:\n" + textwrap.indent(body, "    ")


def loop_extracted(text: str) -> str:
    """The body of the inner loop becomes a function of its own."""
    at = text.index("            logits = model(x)")
    end = text.index("        print('epoch'")
    step = textwrap.indent(textwrap.dedent(text[at:end]), "    ")
    start = text.index("def train(")
    return (
        text[:start]
        + "def training_step(model, x, y, optimizer):\n" + step + "    return loss\n\n\n"
        + text[start:at] + "            loss = training_step(model, x, y, optimizer)\n" + text[end:]
    )  # fmt: skip


SAME_FILE: dict[str, tuple[Edit, str, set[str]]] = {
    "function renamed": (replaced("def train(", "def fit("), LOSS, {"ok", "moved"}),
    "class renamed": (replaced("class Net(", "class Classifier("), "hidden = torch.relu", {"ok", "moved"}),
    "arguments added to the function": (
        replaced("epochs=10)", "epochs=10, seed=0, device=None)"),
        LOSS,
        {"ok"},
    ),
    "an argument added to the call": (
        replaced("reduction='mean')", "reduction='mean', label_smoothing=0.1)"),
        LOSS,
        {"changed"},
    ),
    "an argument taken away": (replaced(", reduction='mean')", ")"), LOSS, {"changed"}),
    "a variable renamed": (replaced("logits", "scores"), LOSS, {"changed"}),
    "formatted": (quoted, LOSS, {"ok", "moved"}),
    "indented": (indented, LOSS, {"ok", "moved"}),
    "comments added": (commented, LOSS, {"moved"}),
    "a comment at its end": (
        replaced("reduction='mean')", "reduction='mean')  # over the batch"),
        LOSS,
        {"ok"},
    ),
    "a type added": (
        replaced("predicted = model(x)", "predicted: torch.Tensor = model(x)"),
        "predicted = model(x)",
        {"changed"},
    ),
    "a function put above": (
        replaced("def accuracy", "def seed():\n    torch.manual_seed(0)\n\n\ndef accuracy"),
        LOSS,
        {"moved"},
    ),
    "functions change places": (swapped, LOSS, {"moved"}),
    "moved into a class": (into_class, LOSS, {"moved"}),
    "the loop becomes a function": (loop_extracted, LOSS, {"moved"}),
    "wrapped in a condition": (conditional, "clip_grad_norm_", {"ok", "moved"}),
    "tabs for spaces": (lambda t: t.replace("    ", "\t"), LOSS, {"ok"}),
    "Windows ends of line": (lambda t: t.replace("\n", "\r\n"), LOSS, {"ok"}),
}


@pytest.mark.parametrize("name", SAME_FILE)
def test_inside_the_file(history: History, name: str) -> None:
    edit, text, verdicts = SAME_FILE[name]
    find = history.stop(text)
    history.write(train_py=edit(MODEL))
    found = find()
    assert found.status in verdicts, found
    word = text.split("(")[0].split("=")[0].strip()
    assert word in history.shown(found)
    assert history.shown(found).startswith(("loss = nn", "hidden =", "predicted", "nn.utils"))


def test_a_file_that_moves_to_a_package(history: History) -> None:
    find = history.stop(LOSS)
    history.write(train_py=None, src__vision__train_py=MODEL, src__vision____init___py="")
    assert history.shown(find()).startswith(LOSS)
    assert find().file == "src/vision/train.py"


def test_a_file_that_is_renamed_and_edited(history: History) -> None:
    find = history.stop(LOSS)
    history.write(train_py=None, fit_py=MODEL.replace("epochs=10", "epochs=20") + "\n\nMAIN = 1\n")
    assert find().file == "fit.py"
    assert history.shown(find()).startswith(LOSS)


def test_a_function_that_moves_to_another_module(history: History) -> None:
    find = history.stop("predicted = model(x).argmax(dim=1)")
    at, end = MODEL.index("def accuracy"), MODEL.index("def train(")
    history.write(
        train_py=MODEL[:at] + MODEL[end:], metrics_py='"""Metrics."""\n\n\n' + MODEL[at:end].rstrip() + "\n"
    )
    assert find().file == "metrics.py"
    assert history.shown(find()).startswith("predicted = model(x)")


POINTERS = """class Pointer:
    def __init__(self):
        self.values = set()

    def get(self):
        return self.values


class Names:
    def get(self):
        return sorted(self.names)
"""


def test_a_short_statement_goes_where_its_class_goes(history: History) -> None:
    history.write(parts_py=POINTERS)
    find = history.stop("return self.values", "parts.py")
    at = POINTERS.index("class Names")
    history.write(parts_py=POINTERS[at:], pointers_py=POINTERS[:at])
    assert (find().file, history.shown(find())) == ("pointers.py", "return self.values")


def test_a_twin_that_was_there_already_is_not_where_a_deleted_function_went(history: History) -> None:
    history.write(other_py=MODEL.replace("def train(", "def fit("))
    find = history.stop("predicted = model(x).argmax(dim=1)")
    at, end = MODEL.index("def accuracy"), MODEL.index("def train(")
    history.write(train_py=MODEL[:at] + MODEL[end:])
    assert find().status == "lost"


def test_a_method_that_moves_to_another_class(history: History) -> None:
    find = history.stop("hidden = torch.relu")
    at, end = MODEL.index("    def forward"), MODEL.index("def accuracy")
    head_class = "class Head(nn.Module):\n" + MODEL[at:end]
    history.write(train_py=MODEL[:at].rstrip() + "\n\n\n" + head_class + MODEL[end:])
    assert history.shown(find()).startswith("hidden = torch.relu")


def test_a_deleted_statement_beside_a_similar_one_is_lost(history: History) -> None:
    find = history.stop("self.first = nn.Linear(8, width)")
    history.write(train_py=MODEL.replace("        self.first = nn.Linear(8, width)\n", ""))
    assert find().status == "lost"


def test_equal_statements_that_lose_their_surroundings_are_never_guessed(tmp_path: Path) -> None:
    # from a tarball: a diff would call one of them the untouched line
    history = History(tmp_path, None)
    history.write(train_py=MODEL)
    find = history.stop("optimizer.step()")
    body = "\n".join(f"def step_{n}(optimizer):\n    optimizer.step()\n\n" for n in range(3))
    history.write(train_py=body)
    assert find().status == "lost"


def test_a_copy_does_not_draw_the_stop_away(history: History) -> None:
    find = history.stop(LOSS)
    history.write(copy_py=MODEL, train_py=MODEL.replace("import torch\n", "import torch\nimport math\n", 1))
    assert (find().file, find().status) == ("train.py", "moved")


def notebook(*cells: str) -> str:
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "source": c.splitlines(keepends=True), "metadata": {}, "outputs": []}
        for c in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_cells_that_change_places(history: History) -> None:
    first, second = (
        "import torch\nx = torch.ones(4)",
        "model = torch.nn.Linear(4, 2)\nloss = model(x).sum()\nloss.backward()",
    )
    history.write(nb_ipynb=notebook(first, second))
    find = history.stop("loss = model(x).sum()", "nb.ipynb")
    history.write(nb_ipynb=notebook("print('hello')", second, first, "%matplotlib inline\n!pip list"))
    assert history.shown(find()) == "loss = model(x).sum()"


def test_a_cell_that_is_split_and_edited(history: History) -> None:
    history.write(nb_ipynb=notebook("a = 1\nmodel = build(a)\nloss = train(model, steps=10)\nprint(loss)"))
    find = history.stop("loss = train", "nb.ipynb")
    history.write(nb_ipynb=notebook("a = 1\nmodel = build(a)", "loss = train(model, steps=20)\nprint(loss)"))
    assert (find().status, history.shown(find())) == ("changed", "loss = train(model, steps=20)")


CELLS = ("import torch", "model = build(8)\nloss = train(model, steps=10)", "print(loss)")


def test_a_line_of_a_notebook_is_followed_through_its_versions(
    tmp_path: Path, git: Callable[..., str]
) -> None:
    history = History(tmp_path, git)
    history.write(nb_ipynb=notebook(*CELLS))
    find = history.stop("loss = train(model", "nb.ipynb")
    # two edits, beyond what text alone would follow from end to end, and cells that come before it
    steps = (
        "model = build(8)\nloss = train(model, steps=10, rate=0.1)",
        "model = build(8)\nloss = train(model, rate=0.1, seed=0)",
        "loss = fit(model, rate=0.1, seed=0, folds=5)",
    )
    for number, cell in enumerate(steps):
        above = [f"x{n} = {n}" for n in range(number + 1)]
        history.write(nb_ipynb=notebook(CELLS[0], *above, cell, "print(loss)"))
    assert history.shown(find()) == "loss = fit(model, rate=0.1, seed=0, folds=5)"


def test_new_outputs_of_a_notebook_change_nothing(tmp_path: Path, git: Callable[..., str]) -> None:
    history = History(tmp_path, git)
    history.write(nb_ipynb=notebook(*CELLS))
    find = history.stop("loss = train(model", "nb.ipynb")
    run = json.loads(notebook(*CELLS))
    for count, cell in enumerate(run["cells"]):
        cell |= {"execution_count": count, "outputs": [{"output_type": "stream", "text": ["3\n"]}]}
    history.write(nb_ipynb=json.dumps(run))
    assert find().status == "ok"


def test_a_statement_deleted_from_a_notebook_is_lost(tmp_path: Path, git: Callable[..., str]) -> None:
    history = History(tmp_path, git)
    history.write(nb_ipynb=notebook(*CELLS))
    find = history.stop("loss = train(model", "nb.ipynb")
    history.write(nb_ipynb=notebook(CELLS[0], "model = build(8)", CELLS[2]))
    history.write(nb_ipynb=notebook(CELLS[0], "model = build(8)\nlast = trace(model, stops=10)", CELLS[2]))
    assert find().status == "lost"


def test_a_notebook_that_becomes_a_script(history: History) -> None:
    body = ["for step in range(steps):", "    loss = model.loss(step)", "    loss.backward()"]
    cell = "def fit(model, steps):\n" + textwrap.indent("\n".join(body), "    ")
    history.write(nb_ipynb=notebook("import torch", cell))
    find = history.stop("loss = model.loss(step)", "nb.ipynb")
    (history.root / "nb.ipynb").unlink()
    history.write(fitting_py="import torch\n\n\n" + cell + "\n")
    assert (find().file, history.shown(find())) == ("fitting.py", "loss = model.loss(step)")


def test_uncommitted_edits_never_mislead_git(tmp_path: Path, git: Callable[..., str]) -> None:
    history = History(tmp_path, git)
    history.write(train_py=MODEL)
    find = history.stop("right += (predicted == y).sum().item()")
    # committed: the line is rewritten; then, uncommitted, everything moves down
    edited = MODEL.replace("right += (predicted == y).sum().item()", "right += int((predicted == y).sum())")
    history.write(train_py=edited)
    (tmp_path / "train.py").write_text("import sys\n" * 7 + edited)
    found = find()
    assert found.status == "lost" or "right +=" in history.shown(found)


def test_a_line_deleted_in_history_is_not_taken_for_one_like_it(
    tmp_path: Path, git: Callable[..., str]
) -> None:
    history = History(tmp_path, git)
    history.write(train_py=MODEL)
    find = history.stop("nn.utils.clip_grad_norm_(model.parameters(), 1.0)")
    without = MODEL.replace("            nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n", "")
    history.write(train_py=without)
    history.write(
        train_py=without.replace(
            "loss.backward()\n", "loss.backward()\n            nn.utils.stop_norm_(model.buffers(), 2.0)\n"
        )
    )
    assert find().status == "lost"


def test_a_block_that_a_commit_moves_to_another_file_is_followed(
    tmp_path: Path, git: Callable[..., str]
) -> None:
    history = History(tmp_path, git)
    history.write(train_py=MODEL)
    find = history.stop("total += len(y)")
    at, end = MODEL.index("    right = total = 0"), MODEL.index("    return right / total")
    inner = textwrap.dedent(MODEL[at:end])
    history.write(
        train_py=MODEL[:at] + "    right, total = count(model, loader)\n" + MODEL[end:],
        counting_py="def count(model, loader):\n"
        + textwrap.indent(inner, "    ")
        + "    return right, total\n",
    )
    assert find().file == "counting.py"
    assert history.shown(find()) == "total += len(y)"


def test_a_part_of_a_larger_repository_has_its_history(tmp_path: Path, git: Callable[..., str]) -> None:
    (tmp_path / "part").mkdir()
    git(tmp_path, "init", "-q", "-b", "main")
    part = History(tmp_path / "part", git)
    part.write(train_py=MODEL)
    find = part.stop("total += len(y)")
    # edited beyond what text alone would follow, and the file renamed: only history knows
    part.write(train_py=MODEL.replace("total += len(y)", "total += len(y) * weight"))
    part.write(train_py=None, score_py=MODEL.replace("total += len(y)", "total += len(y) * weight"))
    found = find()
    assert (found.status, found.file) == ("changed", "score.py")
    assert part.shown(found) == "total += len(y) * weight"


def test_a_clone_without_the_commit_falls_back_to_text(tmp_path: Path, git: Callable[..., str]) -> None:
    (tmp_path / "origin").mkdir()
    history = History(tmp_path / "origin", git)
    history.write(train_py=MODEL)
    files = Files(history.root)
    stop = Stop(
        "a", "loss", "", make(files, "train.py", MODEL.split("\n").index("    return right / total") + 1)
    )
    tour = complete(Tour("t", (stop,), commit=head(history.root)), files)
    history.write(train_py="import os\n" + MODEL)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{history.root}", "shallow")
    found = Resolver(tmp_path / "shallow", tour).resolve(tour.stops[0].anchor)
    assert (found.status, found.line) == ("moved", tour.stops[0].anchor.line + 1)
