"""`codetour doctor [REPO]`: what is missing to run it, and the command that mends it. Executes nothing of it."""

from __future__ import annotations

import click

from codetour.cli import options
from codetour.model.entry import EntryPoint, Need
from codetour.model.source import Tree
from codetour.model.text import clean


@click.command()
@options.optional_repository
@options.entry
@click.option(
    "--python", metavar="EXE", help="Judge this interpreter instead of the one that would be chosen."
)
@options.json_output
@options.quiet
def command(repo: str, entry: str | None, python: str | None, *, as_json: bool, quiet: bool) -> int:
    """Say what is missing to run REPO (default: here), and the command that mends it.

    Looks for an interpreter with the packages that the entry point imports, for data files, required arguments and
    a GPU that the code insists on. Nothing of the repository is executed. Exit code 0: it can run; 5: it cannot yet.
    """
    from codetour.cli.interpreter import diagnose
    from codetour.cli.output import ConsoleProgress, emit_json
    from codetour.cli.pipeline import find_report, find_tree
    from codetour.locate.choice import choose

    progress = ConsoleProgress(quiet=quiet or as_json)
    tree = find_tree(repo, progress)
    chosen = choose(find_report(tree, progress), tree, entry)
    report = diagnose(tree, chosen, progress, python=python)
    if as_json:
        emit_json(
            {
                "schema": "codetour.doctor/1",
                "repo": tree.name,
                "commit": tree.commit,
                "entry": chosen.symbol,
                "interpreter": _interpreter(report.interpreter),
                "needs": [n._asdict() for n in report.needs],
                "ok": not report.needs,
            }
        )
    else:
        _print(tree, chosen, report.needs, report.interpreter)
    return 5 if report.needs else 0


def _interpreter(found: object) -> dict[str, object] | None:
    from codetour.environment.probe import Interpreter

    if not isinstance(found, Interpreter):
        return None
    return {
        "path": str(found.path),
        "version": found.text,
        "origin": found.origin,
        "missing": list(found.missing),
    }


def _print(tree: Tree, entry: EntryPoint, needs: tuple[Need, ...], found: object) -> None:
    from codetour.environment.probe import Interpreter

    click.echo(f"{clean(tree.name)}: {clean(entry.symbol)} ({entry.role})")
    if isinstance(found, Interpreter):
        click.echo(f"  interpreter  Python {found.text}, {clean(str(found.path), 200)} ({found.origin})")
    if not needs:
        click.echo(
            "  nothing is missing that can be seen without running it: codetour run " + clean(tree.name)
        )
        return
    said: set[str] = set()
    for need in needs:
        click.echo(f"  missing      {clean(need.what, 200)}: {clean(need.why, 300)}")
        if need.mend and need.mend not in said:
            click.echo(f"      next:    {clean(need.mend, 1000)}")
            said.add(need.mend)
