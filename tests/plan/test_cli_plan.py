from __future__ import annotations

import json
import shutil

from click.testing import CliRunner

from codetour.cli.plan import command
from tests.plan.conftest import SAMPLES

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Fit\n"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
         "source": ["from sklearn.linear_model import LinearRegression\n",
                    "from sklearn.datasets import make_regression\n"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
         "source": ["x, y = make_regression()\n", "model = LinearRegression()\n", "model.fit(x, y)"]},
    ],
}  # fmt: skip


def run(monkeypatch, tmp_path, *args):
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))
    return CliRunner().invoke(command, [str(a) for a in args], catch_exceptions=False)


def test_plan_prints_one_document_and_writes_a_tour(monkeypatch, tmp_path):
    root = tmp_path / "repo"
    shutil.copytree(SAMPLES / "torch_loop", root)
    out = tmp_path / "t.tour"
    result = run(monkeypatch, tmp_path, root, "--entry", "train.py", "-o", out, "--json", "--quiet")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert list(document) == ["schema", "repo", "commit", "entry", "stops"]
    assert document["schema"] == "codetour.plan/1"
    assert document["entry"] == "train.py:<module>"
    assert all(list(s) == ["id", "stage", "file", "line", "symbol", "title"] for s in document["stops"])
    tour = json.loads(out.read_text())
    assert len(tour["steps"]) == len(document["stops"])


def test_a_notebook_counts_lines_inside_cells(monkeypatch, tmp_path):
    root = tmp_path / "repo"
    root.mkdir()
    (root / "fit.ipynb").write_text(json.dumps(NOTEBOOK))
    result = run(monkeypatch, tmp_path, root, "--entry", "fit.ipynb", "--json", "--quiet")
    stops = json.loads(result.stdout)["stops"]
    fit = next(s for s in stops if s["stage"] == "step")
    assert (fit["cell"], fit["line"]) == (2, 3)


def test_plan_wants_somewhere_to_put_the_tour(monkeypatch, tmp_path):
    result = run(monkeypatch, tmp_path, tmp_path)
    assert result.exit_code == 2
    assert "-o FILE" in result.output
