"""Graph + entry -> Tour. Static: reads and parses files, executes nothing.

    plan_tour(tree, entry, graph, progress) -> Tour

The walk gives the moments of a default run in order, landmarks and structure give candidates, the choice gives the
places, and the rest of the layer gives them words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from codetour.model.entry import EntryPoint
from codetour.model.graph import CallGraph
from codetour.model.source import Tree
from codetour.model.text import clean
from codetour.model.tour import Stop, Tour, TourEntry
from codetour.plan.again import second_look
from codetour.plan.axes import find_axes
from codetour.plan.choose import Pick, choose
from codetour.plan.composed import composed_values
from codetour.plan.context import Context, find_context
from codetour.plan.defaults import Options
from codetour.plan.extend import extensions
from codetour.plan.facts import Facts, gather
from codetour.plan.feeds import with_feeds
from codetour.plan.landmarks import Candidate, Finder, header_text, source_of
from codetour.plan.moments import Moment
from codetour.plan.narrate import make_stop
from codetour.plan.order import sensible
from codetour.plan.overview import overview
from codetour.plan.program import Program
from codetour.plan.structure import Structure
from codetour.plan.walk import Walker
from codetour.progress import Progress
from codetour.source.reading import TreeSources

_TRIVIAL: Final = re.compile(
    r"makedirs|mkdir|seed|warnings|filterwarnings|cudnn|sys\.path|environ|^print|set_printoptions|matplotlib|getLogger|"
    r"mark_flag|set_verbosity|basicConfig|freeze_support|^__\w+__|^'|is_available\(\):?$|set_start_method|pd\.set_option"
)
"""statements that set the stage and say nothing"""
FEW: Final = 8
"""stops below which a tour says that it found little"""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was seen of a program before anything is put into words."""

    moments: tuple[Moment, ...]
    candidates: tuple[Candidate, ...]
    picks: tuple[Pick, ...]
    context: Context
    options: Options
    sources: TreeSources
    truncated: bool


def plan_tour(tree: Tree, entry: EntryPoint, graph: CallGraph, progress: Progress) -> Tour:
    """The static tour through a default run of `entry`. Raises `Interrupted` when the user stops."""
    progress.begin("Planning the tour")
    seen = survey(tree, entry, graph, progress)
    facts = gather(seen.moments)
    stops = _stops(seen, facts)
    description = overview(entry, seen.picks, facts, seen.sources)
    progress.end(f"{len(stops)} stops")
    return Tour(
        title=clean(f"{tree.name}: {_verb(entry)} with {entry.file}", 120),
        stops=stops,
        description=description,
        repo=tree.name,
        url=tree.url,
        commit=tree.commit,
        entry=TourEntry(entry.role, entry.file, entry.qualname),
        launch=entry.launch,
        extensions=extensions(seen.picks, seen.candidates, facts),
        axes=find_axes(seen.moments, seen.options),
        notes=_notes(seen, stops),
    )


def survey(tree: Tree, entry: EntryPoint, graph: CallGraph, progress: Progress) -> Survey:
    """Walk the program and choose the places."""
    sources = TreeSources(tree.root)
    program = Program(sources)
    files = sorted({n.file for n in graph.nodes.values() if n.file})
    options = Options()
    modules = [m for f in files if (m := program.module(f))]
    options.read(modules, entry.file)
    options.launch(entry.launch.argv)
    options.configure(composed_values(tree.root, modules, entry.launch.argv))
    walker = Walker(program, graph, options, progress)
    moments = walker.run()
    finder = Finder(graph)
    structure = Structure(program, graph, finder)
    candidates = structure.weigh([*finder.find(moments), *structure.find(moments)])
    context = find_context(candidates, moments, entry.file)
    candidates = structure.on_spine(candidates, context, moments)
    picks = with_feeds(choose(candidates, context), moments)
    picks = sensible(in_running_order(picks, moments))
    start = _start(moments, picks)
    chosen = (*([Pick(start, 1.0)] if start else []), *picks)
    return Survey(tuple(moments), tuple(candidates), chosen, context, options, sources, walker.truncated)


