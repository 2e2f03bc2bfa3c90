"""A report as text, GitHub annotations, SARIF, JUnit and Markdown.

A changed stop is shown at its code line, a lost one at the tour's own line: that is where the reader must look.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from html import escape
from typing import Any, Final
from urllib.parse import quote

from codetour.check.report import ORDER, Report, StopReport, TourReport
from codetour.model.text import clean

_SHOWN_BY_GITHUB: Final = 10
"""annotations of a level in one step"""
_ROWS: Final = 1000
"""of a table: GitHub takes a summary of up to a megabyte"""
_ERRORS: Final = frozenset({"lost", "invalid", "missed", "not-run"})
_RULES: Final = {
    "tour-lost": "A stop of a tour points at code that is gone",
    "tour-changed": "The code at a stop of a tour was edited",
    "tour-moved": "The code at a stop of a tour has moved",
    "tour-missed": "A stop of a tour was not reached when the tour was run",
    "tour-not-run": "A tour could not be run",
    "tour-invalid": "A tour file cannot be read",
    "tour-warning": "A tour has a dead link or an unknown ref",
}


def as_text(report: Report) -> str:
    """For people: one line per tour, one per stop that needs a look."""
    made: list[str] = []
    for tour in report.tours:
        made.append(f"{clean(tour.path)}: {_tally(tour)}")
        if tour.message:
            made.append(f"  {clean(tour.message)}")
        made += [f"  {p}" for p in tour.problems]
        if tour.run:
            made.append(f"  not run{_how_far(tour)}: {clean(tour.run)}")
        made += [f"  {kind:8}{_label(s)}: {_place(s)}: {clean(why)}" for kind, s, why in _listed(tour)]
        made += [f"  warning {p}" for p in tour.warnings]
    made += [f"fixed {clean(path)}" for path in report.fixed]
    return "\n".join(made)


def _tally(tour: TourReport) -> str:
    if tour.status == "invalid":
        return "invalid"
    counts = [(sum(s.now.status == k for s in tour.stops), k) for k in reversed(ORDER)]
    live = [s.live for s in tour.stops if s.live is not None]
    counts += [
        (live.count(""), "reached"),
        (len(live) - live.count(""), "missed"),
        (tour.unchanged, "unchanged"),
    ]
    return ", ".join(f"{n} {k}" for n, k in counts if n) or "no stops"


def _how_far(tour: TourReport) -> str:
    """After "not run": a run that has begun is known by its stops."""
    return " to its end" if any(s.live is not None for s in tour.stops) else ""


def _label(stop: StopReport) -> str:
    return f"#{stop.index + 1} {clean(stop.title, 60)}".rstrip(" :")


def _place(stop: StopReport) -> str:
    if not stop.was_file:
        return "no file"
    # a step that is found by a pattern has no line of its own
    was = clean(stop.was_file, 200) + (f":{stop.was_line}" if stop.was_line > 0 else "")
    if stop.now.file is None or (stop.now.file, stop.now.line) == (stop.was_file, stop.was_line):
        return was
    return f"{was} -> {clean(stop.now.file, 200)}:{stop.now.line}"


def _listed(tour: TourReport) -> Iterator[tuple[str, StopReport, str]]:
    """(verdict, stop, why) of the stops that are not ok or were not reached, the worst first."""
    for status in ORDER[:-1]:
        yield from ((status, s, s.now.reason) for s in tour.stops if s.now.status == status)
        if status == "lost":
            yield from (("missed", s, s.live) for s in tour.stops if s.live)


def _findings(report: Report) -> Iterator[tuple[str, str, int, int, str, str]]:
    """(kind, file, line, column, message, stop id) of all that is not ok, the most important first."""
    for tour in report.tours:
        if tour.message:
            yield "invalid", tour.path, 1, 1, tour.message, ""
        for problem in tour.problems:
            text = f"{problem.where}: {problem.text}" if problem.where else problem.text
            yield "invalid", tour.path, problem.line, problem.column, text, problem.where
    for status in ORDER[:-1]:
        for tour in report.tours:
            for stop in tour.stops:
                if stop.now.status == status:
                    spot = _spot(report, tour, stop)
                    yield (status, *spot, 1, _message(tour, stop, stop.now.reason), f"{tour.title}/{stop.id}")
        if status == "lost":
            yield from _not_reached(report)
    for tour in report.tours:
        for problem in tour.warnings:
            yield "warning", tour.path, problem.line, problem.column, problem.text, problem.where


def _not_reached(report: Report) -> Iterator[tuple[str, str, int, int, str, str]]:
    """What a run has shown."""
    for tour in report.tours:
        if tour.run:
            yield "not-run", tour.path, 1, 1, f"{tour.title!r} was not run{_how_far(tour)}: {tour.run}", ""
        for stop in tour.stops:
            if stop.live:
                text = _message(tour, stop, f"not reached: {stop.live}")
                yield "missed", *_spot(report, tour, stop), 1, text, f"{tour.title}/{stop.id}"


def _spot(report: Report, tour: TourReport, stop: StopReport) -> tuple[str, int]:
    if stop.now.file is None or stop.now.line is None or stop.cell is not None:
        return tour.path, tour.line_of(stop)
    return report.folder + stop.now.file, stop.now.line


def _message(tour: TourReport, stop: StopReport, reason: str) -> str:
    title = f" {stop.title!r}" if stop.title else ""
    return f"Stop {stop.index + 1}{title} of {tour.title!r} ({_place(stop)}): {reason}"


def as_github(report: Report) -> str:
    """Workflow commands; GitHub shows the first ten of a level, so the worst come first and the others are counted."""
    made: list[str] = []
    levels: Counter[str] = Counter()
    for kind, file, line, column, message, _ in _findings(report):
        level = "error" if kind in _ERRORS else "notice" if kind == "moved" else "warning"
        levels[level] += 1
        if levels[level] > _SHOWN_BY_GITHUB:
            continue
        where = f"file={_property(file)},line={line},col={column},title={_property(_RULES[f'tour-{kind}'])}"
        made.append(f"::{level} {where}::{_data(clean(message, 1000))}")
    made += [
        f"codetour check: {n - _SHOWN_BY_GITHUB} more {level}s are told in the step summary"
        for level, n in levels.items()
        if n > _SHOWN_BY_GITHUB
    ]
    made.append(f"codetour check: {_total(report)}")
    return "\n".join(made)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


def as_sarif(report: Report) -> str:
    """SARIF 2.1.0; the fingerprint is the stop, so that an alert does not repeat when its line moves."""
    results: list[dict[str, Any]] = []
    for kind, file, line, column, message, stop in _findings(report):
        region = {"startLine": max(line, 1), "startColumn": max(column, 1)}
        place = {"artifactLocation": {"uri": _uri(file)}, "region": region}
        results.append(
            {
                "ruleId": f"tour-{kind}",
                "level": "error" if kind in _ERRORS else "note" if kind == "moved" else "warning",
                "message": {"text": clean(message, 1000)},
                "locations": [{"physicalLocation": place}],
                "partialFingerprints": {"codetourStop/v1": clean(stop or file)},
            }
        )
    rules = [{"id": k, "shortDescription": {"text": v}} for k, v in _RULES.items()]
    driver = {"name": "codetour", "rules": rules}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=2)


def _uri(file: str) -> str:
    """A reference as SARIF wants it: a blank or a `#` in a name is escaped."""
    return quote(clean(file, 1000).replace("\\", "/"), safe="/:~@!$&'()*+,;=")


def as_junit(report: Report, now: datetime | None = None) -> str:
    """JUnit XML: one suite per tour, one case per stop, with all that the strictest readers ask for.

    What has moved or changed fails nothing: it stands in the output of the suite.
    """
    at = (now or datetime.now(timezone.utc)).strftime("%Y-%m-%dT%H:%M:%S")
    made = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
    for number, tour in enumerate(report.tours):
        failed = sum(s.now.status == "lost" or bool(s.live) for s in tour.stops)
        broken = tour.status == "invalid" or bool(tour.run)
        name = _attribute(tour.path)
        made.append(
            f'  <testsuite name={name} package={name} id="{number}" hostname="localhost" timestamp="{at}" '
            f'tests="{len(tour.stops) + broken}" failures="{failed}" errors="{int(broken)}" time="0">'
        )
        made.append("    <properties/>")
        if broken:
            reason = tour.message or tour.run or "; ".join(str(p) for p in tour.problems)
            kind = "invalid" if tour.status == "invalid" else "not run"
            inner = f'<error type="{kind}" message={_attribute(reason)}/>'
            made.append(_case("the tour itself", tour, inner))
        made += [_case(_label(stop), tour, _failure(stop)) for stop in tour.stops]
        drifted = [s for s in tour.stops if s.now.status in ("moved", "changed")]
        said = "\n".join(f"{s.now.status} {_label(s)}: {_place(s)}: {clean(s.now.reason)}" for s in drifted)
        said += "".join(f"\nwarning {p}" for p in tour.warnings)
        made += [
            f"    <system-out>{escape(_in_xml(said.strip()), quote=False)}</system-out>",
            "    <system-err/>",
        ]
        made.append("  </testsuite>")
    return "\n".join((*made, "</testsuites>"))


def _case(name: str, tour: TourReport, inner: str) -> str:
    head = f'    <testcase name={_attribute(name)} classname={_attribute(tour.title or tour.path)} time="0"'
    return f"{head}>{inner}</testcase>" if inner else f"{head}/>"


def _failure(stop: StopReport) -> str:
    if stop.live:
        return f'<failure type="missed" message={_attribute(f"missed: {_place(stop)}: {stop.live}")}/>'
    if stop.now.status == "lost":
        return f'<failure type="lost" message={_attribute(f"lost: {_place(stop)}: {stop.now.reason}")}/>'
    return ""


def _attribute(text: str) -> str:
    return f'"{escape(_in_xml(clean(text, 2000)))}"'


def _in_xml(text: str) -> str:
    """Without the two characters that XML refuses beside those that `clean` takes out."""
    return text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def as_markdown(report: Report) -> str:
    """A table for a job summary or a comment."""
    rows = [f"| invalid | {_cell(t.path)} | | | {_cell(t.message)} |" for t in report.tours if t.message]
    rows += [f"| invalid | {_cell(t.path)} | | | {_cell(str(p))} |" for t in report.tours for p in t.problems]
    rows += [
        f"| not run{_how_far(t)} | {_cell(t.path)} | | | {_cell(t.run)} |" for t in report.tours if t.run
    ]
    rows += [
        f"| {kind} | {_cell(tour.path)} | {_cell(_label(stop))} | {_cell(_place(stop))} | {_cell(why)} |"
        for tour in report.tours
        for kind, stop, why in _listed(tour)
    ]
    rows += [f"| warning | {_cell(t.path)} | | | {_cell(str(p))} |" for t in report.tours for p in t.warnings]
    if len(rows) > _ROWS:
        rows[_ROWS:] = [f"| | and {len(rows) - _ROWS} more | | | |"]
    table = ["| | tour | stop | place | why |", "|---|---|---|---|---|", *rows]
    which = "that was looked at" if any(t.unchanged for t in report.tours) else "of every tour"
    found = table if rows else [f"Every stop {which} resolves."]
    return "\n".join(("## codetour check", "", _total(report), "", *found))


def _total(report: Report) -> str:
    """All tours in numbers."""
    counts = report.counts()
    more = (
        (report.missed(), "missed"),
        (sum(t.unchanged for t in report.tours), "not looked at, as their files have not changed"),
        (sum(t.status == "invalid" for t in report.tours), "invalid tours"),
    )
    return ", ".join([f"{counts[k]} {k}" for k in reversed(ORDER)] + [f"{n} {what}" for n, what in more if n])


def _cell(text: str) -> str:
    """Text that cannot leave its table cell or become markup."""
    made = clean(text)
    for char in "\\`*_[]<>|":
        made = made.replace(char, "\\" + char if char not in "<>" else {"<": "&lt;", ">": "&gt;"}[char])
    return made
