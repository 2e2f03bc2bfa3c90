"""The map of the call graph, driven as a reader drives it."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from codetour.graph.from_tour import graph_of_paths
from codetour.model.graph import CallGraph, Edge, Node
from codetour.model.value import Frame, Seen
from codetour.ui.dialogs import Chooser
from codetour.ui.graph_map import GraphMap
from codetour.ui.graph_rows import homes
from codetour.ui.tour_screen import TourScreen


def node(name, file, line, end, kind="function"):
    qualname = "<module>" if kind == "module" else name.partition(".")[2]
    return Node(name, file, qualname, line, end, kind)


def edge(caller, callee, line, **more):
    file = "train.py" if caller.startswith("train") else "model.py"
    return Edge(caller, callee, file=file, line=line, **more)


@pytest.fixture
def graph(kit):
    nodes = [
        node("train", "train.py", 1, 60, "module"),
        node("train.get_batch", "train.py", 20, 30),
        node("train.get_lr", "train.py", 50, 52),
        node("model.GPT.__init__", "model.py", 60, 70),
        node("model.GPT.forward", "model.py", 71, 95),
        node("model.Block.forward", "model.py", 50, 58),
        node("model.CausalSelfAttention.forward", "model.py", 15, 40),
        Node("torch.stack"),
    ]
    calls = "calling a module runs its forward"
    edges = (
        edge("train", "model.GPT.__init__", 32),
        edge("train", "train.get_batch", 40),
        edge("train", "model.GPT.forward", 41, kind="framework", confidence="model", reason=calls),
        edge("train", "train.get_lr", 44, confidence="may", reason="one of 2 candidates"),
        edge("train.get_batch", "torch.stack", 25),
        edge(
            "model.GPT.forward", "model.Block.forward", 80, kind="framework", confidence="model", reason=calls
        ),
        edge("model.Block.forward", "model.CausalSelfAttention.forward", 55, kind="framework", reason=calls),
    )
    return CallGraph("train", {n.id: n for n in nodes}, edges)


async def open_map(kit, graph, size=(80, 24), driver=None):
    app = kit.tour_app(driver, graph=(lambda: graph) if graph is not None else None)
    async with app.run_test(size=size) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
        await pilot.press("G")
        await kit.settle(pilot, lambda: isinstance(app.screen, GraphMap) and bool(lines(app)))
        yield app, pilot


def rows(app):
    """The lines of the map as they are shown, each with its depth."""
    found = []

    def walk(line, depth):
        for child in line.children:
            style = app.screen.rich_style
            found.append((depth, app.screen._tree.render_label(child, style, style).plain.strip()))
            if child.is_expanded:
                walk(child, depth + 1)

    walk(app.screen._tree.root, 0)
    return found


def lines(app):
    return [text for _, text in rows(app)]


@pytest.fixture
async def opened(kit, graph):
    async for pair in open_map(kit, graph):
        yield pair


async def test_what_leads_to_stops_is_unfolded_and_stops_stand_in_their_functions(opened):
    app, _ = opened
    shown = rows(app)
    assert shown[0] == (0, "▾ train.py")

    def depth(words):
        return next(d for d, text in shown if words in text)

    way = ["train.py", "GPT.forward", "Block.forward", "CausalSelfAttention.forward", "3 Attention"]
    assert [depth(words) for words in way] == [0, 1, 2, 3, 4]
    assert depth("A batch of text") == depth("get_batch") + 1
    assert not any("torch.stack" in text for _, text in shown)


async def test_rows_follow_the_lines_of_the_code(opened):
    app, _ = opened
    top = [text.lstrip("▾▸ ").split()[0] for depth, text in rows(app) if depth == 1 and ".py:" in text]
    assert top == ["GPT.__init__", "get_batch", "GPT.forward", "get_lr"]


async def test_reasons_and_doubts_stand_beside_a_function(opened):
    app, _ = opened
    text = "\n".join(lines(app))
    assert "GPT.forward  model.py:71  calling a module runs its forward" in text
    assert "get_lr  train.py:50  ? one of 2 candidates" in text


async def test_enter_on_a_stop_goes_there(opened, kit):
    app, pilot = opened
    driver = app.screen_stack[-2].driver
    await pilot.press("n", "enter")
    await kit.settle(pilot, lambda: any(c.startswith("goto") for c in driver.calls))
    assert isinstance(app.screen, TourScreen)


async def test_enter_on_a_function_shows_its_code(opened, kit):
    app, pilot = opened
    tree = app.screen._tree
    line = next(
        n for n in tree.root.children[0].children if n.data.node and n.data.node.qualname == "get_batch"
    )
    tree.move_cursor(line)
    await pilot.press("enter")
    await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
    assert (app.screen.walk.browse.file, app.screen.walk.browse.line) == ("train.py", 20)


async def test_n_goes_from_stop_to_stop_and_round(opened):
    app, pilot = opened
    count = len(app.screen._tree.lines_of_stops())
    assert count == 7
    seen = []
    for _ in range(count):
        await pilot.press("n")
        seen.append(app.screen._tree.cursor_node.data.stop)
    assert sorted(seen) == list(range(7))


async def test_a_function_in_the_middle_has_its_callers_above(opened, kit):
    app, pilot = opened
    tree = app.screen._tree
    block = next(
        n for n in walk_all(tree.root) if n.data and n.data.node and n.data.node.id == "model.Block.forward"
    )
    tree.move_cursor(block)
    await pilot.press("f")
    await kit.settle(pilot, lambda: any("called by 1" in t for t in lines(app)))
    shown = lines(app)
    assert "GPT.forward" in shown[1]
    assert any("CausalSelfAttention.forward" in t for t in shown[2:])
    await pilot.press("b")
    await kit.settle(pilot, lambda: lines(app)[0] == "▾ train.py")


def walk_all(line):
    for child in line.children:
        yield child
        yield from walk_all(child)


async def test_find_puts_a_function_into_the_middle(opened, kit):
    app, pilot = opened
    await pilot.press("slash")
    await kit.settle(pilot, lambda: isinstance(app.screen, Chooser))
    await pilot.press(*"get_batch", "enter")
    await kit.settle(pilot, lambda: isinstance(app.screen, GraphMap) and "called by 1" in lines(app)[0])


async def test_helpers_and_files(opened, kit):
    app, pilot = opened
    await pilot.press("k")
    await kit.settle(pilot, lambda: not any("get_lr" in t for t in lines(app)))
    await pilot.press("k", "o")
    await kit.settle(pilot, lambda: any("model.py" in t for t in lines(app)))
    assert not any("GPT.forward" in t for t in lines(app))
    assert app.screen._tree.lines_of_stops()


@pytest.mark.parametrize("key", ["escape", "G", "q", "b"])
async def test_it_closes(opened, kit, key):
    app, pilot = opened
    await pilot.press(key)
    await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))


async def test_calls_that_the_run_made_are_marked(kit, graph):
    driver = kit.ScriptedDriver()
    driver.seen = (
        Seen("data", (Frame("get_batch", "train.py", 25), Frame("<module>", "train.py", 40))),
        Seen("x", (Frame("late", "train.py", 58), Frame("<module>", "train.py", 45))),
    )
    async for app, _ in open_map(kit, graph, driver=driver):
        text = "\n".join(lines(app))
        assert "get_batch  train.py:20  ✓" in text
        assert "late  train.py:58  + seen while it ran" in text
        assert "get_lr  train.py:50  ? one of 2 candidates" in text


async def test_the_line_below_says_more(opened, kit):
    app, pilot = opened
    tree = app.screen._tree
    line = next(n for n in tree.root.children[0].children if n.data.node and n.data.node.qualname == "get_lr")
    tree.move_cursor(line)
    await kit.settle(pilot, lambda: "may happen" in str(app.screen.query_one("#about", Static).content))


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (160, 50)])
async def test_it_fits_any_terminal(kit, graph, size):
    async for app, _ in open_map(kit, graph, size=size):
        assert app.screen._tree.region.width <= size[0]
        assert app.screen._tree.region.height >= size[1] - 6


async def test_without_a_graph_the_paths_of_the_stops_are_the_map(kit):
    async for app, _ in open_map(kit, None):
        assert len(app.screen._tree.lines_of_stops()) == 7
        assert any("Block.forward" in t for t in lines(app))


async def test_a_map_that_cannot_be_built_says_so(kit):
    def fail():
        raise RuntimeError("no [bold]luck")

    app = kit.tour_app(graph=fail)
    async with app.run_test(size=(80, 24)) as pilot:
        await kit.settle(pilot, lambda: isinstance(app.screen, TourScreen))
        await pilot.press("G")
        await kit.settle(pilot, lambda: "no [bold]luck" in kit.text_of(app.screen, "#saying"))
        assert isinstance(app.screen, TourScreen)


async def test_hostile_names_do_not_reach_the_terminal(kit, graph):
    bad = Node("train.x", "tr\x1b[31main.py", "x\x1b]0;owned\x07[red]", 3, 4)
    nodes = {**graph.nodes, "train.x": bad}
    hostile = CallGraph("train", nodes, (*graph.edges, edge("train", "train.x", 45, reason="\x1b[2J")))
    async for app, _ in open_map(kit, hostile):
        assert "\x1b" not in "".join(lines(app))


def test_a_stop_whose_function_has_another_name_lies_in_the_one_round_its_line(kit, graph):
    tour = kit.sample_tour()
    found = homes(graph, tour.stops)
    assert found[0] == "train"
    assert len(found) == len(tour.stops)


def test_the_graph_of_a_tour_holds_the_way_to_each_stop(kit):
    made = graph_of_paths(kit.sample_tour())
    assert made.entry == "train"
    assert ("model.Block.forward", "model.CausalSelfAttention.forward") in {
        (e.caller, e.callee) for e in made.edges
    }
    assert all(e.reason for e in made.edges if e.kind == "framework")
