"""Tours under the model code of VS Code's own extension: opened, placed, saved without a changed byte, exported.

The extension is not part of this repository. `CODETOUR_TEST_VSCODE` names a checkout of it in which `typescript`,
`mobx`, `jexl` and `throttle-debounce` can be required; without it, or without Node, the tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from codetour.cli.opening import open_saved
from codetour.model.tour import Anchor, Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.share.writing import share
from codetour.tourfile.read import load
from codetour.tourfile.write import save
from tests.share import sample

EXTENSION = os.environ.get("CODETOUR_TEST_VSCODE", "")
pytestmark = [
    pytest.mark.skipif(not EXTENSION, reason="no extension; name its folder with CODETOUR_TEST_VSCODE"),
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js"),
]
HERE = Path(__file__).parent


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in sample.SampleSources().texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".tours").mkdir()
    return tmp_path


def played(workspace: Path) -> dict[str, dict[str, Any]]:
    """What the extension makes of the tours of a folder, by title; it saves each of them on the way."""
    done = subprocess.run(
        ["node", str(HERE / "codetour_host.js"), EXTENSION, str(workspace)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["errors"] == []
    return {t["title"]: t for t in document["tours"]}


def ours(workspace: Path, name: str = "ours.tour") -> tuple[Path, Tour]:
    """The sample tour with true anchors, saved as `codetour` saves it."""
    files = Files(workspace)
    stops = tuple(
        s._replace(anchor=make(files, s.anchor.file, s.anchor.line)) if s.anchor.file else s
        for s in sample.sample_tour().stops
    )
    tour = complete(sample.sample_tour()._replace(stops=stops), files)
    path = workspace / ".tours" / name
    save(tour, path, sources=files)
    return path, tour


def test_our_tour_is_saved_again_without_a_changed_byte(workspace: Path) -> None:
    path, tour = ours(workspace)
    before = path.read_bytes()
    steps = played(workspace)["A small run"]["steps"]
    assert path.read_bytes() == before
    assert load(path) == tour
    assert len(steps) == len(tour.stops)


def test_every_step_stands_on_the_line_that_we_mean(workspace: Path) -> None:
    path, tour = ours(workspace)
    assert "pattern" in path.read_text()
    steps = played(workspace)["A small run"]["steps"]
    for stop, step in zip(tour.stops, steps, strict=True):
        if stop.anchor.file:
            assert step["where"].endswith("/" + stop.anchor.file)
            assert step["line"] == stop.anchor.line
            assert step["label"].endswith(stop.title)


def test_links_between_stops_work_there_too(workspace: Path) -> None:
    ours(workspace)
    first = played(workspace)["A small run"]["steps"][0]
    assert '[stop four](command:codetour.navigateToStep?4 "Navigate to step #4")' in first["body"]


def test_numbered_and_named_tours_lead_on(workspace: Path) -> None:
    _, tour = ours(workspace)
    save(
        tour._replace(title="1 - One", extra={"isPrimary": True}),
        workspace / ".tours/1.tour",
        sources=Files(workspace),
    )
    save(tour._replace(title="2 - Two", extra={"nextTour": "A small run"}), workspace / ".tours/2.tour")
    tours = played(workspace)
    assert "Next Tour (Two)" in tours["1 - One"]["steps"][-1]["body"]
    assert "Next Tour (A small run)" in tours["2 - Two"]["steps"][-1]["body"]
    from codetour.tourfile.collection import find, next_of

    found = find(workspace)
    assert [f.title for f in found] == ["1 - One", "2 - Two", "A small run"]
    following = [next_of(f.tour, found) for f in found if f.tour is not None]
    assert [f.title if f is not None else None for f in following] == ["2 - Two", "A small run", None]


def test_hostile_texts_come_through_unchanged(workspace: Path) -> None:
    evil = "\x00\x1b[31m\ud800 \u2028 </script> `'\"\\ \U0001f600 \x7f"
    stop = Stop(
        "a",
        "loss",
        evil,
        Anchor("train.py", 5),
        evil,
        evil,
        (evil,),
        extra={"icon": "x", "zoo": [1, 2.5, None]},
    )
    path = workspace / ".tours/evil.tour"
    save(Tour(evil, (stop,), evil, extra={"n": {"m": [True]}}), path)
    before = path.read_bytes()
    played(workspace)
    assert path.read_bytes() == before


def test_what_the_extension_exports_opens_here_with_its_own_code(
    workspace: Path, tmp_path_factory: Any
) -> None:
    ours(workspace)
    exported = played(workspace)["A small run"]["exported"]
    alone = tmp_path_factory.mktemp("alone") / "exported.tour"
    alone.write_text(exported)
    opened = open_saved(alone)
    source = opened.sources.read("lib/model.py")
    assert source is not None
    assert source.line(3).strip() == "q = self.query(x)"
    page = share(opened.tour, None, opened.sources, "html").data.decode()
    assert "query" in page
    assert "A small run" in page


FOREIGN = {
    "$schema": "https://aka.ms/codetour-schema",
    "title": "Foreign",
    "description": "By hand",
    "ref": "main",
    "isPrimary": True,
    "stepMarker": "FT",
    "when": "isLinux || isMac || isWindows",
    "steps": [
        {"title": "Words", "description": "Only words, [#2] and [Foreign#1]"},
        {"file": "train.py", "line": 5, "description": "# Heading\nbody", "icon": "beer"},
        {"file": "train.py", "selection": {"start": {"line": 2, "character": 1}, "end": {"line": 6, "character": 4}},
         "description": "selected"},
        {"file": "lib/model.py", "pattern": "^\\s*return q\\.sum", "description": "by pattern", "zoo": {"a": [1]}},
        {"directory": "lib", "description": "a folder"},
        {"uri": "https://example.org/x", "description": "an address", "commands": ["a.b?[1]"]},
        {"view": "debug", "description": "a view"},
        {"file": "train.py", "description": "by marker"},
        {"file": "extra.py", "contents": "print(1)\nprint(2)\n", "line": 2, "description": "brings its text"},
    ],
}  # fmt: skip


def foreign(workspace: Path) -> Path:
    train = workspace / "train.py"
    train.write_text(train.read_text() + "x = 1  # FT.8 - the marked line\n")
    path = workspace / ".tours" / "foreign.tour"
    path.write_text(json.dumps(FOREIGN, indent=2))
    return path


def test_a_foreign_tour_is_placed_as_the_extension_places_it(workspace: Path) -> None:
    path = foreign(workspace)
    steps = played(workspace)["Foreign"]["steps"]
    stops = open_saved(path).tour.stops
    for stop, step in zip(stops, steps, strict=True):
        if stop.anchor.file and not stop.extra.get("contents"):
            assert step["line"] == stop.anchor.line, stop.id


def test_a_foreign_tour_read_and_written_here_is_the_same_to_the_extension(workspace: Path) -> None:
    path = foreign(workspace)
    before = played(workspace)["Foreign"]["steps"]
    assert json.loads(path.read_text()) == FOREIGN
    save(load(path), path, sources=Files(workspace))
    written = json.loads(path.read_text())
    for old, new in zip(FOREIGN["steps"], written["steps"], strict=True):
        assert {k: v for k, v in new.items() if k != "x-codetour"} == old
    assert played(workspace)["Foreign"]["steps"] == before
    assert json.loads(path.read_text()) == written
