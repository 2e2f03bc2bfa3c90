"""`codetour plan REPO -o FILE`: a static tour; nothing of the repository is executed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from codetour.cli import options
from codetour.model.source import Tree
from codetour.model.text import clean
from codetour.model.tour import Stop, Tour


@click.command("plan")
@options.repository
@options.entry
@click.option(
    "--output", "-o", "output", metavar="FILE", type=click.Path(path_type=Path), help="Where to write it."
)
@options.json_output
@options.quiet
def command(repo: str, entry: str | None, output: Path | None, as_json: bool, quiet: bool) -> None:  # noqa: FBT001
    """Plan a tour of REPO and write it to FILE as a `.tour`.

    The tour has the stops, the ideas and the call paths, but no values: nothing is executed. VS Code's CodeTour
    opens it; `codetour replay FILE` shows it here; `codetour run REPO` runs it under a debugger.
    """
    from codetour.cli.output import ConsoleProgress, emit_json, note
    from codetour.cli.pipeline import plan_repository
    from codetour.source.reading import TreeSources
    from codetour.tourfile.write import save

    if output is None and not as_json:
        raise click.UsageError("Give -o FILE for the tour, or --json to print its stops.")
    planned = plan_repository(repo, entry, ConsoleProgress(quiet=quiet))
    if output is not None:
        save(planned.tour, output, sources=TreeSources(planned.tree.root))
    if as_json:
        emit_json(document(planned.tree, planned.tour))
    else:
        click.echo(f"{output}: {len(planned.tour.stops)} stops through {clean(planned.entry.symbol)}")
        for text in planned.tour.notes:
            note(text, quiet=quiet)


def document(tree: Tree, tour: Tour) -> dict[str, Any]:
    """The JSON document of `plan`."""
    from codetour.source.reading import TreeSources

    sources = TreeSources(tree.root)
    where = f"{tour.entry.file}:{tour.entry.qualname}" if tour.entry else ""
    stops = [_stop(stop, sources) for stop in tour.stops]
    return {
        "schema": "codetour.plan/1",
        "repo": tree.name,
        "commit": tree.commit,
        "entry": where,
        "stops": stops,
    }


def _stop(stop: Stop, sources: Any) -> dict[str, Any]:
    anchor = stop.anchor
    made: dict[str, Any] = {
        "id": stop.id,
        "stage": [stop.stage, *stop.also] if stop.also else stop.stage,
        "file": anchor.file,
        "line": anchor.line,
        "symbol": anchor.symbol,
        "title": stop.title,
    }
    source = sources.read(anchor.file)
    cell = source.cell_of(anchor.line) if source else None
    if cell:
        made |= {"cell": cell[0].index, "line": cell[1]}
    return made
