"""`codetour edit`: write a tour in the terminal."""

from __future__ import annotations

import keyword
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from codetour.model.recording import Recording
    from codetour.model.tour import Stop, Tour
    from codetour.resolve.files import Files
    from codetour.ui.edit_desk import Desk

_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*\b(?!\s*\()")
"""a variable: nothing behind a dot, nothing that is called"""
_TEXT: Final = re.compile(r"[rbfuRBFU]{0,2}(?:'[^']*'|\"[^\"]*\")|#.*")
_NEAR: Final = 4
"""lines above and below a stop whose names are offered for watching"""
_MOST_NAMES: Final = 60
_MOST_FILES: Final = 5000
"""offered to be opened; Python files first"""


@click.command("edit")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--repo", metavar="DIR", default=None, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="The repository. Default: the one that FILE lies in.")  # fmt: skip
@click.option("--title", metavar="TEXT", default="", help="Title of a new tour. Default: the file's name.")
@click.option("--python", metavar="EXE", default=None, help="Interpreter for recording it. Default: found.")
@click.option("--stop", type=click.IntRange(min=1), metavar="N", help="Begin at stop N.")
def command(file: Path, repo: Path | None, title: str, python: str | None, stop: int | None) -> None:
    """Write FILE, a tour: add, move, delete and reword stops, choose what to watch, record it again.

    FILE is made when it is not there. Every change is saved at once and can be taken back with u; keys are shown by ?.
    A tour of VS Code's CodeTour keeps everything that codetour does not know. Stops are found again after edits of
    the code; what is lost is said and left as it was.

    \b
    codetour edit .tours/first.tour
    """
    from codetour.errors import UsageProblem

    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        raise UsageProblem(
            "Editing needs a terminal", hint="`codetour new FILE --at PATH:LINE` makes a tour without one."
        )
    if file.is_dir():
        raise UsageProblem(f"{file} is a folder", hint="Name a .tour file in it.")
    from codetour.ui.room import require_room

    require_room()
    from codetour.ui.edit_app import EditApp

    theme = os.environ.get("CODETOUR_THEME", "dark")
    problem = EditApp(lambda: open_desk(file, repo, title=title, python=python, stop=stop), theme=theme).run()
    if problem is not None:
        raise problem


def open_desk(
    file: Path, repo: Path | None, *, title: str = "", python: str | None = None, stop: int | None = None
) -> Desk:
    """The tour with everything that the editor needs. Raises `CodetourError`."""
    from codetour.cli.edit_file import new_file, open_file
    from codetour.cli.edit_run import record, rehearse
    from codetour.cli.opening import WithContents, repository_of
    from codetour.errors import UsageProblem
    from codetour.record.freshness import fitting
    from codetour.record.store import load_beside
    from codetour.resolve.anchors import make
    from codetour.resolve.files import Files
    from codetour.tourfile.collection import find, titles
    from codetour.ui.edit_desk import Desk, Settling

    if file.is_symlink() and not file.exists():
        # a repository could have a file made anywhere
        raise UsageProblem(f"{file} is a link that leads nowhere", hint="Name the .tour file itself.")
    notes: tuple[str, ...] = ()
    if file.exists():
        kept, tour, notes = open_file(file, repo)
    else:
        kept, tour = new_file(file, (repo or repository_of(file) or Path.cwd()).absolute(), title)
    root = kept.root
    files = Files(root)
    return Desk(
        tour=tour,
        path=str(file),
        sources=WithContents(files, tour),
        files=lambda: _files(files, tour),
        anchor=lambda name, line: make(Files(root), name, line),
        save=kept.write,
        names=lambda at, recording: watchable(at, recording, files),
        recording=load_beside(file) if file.exists() else None,
        fitting=lambda recording, now: fitting(recording, now, now),
        others=tuple(titles([f for f in find(root) if f.path.resolve() != file.resolve()])),
        notes=notes,
        rehearse=lambda now, progress: rehearse(now, root, python, progress),
        record=lambda ready, decision: record(ready, decision, kept.path),
        settling=Settling(kept.reload, kept.overwrite, kept.beside),
        place=(stop or 1) - 1,
    )


def _files(files: Files, tour: Tour) -> Sequence[str]:
    """The repository's files: those of the tour first, then Python, then the rest."""
    known = dict.fromkeys(s.anchor.file for s in tour.stops if s.anchor.file)
    rest = sorted(
        (f for f in files.names() if f not in known), key=lambda f: not f.endswith((".py", ".ipynb"))
    )
    return [*known, *rest][:_MOST_FILES]


def watchable(stop: Stop, recording: Recording | None, files: Files) -> dict[str, str]:
    """What can be watched at a stop: what was seen there, then the names on the lines round it."""
    from codetour.model.value_text import details

    made: dict[str, str] = {}
    seen = recording.of(stop.id) if recording is not None else None
    frame = next((f for f in seen.frames if f.inside), None) if seen is not None else None
    for value in frame.values if frame is not None else ():
        made[value.name] = details(value)
    source = files.read(stop.anchor.file) if stop.anchor.file else None
    if source is not None:
        line = stop.anchor.line
        order = sorted(range(max(line - _NEAR, 1), line + _NEAR + 1), key=lambda n: abs(n - line))
        for number in order:
            for name in _NAME.findall(_TEXT.sub("", source.line(number))):
                if not keyword.iskeyword(name) and len(made) < _MOST_NAMES:
                    made.setdefault(name, f"on line {number}")
    return made
