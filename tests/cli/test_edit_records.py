"""The editor's `R` on a real program: its own stops, under the real debugger, kept beside the tour."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codetour.cli.edit import open_desk
from codetour.model.tour import Stop, Tour
from codetour.record.store import load_beside
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.tourfile.write import save
from codetour.ui.consent_screen import ConsentScreen
from codetour.ui.edit_app import EditApp

DEMO = Path(__file__).parents[2] / "codetour" / "demo"


@pytest.mark.debugger
async def test_a_tour_by_hand_is_recorded_from_the_editor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "demo"
    shutil.copytree(DEMO, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(root)
    files = Files(root)
    lines = files.read("train.py")
    assert lines is not None
    line = next(n for n, text in enumerate(lines.lines, 1) if "cross_entropy(" in text)
    stop = Stop("by-hand", "loss", "Loss", make(files, "train.py", line), watch=("logits",))
    path = root / ".tours" / "hand.tour"
    save(complete(Tour("By hand", (stop,)), files), path, sources=files)
    app = EditApp(lambda: open_desk(path, None, python=sys.executable))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot.pause, lambda: app.editor is not None)
        await pilot.press("R")
        await until(pilot.pause, lambda: isinstance(app.screen, ConsentScreen))
        assert load_beside(path) is None  # nothing has run before it was agreed to
        await pilot.press("r")
        editor = app.editor
        assert editor is not None
        await until(pilot.pause, lambda: editor.recording is not None)
        await pilot.pause(0.2)
        assert "logits" in editor._values(editor.draft.tour.stops[0])
    recording = load_beside(path)
    assert recording is not None
    seen = recording.of("by-hand")
    assert seen is not None
    assert {"logits", "targets"} <= {v.name for v in seen.frames[0].values}


async def until(pause: Callable[..., object], done: Callable[[], bool]) -> None:
    for _ in range(600):
        await pause(0.1)  # type: ignore[misc]
        if done():
            return
    raise AssertionError
