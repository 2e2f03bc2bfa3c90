"""`codetour new`: a tour from lines that a person chose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

_AT: Final = re.compile(r"(.+):(\d{1,9})")


@click.command("new")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--at", "places", metavar="PATH:LINE", multiple=True, required=True, help="A stop; in tour order."
)
@click.option(
    "--repo", metavar="DIR", default=".", type=click.Path(path_type=Path), help="The repository. Default: ."
)
@click.option("--title", metavar="TEXT", default="", help="Title of the tour. Default: the file's name.")
@click.option(
    "--anchors", default="pattern", show_default=True, type=click.Choice(["pattern", "line"]),
    help="How other players find the line; JetBrains and Visual Studio know only `line`.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE when it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def command(
    file: Path,
    places: tuple[str, ...],
    repo: Path,
    title: str,
    anchors: str,
    force: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make FILE, a tour with one stop per --at.

    \b
    codetour new .tours/first.tour --at train.py:12 --at model.py:88

    `codetour edit FILE` writes what each stop is about; `codetour check` finds the stops again after edits of the code.
    """
    from typing import cast

    from codetour.cli.output import emit_json, note
    from codetour.errors import UsageProblem
    from codetour.model.naming import counted
    from codetour.model.tour import Stop, Tour
    from codetour.resolve.anchors import complete, make
    from codetour.resolve.files import Files
    from codetour.resolve.git import head
    from codetour.tourfile.encode import Anchors
    from codetour.tourfile.paths import tidy, unsafe
    from codetour.tourfile.write import save

    if not repo.is_dir():
        raise UsageProblem(f"There is no folder {repo}", hint="Give the repository's folder with --repo.")
    if file.exists() and not force:
        raise UsageProblem(
            f"{file} is there already", hint="Choose another name, or replace it with --force."
        )
    files = Files(repo.absolute())
    stops: list[Stop] = []
    for number, place in enumerate(places, 1):
        found = _AT.fullmatch(place)
        if found is None:
            raise UsageProblem(f"--at {place}: PATH:LINE is expected", hint="For example --at train.py:12.")
        if reason := unsafe(found.group(1)):
            raise UsageProblem(f"--at {place}: {reason}", hint="Give a path relative to --repo.")
        anchor = make(files, tidy(found.group(1)), int(found.group(2)))
        where = anchor.symbol if anchor.symbol != "<module>" else anchor.file
        heading = f"{where}: {anchor.text[:60]}".rstrip(" :")
        stops.append(Stop(f"stop-{number}", "start", heading, anchor, _as_code(anchor.text)))
    made = Tour(
        title=title or file.name.removesuffix(".tour"),
        stops=tuple(stops),
        repo=repo.absolute().name,
        commit=head(repo),
    )
    save(complete(made, files), file, anchors=cast("Anchors", anchors), sources=files)
    if as_json:
        shown = [
            {"id": s.id, "file": s.anchor.file, "line": s.anchor.line, "symbol": s.anchor.symbol}
            for s in stops
        ]
        emit_json({"schema": "codetour.new/1", "tour": str(file), "commit": made.commit, "stops": shown})
    else:
        note(f"{file}: {counted(len(stops), 'stop')}. Say what each is about: codetour edit {file}")


def _as_code(line: str) -> str:
    """A line of code in words that are Markdown: a comment is no heading there, and `>> ` no command for a shell."""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    ticks, gap = "`" * (longest + 1), " " if longest else ""
    return f"{ticks}{gap}{line}{gap}{ticks}" if line else ""
