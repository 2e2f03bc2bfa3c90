"""Text of a repository, a tour or a program is shown as it is: never as markup, never as control characters."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codetour.model.entry import Override
from codetour.model.tour import CallStep, Extension
from codetour.model.value import Change, Frame, Seen, Value
from codetour.model.value_text import details
from codetour.ui.consent_screen import consent_content
from codetour.ui.prepared import command_of, decide
from codetour.ui.walk import Walk

EVIL = "[bold red]x[/] [@click=app.quit]y[/] \x1b[31m\x07[link=http://a]z[/link] [/nope] [\\"
SHOWN = "[@click=app.quit]y[/]"


def evil_tour(kit):
    tour = kit.sample_tour()
    stops = tuple(
        s._replace(title=EVIL, idea=EVIL, look=EVIL, watch=(EVIL,), path=(CallStep(EVIL, EVIL, 3, EVIL),))
        for s in tour.stops
    )
    return tour._replace(
        title=EVIL, stops=stops, description=EVIL, repo=EVIL, commit=EVIL, notes=(EVIL,),
        extensions=(Extension(EVIL, "model.py", 3, EVIL, EVIL),), axes={EVIL: EVIL},
    )  # fmt: skip


def evil_seen(tour):
    value = Value(EVIL, EVIL, "object", dims=(EVIL,), shape=(3,), dtype=EVIL, device=EVIL, scalar=EVIL,
                  facts={EVIL: EVIL}, items=(Value(EVIL, EVIL),))  # fmt: skip
    frame = Frame(EVIL, "model.py", 25, values=(value,))
    changes = tuple(Change(mark, EVIL, EVIL) for mark in "+~-")
    return {s.id: Seen(s.id, (frame,), changes=changes, reason=EVIL) for s in tour.stops}


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (40, 12)])
async def test_hostile_text_is_shown_as_text(kit, size):
    tour = evil_tour(kit)
    driver = kit.ScriptedDriver(tour, evil_seen(tour), missed={tour.stops[4].id: EVIL})
    app = kit.tour_app(driver, show_map=True, problem=EVIL, sources=kit.sample_sources(**{"train.py": EVIL}))
    async with app.run_test(size=size) as pilot:
        await kit.settle(pilot, lambda: driver.view.mode == "live")
        driver.write(EVIL)
        for key in ("space", "space", "n", "c", "g", "escape", "o", "escape", "a", "escape", "m", "space", "t", "t",
                    "space", "space", "space", "space", "space"):  # fmt: skip
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause(0.2)
        strips = [s.text for s in app.screen._compositor.render_strips()]
        assert not any("\x1b" in line or "\x07" in line for line in strips)
        if size[0] >= 80:
            assert any(SHOWN in line for line in strips)
    assert driver.closed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(), number=st.integers())
def test_any_text_makes_a_line(text, number):
    value = Value(
        text, text, "object", scalar=text, dtype=text, facts={text: text}, dims=(text,), shape=(number,)
    )
    line = details(value)
    assert "\n" not in line
    assert "\x1b" not in line


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arg=st.text(min_size=1), new=st.one_of(st.none(), st.text()))
def test_any_override_can_be_refused_or_edited(kit, arg, new):
    execution = kit.sample_execution()
    override = Override(arg, "why")
    launch = execution.launch._replace(argv=("--a",), overrides=(override,))
    decision = decide(launch, {override: new})
    assert "--a" in command_of(execution, decision.launch)
    assert consent_content(kit.sample_tour(), execution, decision, 60).plain


async def test_a_walk_survives_a_driver_without_stops(kit):
    driver = kit.ScriptedDriver(kit.sample_tour()._replace(stops=()), {}, live=False)
    walk = Walk(driver, changed=lambda: None, say=lambda *_: None, heard=lambda _: None)
    assert walk.scene().closing
