"""`codetour graph`: the static call graph, as a tree for people and in five forms for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codetour.cli import options
from codetour.cli.output import ConsoleProgress, note

if TYPE_CHECKING:
    from codetour.model.graph import CallGraph
    from codetour.model.source import Tree
    from codetour.progress import Progress

_FORMATS = ("tree", "json", "adjacency", "dot", "graphml", "mermaid")


@click.command(
    "graph",
    epilog="Examples:  codetour graph karpathy/nanoGPT --depth 2 · codetour graph . -e train.py --format dot -o g.dot"
    " · codetour graph . --focus GPT.forward · codetour graph train.py --root . --json calls.json",
)
@click.argument("repo", metavar="REPO", required=False)
@options.entry
@click.option(
    "--root", metavar="DIR", help="Where REPO is a Python file: the folder that its module names start from."
)
@click.option("--format", "form", type=click.Choice(_FORMATS), default=None, help="Default: tree.")
@click.option(
    "--json", "json_to", is_flag=False, flag_value="-", metavar="[FILE]",
    help="Alone: one JSON document on stdout (--format json). With FILE: write the plain adjacency"
    ' {"caller": ["callee", ...]} there, as call-graph benchmarks read it.',
)  # fmt: skip
@click.option("--output", "-o", metavar="FILE", help="Write there instead of on stdout.")
@click.option(
    "--depth", type=click.IntRange(min=0), help="At most so many calls away from the entry (or --focus)."
)
@click.option(
    "--focus",
    metavar="NAME",
    help="Only this function with its callers and callees (FILE:QUALNAME or a part).",
)
@click.option("--collapse", is_flag=True, help="One node per file.")
@click.option("--hide-external", is_flag=True, help="Only the repository's own functions.")
@options.quiet
def command(
    repo: str | None,
    entry: str | None,
    root: str | None,
    form: str | None,
    json_to: str | None,
    output: str | None,
    depth: int | None,
    focus: str | None,
    *,
    collapse: bool,
    hide_external: bool,
    quiet: bool,
) -> None:
    """Who calls whom from an entry point, in source that is never run.

    REPO is owner/name, a git URL, a folder, or a Python file (then it is the entry). Calls that no eye sees are
    in it too, each with its reason: that `model(x)` runs `forward`, that iterating a DataLoader runs the dataset's
    `__getitem__`. A `?` marks calls that may happen; dashed lines in dot are calls made by a framework.
    """
    from codetour.graph.build import build_graph
    from codetour.graph.export import render

    if repo is None:
        # `--json REPO`: an option with an optional value has taken the argument
        if json_to in (None, "-"):
            raise click.UsageError("Missing argument 'REPO'.")
        repo, json_to = json_to, "-"
    progress = ConsoleProgress(quiet=quiet)
    tree, target = _target(repo, root, entry, progress)
    graph = build_graph(tree, target, progress)
    for text in graph.notes:
        note(text, quiet=quiet)
    graph = _filtered(graph, depth, focus, collapse=collapse, hide_external=hide_external)
    if json_to not in (None, "-"):
        assert json_to is not None
        _write(render(graph, "adjacency"), json_to)
        return
    chosen = form or ("json" if json_to else "tree")
    if chosen == "tree" and not hide_external:
        graph = _filtered(graph, None, None, collapse=False, hide_external=True)
    _write(render(graph, chosen, document={"repo": tree.name, "commit": tree.commit}), output)


def _target(repo: str, root: str | None, entry: str | None, progress: Progress) -> tuple[Tree, str]:
    """The tree, and the entry in it as FILE[:QUALNAME]."""
    from codetour.cli.pipeline import find_report, find_tree

    file, mark, qualname = repo.rpartition(":")
    if not mark or not file.endswith((".py", ".ipynb")):
        file, mark, qualname = repo, "", ""
    if file.endswith((".py", ".ipynb")) and Path(file).is_file():
        from codetour.source.checkout import local_tree

        path = Path(file).resolve()
        top = Path(root).resolve() if root else _project_of(path)
        if not path.is_relative_to(top):
            raise click.UsageError(f"{file} is not inside {root}.")
        return local_tree(top), path.relative_to(top).as_posix() + mark + qualname
    if root is not None:
        raise click.UsageError("--root is for a REPO that is a Python file.")
    tree = find_tree(repo, progress)
    if entry is not None and entry.partition(":")[0].endswith((".py", ".ipynb")):
        return tree, entry
    from codetour.locate.choice import choose

    return tree, choose(find_report(tree, progress), tree, entry).symbol


def _project_of(path: Path) -> Path:
    """The nearest folder above a file that looks like a project's root."""
    for folder in path.parents:
        if any((folder / mark).exists() for mark in (".git", "pyproject.toml", "setup.py")):
            return folder
    return path.parent


def _filtered(
    graph: CallGraph, depth: int | None, focus: str | None, *, collapse: bool, hide_external: bool
) -> CallGraph:
    from codetour.graph import query

    if hide_external:
        graph = query.hide_external(graph)
    if focus is not None:
        names = query.find_nodes(graph, focus)
        if not names:
            raise click.UsageError(f"The graph has no function {focus!r}. Without --focus, all are listed.")
        graph = query.focus(graph, names, depth if depth is not None else 1)
    elif depth is not None:
        graph = query.near(graph, depth)
    return query.collapse(graph) if collapse else graph


def _write(text: str, target: str | None) -> None:
    if target is None or target == "-":
        click.echo(text)
    else:
        Path(target).write_text(text + "\n", encoding="utf-8")
