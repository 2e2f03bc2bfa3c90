"""`codetour check`: do the stops still resolve? For people and for CI."""

from __future__ import annotations

from pathlib import Path

import click

from codetour.cli.checking import STYLES, CheckOptions, check


@click.command("check")
@click.argument("paths", metavar="[PATH...]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--repo",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The repository. Default: the folder whose .tours holds PATH, else .",
)
@click.option(
    "--format", "style", default="text", show_default=True,
    type=click.Choice(STYLES), help="How to report.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--fix", "mend", is_flag=True, help="Rewrite stops that have moved or changed; exits 1 when it did."
)
@click.option("--strict", is_flag=True, help="A changed stop fails too.")
@click.option(
    "--since",
    metavar="REF",
    help="Only stops whose files differ from that commit, and tours that do themselves.",
)
@click.option(
    "--live", is_flag=True,
    help="Run each tour too (after consent), and name the stops that are no longer reached.",
)  # fmt: skip
@click.option("--python", metavar="EXE", help="With --live: the interpreter. Default: found (see doctor).")
@click.option(
    "--timeout", type=click.FloatRange(min=1), metavar="S", help="With --live: seconds for each tour."
)
@click.option("--yes", "-y", is_flag=True, help="With --live: I trust what will be executed.")
def command(
    paths: tuple[Path, ...],
    repo: Path | None,
    style: str,
    as_json: bool,  # noqa: FBT001
    mend: bool,  # noqa: FBT001
    strict: bool,  # noqa: FBT001
    since: str | None,
    live: bool,  # noqa: FBT001
    python: str | None,
    timeout: float | None,
    yes: bool,  # noqa: FBT001
) -> int:
    """Resolve every stop of every tour in PATH... against the code as it is now.

    Without PATH, the tours in .tours/, .vscode/tours/ and .github/tours/. A stop is ok, moved, changed or lost; with
    git history renamed files are followed. Tours made by VS Code's CodeTour are judged too.

    \b
    Examples:
      codetour check
      codetour check --fix
      codetour check --since origin/main --format github
      codetour check .tours/first.tour --live --yes

    Exit codes: 0 all resolve, 1 a stop is lost (with --strict: or changed; with --live: or not reached) or --fix
    has rewritten a tour, 2 a tour is invalid, 4 to 6 with --live: a tour could not be run.
    """
    if not live and (python or timeout or yes):
        raise click.UsageError("--python, --timeout and --yes belong to --live.")
    wanted = "json" if as_json else style
    return check(CheckOptions(paths, repo, wanted, mend, strict, since, live, python, timeout, yes))
