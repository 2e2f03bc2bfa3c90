"""The pure parts under the panes: scenes, shapes beside lines, colours, phases, decisions, the editor's command."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.errors import Interrupted
from codetour.model.driver import View
from codetour.model.events import Ended, Resumed
from codetour.model.recording import Recording
from codetour.model.value import Frame, Seen, Value
from codetour.ui.cards import seen_content
from codetour.ui.code_colours import Colouring
from codetour.ui.editor import editor_command
from codetour.ui.inline_code import with_code
from codetour.ui.phases import Phases
from codetour.ui.prepared import command_of, decide
from codetour.ui.scene import compose, rows_of
from codetour.ui.shapes_beside import beside
from codetour.ui.walk import Walk


def scene_of(kit, view, **more):
    return compose(kit.sample_tour(), view, **{"frame": None, "ending": "", "crash": "", **more})


def test_watched_values_come_first_then_what_changed(kit):
    scene = scene_of(kit, View(2, "live", kit.sample_seen()["attention"], live_index=2))
    assert [v.name for v in scene.values] == ["x", "q", "k", "v", "self", "B", "T", "C"]
    assert scene.mode == "● live, paused"


def test_the_path_explains_what_the_eye_does_not_see_instead_of_counting_it(kit):
    scene = scene_of(kit, View(2, "live", kit.sample_seen()["attention"], live_index=2))
    assert [r.symbol for r in scene.rows] == [
        "<module>", "GPT.forward", "Block.forward", "CausalSelfAttention.forward",
    ]  # fmt: skip
    assert scene.rows[0].reason == "calling a module runs its forward"


def test_library_calls_that_nothing_explains_are_counted():
    frames = [
        Frame("g", "a.py", 1),
        *[Frame("f", "torch/x.py", 1, inside=False)] * 3,
        Frame("<module>", "t.py", 9),
    ]
    assert [r.symbol for r in rows_of(frames, None)] == ["<module>", "… 3 library calls", "g"]


def test_without_a_program_the_planned_path_is_shown(kit):
    scene = scene_of(kit, View(2, "static"))
    assert scene.rows[-1].symbol == "CausalSelfAttention.forward"
    assert scene.arrow == "static"
    assert "no program" in scene.no_values


def test_exploring_names_the_next_stop_that_was_not_reached(kit):
    seen = Seen(None, kit.sample_seen()["data"].frames, reason="step")
    scene = scene_of(kit, View(1, "exploring", seen), done={"start", "data", "attention"})
    assert scene.mode == "◇ exploring, c returns to stop 4"


def test_a_missed_stop_says_why(kit):
    scene = scene_of(kit, View(6, "static", missed="the run was ended"), ending="out of time")
    assert scene.notes == ("Not reached: the run was ended",)


def test_shapes_stand_beside_the_lines_that_made_them():
    lines = ["def f(x):", "    q, k = split(x)", "    if x == 3:", "    y = q @ k", "    return y"]
    values = [Value(n, shape=s) for n, s in (("q", (2, 3)), ("k", (2, 3)), ("y", (2, 2)), ("x", (9,)))]
    assert beside(lines, 5, values) == {2: "2×3", 4: "2×2"}
    assert beside(lines, 4, values) == {2: "2×3"}


@given(
    st.lists(
        st.text(alphabet=st.characters(blacklist_characters="\n\r", blacklist_categories=("Cs",))), max_size=8
    )
)
def test_colouring_never_changes_the_text(lines):
    for file, kind in (("a.py", "python"), ("a.yaml", "text"), ("a.bin", "text")):
        colouring = Colouring(file, kind, lines)
        colouring.make(len(lines), 5.0)
        assert ["".join(t for t, _ in colouring.runs(i + 1)) for i in range(len(lines))] == lines


def test_colouring_stops_when_its_time_is_gone():
    lines = ["x = [1, 2, 'three']"] * 4_000
    colouring = Colouring("a.py", "python", lines)
    colouring.make(len(lines), 0.0)
    assert 0 < colouring.made < len(lines)
    assert not colouring.done


def test_phases_keep_time_and_can_be_cancelled():
    now = [0.0]
    phases = Phases(clock=lambda: now[0])
    phases.begin("Cloning")
    now[0] = 2.0
    phases.end("36 files")
    phases.begin("Planning")
    now[0] = 3.5
    assert [(p.text, p.note, seconds) for p, seconds in phases.snapshot()] == [
        ("Cloning", "36 files", 2.0), ("Planning", "", 1.5),
    ]  # fmt: skip
    phases.cancel()
    with pytest.raises(Interrupted):
        phases.advance(1)


def test_a_refused_variable_leaves_the_environment(kit):
    execution = kit.sample_execution()
    variable = execution.launch.overrides[0]._replace(arg="TORCHDYNAMO_DISABLE=1")
    launch = execution.launch._replace(overrides=(variable,))
    assert decide(launch, {variable: None}).launch.env == {}
    assert decide(launch, {variable: "TORCHDYNAMO_DISABLE=0"}).launch.env == {"TORCHDYNAMO_DISABLE": "0"}


def test_an_override_of_two_words_goes_as_a_whole(kit):
    execution = kit.sample_execution()
    device = execution.launch.overrides[0]._replace(arg="--device cpu")
    launch = execution.launch._replace(argv=("--data", "x", "--device", "cpu"), overrides=(device,))
    assert decide(launch, {device: None}).launch.argv == ("--data", "x")


def test_a_module_is_started_by_its_name(kit):
    execution = kit.sample_execution()
    launch = execution.launch._replace(module="gpt.train", argv=("--x",), flags=("-u",))
    assert command_of(execution, launch) == [execution.interpreter, "-u", "-m", "gpt.train", "--x"]


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("code -n", ["code", "-n", "--wait", "--goto", "/r/a.py:7"]),
        ("/usr/bin/vim", ["/usr/bin/vim", "+7", "/r/a.py"]),
        ("hx", ["hx", "/r/a.py:7"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_way(editor, words):
    assert editor_command(Path("/r/a.py"), 7, {"EDITOR": editor}) == words


def test_a_recording_tells_what_was_reached_and_how_it_ended(kit):
    driver = kit.ScriptedDriver(live=False)
    seen = tuple(kit.sample_seen().values())
    end = Ended("timeout", None, "Out of time after 600 s.", "codetour run --timeout 1200")
    driver.recording = Recording("t", seen=seen, missed={"save": "out of time"}, end=end)
    walk = Walk(driver, changed=lambda: None, say=lambda *_: None, heard=lambda _: None)
    walk.scene()
    assert walk.reached == {s.stop for s in seen}
    assert walk.missed == {"save": "out of time"}
    assert walk.ending == "Out of time after 600 s.\nNext: codetour run --timeout 1200"


async def test_a_program_that_ends_on_the_way_does_not_leave_the_reader_where_they_were(kit):
    class Short(kit.ScriptedDriver):
        async def next(self):
            self.calls.append("next")
            if len(self.calls) == 2:
                self.emit(Resumed())
                self._view = View(0, "recorded")
                self.emit(Ended("finished", 0))

    driver = Short()
    walk = Walk(driver, changed=lambda: None, say=lambda *_: None, heard=lambda _: None)
    await driver.start()
    await walk.driver._task
    walk.wish(driver.next)
    for _ in range(5):
        await asyncio.sleep(0)
    assert driver.calls == ["start", "next", "goto 1"]


async def test_a_program_that_ends_leads_to_what_was_not_seen_before_that_stop(kit):
    class OutOfOrder(kit.ScriptedDriver):
        async def next(self):
            self.calls.append("next")
            self.emit(Resumed())
            self._view = View(1, "recorded")
            self.emit(Ended("finished", 0))

    driver = OutOfOrder()
    walk = Walk(driver, changed=lambda: None, say=lambda *_: None, heard=lambda _: None)
    await driver.start()
    await walk.driver._task
    driver._view = View(1, "live")
    walk.reached.update({"start", "data", "attention", "loss"})
    walk.wish(driver.next)
    for _ in range(5):
        await asyncio.sleep(0)
    assert driver.calls[-1] == "goto 4"


def test_a_breakpoint_by_hand_is_told_in_a_sentence(kit):
    seen = replace(kit.sample_seen()["attention"], stop=None, reason="breakpoint")
    scene = scene_of(kit, View(2, "exploring", seen))
    assert scene.notes[0] == "The program is at a breakpoint of yours."


def test_stages_inside_one_line_are_named(kit):
    tour = kit.sample_tour()
    stops = (tour.stops[0]._replace(also=("loss", "backward", "step")), *tour.stops[1:])
    scene = compose(tour._replace(stops=stops), View(0, "static"), frame=None, ending="", crash="")
    assert scene.also == "loss, backward, step"


def test_code_between_backticks_loses_only_the_ticks():
    content = with_code("`train.py` trains `GPT`, and one ` stays")
    assert content.plain == "train.py trains GPT, and one ` stays"
    assert [content.plain[s.start : s.end] for s in content.spans] == ["train.py", "GPT"]


def test_stops_missed_for_one_cause_are_told_together(kit):
    missed = {
        "backward": "main was never called; the program crashed at train.py:3: KeyError",
        "step": "line 9 was never reached; the program crashed at train.py:3: KeyError",
        "save": "line 12 was never reached; the run took too long",
    }
    reached = {"start", "data", "attention", "loss"}
    ending = "The program crashed at train.py:3: KeyError"
    text = seen_content(kit.sample_tour(), reached, missed, ending, ran=True).plain
    assert text.count("KeyError") == 1
    assert " ✗ 5 Blame flows back  main was never called\n" in text
    assert "Not reached: the run took too long\n ✗ 7 Keeping the weights  line 12 was never reached" in text
