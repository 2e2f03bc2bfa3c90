"""What a run was seen to do, beside what the source says."""

from __future__ import annotations

import pytest

from codetour.graph.observed import calls_in, with_observed
from codetour.model.graph import CallGraph
from codetour.model.value import Frame, Seen

FILES = {
    "main.py": "import lib\n\n\ndef main(f):\n    lib.a()\n    f(lambda: [\n        lib.c() for _ in [1]\n    ])\n\n\n"
    "main(eval('print'))\n",
    "lib.py": "def a():\n    b()\n\n\ndef b():\n    c()\n\n\ndef c():\n    pass\n",
}


@pytest.fixture
def graph(graph_of) -> CallGraph:
    return graph_of(FILES)


def seen(*frames: tuple[str, str, int]) -> Seen:
    """A stack, the innermost call first; a file that ends in `!` lies outside."""
    return Seen(
        "s", tuple(Frame(name, file.strip("!"), line, not file.endswith("!")) for name, file, line in frames)
    )


def test_neighbours_on_the_stack_are_calls(graph: CallGraph) -> None:
    calls = calls_in([seen(("b", "lib.py", 6), ("a", "lib.py", 2), ("main", "main.py", 5))], graph)
    assert [(c.caller.id, c.callee.id, c.line, c.through) for c in calls] == [
        ("lib.a", "lib.b", 2, False), ("main.main", "lib.a", 5, False),
    ]  # fmt: skip


def test_a_library_between_two_functions_makes_one_call(graph: CallGraph) -> None:
    stack = seen(("c", "lib.py", 10), ("run", "torch/x.py!", 7), ("go", "torch/y.py!", 8), ("a", "lib.py", 2))
    (call,) = calls_in([stack], graph)
    assert (call.caller.id, call.callee.id, call.through) == ("lib.a", "lib.c", True)


def test_a_call_the_graph_has_is_marked_and_one_it_lacks_is_observed(graph: CallGraph) -> None:
    merged = with_observed(
        graph,
        [seen(("c", "lib.py", 10), ("a", "lib.py", 2), ("main", "main.py", 5), ("<module>", "main.py", 11))],
    )
    by_ends = {(e.caller, e.callee): e for e in merged.edges}
    assert by_ends["main", "main.main"].observed
    assert by_ends["main", "main.main"].kind == "call"
    assert not by_ends["lib.a", "lib.b"].observed
    added = by_ends["lib.a", "lib.c"]
    assert (added.kind, added.observed, added.file, added.line) == ("observed", True, "lib.py", 2)
    assert added.reason == "seen while it ran"
    assert len(merged.edges) == len(graph.edges) + 1


def test_functions_that_the_source_did_not_show_become_nodes(graph: CallGraph) -> None:
    merged = with_observed(graph, [seen(("D.run", "extra.py", 3), ("main", "main.py", 5))])
    assert merged.nodes["extra.D.run"].file == "extra.py"
    assert [e.callee for e in merged.out_of("main.main") if e.kind == "observed"] == ["extra.D.run"]


def test_a_comprehensions_frame_is_its_functions(graph: CallGraph) -> None:
    stack = seen(("b.<locals>.<listcomp>", "lib.py", 6), ("b", "lib.py", 6), ("a", "lib.py", 2))
    assert [(c.caller.id, c.callee.id) for c in calls_in([stack], graph)] == [("lib.a", "lib.b")]


def test_recursion_is_a_call(graph: CallGraph) -> None:
    stack = seen(("b", "lib.py", 6), ("b", "lib.py", 6))
    assert [(c.caller.id, c.callee.id) for c in calls_in([stack], graph)] == [("lib.b", "lib.b")]


def test_nothing_seen_changes_nothing(graph: CallGraph) -> None:
    assert with_observed(graph, []) == graph
