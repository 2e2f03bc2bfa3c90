"""The verdict on steps of other players' tours: a line number, a pattern, a folder, or no place at all."""

from __future__ import annotations

from codetour.check.patience import Patience
from codetour.check.patterns import lines_matching
from codetour.model.check import Resolution
from codetour.model.tour import Stop
from codetour.resolve.files import Files
from codetour.tourfile.paths import tidy, unsafe


def judge_foreign(stop: Stop, files: Files, patience: Patience) -> Resolution:
    """The verdict on a stop that has no anchor of ours."""
    if not stop.anchor.file:
        return _without_file(stop, files)
    return _by_pattern(stop, files, patience) if stop.anchor.line < 1 else _by_line(stop, files)


def _without_file(stop: Stop, files: Files) -> Resolution:
    folder = stop.extra.get("directory")
    if not isinstance(folder, str):
        return Resolution("ok", None, None, 1.0, "a step without a file")
    if (reason := unsafe(folder)) or not (files.root / tidy(folder)).is_dir():
        return Resolution("lost", None, None, 0.0, reason or f"there is no folder {folder}")
    return Resolution("ok", None, None, 1.0, "the folder is there")


def _by_pattern(stop: Stop, files: Files, patience: Patience) -> Resolution:
    file = stop.anchor.file
    source = files.read(file)
    if source is None:
        return Resolution("lost", None, None, 0.0, f"{file} is not there")
    pattern = stop.extra.get("pattern")
    if not isinstance(pattern, str):
        return Resolution("ok", file, 1, 0.5, "only a file; the file is there")
    found, trouble = lines_matching(pattern, source.lines, patience)
    if trouble:
        return Resolution("lost", None, None, 0.0, trouble)
    if len(found) == 1:
        return Resolution("ok", file, found[0], 0.8, "the pattern matches one line")
    reason = "the pattern matches no line" if not found else f"the pattern matches {len(found)} lines or more"
    return Resolution("lost", None, None, 0.0, reason)


def _by_line(stop: Stop, files: Files) -> Resolution:
    file, line = stop.anchor.file, stop.anchor.line
    source = files.read(file)
    if source is None:
        return Resolution("lost", None, None, 0.0, f"{file} is not there")
    if source.cells:
        # other players count the lines of the .ipynb text; which script line that is depends on the cell
        cell = next((c for c in source.cells if c.raw <= line < c.raw + c.count), None)
        if cell is None:
            return Resolution("lost", None, None, 0.0, f"line {line} of {file} is in no code cell")
        return Resolution(
            "ok", file, cell.first + line - cell.raw, 0.5, "only a line number; its text is not known"
        )
    last = len(source.lines) - (1 if source.lines and not source.lines[-1] else 0)
    if line > max(last, 1):
        return Resolution("lost", None, None, 0.0, f"{file} has only {last} lines")
    return Resolution("ok", file, line, 0.5, "only a line number; its text is not known")
