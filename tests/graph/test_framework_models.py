"""Every framework model's example gives the edges that stand beside it, and not by guessing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from codetour.errors import UsageProblem
from codetour.graph.build import build_graph
from codetour.knowledge.frameworks import Model, read_table
from codetour.model.source import Tree
from codetour.progress import Silent

MODELS = read_table().models
README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.module)
def test_the_example_gives_the_expected_edges(model: Model, tmp_path: Path) -> None:
    assert model.example
    assert model.expect
    (tmp_path / "main.py").write_text(model.example, "utf-8")
    for name, text in model.files:
        (tmp_path / name).write_text(text, "utf-8")
    graph = build_graph(Tree(tmp_path.resolve(), "example"), "main.py", Silent())
    found = {f"{e.caller} -> {e.callee}": e for e in graph.edges}
    assert set(model.expect) <= set(found)
    # a model must know; a function that is merely handed over is a guess, which it would be without the model
    assert not [x for x in model.expect if "may call it" in found[x].reason]


def test_each_module_is_modelled_once() -> None:
    assert [m for m, n in Counter(m.module for m in MODELS).items() if n > 1] == []


def test_a_users_file_comes_before_the_packages(tmp_path: Path, own_home: Path) -> None:
    text = """
[[model]]
module = "mylib"
code = '''
def launch(function):
    "`launch` runs `{callee}` on the cluster"
    function()
'''
[aliases]
"mylib2" = "mylib"
"""
    (own_home / "config").mkdir()
    (own_home / "config" / "frameworks.toml").write_text(text, "utf-8")
    (tmp_path / "main.py").write_text(
        "import mylib2\n\ndef job():\n    pass\n\nmylib2.launch(job)\n", "utf-8"
    )
    graph = build_graph(Tree(tmp_path.resolve(), "x"), "main.py", Silent())
    edge = next(e for e in graph.edges if e.callee == "main.job")
    assert (edge.kind, edge.confidence) == ("framework", "model")
    assert edge.reason == "`launch` runs `job` on the cluster"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[model]]\nmodule = "x"\n', "needs `module` and `code`"),
        ('[model]\nmodule = "x"\n', "two brackets"),
        ("[alias]\n", r"\[alias\]"),
        ("aliases = 1\n", "aliases"),
        ('[[model]]\nmodule = "x"\ncode = "def f(:"\n', "does not parse"),
        ("[[model\n", "line 1"),
    ],
)
def test_a_users_file_that_is_wrong_is_refused_with_its_name_and_what_is_wrong(
    graph_of, own_home: Path, text: str, complaint: str
) -> None:
    (own_home / "config").mkdir()
    (own_home / "config" / "frameworks.toml").write_text(text, "utf-8")
    with pytest.raises(UsageProblem, match=complaint) as caught:
        graph_of("x = 1\n")
    assert "frameworks.toml" in caught.value.message
    assert caught.value.hint


def test_the_example_in_the_readme_works(tmp_path: Path, own_home: Path) -> None:
    section = README.read_text("utf-8").partition("### Frameworks")[2].partition("\n## ")[0]
    code = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    ") or not line)
    (own_home / "config").mkdir()
    (own_home / "config" / "frameworks.toml").write_text(code, "utf-8")
    (tmp_path / "main.py").write_text(
        "import ourlib\n\n\nclass Net:\n    def fit_batch(self, batch):\n        pass\n\n\n"
        "ourlib.Loop(Net(), [1]).run()\n",
        "utf-8",
    )
    graph = build_graph(Tree(tmp_path.resolve(), "x"), "main.py", Silent())
    edge = next(e for e in graph.edges if e.callee == "main.Net.fit_batch")
    assert edge.reason == "the loop calls `fit_batch` for each batch"
