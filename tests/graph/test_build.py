"""Entries, order, notes, budgets, the cache."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codetour.errors import Interrupted, NoEntryPoint
from codetour.graph.build import build_graph, split_entry
from codetour.graph.machine import Limits
from codetour.model.source import Tree
from codetour.progress import Silent


def inner(graph):
    return {(e.caller, e.callee) for e in graph.edges if graph.nodes[e.callee].file is not None}


def test_entry_may_be_a_function(graph_of) -> None:
    graph = graph_of("def helper():\n    pass\n\n\ndef main():\n    helper()\n\n\nhelper()\n", "main.py:main")
    assert graph.entry == "main.main"
    assert ("main.main", "main.helper") in inner(graph)


def test_entry_may_be_a_method_of_a_class(graph_of) -> None:
    text = (
        "class T:\n    def __init__(self):\n        self.a = A()\n    def go(self):\n        self.a.f()\n\n\n"
        "class A:\n    def f(self):\n        pass\n"
    )
    graph = graph_of(text, "main.py:T.go")
    assert graph.entry == "main.T.go"
    assert ("main.T.go", "main.A.f") in inner(graph)


def test_the_main_guard_runs_only_in_the_entry(graph_of) -> None:
    files = {
        "main.py": "import other\n",
        "other.py": "def f():\n    pass\n\n\nif __name__ == '__main__':\n    f()\n",
    }
    assert inner(graph_of(files)) == set()
    assert inner(graph_of(files, "other.py")) == {("other", "other.f")}


def test_missing_file_or_function_is_an_error_with_a_next_step(graph_of) -> None:
    for entry in ("nowhere.py", "main.py:nowhere"):
        with pytest.raises(NoEntryPoint) as caught:
            graph_of("x = 1\n", entry)
        assert caught.value.hint


def test_edges_leave_a_node_in_the_order_of_the_calls(graph_of) -> None:
    text = (
        "def a(): pass\ndef b(): pass\ndef c(): pass\n\n\n"
        "def main():\n    c()\n    if a():\n        b()\n    a()\n\n\nmain()\n"
    )
    graph = graph_of(text)
    assert [(e.callee, e.line) for e in graph.out_of("main.main")] == [
        ("main.c", 7), ("main.a", 8), ("main.b", 9), ("main.a", 10),
    ]  # fmt: skip


def test_nodes_say_where_they_are(graph_of) -> None:
    graph = graph_of("@staticmethod\ndef f(\n    x,\n):\n    pass\n\n\nf(1)\n")
    node = graph.nodes["main.f"]
    assert (node.file, node.qualname, node.line, node.end_line, node.kind) == (
        "main.py",
        "f",
        2,
        5,
        "function",
    )


def test_notebooks_are_read_as_scripts(graph_of) -> None:
    sources = [["def f():\n", "    pass\n"], ["f()"]]
    cells = json.dumps(
        {
            "cells": [{"cell_type": "code", "source": s} for s in sources],
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
        }
    )
    assert ("notes", "notes.f") in inner(graph_of({"notes.ipynb": cells}, "notes.ipynb"))


def test_a_file_that_does_not_parse_is_noted_and_the_rest_goes_on(graph_of) -> None:
    files = {
        "main.py": "import old\nimport fine\nfine.f()\n",
        "old.py": "print 'python 2'\n",
        "fine.py": "def f():\n    pass\n",
    }
    graph = graph_of(files)
    assert inner(graph) == {("main", "fine.f")}
    assert [n for n in graph.notes if "old.py" in n and "line 1" in n]


def test_syntax_newer_than_the_running_python_is_read(graph_of) -> None:
    text = (
        "type Pair = tuple[int, int]\n\n\n"
        "class Box[T]:\n    def get[U](self, x: U) -> T:\n        return helper()\n\n\n"
        "def helper():\n    pass\n\n\ntry:\n    print(f'{Box().get('a')}')\nexcept* ValueError:\n    helper()\n"
    )
    found = inner(graph_of(text))
    assert {("main", "main.Box.get"), ("main.Box.get", "main.helper"), ("main", "main.helper")} <= found


def test_recursion_and_growing_arguments_end(graph_of) -> None:
    text = (
        "class Node:\n    def __init__(self, below):\n        self.below = below\n\n\n"
        "def grow(node, depth):\n    return grow(Node(node), depth + 1) if depth else walk(node)\n\n\n"
        "def walk(node):\n    return walk(node.below) if node else None\n\n\ngrow(Node(None), 5)\n"
    )
    found = inner(graph_of(text))
    assert {("main.grow", "main.grow"), ("main.grow", "main.walk"), ("main.walk", "main.walk")} <= found


def test_a_partial_of_itself_ends(graph_of) -> None:
    text = (
        "from functools import partial\n\n\ndef f(*a):\n    pass\n\n\ng = f\n"
        "for i in range(3):\n    g = partial(g, i)\ng()\n"
    )
    assert inner(graph_of(text)) == {("main", "main.f")}


def test_a_budget_of_steps_gives_a_partial_graph_and_says_so(graph_of) -> None:
    lines = ["def first():\n    pass\n\n\nfirst()\n"]
    lines += [f"def f{i}(x):\n    return f{i + 1}(x)\n" for i in range(3000)]
    graph = graph_of("".join(lines) + "def f3000(x): pass\nf0(1)\n", limits=Limits(steps=2000))
    assert ("main", "main.first") in inner(graph)
    assert any("Stopped after" in n for n in graph.notes)


def test_partials_of_partials_of_partials_end_within_the_budget(graph_of) -> None:
    text = "from functools import partial\n\n\ndef f(*a):\n    pass\n\n\ng0 = k0 = f\n"
    for i in range(25):  # two to the 25th ways down
        text += f"g{i + 1} = partial(g{i} if x else k{i}, 1)\nk{i + 1} = partial(k{i} if x else g{i}, 1)\n"
    graph = graph_of(text + "g25()\n", limits=Limits(steps=50_000))
    assert ("main", "main.f") in inner(graph)
    assert not graph.notes


def test_what_stands_near_the_entry_is_there_when_far_imports_use_the_budget_up(graph_of) -> None:
    files = {
        "main.py": "import near\n\n\ndef main():\n    near.f()\n\n\nmain()\n",
        "near.py": "import m0\n\n\ndef f():\n    g()\n\n\ndef g():\n    pass\n",
        **{f"m{i}.py": f"import m{i + 1}\n" + "x = [y for y in (1, 2, 3)]\n" * 300 for i in range(20)},
        "m20.py": "",
    }
    graph = graph_of(files, limits=Limits(steps=4000))
    assert {("main", "main.main"), ("main.main", "near.f"), ("near.f", "near.g")} <= inner(graph)
    assert any("Stopped after 4,000 steps" in n for n in graph.notes)


def test_a_budget_of_files_is_said(graph_of) -> None:
    files = {f"m{i}.py": "def f(): pass\n" for i in range(5)}
    files["main.py"] = "".join(f"import m{i}\nm{i}.f()\n" for i in range(5))
    graph = graph_of(files, limits=Limits(files=3))
    assert ("main", "m0.f") in inner(graph)
    assert any("3 files" in n for n in graph.notes)


def test_very_deep_chains_of_calls_are_followed(graph_of) -> None:
    text = "".join(f"def f{i}():\n    f{i + 1}()\n" for i in range(400)) + "def f400():\n    pass\n\n\nf0()\n"
    assert ("main.f399", "main.f400") in inner(graph_of(text))


def test_deeply_nested_expressions_do_not_break_it(graph_of) -> None:
    text = (
        "def f(): pass\nf()\nx = " + "(" * 150 + "1" + ")" * 150 + "\ny = " + " + ".join(["1"] * 2000) + "\n"
    )
    assert ("main", "main.f") in inner(graph_of(text))


def test_the_work_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("".join(f"x{i} = {i}\n" for i in range(6000)), "utf-8")
    progress = Silent()
    progress.cancel()
    with pytest.raises(Interrupted):
        build_graph(Tree(tmp_path, "x"), "main.py", progress)


def test_the_same_files_give_the_same_graph(graph_of, own_home: Path) -> None:
    text = (
        "class A:\n    def f(self): pass\n\n\n"
        "class B(A):\n    def f(self): pass\n\n\nfor x in {A(), B()}:\n    x.f()\n"
    )
    first = graph_of(text)
    for kept in own_home.rglob("*.json.gz"):
        kept.unlink()
    assert graph_of(text) == first


def test_a_kept_graph_is_used_until_a_file_changes(graph_of, own_home: Path) -> None:
    before = graph_of("def f(): pass\n\n\ndef g(): pass\n\n\nf()\n")
    graphs = [p for p in own_home.rglob("*.json.gz") if "graphs" in p.parts]
    assert len(graphs) == 1
    assert graph_of("def f(): pass\n\n\ndef g(): pass\n\n\nf()\n") == before
    assert ("main", "main.g") in inner(graph_of("def f(): pass\n\n\ndef g(): pass\n\n\ng()\n"))


def test_a_damaged_cache_counts_as_absent(graph_of, own_home: Path) -> None:
    before = graph_of("def f(): pass\n\n\nf()\n")
    for kept in own_home.rglob("*.json.gz"):
        kept.write_bytes(b"\x1f\x8b garbage")
    assert graph_of("def f(): pass\n\n\nf()\n") == before


def test_split_entry() -> None:
    assert split_entry("a/b.py") == ("a/b.py", "<module>")
    assert split_entry("a/b.py:C.f") == ("a/b.py", "C.f")
    assert split_entry("a.ipynb:<module>") == ("a.ipynb", "<module>")


def test_options_of_the_launch_choose_what_a_module_table_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "home"))
    root = tmp_path / "repo"
    root.mkdir()
    (root / "models.py").write_text("def small():\n    return 1\n\n\ndef large():\n    return 2\n")
    (root / "train.py").write_text(
        "import argparse\nimport models\n\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--model', default='small')\nargs = parser.parse_args()\n"
        "models.__dict__[args.model]()\n"
    )
    made = {}
    for argv in ((), ("--model", "large"), ("--model=large",)):
        graph = build_graph(Tree(root, "x"), "train.py", Silent(), argv=argv)
        made[argv] = [e.callee for e in graph.edges if e.callee.startswith("models.")]
    assert made == {
        (): ["models.small"],
        ("--model", "large"): ["models.large"],
        ("--model=large",): ["models.large"],
    }


def test_the_launch_chooses_what_hydra_composes(graph_of) -> None:
    files = {
        "main.py": (
            "import hydra\n\n@hydra.main(config_path='conf', config_name='train')\n"
            "def main(cfg):\n    hydra.utils.instantiate(cfg.model)\n\nmain()\n"
        ),
        "nets.py": "".join(f"class {n}:\n    def __init__(self):\n        pass\n\n" for n in "AB"),
        "conf/train.yaml": "defaults:\n- model: a\n",
        "conf/model/a.yaml": "_target_: nets.A\n",
        "conf/model/b.yaml": "_target_: nets.B\n",
    }
    made = {
        words: {c for _, c in inner(graph_of(files, "main.py", argv=words)) if c.startswith("nets.")}
        for words in ((), ("model=b",), ("model._target_=nets.B",))
    }
    assert made == {
        (): {"nets.A.__init__"},
        ("model=b",): {"nets.B.__init__"},
        ("model._target_=nets.B",): {"nets.B.__init__"},
    }


@pytest.mark.parametrize(("argv", "called"), [((), {"fit", "test"}), (("fit", "--lr", "1"), {"fit"})])
def test_a_subcommand_of_the_launch_is_the_one_that_runs(
    tmp_path: Path, own_home: Path, argv, called
) -> None:
    (tmp_path / "main.py").write_text(
        "from jsonargparse import CLI\n\n\ndef fit():\n    pass\n\n\ndef test():\n    pass\n\n\n"
        "CLI({'fit': fit, 'more': {'test': test}})\n",
        "utf-8",
    )
    graph = build_graph(Tree(tmp_path.resolve(), "x"), "main.py", Silent(), argv=argv)
    edges = [e for e in graph.edges if e.callee in ("main.fit", "main.test")]
    assert {e.callee.partition(".")[2] for e in edges} == called
    assert {e.confidence for e in edges} == {"sure" if len(called) == 1 else "may"}
