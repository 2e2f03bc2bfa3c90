"""Tree + entry -> call graph: `build_graph(tree, "train.py:main", progress)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from codetour import places
from codetour.errors import NoEntryPoint, UsageProblem
from codetour.graph import attributes, calls, classes, containers, imports, keeping
from codetour.graph.deep_thread import run_deep
from codetour.graph.expressions import EXPRESSIONS
from codetour.graph.frameworks import Frameworks
from codetour.graph.loading import Loader
from codetour.graph.machine import Args, Frame, Limits, Machine, Module, OutOfBudget
from codetour.graph.modules import ModuleFinder, node_of
from codetour.graph.read_ahead import read_ahead, workers_for_this_machine
from codetour.graph.statements import STATEMENTS
from codetour.graph.values import Const, Klass
from codetour.knowledge.frameworks import FrameworkTable, read_table
from codetour.model.graph import CallGraph, Edge
from codetour.model.source import Tree
from codetour.model.text import clean
from codetour.progress import Progress
from codetour.source.files import list_files

_MOST_ARGUMENTS = 200
_FIRST: Final = 0.75
"""share of the budget for the whole graph; should it not do, the rest is for what stands near the entry"""
_NEAR: Final = 2
"""imports away from the entry that are followed then"""
_HYDRA_WORD = re.compile(r"\+{0,2}([A-Za-z_][\w./@-]*)=(.*)", re.DOTALL)
"""`loss=sft`, `+trainer.max_steps=3`: a word of the command line that Hydra reads"""
_OUTSIDE = "<start>"
"""who calls a function that is the entry itself"""


def split_entry(entry: str) -> tuple[str, str]:
    """`FILE[:QUALNAME]` -> file and qualname (`<module>` when none is given)."""
    file, mark, qualname = entry.rpartition(":")
    if not mark or qualname.endswith((".py", ".ipynb")):
        return entry, "<module>"
    return file, qualname or "<module>"


def split_options(argv: Sequence[str]) -> dict[str, str]:
    """`--arch vit --amp --lr=1 loss=sft` -> option and the text that it is given, "" for a flag."""
    given: dict[str, str] = {}
    for i, word in enumerate(argv[:_MOST_ARGUMENTS]):
        if bare := _HYDRA_WORD.match(word):
            given[bare.group(1)] = bare.group(2)
        if not word.startswith("-") or not word.lstrip("-")[:1].isalpha():
            continue
        name, equals, value = word.partition("=")
        follows = argv[i + 1] if i + 1 < len(argv) else "-"
        given[name] = value if equals else "" if follows.startswith("--") or follows == "-" else follows
    return given


def build_graph(
    tree: Tree,
    entry: str,
    progress: Progress,
    *,
    argv: Sequence[str] = (),
    limits: Limits | None = None,
    workers: int | None = None,
) -> CallGraph:
    """The call graph of what runs from `entry` ("FILE" or "FILE:QUALNAME"), best effort within `limits`.

    Options that the launch gives in `argv` are worth what it gives them; the others are worth their defaults. Many
    files that are seen for the first time are read by `workers` processes (None: as many as pay on this machine).

    Raises NoEntryPoint when the file or the function is not there, Interrupted when the user stops.
    """
    file, qualname = split_entry(entry)
    listing = list_files(tree.root)
    if file not in listing.files:
        raise NoEntryPoint(
            f"There is no file {file} in {tree.name}.", hint="`codetour entries` lists what can be run."
        )
    limits = limits or Limits()
    given = split_options(argv)
    words = frozenset(word for word in argv[:_MOST_ARGUMENTS] if not word.startswith("-"))
    launched = f"{file}:{qualname} {sorted(given.items())} {sorted(words)}"
    kept_as = keeping.name_of(tree.root, launched, listing.files, limits, _own_table())
    kept = keeping.recall(tree.root, kept_as)
    if kept is not None:
        return kept
    return run_deep(
        lambda: _build(
            tree, (file, qualname, given, words), listing.files, progress, limits, kept_as, workers
        ),
        seconds=limits.seconds,
        late=OutOfBudget,
    )


def _own_table() -> Path:
    return places.config_dir() / "frameworks.toml"


def _table() -> FrameworkTable:
    own = _own_table()
    try:
        return read_table(own)
    except (ValueError, OSError) as error:
        raise UsageProblem(
            f"{own}: {clean(str(error), 300)}",
            hint="Mend the file or move it away; README, Frameworks, shows its form.",
        ) from error


def _build(
    tree: Tree,
    start: tuple[str, str, dict[str, str], frozenset[str]],
    files: Iterable[str],
    progress: Progress,
    limits: Limits,
    kept_as: str,
    workers: int | None,
) -> CallGraph:
    progress.begin("Building the call graph")
    file, qualname, given, words = start
    loader = Loader(tree.root, ModuleFinder(files, file), most_files=limits.files)
    table = _table()

    def machine(seconds: float, steps: int) -> Machine:
        made = Machine(
            loader,
            Frameworks(table),
            expressions=EXPRESSIONS,
            statements=STATEMENTS,
            limits=replace(limits, seconds=seconds, steps=steps),
            progress=progress,
        )
        made.given, made.words = given, words
        return made

    crew = workers_for_this_machine() if workers is None else workers
    whole = machine(limits.seconds * _FIRST, int(limits.steps * _FIRST))
    if crew:
        loader.ahead = lambda loaded: read_ahead(
            loader, loaded, progress, workers=crew, seconds=whole.seconds_left()
        )
    entry = node_of(file) if qualname == "<module>" else f"{node_of(file)}.{qualname}"
    stopped = _run(whole, file, qualname)
    machines = [whole]
    if stopped and whole.round == 1:
        # what is left goes into what stands near the entry: far imports may have taken all of it so far
        near = machine(limits.seconds * (1 - _FIRST), int(limits.steps * (1 - _FIRST)))
        near.deepest_imports = _NEAR
        loader.ahead = lambda _loaded: None
        _run(near, file, qualname)
        machines.insert(0, near)
    if stopped:
        loader.notes.append(_why(stopped, limits))
    elif qualname != "<module>" and entry not in whole.nodes:
        raise NoEntryPoint(
            f"{file} has no function {qualname}.", hint=f"`codetour graph --entry {file}` shows what it has."
        )
    graph = _graph(machines, entry, tuple(loader.notes))
    keeping.keep(tree.root, kept_as, graph, loader.read)
    progress.end(f"{len(graph.nodes)} functions, {len(graph.edges)} calls")
    return graph


def _run(m: Machine, file: str, qualname: str) -> str:
    """Run rounds until nothing new comes; "" or what ended it too early."""
    try:
        for number in range(1, m.limits.rounds + 1):
            m.round, m.stale = number, False
            edges = len(m.edges)
            _run_round(m, file, qualname)
            if not m.stale or (number > 1 and len(m.edges) == edges):
                break
    except OutOfBudget:
        return "steps" if m.steps > m.limits.steps else "seconds"
    except RecursionError:
        return "depth"
    return ""


def _why(stopped: str, limits: Limits) -> str:
    if stopped == "depth":
        return "Stopped in code that is nested too deeply; the graph may lack calls."
    used = f"{limits.steps:,} steps" if stopped == "steps" else f"{limits.seconds:g} s of work"
    return f"Stopped after {used}; the graph may lack calls far from the entry."


def _run_round(m: Machine, file: str, qualname: str) -> None:
    m.depth = 0
    module = m.modules.get(file)
    if module is None:
        module = m.modules[file] = Module(node_of(file), file, file, import_name="__main__")
        module.scope.names["__file__"] = (Const(file),)
    module.main = qualname == "<module>"
    module.scope.names["__name__"] = (Const("__main__" if module.main else module.name),)
    imports.run_module(m, module)
    if qualname != "<module>":
        _call_entry(m, module, qualname)
    while m.waiting:
        m.depth = 0
        m.waiting.pop(0)()
    containers.loop_over_the_rest(m)
    m.unlooped.clear()


def _call_entry(m: Machine, module: Module, qualname: str) -> None:
    frame = Frame(module, module.scope, module.name, m.number(), line=1)
    value = module.scope.names.get(qualname.partition(".")[0], ())
    m.quiet += 1
    try:
        for part in qualname.split(".")[1:]:
            klass = next((a for a in value if isinstance(a, Klass)), None)
            if klass is not None:
                made = classes.construct(m, frame, klass, Args(), "entry", "call", "sure", "")
                value = attributes.get(m, frame, made, part)
    finally:
        m.quiet -= 1
    frame.node = _OUTSIDE
    calls.call(m, frame, value, Args(), site="entry")
    for key in [k for k in m.edges if k[0] == _OUTSIDE]:
        del m.edges[key]


def _graph(machines: Sequence[Machine], entry: str, notes: tuple[str, ...]) -> CallGraph:
    found = {key: edge for m in reversed(machines) for key, edge in m.edges.items()}
    known = {i: n for m in reversed(machines) for i, n in m.nodes.items()}
    order = {key: None for m in machines for key in m.edges}
    edges = [found[key] for key in order]
    edges.sort(key=_place_key(edges))
    used = {entry} | {e.caller for e in edges} | {e.callee for e in edges}
    return CallGraph(entry, {i: n for i, n in known.items() if i in used}, tuple(edges), notes)


def _place_key(edges: Iterable[Edge]) -> Callable[[Edge], tuple[int, int]]:
    order: dict[str, int] = {}
    for edge in edges:
        order.setdefault(edge.caller, len(order))

    def key(edge: Edge) -> tuple[int, int]:
        return order[edge.caller], edge.line

    return key
