"""`codetour graph`: the static call graph, as a tree for people and in five forms for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from codetour.cli import options
from codetour.cli.output import ConsoleProgress, note
from codetour.model.stage import STAGES
from codetour.model.text import clean

if TYPE_CHECKING:
    from codetour.model.graph import CallGraph
    from codetour.model.source import Tree
    from codetour.progress import Progress

_FORMATS = ("tree", "json", "adjacency", "dot", "graphml", "mermaid")
_STAGES = tuple(s for s in STAGES if s not in ("start", "end"))
_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the graph is shown, and how."""

    depth: int | None = None
    focus: str | None = None
    stage: str | None = None
    collapse: bool = False
    hide_external: bool = False
    hide_helpers: bool = False


def _view_options(command: _F) -> _F:
    """The options that `View` holds."""
    for option in reversed((
        click.option("--depth", type=click.IntRange(min=0), metavar="N",
                     help="At most N calls away from the entry (or --focus, or the --stage's functions)."),
        click.option("--focus", metavar="NAME",
                     help="Only this function with its callers and callees (FILE:QUALNAME or a part)."),
        click.option("--stage", type=click.Choice(_STAGES), metavar="STAGE",
                     help=f"Only the way to where STAGE happens, and what it calls: {', '.join(_STAGES)}."),
        click.option("--collapse", is_flag=True, help="One node per file."),
        click.option("--hide-external", is_flag=True, help="Only the repository's own functions."),
        click.option("--hide-helpers", is_flag=True,
                     help="Without small functions that everything uses; who called through one is linked on."),
    )):  # fmt: skip
        command = option(command)
    return command


