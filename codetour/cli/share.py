"""`codetour share`: one file to give away."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("share")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--to", "style", required=True, type=click.Choice(["html", "md", "tour", "bundle"]),
    help="html: one page for a browser. md: for GitHub. tour: for VS Code. bundle: replays anywhere.",
)  # fmt: skip
@click.option("--output", "-o", "output", metavar="OUT", required=True, type=click.Path(path_type=Path))
@click.option("--repo", metavar="DIR", default=None, type=click.Path(path_type=Path),
              help="The repository. Default: the one round FILE, else the current folder.")  # fmt: skip
@click.option(
    "--content", is_flag=True, help="Include texts, statistics and output, not only shapes and numbers."
)
@click.option("--force", is_flag=True, help="Replace OUT when it is there.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr.")
def command(
    file: Path,
    style: str,
    output: Path,
    repo: Path | None,
    content: bool,  # noqa: FBT001
    force: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> None:
    """Turn FILE, a tour or a bundle, into one file that needs nothing else.

    Home folders, tokens and passwords are taken out. Code comes from the repository, values from the recording
    beside the tour where there is one.
    """
    from typing import cast

    from codetour.cli.opening import open_saved
    from codetour.cli.output import note
    from codetour.errors import UsageProblem
    from codetour.share.writing import Format, share

    if output.exists() and not force:
        raise UsageProblem(
            f"{output} is there already", hint="Choose another name, or replace it with --force."
        )
    opened = open_saved(file, repo)
    tour, recording, sources = opened.tour, opened.recording, opened.sources
    if not any(sources.read(s.anchor.file) for s in tour.stops if s.anchor.file):
        note(
            "None of the tour's files were found: the code is left out. Name the repository with --repo.",
            quiet=quiet,
        )
    made = share(tour, recording, sources, cast("Format", style), content=content)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(made.data)
    except OSError as error:
        raise UsageProblem(
            f"{output} cannot be written: {error.strerror}", hint="Choose another place."
        ) from error
    note(f"{output}: {len(tour.stops)} stops, {len(made.data) / 1000:.0f} kB.", quiet=quiet)
    for text in made.notes:
        note(text, quiet=quiet)
