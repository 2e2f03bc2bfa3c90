"""Choosing the interpreter for an entry point: what it imports is read, then each candidate is asked."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Literal

from codetour.cli.demo import is_demo
from codetour.cli.pipeline import Planned
from codetour.environment import doctor, find, imports
from codetour.errors import EnvironmentProblem
from codetour.model.entry import EntryPoint
from codetour.model.graph import CallGraph
from codetour.model.source import Tree
from codetour.progress import Progress


def modules_of(tree: Tree, entry: EntryPoint, graph: CallGraph) -> tuple[str, ...]:
    """Top-level modules from outside that the run imports for certain."""
    files = {entry.file, *(n.file for n in graph.nodes.values() if n.file)}
    return imports.needed(tree, files, folders=_folders(entry))


def choose_interpreter(
    planned: Planned, *, python: str | None = None, mode: Literal["auto", "current", "create"] = "auto"
) -> doctor.Report:
    """The interpreter for the run and what it lacks; a report without one when none can be used."""
    if mode == "create":
        return _made(planned, python)
    if python is None and is_demo(planned.tree):
        python = sys.executable  # has NumPy, because codetour was installed with it
    return _choose(planned.tree, planned.entry, planned.graph, python, mode)


def _made(planned: Planned, python: str | None) -> doctor.Report:
    """The environment that codetour made, and no other."""
    from codetour.cli.environment import environment_plan

    plan = environment_plan(planned.tree, planned.entry, planned.graph, python)
    if not plan.ready:
        return _choose(planned.tree, planned.entry, planned.graph, python, "auto")
    report = _choose(planned.tree, planned.entry, planned.graph, str(plan.python), "auto")
    if report.interpreter is None:
        return report
    return replace(report, interpreter=replace(report.interpreter, origin=find.MADE))


def _choose(
    tree: Tree,
    entry: EntryPoint,
    graph: CallGraph,
    python: str | None,
    mode: Literal["auto", "current", "create"],
) -> doctor.Report:
    extra = [str(tree.root / folder) for folder in _folders(entry)]
    names = modules_of(tree, entry, graph)
    made: Path | None = None
    if python is None and mode == "auto":
        from codetour.cli.environment import environment_plan

        plan = environment_plan(tree, entry, graph, None)
        made = plan.python if plan.ready else None
    try:
        found = find.find_interpreter(
            tree,
            names,
            python=python,
            mode="current" if mode == "current" else "auto",
            extra=extra,
            made=made,
        )
    except EnvironmentProblem as problem:
        return doctor.examine(entry, None, problem.message, problem.hint)
    return doctor.examine(entry, found)


def diagnose(
    tree: Tree, entry: EntryPoint, progress: Progress, *, python: str | None = None
) -> doctor.Report:
    """What stands in the way of running `entry`."""
    from codetour.graph.build import build_graph

    graph = build_graph(tree, entry.symbol, progress, argv=entry.launch.argv)
    return _choose(tree, entry, graph, python, "auto")


def _folders(entry: EntryPoint) -> list[str]:
    """Folders inside the tree that the program imports from besides its root."""
    folders = [str(PurePosixPath(entry.file).parent), entry.launch.cwd]
    path = entry.launch.env.get("PYTHONPATH", "")
    return [*folders, *(p for p in path.split(":") if p and not p.startswith("/"))]
