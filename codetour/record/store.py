"""A recording on disk: `.codetour/<tour>.json.gz` beside the tour, written whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.text import clean
from codetour.record.bounds import bounded
from codetour.record.encode import from_json, to_json
from codetour.record.redact import redact_recording

LARGEST: Final = 64 * 2**20
"""of the unpacked text; a tour is a few hundred kB"""
_HINT: Final = "Record the tour again with `codetour run`."


def recording_path(tour_file: Path) -> Path:
    """Where the recording of a tour file lies. Never in the tour's own folder: CodeTour reads every file there."""
    return tour_file.parent / ".codetour" / f"{tour_file.name.removesuffix('.tour')}.json.gz"


def dumps(recording: Recording) -> bytes:
    """The packed file, within `bounds`, free of home folders and secrets; the same recording gives the same bytes."""
    text = json.dumps(
        to_json(bounded(redact_recording(recording))),
        ensure_ascii=True,
        separators=(",", ":"),
        sort_keys=True,
        allow_nan=False,
    )
    return gzip.compress(text.encode("ascii"), compresslevel=6, mtime=0)


def loads(data: bytes) -> Recording:
    """A recording from a packed file's bytes. Raises `UsageProblem`; never unpacks more than `LARGEST`."""
    try:
        unpacker = zlib.decompressobj(wbits=31)
        text = unpacker.decompress(data, LARGEST + 1)
        if len(text) > LARGEST:
            raise UsageProblem("The recording is larger than 64 MiB.", hint=_HINT)
        document: Any = json.loads(text)
    except UsageProblem:
        raise
    except (zlib.error, ValueError, RecursionError) as error:
        raise UsageProblem(f"This is no recording: {clean(str(error), 200)}", hint=_HINT) from None
    return from_json(document)


def save(recording: Recording, path: Path) -> None:
    """Write the recording; a reader never sees half of it. Raises `UsageProblem` when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".recording-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(dumps(recording))
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        message = f"The recording cannot be written to {clean(str(path))}: {error.strerror}."
        raise UsageProblem(message, hint="Name another place with --save.") from None


def load(path: Path) -> Recording:
    """Read a recording. Raises `UsageProblem`."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageProblem("The recording is larger than 64 MiB.", hint=_HINT)
        data = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{clean(str(path))} cannot be read: {error.strerror}.", hint=_HINT) from None
    return loads(data)


def load_beside(tour_file: Path) -> Recording | None:
    """The recording of a tour file, or None when it has none."""
    path = recording_path(tour_file)
    return load(path) if path.is_file() else None
