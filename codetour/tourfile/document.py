"""A tour file as it stands: its text, its JSON, and where each value begins.

`read_document` checks size, encoding and JSON; `Document.replace` changes single values and leaves every other
byte (order, indentation, unknown keys) alone.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path as File
from typing import Any, Final

from codetour.errors import UsageProblem
from codetour.tourfile.fields import Findings
from codetour.tourfile.json_limits import JsonError, Path, Span, line_column, show_path
from codetour.tourfile.jsontext import parse, spots
from codetour.tourfile.problems import Problem, TourProblem

LARGEST: Final = 16 * 2**20
"""exported tours embed whole files once per step, and still none seen passes 4 MB"""
_INDENT: Final = re.compile(r"\n([ \t]+)\S")


class Document:
    """The text and JSON of one tour file."""

    def __init__(self, name: str, text: str, value: Any, *, bom: bool = False) -> None:
        self.name, self.text, self.value, self.bom = name, text, value, bom
        self._spots: dict[Path, Span] = {}

    def span(self, path: Path) -> Span:
        """Where the value at `path` stands; where it is missing, the innermost value round it."""
        if not self._spots:
            self._spots.update(spots(self.text))
        while path not in self._spots:
            path = path[:-1]
        return self._spots[path]

    def position(self, path: Path) -> tuple[int, int]:
        """1-based line and column of the value at `path`."""
        return line_column(self.text, self.span(path)[0])

    def problem(self, path: Path, text: str) -> Problem:
        """A finding at `path`."""
        return Problem(*self.position(path), show_path(path), text)

    def refuse(self, findings: Findings, *, hint: str = "") -> None:
        """Raise TourProblem with every finding, if there is one."""
        if findings.found:
            problems = [self.problem(p, t) for p, t in findings.found]
            raise TourProblem(self.name, sorted(problems, key=lambda p: (p.line, p.column)), hint=hint)

    def replace(self, changes: Mapping[Path, Any]) -> str:
        """The text with the values at these paths (which must be there) replaced, in the file's own indentation."""
        text = self.text
        unit = _INDENT.search(text)
        indent = unit.group(1) if unit else None
        for path, value in sorted(changes.items(), key=lambda item: -self.span(item[0])[0]):
            start, end = self.span(path)
            written = to_text(value, indent)
            if indent is not None:
                line_start = text.rfind("\n", 0, start) + 1
                margin = text[line_start : len(text) - len(text[line_start:].lstrip(" \t"))]
                written = written.replace("\n", "\n" + margin)
            text = text[:start] + written + text[end:]
        return text


def read_document(path: File, *, largest: int = LARGEST) -> Document:
    """Read one tour file. Raises UsageProblem (missing, unreadable, too large) or TourProblem (no JSON)."""
    name = os.fspath(path)
    data = _bytes(path, largest)
    bom = data.startswith(b"\xef\xbb\xbf")
    if bom:
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = line_column(before, len(before))
        reason = f"the byte 0x{data[error.start]:02x} is no UTF-8"
        raise TourProblem(name, [Problem(line, column, "", reason)], hint="Save the file as UTF-8.") from None
    return make_document(text, name, bom=bom)


def make_document(text: str, name: str, *, bom: bool = False) -> Document:
    """A document from its text. Raises TourProblem when it is no JSON object."""
    try:
        value = parse(text)
    except JsonError as error:
        raise TourProblem(name, [Problem(*line_column(text, error.at), "", error.text)]) from None
    if not isinstance(value, dict):
        problem = Problem(1, 1, "", "a tour is one JSON object with `title` and `steps`")
        raise TourProblem(name, [problem])
    return Document(name, text, value, bom=bom)


def to_text(value: Any, indent: str | None = "  ") -> str:
    """JSON as CodeTour writes it: two spaces, no trailing newline, readable letters."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m.group()):04x}", text)


def write_text(path: File, text: str) -> None:
    """Write a file in one move, so that a reader never sees half of it. Raises UsageProblem."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.resolve()
        handle, temporary = tempfile.mkstemp(prefix=".codetour-", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                out.write(text)
            File(temporary).chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
            File(temporary).replace(target)
        except BaseException:
            File(temporary).unlink(missing_ok=True)
            raise
    # a loop of links is a RuntimeError up to Python 3.12, a NUL in a name a ValueError
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageProblem(f"{path} cannot be written: {reason}", hint="Choose another place.") from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _bytes(path: File, largest: int) -> bytes:
    try:
        info = path.stat()
        # a FIFO would block for ever and a device never end
        if not stat.S_ISREG(info.st_mode):
            raise UsageProblem(f"{path} is no regular file", hint="Name a .tour file.")
        if info.st_size > largest:
            raise UsageProblem(
                f"{path} has {info.st_size >> 20} MiB; tours of up to {largest >> 20} MiB are read",
                hint="Is this really a tour file?",
            )
        with path.open("rb") as handle:
            return handle.read(largest)
    except FileNotFoundError:
        raise UsageProblem(f"There is no tour file {path}", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageProblem(
            f"{path} cannot be read: {reason}", hint="Check the path and its permissions."
        ) from error
