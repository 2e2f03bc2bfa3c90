"""From the JSON of a tour file to a `Tour`, collecting every problem on the way.

A step that was re-anchored by another player (its `line` or `pattern` no longer agrees with our anchor) follows
that player: our fingerprint is dropped, the position in the step is the truth.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast, get_args

from codetour.model.launch import Launch, Need, Override
from codetour.model.stage import STAGES, Role, Stage
from codetour.model.tour import Anchor, CallStep, Extension, Stop, Tour, TourEntry
from codetour.tourfile.fields import Fields
from codetour.tourfile.json_limits import DEPTH, nested
from codetour.tourfile.paths import tidy, unsafe
from codetour.tourfile.pattern import build, literal

OURS: Final = "x-codetour"
SCHEMA: Final = "https://aka.ms/codetour-schema"
VERSION: Final = 1
MOST_STEPS: Final = 2000

_TOUR: Final = frozenset({"title", "description", "steps"})
_TOUR_OURS: Final = frozenset(
    {"version", "repo", "url", "commit", "entry", "launch", "extensions", "axes", "notes", "print"}
)
_STEP: Final = frozenset({"file", "title", "description", "line"})
_STEP_OURS: Final = frozenset(
    {"id", "stage", "anchor", "look", "watch", "hit", "path", "why", "concept", "also"}
)  # fmt: skip
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,127}")
CODETOUR_KEYS: Final = {
    "ref": str, "isPrimary": bool, "nextTour": str, "stepMarker": str, "when": str,
    "directory": str, "uri": str, "view": str, "contents": str, "pattern": str, "icon": str,
    "markerTitle": str, "commands": list, "selection": dict,
}  # fmt: skip
"""CodeTour's own keys that travel in `extra`, with the type its schema asks for"""


def tour(fields: Fields) -> Tour:
    """The tour; what cannot be used is reported in `fields.findings`."""
    ours = fields.inner(OURS)
    if ours.whole("version", VERSION) > VERSION:
        ours.problem(
            "version", f"made by a newer codetour (format {ours.value['version']}; this one reads {VERSION})"
        )
        return Tour(title="", stops=())
    title = fields.needed("title")
    if "steps" not in fields.value:
        fields.findings.add(fields.path, "`steps` is missing")
    ids: set[str] = set()
    stops = tuple(
        _stop(step, number, ids) for number, step in enumerate(fields.objects("steps", MOST_STEPS), 1)
    )
    return Tour(
        title=title,
        stops=stops,
        description=fields.text("description"),
        repo=ours.text("repo"),
        url=ours.optional("url"),
        commit=ours.optional("commit"),
        entry=_entry(ours.inner("entry")) if "entry" in ours.value else None,
        launch=_launch(ours.inner("launch")),
        extensions=tuple(_extension(f) for f in ours.objects("extensions", 200)),
        axes=ours.table("axes"),
        notes=ours.texts("notes"),
        print=_opaque(ours, "print"),
        extra=_extra(fields, _TOUR, ours, _TOUR_OURS),
    )


def _stop(step: Fields, number: int, ids: set[str]) -> Stop:
    ours = step.inner(OURS)
    anchor = _anchor(step, ours)
    idea, look = _words(step.needed("description"), ours.text("look"))
    known = _STEP | ({"pattern"} if anchor.text and _agrees(step, anchor.text) else set[str]())
    # without a file it is no position; beside a selection it must be told from a step that has only that
    if "line" in step.value and (not anchor.file or "selection" in step.value):
        known -= {"line"}
    return Stop(
        id=_id(ours, number, ids),
        stage=_stage(ours),
        title=step.text("title"),
        anchor=anchor,
        idea=idea,
        look=look,
        watch=ours.texts("watch", 200),
        hit=ours.whole("hit", 1),
        path=tuple(_call(f) for f in ours.objects("path", 200)),
        why=ours.text("why"),
        concept=ours.text("concept"),
        also=_also(ours),
        extra=_extra(step, frozenset(known), ours, _STEP_OURS),
    )


def _words(description: str, look: str) -> tuple[str, str]:
    """Idea and look from the description that holds both; an edited description is all idea."""
    if not look:
        return description, ""
    if description == look:
        return "", look
    if description.endswith("\n\n" + look):
        return description[: -len(look) - 2], look
    return description, ""