@click.command(
    "graph",
    epilog="Examples:  codetour graph karpathy/nanoGPT --depth 2 · codetour graph . -e train.py --format dot -o g.dot"
    " · codetour graph . --focus GPT.forward · codetour graph . --stage loss --hide-helpers"
    " · codetour graph . --observed .tours/train.tour · codetour graph train.py --root . --json calls.json",
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
@_view_options
@click.option("--observed", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Add the calls that a run was seen to make: a saved .tour, a bundle or a recording.")  # fmt: skip
@click.option(
    "--max-files", type=click.IntRange(min=1), metavar="N", help="Read at most N files. Default: 4000."
)
@click.option("--max-seconds", type=click.FloatRange(min=0.1), metavar="S",
              help="Work at most S seconds of CPU time; what is found by then is shown. Default: 60.")  # fmt: skip
@options.quiet
def command(
    repo: str | None,
    entry: str | None,
    root: str | None,
    form: str | None,
    json_to: str | None,
    output: str | None,
    observed: Path | None,
    max_files: int | None,
    max_seconds: float | None,
    *,
    quiet: bool,
    **view: Any,
) -> None:
    """Who calls whom from an entry point, in source that is never run.

    REPO is owner/name, a git URL, a folder, or a Python file (then it is the entry). Calls that no eye sees are
    in it too, each with its reason: that `model(x)` runs `forward`, that iterating a DataLoader runs the dataset's
    `__getitem__`. A `?` marks calls that may happen, a `+` calls that only a run has shown; dashed lines in dot are
    calls made by a framework. Files that do not parse are named and skipped.

    The table of frameworks can be extended: see README, Frameworks.
    """
    from codetour.graph.build import build_graph
    from codetour.graph.export import render
    from codetour.graph.machine import Limits

    if repo is None:
        # `--json REPO`: an option with an optional value has taken the argument
        if json_to in (None, "-"):
            raise click.UsageError("Missing argument 'REPO'.")
        repo, json_to = json_to, "-"
    progress = ConsoleProgress(quiet=quiet)
    tree, target, argv = _target(repo, root, entry, progress)
    plain = Limits()
    limits = Limits(max_files or plain.files, max_seconds or plain.seconds)
    graph = build_graph(tree, target, progress, argv=argv, limits=limits)
    for text in graph.notes:
        note(text, quiet=quiet)
    if observed is not None:
        graph = _with_run(graph, observed)
    chosen = form or ("json" if json_to == "-" else "adjacency" if json_to else "tree")
    shown = View(**view)
    if chosen == "tree":
        shown = replace(shown, hide_external=True)
    graph = _filtered(graph, shown, lambda stage: _happening(tree, target, graph, stage, progress))
    to_file = json_to if json_to not in (None, "-") and form is None else output
    _write(render(graph, chosen, document={"repo": tree.name, "commit": tree.commit}), to_file)


def _target(
    repo: str, root: str | None, entry: str | None, progress: Progress
) -> tuple[Tree, str, tuple[str, ...]]:
    """The tree, the entry in it as FILE[:QUALNAME], and the arguments of its launch where it was found by us."""
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
        return local_tree(top), path.relative_to(top).as_posix() + mark + qualname, ()
    if root is not None:
        raise click.UsageError("--root is for a REPO that is a Python file.")
    tree = find_tree(repo, progress)
    if entry is not None and entry.partition(":")[0].endswith((".py", ".ipynb")):
        return tree, entry, ()
    from codetour.locate.choice import choose

    found = choose(find_report(tree, progress), tree, entry)
    return tree, found.symbol, found.launch.argv


def _project_of(path: Path) -> Path:
    """The nearest folder above a file that looks like a project's root."""
    for folder in path.parents:
        if any((folder / mark).exists() for mark in (".git", "pyproject.toml", "setup.py")):
            return folder
    return path.parent


def _with_run(graph: CallGraph, file: Path) -> CallGraph:
    """The graph and what the run saw whose recording FILE is, or lies beside or in."""
    from codetour.errors import UsageProblem
    from codetour.graph.observed import with_observed

    if file.name.endswith(".json.gz"):
        from codetour.record.store import load

        recording = load(file)
    else:
        from codetour.cli.opening import open_saved

        recording = open_saved(file, None).recording
    if recording is None:
        raise UsageProblem(
            f"{clean(str(file))} has no recording: nothing was run for it, or it was moved without its `.codetour`.",
            hint="`codetour run REPO --save FILE` records a run.",
        )
    return with_observed(graph, recording.seen)


def _filtered(
    graph: CallGraph, view: View, happening: Callable[[str], dict[str, list[tuple[int, int]]]]
) -> CallGraph:
    """The part that is asked for. `happening(stage)` gives the functions in which a stage happens, and the lines."""
    from codetour.graph import query

    centres = _named(graph, view.focus) if view.focus is not None else []
    if view.stage is not None:
        there = happening(view.stage)
        graph = query.toward(graph, there, view.depth if view.depth is not None else 1)
        centres = [c for c in centres if c in graph.nodes]
    if view.hide_external:
        graph = query.hide_external(graph)
    if view.hide_helpers:
        graph = query.without(graph, [h for h in query.helpers(graph) if h not in centres])
    if view.focus is not None:
        graph = query.focus(graph, centres, view.depth if view.depth is not None else 1)
    elif view.depth is not None and view.stage is None:
        graph = query.near(graph, view.depth)
    return query.collapse(graph) if view.collapse else graph


def _named(graph: CallGraph, name: str) -> list[str]:
    import difflib

    from codetour.graph import query

    found = query.find_nodes(graph, name)
    if not found:
        ours = [n.qualname for n in graph.nodes.values() if n.file]
        near = ", ".join(difflib.get_close_matches(name.rpartition(":")[2], ours, 3))
        hint = f"Near to it: {clean(near, 200)}." if near else "Without --focus, all are listed."
        raise click.UsageError(f"The graph has no function {name!r}. {hint}")
    return found


def _happening(
    tree: Tree, target: str, graph: CallGraph, stage: str, progress: Progress
) -> dict[str, list[tuple[int, int]]]:
    """The functions in which the planner finds clear evidence of a stage, and on which lines; [] for all of them."""
    from codetour.cli.pipeline import find_report
    from codetour.errors import NoEntryPoint
    from codetour.locate.choice import choose
    from codetour.plan.choose import CLEAR
    from codetour.plan.landmarks import header_end
    from codetour.plan.planner import survey

    seen = survey(tree, choose(find_report(tree, progress), tree, target), graph, progress)
    clear = [c for c in seen.candidates if c.stage == stage and c.weight >= CLEAR and c.moment.doubt <= 1]
    picked = [p.candidate for p in seen.picks if p.candidate.stage == stage]
    found: dict[str, list[tuple[int, int]]] = {}
    whole: set[str] = set()
    for candidate in (*picked, *clear):
        moment = candidate.moment
        lines = found.setdefault(moment.frame.node.id, [])
        if moment.enter:
            whole.add(moment.frame.node.id)
        else:
            lines.append((moment.line, header_end(moment.statement)))
    if not found:
        raise NoEntryPoint(
            f"Nothing on the way from {target} is clearly {stage}.",
            hint="Without --stage, all calls are shown.",
        )
    return {name: [] if name in whole else lines for name, lines in found.items()}


def _write(text: str, target: str | None) -> None:
    if target is None or target == "-":
        click.echo(text)
    else:
        Path(target).write_text(text + "\n", encoding="utf-8")
