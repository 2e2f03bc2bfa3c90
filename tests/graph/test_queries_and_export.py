"""Smaller graphs, and a graph as text in each form."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from codetour.graph import query
from codetour.graph.export import FORMATS, render, to_adjacency
from codetour.model.graph import CallGraph

FILES = {
    "main.py": "import lib\n\n\ndef main():\n    lib.a()\n    print(1)\n\n\nmain()\n",
    "lib.py": "def a():\n    b()\n\n\ndef b():\n    c()\n\n\ndef c():\n    pass\n",
}


@pytest.fixture
def graph(graph_of) -> CallGraph:
    return graph_of(FILES)


def test_reachable(graph: CallGraph) -> None:
    assert query.reachable(graph) == {"main", "main.main", "lib.a", "lib.b", "lib.c", "<builtin>.print"}
    assert query.reachable(graph, "lib.b") == {"lib.b", "lib.c"}


def test_near_keeps_what_is_at_most_so_many_calls_away(graph: CallGraph) -> None:
    assert set(query.near(graph, 1).nodes) == {"main", "main.main"}


def test_focus_shows_callers_and_callees(graph: CallGraph) -> None:
    small = query.focus(graph, ["lib.b"])
    assert set(small.nodes) == {"lib.a", "lib.b", "lib.c"}


@pytest.mark.parametrize("name", ["lib.b", "lib.py:b", "b"])
def test_a_function_is_found_by_any_of_its_names(graph: CallGraph, name: str) -> None:
    assert query.find_nodes(graph, name) == ["lib.b"]


def test_collapse_makes_one_node_per_file(graph: CallGraph) -> None:
    small = query.collapse(query.hide_external(graph))
    assert set(small.nodes) == {"main.py", "lib.py"}
    assert [(e.caller, e.callee) for e in small.edges] == [("main.py", "lib.py")]


def test_adjacency_is_pycgs(graph: CallGraph) -> None:
    assert to_adjacency(graph)["main.main"] == ["lib.a", "<builtin>.print"]


def test_json_has_places_kinds_and_reasons(graph: CallGraph) -> None:
    data = json.loads(render(graph, "json", document={"repo": "x"}))
    assert list(data)[:2] == ["schema", "repo"]
    assert data["schema"] == "codetour.graph/1"
    edge = next(e for e in data["edges"] if e["callee"] == "lib.a")
    assert (edge["caller"], edge["file"], edge["line"], edge["kind"]) == ("main.main", "main.py", 5, "call")


def test_graphml_is_well_formed(graph: CallGraph) -> None:
    root = ET.fromstring(render(graph, "graphml"))
    assert len(root.findall(".//{*}node")) == len(graph.nodes)


def test_dot_and_mermaid_quote_names(graph_of) -> None:
    graph = graph_of("f = lambda: 1\nf()\n")
    assert '"main.<lambda1>"' in render(graph, "dot")
    assert "#lt;lambda1#gt;" in render(graph, "mermaid")


def test_every_form_renders_an_empty_graph(graph_of) -> None:
    graph = graph_of("x = 1\n")
    for form in FORMATS:
        assert render(graph, form)


def test_the_tree_unfolds_a_function_once(graph_of) -> None:
    text = render(graph_of("def a():\n    b()\n\n\ndef b():\n    pass\n\n\na()\na()\n"), "tree")
    assert text.splitlines() == ["main.py  main.py:1", "  a  main.py:1", "    b  main.py:5"]


HELPED = {
    "main.py": "import utils\nfrom work import train\n\n\nif __name__ == '__main__':\n    utils.timed(train)\n",
    "work.py": (
        "class Meter:\n    def __repr__(self):\n        return 'x'\n\n\n"
        "def short():\n    return 1\n\n\n"
        "def train():\n    short()\n    repr(Meter())\n    step()\n\n\n"
        "def step():\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n    e = 5\n    return a + b + c + d + e\n"
    ),
    "utils.py": "def timed(f):\n    return f()\n",
}


def test_helpers_are_small_leaves_plain_methods_and_what_lies_in_files_of_helpers(graph_of) -> None:
    graph = graph_of(HELPED)
    assert set(query.helpers(graph)) == {"work.short", "work.Meter.__repr__", "utils.timed"}


def test_what_is_hidden_leaves_a_link_that_says_through_what(graph_of) -> None:
    graph = graph_of(HELPED)
    small = query.without(graph, query.helpers(graph))
    assert not {"work.short", "utils.timed"} & set(small.nodes)
    link = next(e for e in small.edges if e.callee == "work.train")
    assert (link.caller, link.reason) == ("main", "through `timed`")


def test_a_chain_of_hidden_functions_is_one_link_and_a_ring_of_them_ends(graph_of) -> None:
    text = "def a():\n    b()\n\n\ndef b():\n    a()\n    c()\n\n\ndef c():\n    pass\n\n\na()\n"
    small = query.without(graph_of(text), ["main.a", "main.b"])
    assert [(e.caller, e.callee) for e in small.edges] == [("main", "main.c")]


def test_toward_keeps_the_way_there_and_what_is_called_there(graph: CallGraph) -> None:
    assert set(query.toward(graph, {"lib.a": []}).nodes) == {"main", "main.main", "lib.a", "lib.b"}
    assert set(query.toward(graph, {"lib.a": []}, 0).nodes) == {"main", "main.main", "lib.a"}
    # line 5 of main calls lib.a, line 6 prints
    assert set(query.toward(graph, {"main.main": [(5, 5)]}, 2).nodes) == {
        "main",
        "main.main",
        "lib.a",
        "lib.b",
    }


def test_the_way_to_a_function_is_the_shortest(graph: CallGraph) -> None:
    assert query.way_to(graph, "lib.b") == ["main", "main.main", "lib.a", "lib.b"]
    assert query.way_to(graph, "main") == ["main"]
    assert query.way_to(graph, "nowhere") == []
