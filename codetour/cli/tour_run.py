"""How a saved tour is run: from its own entry point and launch, else from a script that its stops stand in.

A tour that another player made names no entry point, and that of an old one may have been renamed since. Where none of
the stops is in a script that starts something, the repository's best entry is taken.
"""

from __future__ import annotations

from dataclasses import replace

from codetour.cli.pipeline import Planned, plan_entry
from codetour.model.entry import EntryReport, Launch
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.progress import Progress
from codetour.resolve.files import Files


def has_entry(tour: Tour, tree: Tree) -> bool:
    """Whether the tour names an entry point, and its file is there."""
    return tour.entry is not None and (tree.root / tour.entry.file).is_file()


def wanted_entry(tour: Tour, tree: Tree, entries: EntryReport) -> str | None:
    """What the tour, its stops where they are now, is started from, as `--entry` takes it; None for the best one."""
    if tour.entry is not None and has_entry(tour, tree):
        return f"{tour.entry.file}:{tour.entry.qualname}"
    files = dict.fromkeys(s.anchor.file for s in tour.stops)
    order = sorted(entries.entries, key=lambda e: e.role == "other")
    known = next((e.symbol for e in order if e.file in files), None)
    if known is not None or entries.entries:
        return known
    # nothing here trains: a script is known by its guard
    texts = Files(tree.root)
    return next((f for f in files if (source := texts.read(f)) and "__main__" in source.text), None)


def planned_run(tour: Tour, tree: Tree, entries: EntryReport, progress: Progress) -> Planned:
    """The tour with its own stops, and a launch: its own where it has one. Raises `NoEntryPoint`."""
    planned = plan_entry(tree, entries, wanted_entry(tour, tree, entries), progress)
    own = has_entry(tour, tree)
    made = tour._replace(
        entry=tour.entry if own else planned.tour.entry,
        launch=tour.launch if own and tour.launch != Launch() else planned.tour.launch,
    )
    return replace(planned, tour=made)
