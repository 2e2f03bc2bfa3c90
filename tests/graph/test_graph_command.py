"""`codetour graph` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from codetour.cli.graph import command
from codetour.errors import NoEntryPoint, UsageProblem
from codetour.model.recording import Recording
from codetour.model.tour import Anchor, Stop, Tour
from codetour.model.value import Frame, Seen
from codetour.record import store
from codetour.source.reading import TreeSources
from codetour.tourfile.write import save

SOURCE = "def f():\n    g()\n\n\ndef g():\n    print(1)\n\n\nf()\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "repo" / "pkg" / "main.py"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE, "utf-8")
    return path


def run(*args: str) -> str:
    result = CliRunner().invoke(command, ["-q", *args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_file_with_its_root_writes_adjacency_to_a_file(script: Path, tmp_path: Path) -> None:
    out = tmp_path / "calls.json"
    assert run(str(script), "--root", str(tmp_path / "repo"), "--json", str(out)) == ""
    assert json.loads(out.read_text()) == {
        "pkg.main": ["pkg.main.f"], "pkg.main.f": ["pkg.main.g"], "pkg.main.g": ["<builtin>.print"],
        "<builtin>.print": [],
    }  # fmt: skip


def test_a_folder_with_an_entry_prints_one_json_document(script: Path) -> None:
    data = json.loads(run(str(script.parents[1]), "-e", "pkg/main.py:f", "--json"))
    assert data["schema"] == "codetour.graph/1"
    assert data["entry"] == "pkg.main.f"


def test_json_before_the_repository_means_standard_output(script: Path) -> None:
    assert json.loads(run("--json", str(script)))["entry"] == "main"


def test_the_default_is_a_tree_without_what_is_outside(script: Path) -> None:
    assert run(str(script)).splitlines() == ["main.py  main.py:1", "  f  main.py:1", "    g  main.py:5"]


def test_filters_combine(script: Path) -> None:
    data = json.loads(run(str(script), "--focus", "g", "--hide-external", "--format", "json"))
    assert {n["id"] for n in data["nodes"]} == {"main.f", "main.g"}


def test_a_focus_that_is_not_there_is_a_usage_error(script: Path) -> None:
    result = CliRunner().invoke(command, ["-q", str(script), "--focus", "nothing"])
    assert result.exit_code == 2
    assert "nothing" in result.stderr


def test_a_focus_that_is_not_there_names_what_is_near(script: Path) -> None:
    script.write_text("def configure_model():\n    pass\n\n\nconfigure_model()\n", "utf-8")
    result = CliRunner().invoke(command, ["-q", str(script), "--focus", "configure_modle"])
    assert "configure_model" in result.stderr


def test_a_focus_away_from_the_entry_is_a_tree_from_its_callers(script: Path) -> None:
    assert run(str(script), "--focus", "g").splitlines() == ["f  main.py:1", "  g  main.py:5"]


def test_depth_cuts_the_tree(script: Path) -> None:
    assert run(str(script), "--depth", "1").splitlines() == ["main.py  main.py:1", "  f  main.py:1"]


def test_collapse_shows_files(script: Path) -> None:
    (script.parent / "lib.py").write_text("def h():\n    pass\n", "utf-8")
    script.write_text("import lib\n\n\ndef f():\n    lib.h()\n\n\nf()\n", "utf-8")
    assert run(str(script), "--collapse").splitlines() == ["main.py  main.py:1", "  lib.py  lib.py:1"]


def test_helpers_are_hidden_and_who_called_through_one_is_linked_on(script: Path) -> None:
    (script.parent / "utils.py").write_text("def timed(f):\n    return f()\n", "utf-8")
    script.write_text(
        "from utils import timed\n\n\ndef train():\n    step()\n\n\ndef step():\n    train\n\n\n"
        "def main():\n    timed(train)\n\n\nmain()\n",
        "utf-8",
    )
    assert run(str(script), "--hide-helpers").splitlines() == [
        "main.py  main.py:1", "  main  main.py:12", "    train  main.py:4  [through `timed`]",
    ]  # fmt: skip


TRAINING = """import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        return self.layer(x)