def _anchor(step: Fields, ours: Fields) -> Anchor:
    file = _file(step)
    line = step.whole("line", 0) or step.inner("selection").inner("end").whole("line", 0)
    if not isinstance(ours.value.get("anchor"), dict):
        return Anchor(file, line if file else 0)
    kept = ours.inner("anchor")
    made = Anchor(
        file=file,
        line=kept.whole("line", 0, low=0),
        symbol=kept.text("symbol", "<module>"),
        text=kept.text("text"),
        print=_opaque(kept, "print"),
    )
    # a selection is a position only where nothing better is
    says_line = "line" in step.value or (line > 0 and "pattern" not in step.value)
    moved_line = says_line and line != kept.whole("raw", made.line, low=0)
    if file and (moved_line or not _agrees(step, made.text)):
        return Anchor(file, line)
    return made


def _agrees(step: Fields, text: str) -> bool:
    """Whether the step has no pattern, or one that is our line."""
    pattern = step.value.get("pattern")
    return not isinstance(pattern, str) or pattern == build(text) or literal(pattern) == text


def _file(step: Fields) -> str:
    if "file" not in step.value:
        return ""
    file = step.text("file")
    if isinstance(step.value["file"], str) and (reason := unsafe(file)):
        step.problem("file", f"`file` is refused: {reason}")
        return ""
    return tidy(file)


def _id(ours: Fields, number: int, ids: set[str]) -> str:
    made = ours.text("id") or f"step-{number}"
    if not _ID.fullmatch(made):
        ours.problem("id", "`id` must be letters, digits and dashes")
        made = f"step-{number}"
    # an editor that duplicates a step duplicates its id
    unique, count = made, 1
    while unique in ids:
        count += 1
        unique = f"{made}-{count}"
    ids.add(unique)
    return unique


def _stage(ours: Fields) -> Stage:
    stage = ours.text("stage", "start")
    if stage not in STAGES:
        ours.problem("stage", f"`stage` must be one of {', '.join(STAGES)}")
        return "start"
    return stage


def _also(ours: Fields) -> tuple[Stage, ...]:
    found = ours.texts("also", len(STAGES))
    if unknown := [stage for stage in found if stage not in STAGES]:
        ours.problem("also", f"{unknown[0]!r} is no stage")
    return tuple(stage for stage in found if stage in STAGES)


def _call(fields: Fields) -> CallStep:
    return CallStep(
        symbol=fields.text("symbol"),
        file=_safe_file(fields),
        line=fields.whole("line", 1, low=0),
        reason=fields.text("reason"),
    )


def _safe_file(fields: Fields) -> str:
    file = fields.text("file")
    if file and (reason := unsafe(file)):
        fields.problem("file", f"`file` is refused: {reason}")
        return ""
    return file


def _entry(fields: Fields) -> TourEntry:
    role = fields.text("role", "other")
    if role not in get_args(Role):
        fields.problem("role", "`role` must be train, eval or other")
        role = "other"
    return TourEntry(cast("Role", role), _safe_file(fields), fields.text("qualname", "<module>"))


def _launch(fields: Fields) -> Launch:
    return Launch(
        argv=fields.texts("argv"),
        cwd=fields.text("cwd", "."),
        module=fields.optional("module"),
        env=fields.table("env"),
        source=fields.optional("source"),
        overrides=_each(fields, "overrides", lambda f: Override(f.text("arg"), f.text("why"))),
        needs=_each(fields, "needs", lambda f: Need(f.text("what"), f.text("why"), f.text("mend"))),
        flags=fields.texts("flags"),
    )


def _each(fields: Fields, key: str, make: Callable[[Fields], Any]) -> tuple[Any, ...]:
    return tuple(make(f) for f in fields.objects(key, 200))


def _extension(fields: Fields) -> Extension:
    return Extension(
        kind=fields.text("kind"),
        file=_safe_file(fields),
        line=fields.whole("line", 1, low=0),
        symbol=fields.text("symbol"),
        how=fields.text("how"),
    )


def _opaque(fields: Fields, key: str) -> dict[str, Any]:
    value = fields.inner(key).value
    if nested(value, 8):
        fields.problem(key, f"`{key}` is nested too deeply")
        return {}
    return value


def _extra(fields: Fields, known: frozenset[str], ours: Fields, ours_known: frozenset[str]) -> dict[str, Any]:
    """Keys that are not ours, kept as they are; those of CodeTour must have CodeTour's types."""
    kept = fields.rest(known | {OURS})
    for key, value in kept.items():
        kind = CODETOUR_KEYS.get(key)
        if kind is not None and not isinstance(value, kind):
            fields.findings.add((*fields.path, key), f"`{key}` has the wrong type for a CodeTour tour")
    if kept.get("$schema") == SCHEMA:
        del kept["$schema"]
    if rest := ours.rest(ours_known):
        kept[OURS] = rest
    if nested(kept, DEPTH - 4):
        fields.findings.add(fields.path, "unknown keys are nested too deeply")
        return {}
    return kept
