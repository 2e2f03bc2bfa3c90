"""A report for machines; a module of its own, since most checks print nothing else."""

from __future__ import annotations

from typing import Any

from codetour.check.report import ORDER, Report, StopReport, TourReport


def as_json(report: Report) -> dict[str, Any]:
    """The document `codetour.check/1`."""
    return {
        "schema": "codetour.check/1",
        "tours": [_tour_json(t) for t in report.tours],
        "summary": {
            "tours": len(report.tours),
            "stops": sum(len(t.stops) for t in report.tours),
            **{status: report.counts()[status] for status in reversed(ORDER)},
            "invalid": sum(t.status == "invalid" for t in report.tours),
            "missed": report.missed(),
            "unchanged": sum(t.unchanged for t in report.tours),
            "warnings": sum(len(t.warnings) for t in report.tours),
            "fixed": list(report.fixed),
        },
    }


def _tour_json(tour: TourReport) -> dict[str, Any]:
    made: dict[str, Any] = {
        "path": tour.path,
        "status": tour.status,
        "stops": [_stop_json(s) for s in tour.stops],
    }
    made |= {key: said for key, said in (("message", tour.message), ("run", tour.run)) if said}
    if tour.unchanged:
        made["unchanged"] = tour.unchanged
    for key, found in (("problems", tour.problems), ("warnings", tour.warnings)):
        if found:
            made[key] = [
                {"line": p.line, "column": p.column, "where": p.where, "text": p.text} for p in found
            ]
    return made


def _stop_json(stop: StopReport) -> dict[str, Any]:
    now = stop.now
    made: dict[str, Any] = {
        "id": stop.id,
        "index": stop.index,
        "status": now.status,
        "file": now.file,
        "line": now.line,
        "was": {"file": stop.was_file, "line": stop.was_line},
        "confidence": now.confidence,
        "reason": now.reason,
    }
    if stop.cell is not None:
        made |= {"cell": stop.cell[0], "line": stop.cell[1], "script_line": now.line}
    if stop.live is not None:
        made["live"] = {"status": "missed" if stop.live else "reached", "why": stop.live}
    return made
