"""What one moment of a tour looks like, as plain data: the panes only paint it.

`compose(tour, view, ...)` is a pure function of the driver's view and of where the reader is looking.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from codetour.model.driver import View
from codetour.model.naming import heading_of, name_of
from codetour.model.stage import STAGE_TITLES
from codetour.model.text import clean
from codetour.model.tour import Stop, Tour
from codetour.model.value import Change, Frame, Value
from codetour.ui.code_view import ArrowKind
from codetour.ui.keymap import Keymap

Tone = Literal["live", "past", "plain", "trouble"]
PAUSES = {
    "breakpoint": "The program is at a breakpoint of yours.",
    "run to here": "The program is at the line that you chose.",
    "the program's own breakpoint()": "The program's code calls breakpoint() here.",
    "pause": "The program was paused here.",
    "another thread": "This is another thread of the process.",
    "looked at": "This is looked at from beside: it does not stand still, so there are no steps yet.",
}
"""a debugger's reasons for standing still, as sentences"""
USUAL = Keymap()


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, and the function it belongs to when that is known."""

    file: str
    line: int
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the call path, the entry first."""

    symbol: str
    place: Place | None
    """None for a run of library frames"""
    frame: int | None = None
    """index into the frames that were seen"""
    reason: str = ""
    """why this call leads to the next row, when the eye does not see it"""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the tour screen shows beside the code itself."""

    index: int
    count: int
    mode: str
    """mark and words for the title bar (`● live, paused`)"""
    tone: Tone
    title: str
    idea: str = ""
    look: str = ""
    notes: tuple[str, ...] = ()
    """what the reader must know: not reached and why, crashed, exploring"""
    concept: str = ""
    also: str = ""
    """further stages that happen inside the line"""
    place: Place | None = None
    arrow: ArrowKind = "static"
    rows: tuple[Row, ...] = ()
    row: int = -1
    """the row that is shown in the code pane"""
    values: tuple[Value, ...] = ()
    changes: tuple[Change, ...] = ()
    watch: tuple[str, ...] = ()
    frame: int | None = None
    no_values: str = ""
    """why there are none"""

    @property
    def closing(self) -> bool:
        return self.index >= self.count


def compose(
    tour: Tour,
    view: View,
    *,
    frame: int | None,
    ending: str,
    crash: str,
    done: Collection[str] = (),
    keymap: Keymap = USUAL,
) -> Scene:
    """The scene for `view`, with frame number `frame` picked by the reader (None: the innermost of the tree).

    `done` are the stops that were reached or missed: a program reaches stops in its own order.
    """
    count = len(tour.stops)
    stop = tour.stops[view.index] if 0 <= view.index < count else None
    onward = next_stop(tour, view.index, done)
    mode, tone = mode_words(view, onward, go_on=keymap.key("continue"))
    if stop is None and view.live_index is not None:
        mode, tone = f"● waits at stop {view.live_index + 1}, {keymap.key('continue')} goes there", "live"
    title, idea, look = _words(tour, stop, view, crash)
    frames = view.seen.frames if view.seen is not None else ()
    picked = frame if frame is not None and frame < len(frames) else first_inside(frames)
    shown = frames[picked] if picked is not None else None
    rows = rows_of(frames, stop)
    place, arrow = _place(stop, shown, picked, frames, view)
    return Scene(
        index=view.index,
        count=count,
        mode=mode,
        tone=tone,
        title=title,
        idea=idea,
        look=look,
        notes=_notes(tour, view, onward, ending=ending, crash=crash, keymap=keymap),
        concept=stop.concept if stop is not None and view.mode not in ("exploring", "crashed") else "",
        also=", ".join(stop.also) if stop is not None and view.mode not in ("exploring", "crashed") else "",
        place=place,
        arrow=arrow,
        rows=rows,
        row=next((i for i, r in enumerate(rows) if r.frame == picked), -1) if frames else len(rows) - 1,
        values=_ordered(shown.values, stop, view) if shown is not None else (),
        changes=view.seen.changes if view.seen is not None and picked == first_inside(frames) else (),
        watch=stop.watch if stop is not None else (),
        frame=picked,
        no_values=_no_values(view, ending) if shown is None else "",
    )


def next_stop(tour: Tour, index: int, done: Collection[str]) -> int:
    """The first stop after `index` that the program has not been at; the number of stops when there is none."""
    return next((i for i, s in enumerate(tour.stops) if i > index and s.id not in done), len(tour.stops))


def mode_words(view: View, onward: int, *, go_on: str = "c") -> tuple[str, Tone]:
    """The mode in a mark and words that say how to go on; `go_on` is the key that continues."""
    behind = view.live_index is not None and view.live_index != view.index
    back = f", {go_on} returns to live" if behind else ""
    process = clean(view.seen.process, 30) if view.seen is not None else ""
    where = f" in {process}" if process else ""
    home = clean(view.away, 30) or f"stop {onward + 1}"
    words: dict[str, tuple[str, Tone]] = {
        "starting": ("◌ starting", "live"),
        "running": ("▶ running", "live"),
        "live": (f"● live{where}, paused", "live"),
        "exploring": (f"◇ exploring{where}, {go_on} returns to {home}", "live"),
        "recorded": (f"○ recorded{back}", "past"),
        "static": (f"□ static{back}" if back else "□ static, no values", "past"),
        "crashed": ("✖ crashed", "trouble"),
        "ended": ("■ program ended", "plain"),
    }
    return words[view.mode]


def first_inside(frames: Sequence[Frame]) -> int | None:
    """The innermost frame of the repository's own code, else the innermost of all."""
    return next((i for i, f in enumerate(frames) if f.inside), 0 if frames else None)


