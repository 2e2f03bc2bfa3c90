"""`codetour replay FILE`: walk a saved tour again. Needs no debugger, no GPU, and for a bundle no repository."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the tour's files are. Default: the repository that the tour lies in.",
)
@click.option("--plain", is_flag=True, help="Print it as linear text (the default without a terminal).")
@click.option(
    "--stop", type=click.IntRange(min=1), metavar="N", help="Begin at stop N. Default: where you left it."
)
def command(file: Path, repo: Path | None, *, plain: bool, stop: int | None) -> int:
    """Walk through a saved tour: FILE is a .tour file, a .codetour bundle, or a repository's folder for its first tour.

    Nothing is executed. What `codetour run` saw is shown from the recording beside the tour; without one the tour
    shows ideas, code and call paths.
    """
    if file.is_dir():
        file = _first(file)
    if plain or not (sys.stdout.isatty() and sys.stdin.isatty()):
        return _print(file, repo, stop)
    from codetour.ui.room import require_room

    require_room()
    from codetour.cli.own_tours import prepared_tour
    from codetour.ui.app import CodetourApp

    farewell = CodetourApp(file.stem, lambda _progress: prepared_tour(file, repo, stop or 0)).run()
    if farewell is not None and farewell.error is not None:
        raise farewell.error
    return 0


def _print(file: Path, repo: Path | None, stop: int | None) -> int:
    from codetour.cli.opening import open_saved, siblings
    from codetour.cli.output import note
    from codetour.cli.reader import Reader
    from codetour.model.text import clean
    from codetour.record.plain import plain_stop, plain_tour
    from codetour.tourfile.collection import next_of

    opened = open_saved(file, repo)
    for text in opened.notes:
        note(text)
    notes = Reader(opened.tour, opened.root).kept.notes
    if stop is not None and opened.tour.stops:
        index = min(stop, len(opened.tour.stops)) - 1
        click.echo(plain_stop(opened.tour, index, opened.recording, opened.sources, notes))
        return 0
    click.echo(plain_tour(opened.tour, opened.recording, opened.sources, notes))
    if following := next_of(opened.stored, siblings(opened)):
        click.echo(
            f"\nNext tour: {clean(following.title, 100)}  (codetour replay {clean(str(following.path))})"
        )
    return 0


def _first(folder: Path) -> Path:
    """The tour to begin with in a repository. Raises `UsageProblem`."""
    from codetour.errors import UsageProblem
    from codetour.tourfile.collection import find, primary

    found = find(folder)
    first = primary(found) or next((f for f in found if f.tour is not None), None)
    if first is None:
        raise UsageProblem(
            f"{folder} brings no tour", hint="`codetour tours` tells where they are looked for."
        )
    return first.path
