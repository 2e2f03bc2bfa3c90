"""REPO -> Tree -> entry point -> call graph -> Tour: the static half of the work, which executes nothing.

`run`, `plan` and the screen's preparation use it alike; each layer is imported when its turn comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codetour.cli.demo import NAME as DEMO
from codetour.model.entry import EntryPoint, EntryReport
from codetour.model.graph import CallGraph
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.progress import Progress


@dataclass(frozen=True, slots=True)
class Planned:
    """A repository, one of its entry points, and the static tour through it."""

    tree: Tree
    report: EntryReport
    entry: EntryPoint
    graph: CallGraph
    tour: Tour


def find_tree(spec: str, progress: Progress, *, to_run: bool = False) -> Tree:
    """The tree that REPO names; `demo` is the repository inside the package. A clone `to_run` is a copy of it."""
    if spec == DEMO:
        from codetour.cli.demo import demo_tree

        return demo_tree()
    from codetour.source.checkout import get_tree

    tree = get_tree(spec, progress)
    if to_run:
        from codetour.cli.work_copy import work_copy

        return work_copy(tree)
    return tree


def find_report(tree: Tree, progress: Progress) -> EntryReport:
    """The entry points of a tree."""
    from codetour.locate.locator import find_entries

    return find_entries(tree, progress)


def plan_entry(
    tree: Tree,
    report: EntryReport,
    wanted: str | None,
    progress: Progress,
    *,
    arguments: Sequence[str] | None = None,
) -> Planned:
    """The tour of the entry point that `wanted` names.

    `arguments` given by the user replace all that were found or proposed. Raises `NoEntryPoint`.
    """
    from codetour.environment.checkpoints import fill_checkpoint
    from codetour.graph.build import build_graph
    from codetour.locate.choice import choose
    from codetour.plan.planner import plan_tour
    from codetour.resolve.anchors import complete

    entry = choose(report, tree, wanted, own_arguments=bool(arguments))
    if arguments is not None:
        launch = entry.launch._replace(argv=tuple(arguments), overrides=(), needs=())
    else:
        launch = fill_checkpoint(tree, entry.launch) if entry.role != "train" else entry.launch
    entry = replace(entry, launch=launch)
    graph = build_graph(tree, entry.symbol, progress, argv=entry.launch.argv)
    tour = plan_tour(tree, entry, graph, progress)
    return Planned(tree, report, entry, graph, complete(tour, tree.root))


def plan_repository(
    spec: str,
    wanted: str | None,
    progress: Progress,
    *,
    arguments: Sequence[str] | None = None,
    to_run: bool = False,
) -> Planned:
    """All of it, from REPO to the static tour; of a copy of a clone where it is `to_run`."""
    tree = find_tree(spec, progress, to_run=to_run)
    return plan_entry(tree, find_report(tree, progress), wanted, progress, arguments=arguments)
