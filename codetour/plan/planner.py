"""Graph + entry -> Tour. Static: reads and parses files, executes nothing."""

from __future__ import annotations

from codetour.model.entry import EntryPoint
from codetour.model.graph import CallGraph
from codetour.model.source import Tree
from codetour.model.tour import Tour, TourEntry
from codetour.plan.choose import Pick, choose
from codetour.plan.defaults import Options
from codetour.plan.landmarks import Candidate, Finder
from codetour.plan.moments import Moment
from codetour.plan.program import Program
from codetour.plan.structure import Structure
from codetour.plan.walk import Walker
from codetour.progress import Progress
from codetour.source.reading import TreeSources


def survey(tree: Tree, entry: EntryPoint, graph: CallGraph, progress: Progress):
    program = Program(TreeSources(tree.root))
    files = {n.file for n in graph.nodes.values() if n.file}
    modules = [m for f in sorted(files) if (m := program.module(f))]
    options = Options()
    options.read(modules, entry.file)
    options.launch(entry.launch.argv)
    walker = Walker(program, graph, options, progress)
    moments = walker.run()
    finder = Finder(graph)
    structure = Structure(program, graph, finder)
    candidates = [*finder.find(moments), *structure.find(moments)]
    return moments, candidates, choose(candidates)
