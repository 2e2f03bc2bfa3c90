"""From a `Tour` to the JSON of a tour file: what CodeTour knows in its keys, the rest under `x-codetour`."""

from __future__ import annotations

from typing import Any, Literal, cast

from codetour.model.launch import Launch
from codetour.model.source import Sources
from codetour.model.tour import Anchor, CallStep, Extension, Stop, Tour
from codetour.tourfile.decode import OURS, SCHEMA, VERSION
from codetour.tourfile.pattern import build, count_lines

Anchors = Literal["pattern", "line"]


def tour(value: Tour, anchors: Anchors, sources: Sources | None) -> dict[str, Any]:
    """The document, keys in the order in which CodeTour writes them."""
    extra = dict(value.extra)
    unknown = cast("dict[str, Any]", extra.pop(OURS, {}))
    made: dict[str, Any] = {"$schema": extra.pop("$schema", SCHEMA), "title": value.title}
    if value.description:
        made["description"] = value.description
    made |= extra
    made["steps"] = [step(stop, anchors, sources) for stop in value.stops]
    ours: dict[str, Any] = {"version": VERSION}
    ours |= _filled(repo=value.repo) | _given(url=value.url, commit=value.commit)
    if value.entry is not None:
        entry = value.entry
        ours["entry"] = {"role": entry.role, "file": entry.file, "qualname": entry.qualname}
    ours |= _filled(
        launch=_launch(value.launch),
        extensions=[_extension(e) for e in value.extensions],
        axes=value.axes,
        notes=list(value.notes),
        print=value.print,
    )
    made[OURS] = ours | unknown
    return made


def step(stop: Stop, anchors: Anchors, sources: Sources | None) -> dict[str, Any]:
    """One step."""
    extra = dict(stop.extra)
    unknown = cast("dict[str, Any]", extra.pop(OURS, {}))
    made: dict[str, Any] = {}
    raw = None
    if stop.title:
        made["title"] = stop.title
    if stop.anchor.file:
        made["file"] = stop.anchor.file
        # `line` stands in `extra` beside a selection only, to tell these steps from those that have just that
        had_line = extra.pop("line", None) is not None
        if not had_line and not stop.anchor.text and _selected(extra) == stop.anchor.line > 0:
            position, raw = {}, None
        else:
            position, raw = _position(stop.anchor, anchors, sources, extra)
        made |= position
    made["description"] = "\n\n".join(part for part in (stop.idea, stop.look) if part)
    made |= extra
    anchor: dict[str, Any] = {"line": stop.anchor.line, "symbol": stop.anchor.symbol}
    if raw is not None:
        anchor["raw"] = raw
    ours: dict[str, Any] = {"id": stop.id, "stage": stop.stage}
    ours["anchor"] = anchor | _filled(
        symbol=stop.anchor.symbol, text=stop.anchor.text, print=stop.anchor.print
    )
    ours |= _filled(look=stop.look, watch=list(stop.watch))
    if stop.hit != 1:
        ours["hit"] = stop.hit
    ours |= _filled(
        path=[_call(c) for c in stop.path], why=stop.why, concept=stop.concept, also=list(stop.also)
    )
    made[OURS] = ours | unknown
    return made


def _selected(extra: dict[str, Any]) -> int | None:
    """The line at which CodeTour shows a step that has nothing but a selection."""
    end: Any = cast("dict[str, Any]", extra.get("selection", {})).get("end")
    return cast("dict[str, Any]", end).get("line") if isinstance(end, dict) else None


def _position(
    anchor: Anchor, anchors: Anchors, sources: Sources | None, extra: dict[str, Any]
) -> tuple[dict[str, Any], int | None]:
    """`pattern` or `line` for the step, and the line in the .ipynb text where that differs from ours."""
    if anchor.line < 1:
        return {}, None
    source = (
        sources.read(anchor.file)
        if sources is not None and (anchors == "pattern" or _notebook(anchor))
        else None
    )
    if source is not None and (cell := source.cell_of(anchor.line)) is not None:
        raw = cell[0].raw + cell[1] - 1
        return {"line": raw}, raw
    unique = (
        anchors == "pattern"
        and "pattern" not in extra
        and anchor.text
        and source is not None
        and count_lines(source.lines, anchor.text, anchored=True) == [anchor.line]
    )
    return ({"pattern": build(anchor.text)} if unique else {"line": anchor.line}), None


def _notebook(anchor: Anchor) -> bool:
    return anchor.file.endswith(".ipynb")


def _filled(**values: Any) -> dict[str, Any]:
    """The values that say something."""
    return {k: v for k, v in values.items() if v not in (None, "", [], {})}


def _given(**values: str | None) -> dict[str, str]:
    """The values that are not None: "" differs from a missing one."""
    return {k: v for k, v in values.items() if v is not None}


def _call(call: CallStep) -> dict[str, Any]:
    made: dict[str, Any] = {"symbol": call.symbol, "file": call.file, "line": call.line}
    return made | _filled(reason=call.reason)


def _extension(value: Extension) -> dict[str, Any]:
    return {
        "kind": value.kind,
        "file": value.file,
        "line": value.line,
        "symbol": value.symbol,
        "how": value.how,
    }


def _launch(launch: Launch) -> dict[str, Any]:
    made = _filled(
        argv=list(launch.argv),
        cwd=launch.cwd if launch.cwd != "." else "",
        env=launch.env,
        overrides=[{"arg": o.arg, "why": o.why} for o in launch.overrides],
        needs=[{"what": n.what, "why": n.why} | _filled(mend=n.mend) for n in launch.needs],
        flags=list(launch.flags),
    )
    return made | _given(module=launch.module, source=launch.source)
