"""`codetour check`: do the stops still resolve? For people and for CI."""

from __future__ import annotations

import gc
from pathlib import Path

import click


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
def command(paths: tuple[Path, ...], repo: Path, style: str, as_json: bool, mend: bool, strict: bool) -> int:  # noqa: FBT001
    """Resolve every stop of every tour in PATH... against the code as it is now.

    Without PATH, the tours in .tours/, .vscode/tours/ and .github/tours/. A stop is ok, moved, changed or lost; with
    git history renamed files are followed. Tours made by VS Code's CodeTour are judged too.

    Exit codes: 0 all resolve, 1 a stop is lost (with --strict: or changed), 2 a tour is invalid.
    """
    # a process that soon ends gains nothing from collecting, which costs it a tenth
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _check(paths, repo, "json" if as_json else style, mend=mend, strict=strict)
    finally:
        if collecting:
            gc.enable()


def _check(paths: tuple[Path, ...], repo: Path, style: str, *, mend: bool, strict: bool) -> int:
    from codetour.check import formats
    from codetour.check.judge import find_tours, judge
    from codetour.cli.output import emit_json, note
    from codetour.errors import UsageProblem
    from codetour.progress import Silent

    if not repo.is_dir():
        raise UsageProblem(f"There is no folder {repo}", hint="Give the repository's folder with --repo.")
    found = find_tours(paths, repo)
    if not found and style == "text":
        note(f"No tours in {repo}: looked in .tours/, .vscode/tours/ and .github/tours/.")
    report = judge(found, repo.absolute(), Silent())
    if mend:
        from codetour.check.fix import fix

        report = fix(report, repo.absolute())
    if style == "json":
        emit_json(formats.as_json(report))
    else:
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
    return report.exit_code(strict=strict) or int(bool(report.fixed))


def _summarise(text: str) -> None:
    """Append to the step summary of a GitHub job, where there is one."""
    import os

    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8") as out:
            out.write(text + "\n")