def in_running_order(picks: Sequence[Pick], moments: Sequence[Moment]) -> list[Pick]:
    """Each place at the moment when a run meets it first, evaluation before training included."""
    first: dict[tuple[str, int, bool], Moment] = {}
    for moment in moments:
        key = (moment.file, moment.line, moment.enter)
        if key not in first or moment.rank < first[key].rank:
            first[key] = moment
    moved: list[Pick] = []
    for pick in picks:
        c = pick.candidate
        moment = first[(*c.place, c.moment.enter)]
        moved.append(replace(pick, candidate=replace(c, moment=moment)))
    moved.sort(key=lambda p: p.candidate.moment.order)
    return _made_before_built(moved)


def _made_before_built(picks: list[Pick]) -> list[Pick]:
    """Where one function makes many things, a class's `__init__` may have been met before its own line: mend it."""
    for pick in [p for p in picks if p.candidate.slot == "init"]:
        owner = pick.candidate.moment.frame.owner
        made = next((p for p in picks if p.candidate.subject and p.candidate.subject == owner), None)
        if made is not None and picks.index(made) > picks.index(pick):
            picks.remove(pick)
            picks.insert(picks.index(made) + 1, pick)
    return picks


def _stops(seen: Survey, facts: Facts) -> tuple[Stop, ...]:
    ids: dict[str, int] = {}
    stops: list[Stop] = []
    told: dict[str, Pick] = {}
    for pick in seen.picks:
        stops.append(make_stop(pick, facts, ids, told=told))
        told = {stops[-1].concept: pick}
    again = second_look(seen.picks, seen.moments)
    if again:
        index, pick = again
        stops.insert(index, make_stop(pick, facts, ids, again=True))
    return tuple(stops)


def _start(moments: Sequence[Moment], picks: Sequence[Pick]) -> Candidate | None:
    """The beginning of the entry point, on a line that no other stop stands on."""
    top = [m for m in moments if m.frame.parent is None and not m.enter and m.doubt == 0]
    limit = min((p.candidate.moment.order for p in picks), default=len(moments))
    early = [m for m in top if m.order < limit]
    telling = [m for m in early if not _TRIVIAL.search(header_text(m.statement))]
    ways = [[m for m in telling if _in_guard(m)], telling, [m for m in early if _in_guard(m)], early]
    found = next((way[0] for way in ways if way), None) or _first_import(top)
    if found is None:
        return None
    concept = "start-call" if _does_it_all(found) else "start"
    return Candidate(found, "start", "start", 1.0, concept, "the entry point begins here")


def _does_it_all(moment: Moment) -> bool:
    """Is it the call of a function that does the whole work: the last line, `main()`?"""
    body = moment.frame.module.tree.body
    guarded = body[-1].body if body and isinstance(body[-1], ast.If) else body
    return bool(moment.callees) and bool(guarded) and guarded[-1] is moment.statement


def _first_import(top: Sequence[Moment]) -> Moment | None:
    """The first statement of the file, where the first one that works has a stop of its own already."""
    if not top or top[0].frame.definition is not None:
        return None
    body = top[0].frame.module.tree.body
    found = next((n for n in body if isinstance(n, (ast.Import, ast.ImportFrom))), None)
    return replace(top[0], statement=found, order=-1) if found else None


def _in_guard(moment: Moment) -> bool:
    """Inside `if __name__ == "__main__":`, its own line not counted."""
    for node in moment.frame.module.tree.body:
        if isinstance(node, ast.If) and "__name__" in source_of(node.test):
            return node.body[0].lineno <= moment.line <= (node.end_lineno or node.lineno)
    return False


def _verb(entry: EntryPoint) -> str:
    return {"train": "training", "eval": "evaluation"}.get(entry.role, "a run")


def _notes(seen: Survey, stops: tuple[Stop, ...]) -> tuple[str, ...]:
    notes: list[str] = []
    if seen.truncated:
        notes.append("The program is larger than the planner follows; later parts may be missing.")
    if len(stops) < FEW:
        notes.append("Few places were recognised: the work may be done by a library or chosen while running.")
    return tuple(notes)