def load():
    return torch.utils.data.DataLoader(torch.zeros(8, 2), batch_size=2)


def main():
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(2):
        for x in load():
            loss = nn.functional.mse_loss(net(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    torch.save(net.state_dict(), "net.pt")


if __name__ == "__main__":
    main()
"""


def test_a_stage_keeps_the_way_to_where_it_happens(script: Path) -> None:
    script.write_text(TRAINING, "utf-8")
    data = json.loads(run(str(script), "--stage", "data", "--json"))
    ours = {n["qualname"] for n in data["nodes"] if n["file"]}
    assert {"<module>", "main", "load"} <= ours
    shown = run(str(script), "--stage", "forward", "--depth", "0")
    assert "Net.forward" in shown
    assert "load" not in shown


def test_a_stage_that_does_not_happen_is_said(script: Path) -> None:
    result = CliRunner().invoke(command, ["-q", str(script), "--stage", "loss"])
    assert isinstance(result.exception, NoEntryPoint)
    assert "loss" in result.exception.message


def test_budgets_end_the_work_and_say_so(script: Path) -> None:
    (script.parent / "lib.py").write_text("def h():\n    pass\n", "utf-8")
    script.write_text("def f():\n    pass\n\n\nf()\nimport lib\n", "utf-8")
    result = CliRunner().invoke(command, [str(script), "--max-files", "1"], catch_exceptions=False)
    assert "1 file" in result.stderr
    assert "  f  main.py:1" in result.stdout


def test_a_file_that_does_not_parse_is_named(script: Path) -> None:
    (script.parent / "old.py").write_text("print 'x'\n", "utf-8")
    script.write_text("import old\n", "utf-8")
    result = CliRunner().invoke(command, [str(script)], catch_exceptions=False)
    assert "old.py" in result.stderr
    data = json.loads(run(str(script), "--json"))
    assert any("old.py" in n for n in data["notes"])


def recorded(script: Path) -> Path:
    """A tour of the script with a recording beside it, in which `f` called `hidden` through a library."""
    stack = (
        Frame("hidden", "pkg/main.py", 10),
        Frame("run", "lib/x.py", 3, inside=False),
        Frame("f", "pkg/main.py", 2),
        Frame("<module>", "pkg/main.py", 13),
    )
    script.write_text(SOURCE + "\n\ndef hidden():\n    pass\n", "utf-8")
    tour = script.parents[1] / ".tours" / "t.tour"
    stop = Stop("s", "data", "S", Anchor("pkg/main.py", 10, "hidden", "pass"))
    save(Tour("t", (stop,)), tour, sources=TreeSources(script.parents[1]))
    store.save(Recording("t", seen=(Seen("s", stack),)), store.recording_path(tour))
    return tour


@pytest.mark.parametrize("which", ["tour", "recording"])
def test_calls_that_a_run_made_are_added_and_told_apart(script: Path, which: str) -> None:
    tour = recorded(script)
    file = tour if which == "tour" else store.recording_path(tour)
    args = (str(script.parents[1]), "-e", "pkg/main.py", "--observed", str(file))
    edges = {(e["caller"], e["callee"]): e for e in json.loads(run(*args, "--json"))["edges"]}
    assert edges["pkg.main.f", "pkg.main.hidden"]["kind"] == "observed"
    assert edges["pkg.main", "pkg.main.f"]["kind"] == "call"
    assert edges["pkg.main", "pkg.main.f"]["observed"]
    assert not edges["pkg.main.f", "pkg.main.g"]["observed"]
    assert "[+ seen while it ran, called by a library]" in run(*args)


def test_a_tour_without_a_recording_is_said(script: Path) -> None:
    tour = recorded(script)
    store.recording_path(tour).unlink()
    result = CliRunner().invoke(command, ["-q", str(script), "--observed", str(tour)])
    assert isinstance(result.exception, UsageProblem)
    assert result.exception.hint


@pytest.mark.parametrize("form", ["json", "adjacency", "dot", "graphml", "mermaid", "tree"])
def test_every_form_goes_to_a_file(script: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "graph"
    assert run(str(script), "--format", form, "-o", str(out)) == ""
    assert "g" in out.read_text("utf-8")