def rows_of(frames: Sequence[Frame], stop: Stop | None) -> tuple[Row, ...]:
    """The call path: as it was seen, else as the plan has it."""
    planned = stop.path if stop is not None else ()
    if not frames:
        rows = [Row(s.symbol, Place(s.file, s.line, s.symbol), reason=s.reason) for s in planned]
        if stop is not None and stop.anchor.file:
            a = stop.anchor
            rows.append(Row(a.symbol, Place(a.file, a.line, a.symbol)))
        return tuple(rows)
    reasons = {(s.file, s.symbol): s.reason for s in planned}
    rows: list[Row] = []
    library = 0
    for i in range(len(frames) - 1, -1, -1):
        f = frames[i]
        if not f.inside:
            library += 1
            continue
        # a call that the plan explains needs no count of what lies between
        if library and not (rows and rows[-1].reason):
            rows.append(_library(library))
        library = 0
        rows.append(Row(f.symbol, Place(f.file, f.line, f.symbol), i, reasons.get((f.file, f.symbol), "")))
    if library:
        rows.append(_library(library))
    return tuple(rows)


def _library(count: int) -> Row:
    return Row(f"… {count} library call{'s' if count > 1 else ''}", None)


def _words(tour: Tour, stop: Stop | None, view: View, crash: str) -> tuple[str, str, str]:
    if view.mode == "crashed":
        return "The program stopped here", crash or view.message, ""
    if view.mode == "exploring":
        frames = view.seen.frames if view.seen is not None else ()
        at = first_inside(frames)
        where = frames[at].symbol if at is not None else ""
        return f"Exploring {clean(where, 80)}".rstrip(), "", ""
    if stop is None:
        return "The end of the tour" if tour.stops else "This tour has no stops", "", ""
    title = heading_of(stop) or STAGE_TITLES[stop.stage]
    return f"{view.index + 1} · {title}", stop.idea, stop.look


def _notes(
    tour: Tour, view: View, onward: int, *, ending: str, crash: str, keymap: Keymap
) -> tuple[str, ...]:
    notes: list[str] = []
    if view.mode == "exploring":
        following = (
            f"stop {onward + 1}, {name_of(tour.stops[onward])}" if onward < len(tour.stops) else "the end"
        )
        reason = view.seen.reason if view.seen is not None else ""
        if reason and reason != "step":
            notes.append(PAUSES.get(reason, reason))
        if view.away:
            notes.append(_away(view, keymap))
        else:
            notes.append(
                f"You have left the tour after stop {view.index + 1}."
                f" {keymap.key('continue')} goes on to {following}."
            )
    if view.missed:
        here, _, cause = view.missed.partition("; ")
        # the crash has a page of its own; told in full at each stop it would push the rest out of sight
        cause = "the program crashed before" if crash and "crashed" in cause else cause
        notes.append(f"Not reached: {here}; {cause}" if cause else f"Not reached: {here}")
    if view.mode == "crashed":
        notes.extend([ending, f"{keymap.key('next_stop')} shows the rest of the tour without values."])
    elif ending and view.seen is None and not view.missed:
        notes.append(ending)
    elif crash and view.seen is None and not view.missed:
        notes.append(f"The program crashed: {crash}")
    return tuple(n for n in notes if n)


def _away(view: View, keymap: Keymap) -> str:
    """What is held meanwhile, and the two ways on."""
    here = clean(view.seen.process, 40) if view.seen is not None else ""
    return (
        f"You are in {here or 'the main process'}; {clean(view.away, 40)} is held. {keymap.key('continue')} goes back"
        f" there, {keymap.key('next_stop')} lets everything run on to the next stop."
    )


def _no_values(view: View, ending: str) -> str:
    if view.mode in ("starting", "running"):
        return "not yet: it is still running"
    if view.mode == "ended":
        return "none: the program has ended"
    if view.missed or ending:
        return "none: it was not reached"
    if view.live_index is not None:
        return "none yet: it has not been here"
    return "none: this tour runs no program"


def _place(
    stop: Stop | None, shown: Frame | None, picked: int | None, frames: Sequence[Frame], view: View
) -> tuple[Place | None, ArrowKind]:
    if shown is not None and shown.inside:
        here: ArrowKind = "live" if view.mode in ("live", "exploring", "crashed") else "recorded"
        kind: ArrowKind = here if picked == first_inside(frames) else "frame"
        return Place(shown.file, shown.line, shown.symbol), kind
    # a step of CodeTour may have words only, or a folder
    if stop is not None and stop.anchor.file:
        return Place(stop.anchor.file, max(stop.anchor.line, 1), stop.anchor.symbol), "static"
    return None, "static"


def _ordered(values: tuple[Value, ...], stop: Stop | None, view: View) -> tuple[Value, ...]:
    """What the stop asks to watch first, then what changed, then the rest as they were."""
    watch = {name: i for i, name in enumerate(stop.watch)} if stop is not None else {}
    changed = {c.name for c in view.seen.changes} if view.seen is not None else set[str]()
    return tuple(sorted(values, key=lambda v: (watch.get(v.name, len(watch)), v.name not in changed)))
