"""Saved tours on the screen: where the reader left them, with their notes, and with the tours they lead to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codetour.errors import NoEntryPoint, UsageProblem
from codetour.model.naming import counted
from codetour.model.text import clean
from codetour.ui.prepared import Choice, Option, Outcome, Prepare, Prepared, Second

if TYPE_CHECKING:
    from codetour.model.source import Tree
    from codetour.progress import Progress
    from codetour.tourfile.collection import Found

MOST_OFFERED = 40


def prepared_tour(
    path: Path, repo: Path | None, stop: int = 0, *, back: tuple[Path, int] | None = None
) -> Prepared:
    """The tour in `path`, opened at `stop` (from 1; 0: where the reader left it).

    `back` is the tour, and its stop (from 0), from which a link led here.
    """
    from codetour.cli.opening import open_saved, siblings
    from codetour.cli.reader import Reader
    from codetour.cli.saved_graph import graph_of
    from codetour.record.replay import RecordedDriver
    from codetour.tourfile.collection import titles

    opened = open_saved(path, repo)
    tour = opened.tour
    reader = Reader(tour, opened.root)
    others = siblings(opened)
    place = min(stop, len(tour.stops)) - 1 if stop else reader.kept.index(tour)

    def open_tour(title: str, at: int, left: int) -> Prepare:
        found = next((f for f in others if f.title == title), None)
        if found is None:
            raise UsageProblem(f"The tour {clean(title, 80)} is gone", hint="Look at `codetour tours`.")
        return lambda _progress: prepared_tour(found.path, repo, at, back=(path, left))

    return Prepared(
        tour=tour,
        sources=opened.sources,
        static=lambda: RecordedDriver(tour, opened.recording),
        problem=" ".join(opened.notes),
        root=opened.root,
        place=place,
        on_place=reader.arrive,
        second=_second(others, tour.title, opened.stored, repo, back),
        notes=reader.kept.notes,
        on_note=reader.write_note,
        tours=tuple(titles(others)),
        open_tour=open_tour,
        graph=graph_of(opened),
    )


def _second(
    others: list[Found], title: str, tour: object, repo: Path | None, back: tuple[Path, int] | None
) -> Second | None:
    """Where the end of the tour leads: back to where a link came from, else to the tour that follows."""
    from typing import cast

    from codetour.model.tour import Tour
    from codetour.tourfile.collection import next_of

    if back is not None:
        path, left = back
        name = next((f.title for f in others if f.path.resolve() == path.resolve()), path.stem)
        label = f"back to {clean(name, 60)}, stop {left + 1}"
        return Second(label, lambda _progress: prepared_tour(path, repo, left + 1))
    following = next_of(cast("Tour", tour), others)
    if following is None or following.title == title:
        return None
    return Second(
        f"the next tour, {clean(following.title, 60)}", lambda _progress: prepared_tour(following.path, repo)
    )


def offered(tree: Tree) -> list[Found]:
    """The tours that a repository brings, the one to begin with first; those that can be taken here."""
    from codetour.tourfile.collection import find

    return [f for f in find(tree.root) if f.tour is not None and f.tour.stops and f.offered is not False][
        :MOST_OFFERED
    ]


def as_options(found: list[Found]) -> tuple[Option, ...]:
    """For the question which one to take."""
    made: list[Option] = []
    for item in found:
        assert item.tour is not None
        words = clean(item.tour.description.strip().split("\n", 1)[0], 160)
        count = f"{counted(len(item.tour.stops), 'stop')} by its authors"
        made.append(Option(clean(item.title, 120), f"{count}\n{words}" if words else count))
    return tuple(made)


def own_or_run(tree: Tree, own: list[Found], run: Prepare, told: str = "") -> Choice:
    """Which of its tours, or a run; once `told` that there is nothing to run, which of its tours."""
    training = Option(
        "Tour its training run",
        "codetour finds where it starts, runs it with your consent, and stops where it matters",
    )
    rows = as_options(own) if told else (training, *as_options(own))

    def then(index: int, progress: Progress) -> Outcome:
        at = index if told else index - 1
        if at >= 0:
            return prepared_tour(own[at].path, tree.root)
        try:
            return run(progress)
        except NoEntryPoint as problem:
            return own_or_run(tree, own, run, f"{problem.message}\nNext: {problem.hint}")

    count = "a tour" if len(own) == 1 else f"{len(own)} tours"
    return Choice(f"{tree.name} brings {count} of its own", rows, then, told)


def at_their_place(prepared: Prepared, reader_of: Path | None) -> Prepared:
    """A run's tour with the reader's notes and progress."""
    from codetour.cli.reader import Reader

    reader = Reader(prepared.tour, reader_of)
    return replace(
        prepared,
        place=reader.kept.index(prepared.tour),
        on_place=reader.arrive,
        notes=reader.kept.notes,
        on_note=reader.write_note,
    )
