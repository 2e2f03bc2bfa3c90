"""SVG snapshots of the editor at 80x24 and 120x40, with each of its windows.

Look at a changed picture before accepting it: `pytest tests/ui/test_edit_pictures.py --snapshot-update`.
"""

from __future__ import annotations

import asyncio

import pytest

from codetour.model.recording import Recording
from codetour.model.tour import Anchor
from codetour.ui.edit_app import EditApp
from codetour.ui.edit_desk import ChangedOutside, Desk, Settling

NARROW, WIDE = (80, 24), (120, 40)


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """No cursor that blinks, nothing that moves."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none", raising=False)


def editor(kit, save=lambda tour: tour, theme="dark", settling=None):
    tour = kit.sample_tour()
    desk = Desk(
        tour=tour,
        path=".tours/training.tour",
        sources=kit.sample_sources(),
        files=lambda: ("train.py", "model.py", "configurator.py"),
        anchor=lambda file, line: Anchor(file, line, "<module>", f"line {line}"),
        save=save,
        names=lambda _stop, _recording: {"q": "on line 56", "k": "on line 57", "att": "on line 67"},
        recording=Recording("training", seen=tuple(kit.sample_seen().values())),
        others=("Evaluation",),
        settling=settling,
    )
    return EditApp(lambda: desk, theme=theme)


def after(kit, *keys):
    """Wait for the editor, go to the third stop, press keys."""

    async def before(pilot):
        app = pilot.app
        await kit.settle(pilot, lambda: app.editor is not None and app.editor.code.region.height > 0)
        for key in ("right_square_bracket", "right_square_bracket", *keys):
            await pilot.press(key)
            await pilot.pause()
        colouring = lambda: app.editor.code._colouring  # noqa: E731 - read at each look
        await kit.settle(pilot, lambda: colouring() is not None and colouring().done)
        await kit.settle(pilot, lambda: app.editor.saved or app.editor.trouble)
        for area in app.screen.query("TextArea, Input"):
            area.cursor_blink = False
        await asyncio.sleep(0.1)
        await pilot.pause()

    return before


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_editor(kit, snap_compare, size):
    assert snap_compare(editor(kit), terminal_size=size, run_before=after(kit))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("idea", ("i",)),
        ("watch", ("w",)),
        ("stage", ("s",)),
        ("file", ("f",)),
        ("tour", ("T",)),
        ("help", ("question_mark",)),
        ("moved-and-deleted", ("J", "D")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_windows(kit, snap_compare, name, keys):
    assert snap_compare(editor(kit), terminal_size=NARROW, run_before=after(kit, *keys))


def test_a_file_that_somebody_else_has_changed(kit, snap_compare):
    def save(tour):
        raise ChangedOutside(".tours/training.tour was changed by somebody else")

    settling = Settling(kit.sample_tour, lambda: None, lambda tour: (tour, "training-2.tour"))
    assert snap_compare(
        editor(kit, save, settling=settling), terminal_size=NARROW, run_before=after(kit, "D")
    )


def test_in_light(kit, snap_compare):
    assert snap_compare(editor(kit, theme="light"), terminal_size=NARROW, run_before=after(kit))


def test_no_color(kit, snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(editor(kit), terminal_size=NARROW, run_before=after(kit))
