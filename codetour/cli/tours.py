"""`codetour tours`: which tours a repository has, its own and those that codetour has kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codetour.cli import options

if TYPE_CHECKING:
    from codetour.cli.reader import Kept
    from codetour.model.source import Tree
    from codetour.tourfile.collection import Found


@click.command("tours")
@options.optional_repository
@click.option(
    "--all", "everything", is_flag=True, help="Every tour that codetour has kept, of any repository."
)
@options.json_output
@options.quiet
def command(repo: str, *, everything: bool, as_json: bool, quiet: bool) -> None:
    """List the tours of REPO, the one to begin with first.

    Looked for in .tours/, .vscode/tours/ and .github/tours/, where VS Code's CodeTour keeps them, and among the tours
    that `codetour run` has saved for the repository. Shown with each: how far you got, whether there is a recording,
    and which tour comes after it.

    \b
    codetour tours
    codetour tours owner/name --json
    """
    from codetour.cli.output import ConsoleProgress, emit_json
    from codetour.cli.pipeline import find_tree
    from codetour.cli.saving import kept_tours
    from codetour.tourfile.collection import find, open_all

    tree: Tree | None = None
    own: list[Found] = []
    if everything:
        kept = open_all(kept_tours(None))
    else:
        tree = find_tree(repo, ConsoleProgress(quiet=quiet))
        own, kept = find(tree.root), open_all(kept_tours(tree.name))
    if as_json:
        emit_json(_document(tree, own, kept))
    else:
        click.echo("\n".join(_text(tree, own, kept)))


def _document(tree: Tree | None, own: list[Found], kept: list[Found]) -> dict[str, Any]:
    from codetour.tourfile.collection import primary

    first = primary(own)
    return {
        "schema": "codetour.tours/1",
        "repo": tree.name if tree is not None else None,
        "root": str(tree.root) if tree is not None else None,
        "primary": str(first.path) if first is not None else None,
        "tours": [
            *(_entry(f, own, tree, "repository") for f in own),
            *(_entry(f, kept, None, "codetour") for f in kept),
        ],
    }


def _entry(found: Found, among: list[Found], tree: Tree | None, place: str) -> dict[str, Any]:
    from codetour.record.store import recording_path
    from codetour.tourfile.collection import next_of

    made: dict[str, Any] = {"path": str(found.path), "place": place, "title": found.title}
    tour = found.tour
    if tour is None:
        return {**made, "problem": found.problem}
    following = next_of(tour, among)
    kept = _reader(found, tree)
    ref = tour.extra.get("ref")
    return {
        **made,
        "problem": None,
        "description": tour.description,
        "stops": len(tour.stops),
        "primary": found.primary,
        "offered": found.offered,
        "ref": ref if isinstance(ref, str) else tour.commit,
        "next": following.title if following is not None else None,
        "made_by": "codetour" if found.ours else "other",
        "recording": recording_path(found.path).is_file(),
        "progress": {"seen": kept.progress(tour), "of": len(tour.stops), "stop": kept.place or None,
                     "ended": kept.ended},
        "notes": len(kept.notes),
    }  # fmt: skip


def _reader(found: Found, tree: Tree | None) -> Kept:
    from codetour.cli.reader import Reader

    assert found.tour is not None
    return Reader(found.tour, tree.root if tree is not None else None).kept


def _text(tree: Tree | None, own: list[Found], kept: list[Found]) -> list[str]:
    from codetour.model.text import clean
    from codetour.tourfile.collection import FOLDERS, primary

    lines: list[str] = []
    first = primary(own)
    if tree is not None:
        where = ", ".join(f"{f}/" for f in FOLDERS)
        lines.append(
            f"Tours of {clean(tree.name)}" if own else f"{clean(tree.name)} brings no tour ({where})."
        )
        for found in own:
            lines += _shown(found, own, tree, begin=found is first)
    if kept:
        lines += ["", "Kept by codetour"]
        for found in kept:
            lines += _shown(found, kept, None, begin=False)
    elif tree is None:
        lines.append("codetour has kept no tours; `codetour run REPO` keeps one.")
    best = first or next((f for f in (*own, *kept) if f.tour is not None), None)
    if best is not None:
        lines += ["", f"Take one with:  codetour replay {clean(_short(best.path, None))}"]
    elif tree is not None and not kept:
        lines += ["Make one with:  codetour run REPO    or: codetour new .tours/first.tour --at FILE:LINE"]
    return lines


def _shown(found: Found, among: list[Found], tree: Tree | None, *, begin: bool) -> list[str]:
    from codetour.model.naming import counted
    from codetour.model.text import clean
    from codetour.record.store import recording_path
    from codetour.tourfile.collection import next_of

    tour = found.tour
    path = clean(_short(found.path, tree))
    if tour is None:
        return [f"  ! {clean(found.title, 100)}", f"      {path}: {clean(found.problem, 200)}"]
    kept = _reader(found, tree)
    facts = [path, counted(len(tour.stops), "stop")]
    if kept.ended:
        facts.append("taken to its end")
    elif done := kept.progress(tour):
        facts.append(f"{done} of {len(tour.stops)} seen")
    if kept.notes:
        facts.append(f"{counted(len(kept.notes), 'note')} of yours")
    if recording_path(found.path).is_file():
        facts.append("with values")
    if following := next_of(tour, among):
        facts.append(f"then: {clean(following.title, 60)}")
    if found.offered is False:
        facts.append("not meant for this system")
    elif found.offered is None:
        facts.append("its condition is not understood")
    mark = "*" if begin else "-"
    words = clean(tour.description, 100)
    head = f"  {mark} {clean(found.title, 100)}{'  (begin here)' if begin else ''}"
    return [head, f"      {' · '.join(facts)}", *([f"      {words}"] if words else [])]


def _short(path: Path, tree: Tree | None) -> str:
    """The path as one would type it."""
    bases = ([tree.root] if tree is not None else []) + [Path.cwd()]
    return next((str(path.relative_to(b)) for b in bases if path.is_relative_to(b)), str(path))
