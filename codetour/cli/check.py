"""`codetour check`: do the stops still resolve? For people and for CI."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from codetour.check.report import Report


@click.command("check")
@click.argument("paths", metavar="[PATH...]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--repo", metavar="DIR", default=".", type=click.Path(path_type=Path), help="The repository. Default: ."
)
@click.option(
    "--format", "style", default="text", show_default=True,
    type=click.Choice(["text", "json", "github", "sarif", "junit", "markdown"]), help="How to report.",
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
    repo: Path,
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
    # a process that soon ends gains nothing from collecting, which costs it a tenth
    collecting = gc.isenabled()
    gc.disable()
    try:
        report = _check(paths, repo, style, since)
    finally:
        if collecting:
            gc.enable()
    if mend:
        from codetour.check.fix import fix

        report = fix(report, repo.absolute())
    code = 0
    if live:
        from codetour.cli.check_live import LiveOptions, run_tours

        asked = LiveOptions(python=python, timeout=timeout, yes=yes, ask=sys.stdin.isatty())
        report, code = run_tours(report, repo.absolute(), asked)
    _write(report, "json" if as_json else style)
    return report.exit_code(strict=strict) or code or int(bool(report.fixed))


def _check(paths: tuple[Path, ...], repo: Path, style: str, since: str | None) -> Report:
    from codetour.check.judge import find_tours, judge
    from codetour.cli.output import ConsoleProgress, note
    from codetour.errors import UsageProblem

    if not repo.is_dir():
        raise UsageProblem(f"There is no folder {repo}", hint="Give the repository's folder with --repo.")
    found = find_tours(paths, repo)
    if not found and style == "text":
        note(f"No tours in {repo}: looked in .tours/, .vscode/tours/ and .github/tours/.")
    progress = ConsoleProgress(quiet=not sys.stderr.isatty())
    progress.begin("Checking tours")
    report = judge(found, repo.absolute(), progress, since=since)
    progress.end()
    return report._replace(folder=_folder(repo))


def _folder(repo: Path) -> str:
    """The repository as seen from here: what a CI service takes the paths of findings to be relative to."""
    try:
        inside = repo.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return ""
    return "" if inside == "." else f"{inside}/"


def _write(report: Report, style: str) -> None:
    if style == "json":
        from codetour.check.json_report import as_json
        from codetour.cli.output import emit_json

        emit_json(as_json(report))
        return
    from codetour.check import formats

    writer = {
        "text": formats.as_text,
        "github": formats.as_github,
        "sarif": formats.as_sarif,
        "junit": formats.as_junit,
        "markdown": formats.as_markdown,
    }[style]
    click.echo(writer(report))
    if style == "github":
        _summarise(formats.as_markdown(report))


def _summarise(text: str) -> None:
    """Append to the step summary of a GitHub job, where there is one."""
    import os

    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8") as out:
            out.write(text + "\n")
