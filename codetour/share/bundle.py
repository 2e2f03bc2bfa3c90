"""A bundle: one zip with the tour, its recording and the texts of the files shown; replays anywhere.

Reading trusts nothing: sizes, counts, names and kinds of the members are checked before a byte is unpacked, and
nothing is ever written to disk under a name from the archive.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.source import Cell, Sources, SourceText
from codetour.model.tour import Tour
from codetour.record import store
from codetour.record.redact import redact
from codetour.tourfile.paths import unsafe
from codetour.tourfile.read import loads
from codetour.tourfile.write import dumps

TOUR: Final = "tour.tour"
RECORDING: Final = "recording.json.gz"
CELLS: Final = "cells.json"
FILES: Final = "files/"
MOST: Final = 2000
"""members; a tour of 2,000 stops has no more files"""
LARGEST_MEMBER: Final = 32 * 2**20
LARGEST: Final = 128 * 2**20
"""bytes of all members unpacked"""
PACKED: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class BundleSources:
    """The texts inside a bundle, as a screen reads them."""

    texts: dict[str, SourceText]

    def read(self, file: str) -> SourceText | None:
        """The text, or None where the bundle has none."""
        return self.texts.get(file)


def files_of(tour: Tour) -> list[str]:
    """The files that a tour shows."""
    shown = [s.anchor.file for s in tour.stops] + [c.file for s in tour.stops for c in s.path]
    shown += [e.file for e in tour.extensions]
    return sorted({f for f in shown if f and not unsafe(f)})


def write(tour: Tour, recording: Recording | None, sources: Sources) -> bytes:
    """The bundle, the same bytes for the same tour; texts are redacted."""
    out = io.BytesIO()
    cells: dict[str, list[list[int]]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, TOUR, dumps(tour, anchors="line").encode("utf-8"))
        if recording is not None:
            _add(archive, RECORDING, store.dumps(recording))
        for file in files_of(tour)[: MOST - 8]:
            source = sources.read(file)
            if source is None:
                continue
            _add(archive, FILES + file, redact(source.text).encode("utf-8", "surrogatepass"))
            if source.cells:
                cells[file] = [[c.index, c.first, c.count, c.raw] for c in source.cells]
        if cells:
            _add(archive, CELLS, json.dumps(cells).encode("utf-8"))
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def open_bundle(path: Path) -> tuple[Tour, Recording | None, Sources]:
    """Tour, recording and texts of a bundle. Raises UsageProblem for anything that is no sound bundle."""
    try:
        if path.stat().st_size > PACKED:
            raise _refused(path, f"larger than {PACKED >> 20} MiB")
        with path.open("rb") as handle:
            return _read(io.BytesIO(handle.read(PACKED)), path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageProblem(f"{path} cannot be read: {reason}", hint="Check the path.") from error


def _read(data: io.BytesIO, path: Path) -> tuple[Tour, Recording | None, Sources]:
    try:
        with zipfile.ZipFile(data) as archive:
            members = _checked(archive, path)
            found = {name: _unpack(archive, info, path) for name, info in members.items()}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise _refused(path, f"damaged ({type(error).__name__})") from error
    try:
        tour = loads(found[TOUR].decode("utf-8"), f"{path}:{TOUR}")
    except (KeyError, UnicodeDecodeError):
        raise _refused(path, f"without a readable {TOUR}") from None
    recording = store.loads(found[RECORDING]) if RECORDING in found else None
    cells = _cells(found.get(CELLS, b"{}"), path)
    texts: dict[str, SourceText] = {}
    for name, content in found.items():
        if name.startswith(FILES):
            file = name[len(FILES) :]
            texts[file] = _text(file, content.decode("utf-8", "replace"), cells.get(file, ()))
    return tour, recording, BundleSources(texts)


def _checked(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The members by name, every one of them looked at."""
    members = archive.infolist()
    if len(members) > MOST:
        raise _refused(path, f"of {len(members)} members, at most {MOST} are read")
    if sum(m.file_size for m in members) > LARGEST:
        raise _refused(path, f"of more than {LARGEST >> 20} MiB unpacked")
    made: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = member.orig_filename
        if reason := _bad(member):
            raise _refused(path, f"with a bad member {name[:80]!r}: {reason}")
        if name in made:
            raise _refused(path, f"with two members called {name[:80]!r}")
        made[name] = member
    return made


def _bad(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename
    if name in (TOUR, RECORDING, CELLS):
        inner = ""
    elif name.startswith(FILES):
        inner = unsafe(name[len(FILES) :]) or ("a back slash" if "\\" in name else "")
    else:
        inner = "it does not belong in a bundle"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        inner = inner or "it is no regular file"
    if member.flag_bits & 1:
        inner = inner or "it is encrypted"
    # other kinds may ask for gigabytes before the first byte comes out
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        inner = inner or "its compression is not known"
    if member.file_size > LARGEST_MEMBER:
        inner = inner or f"it is larger than {LARGEST_MEMBER >> 20} MiB"
    return inner


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bytes:
    # the header may lie about the size: read one byte more than it says and look
    with archive.open(member) as handle:
        data = handle.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise _refused(path, f"with a wrong size of {member.filename[:80]!r}")
    return data


def _cells(data: bytes, path: Path) -> dict[str, tuple[Cell, ...]]:
    try:
        raw: Any = json.loads(data)
        return {
            str(file): tuple(Cell(*_four(c)) for c in cast("list[Any]", cells))
            for file, cells in cast("dict[str, Any]", raw).items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _refused(path, f"with a bad {CELLS}") from None


def _four(values: Any) -> tuple[int, int, int, int]:
    index, first, count, raw = values
    if not all(type(v) is int and 0 <= v < 10**9 for v in (index, first, count, raw)):
        raise ValueError
    return index, first, count, raw


def _text(file: str, text: str, cells: tuple[Cell, ...]) -> SourceText:
    if cells or file.endswith(".ipynb"):
        return SourceText(file, text, "notebook", cells)
    return SourceText(file, text, "python" if file.endswith((".py", ".pyi", ".pyw")) else "text")


def _refused(path: Path, what: str) -> UsageProblem:
    return UsageProblem(f"{path} is no codetour bundle that can be opened: {what}",
                        hint="Ask for it again, or for the .tour file.")  # fmt: skip
