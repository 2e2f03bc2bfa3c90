"""`codetour share`: one file to give away, after a look at what is in it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from codetour.cli.opening import Opened
    from codetour.share.preview import Preview
    from codetour.share.writing import Shared, Wish

_SHOWN: Final = 12
"""removals told one by one"""


@click.command("share")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to", "style", required=True, type=click.Choice(["html", "md", "notebook", "tour", "bundle"]),
    help="html: one page for a browser. md: for GitHub. notebook: for Jupyter. tour: for VS Code. bundle: replays "
    "anywhere.",
)  # fmt: skip
@click.option("--output", "-o", "output", metavar="OUT", type=click.Path(path_type=Path),
              help="The file to write; of several tours the folder. Needed unless --dry-run.")  # fmt: skip
@click.option("--repo", metavar="DIR", default=None, type=click.Path(path_type=Path),
              help="The repository. Default: the one round FILE, else the current folder.")  # fmt: skip
@click.option(
    "--content", is_flag=True, help="Include texts, statistics and output, not only shapes and numbers."
)
@click.option("--notes", is_flag=True, help="Include your own notes, marked as a reader's.")
@click.option(
    "--anchors", default="pattern", show_default=True, type=click.Choice(["pattern", "line"]),
    help="For --to tour: how other players find a line; JetBrains and Visual Studio know only `line`.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only show what would be shared and what would be taken out.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking; needed where nobody can be asked.")
@click.option("--force", is_flag=True, help="Replace OUT when it is there.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr but the question and errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def command(
    paths: tuple[Path, ...],
    style: str,
    output: Path | None,
    repo: Path | None,
    anchors: str,
    *,
    content: bool,
    notes: bool,
    dry_run: bool,
    yes: bool,
    force: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Turn FILE, a tour or a bundle, into one file that needs nothing else; several into a folder of such files,
    in which the links from tour to tour lead from page to page.

    What goes along and what is taken out (home folders, tokens, passwords) is shown first; nothing is written before
    you agree. Code comes from the repository, values from the recording beside the tour: of values only names, types,
    shapes and numbers, unless you ask for --content. Your own notes stay with you, unless you ask for --notes.

    \b
    codetour share .tours/first.tour --to html -o first.html
    codetour share first.codetour --to md -o TOUR.md --yes
    codetour share .tours/*.tour --to html -o pages
    """
    from typing import cast

    from codetour.cli.opening import open_saved
    from codetour.cli.output import emit_json, note
    from codetour.errors import UsageProblem
    from codetour.model.naming import counted
    from codetour.share.writing import Format, share

    if output is None and not dry_run:
        raise UsageProblem("No file to write was named", hint="Add -o OUT, or --dry-run to only look.")
    opened = [open_saved(path, repo) for path in paths]
    outputs = _outputs(opened, style, output)
    if not dry_run:
        for given, place in zip(opened, outputs, strict=True):
            _may_write(place, given.path, force=force)
    pages = {
        o.tour.title: p.name for o, p in zip(opened, outputs, strict=True) if p is not None and len(paths) > 1
    }
    made: list[tuple[Opened, Shared]] = []
    for given in opened:
        meant, wish = _wish(given, style, pages, anchors=anchors, content=content, notes=notes)
        made.append((meant, share(meant.tour, meant.recording, meant.sources, cast("Format", style), wish)))
        for text in _about(*made[-1], style, content=content):
            note(text, quiet=quiet)
    if not dry_run:
        assert output is not None
        _agree(output, yes=yes)
        for (meant, shared), place in zip(made, outputs, strict=True):
            assert place is not None
            _write(shared, place)
            note(
                f"{place}: {counted(len(meant.tour.stops), 'stop')}, {len(shared.data) / 1000:.0f} kB.",
                quiet=quiet,
            )
    if as_json:
        documents = [
            _document(*one, style, place, written=not dry_run)
            for one, place in zip(made, outputs, strict=True)
        ]
        schema = {"schema": "codetour.share/1"}
        emit_json(schema | (documents[0] if len(documents) == 1 else {"tours": documents}))


def _outputs(opened: list[Opened], style: str, output: Path | None) -> list[Path | None]:
    """Where each tour is written: to `output`, of several to files in that folder, named as the tours are."""
    if output is None or len(opened) == 1:
        return [output]
    ending = {"notebook": "ipynb", "bundle": "codetour"}.get(style, style)
    made: list[Path | None] = []
    taken: set[str] = set()
    for given in opened:
        stem = name = given.path.name.rpartition(".")[0] or given.path.name.lstrip(".")
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        made.append(output / f"{name}.{ending}")
    return made


def _may_write(output: Path | None, tour: Path, *, force: bool) -> None:
    from codetour.errors import UsageProblem

    if output is None or not output.exists():
        return
    if not force:
        raise UsageProblem(
            f"{output} is there already", hint="Choose another name, or replace it with --force."
        )
    if output.resolve() == tour.resolve():
        raise UsageProblem(f"{output} is the tour itself", hint="Name another file to write.")


def _wish(
    opened: Opened, style: str, pages: dict[str, str], *, anchors: str, content: bool, notes: bool
) -> tuple[Opened, Wish]:
    """What is wanted, and the tour that is meant: as it stands for VS Code, at its present lines for the rest."""
    from dataclasses import replace
    from typing import cast

    from codetour import __version__
    from codetour.cli.opening import siblings
    from codetour.cli.reader import Reader
    from codetour.share.neighbours import Neighbours
    from codetour.share.writing import Wish
    from codetour.tourfile.collection import next_of, titles
    from codetour.tourfile.encode import Anchors

    if style == "tour":
        return replace(opened, tour=opened.stored), Wish(anchors=cast("Anchors", anchors), content=content)
    others = siblings(opened)
    following = next_of(opened.tour, others)
    opened, prefix = _placed(opened)
    return opened, Wish(
        content=content,
        notes=Reader(opened.tour, opened.root).kept.notes if notes else {},
        neighbours=Neighbours(tuple(titles(others)), following.title if following is not None else "", pages),
        prefix=prefix,
        made_with=f"Made with codetour {__version__}.",
    )


def _placed(opened: Opened) -> tuple[Opened, str]:
    """The tour with the address and commit of the code that is shown, and its folder inside the repository."""
    from dataclasses import replace

    from codetour.errors import SourceError
    from codetour.source.checkout import local_tree

    if opened.root is None:
        return opened, ""
    try:
        tree = local_tree(opened.root)
    except SourceError:
        return opened, ""
    tour = opened.tour
    if tree.commit is not None:
        notes: list[str] = []
        if tree.dirty:
            notes.append("The work tree has changes that its commit lacks: links may be off.")
        if tree.url and _unpushed(opened.root, tree.commit):
            notes.append(f"No remote branch holds commit {tree.commit[:10]}: links work once it is pushed.")
        tour = tour._replace(commit=tree.commit, url=tree.url or tour.url)
        opened = replace(opened, notes=(*opened.notes, *notes))
    return replace(opened, tour=tour._replace(repo=tour.repo or tree.name)), tree.prefix


def _unpushed(root: Path, commit: str) -> bool:
    """Whether a clone knows its remote's branches, and none of them has the commit."""
    from codetour.resolve.history import git

    known = git(root, "for-each-ref", "--count=1", "refs/remotes")
    holding = git(root, "for-each-ref", "--count=1", f"--contains={commit}", "refs/remotes", "refs/tags")
    return bool(known and known.strip()) and holding is not None and not holding.strip()


def _about(opened: Opened, made: Shared, style: str, *, content: bool) -> list[str]:
    """The preview, line by line."""
    from codetour.model.naming import counted

    before = made.preview
    lines = [f"To share, as {style}: {opened.path.name}"]
    counts = [counted(before.stops, "stop")]
    if before.files:
        counts.append(f"{counted(before.lines, 'line')} of code of {counted(len(before.files), 'file')}")
    if before.values:
        counts.append(f"names, types and shapes of {counted(before.values, 'value')}")
    if before.output:
        counts.append(f"{counted(before.output, 'line')} of output")
    lines.append("  " + ", ".join(counts))
    lines += [f"  {text}" for text in made.notes]
    if before.texts and not content:
        lines.append(
            f"  {before.texts:,} of the values also hold texts or statistics of data: these stay with you"
        )
    removed = before.removed
    lines.append("Taken out: " + (_kinds(before) if removed else "nothing was found that had to be."))
    lines += [f"  {r.where}: {r.kind} {r.hint}".rstrip() for r in removed[:_SHOWN]]
    if len(removed) > _SHOWN:
        lines.append(f"  and {len(removed) - _SHOWN} more (--json lists them all)")
    if style != "tour" and not before.files:
        lines.append(
            "None of the tour's files were found: the code is left out. Name the repository with --repo."
        )
    return lines + list(opened.notes)


def _kinds(before: Preview) -> str:
    return ", ".join(f"{n}× {kind}" for kind, n in Counter(r.kind for r in before.removed).items())


def _agree(output: Path, *, yes: bool) -> None:
    """Return when the preview was agreed to. Raises UsageProblem."""
    from codetour.errors import UsageProblem

    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageProblem(
            "Nothing was written: nobody was there to agree to the above",
            hint="Look at it with --dry-run, then add --yes.",
        )
    if not click.confirm(f"Write {output}?", err=True):
        raise UsageProblem(
            "Nothing was written: you did not agree", hint="--dry-run only shows what would be."
        )


def _write(made: Shared, output: Path) -> None:
    from codetour.errors import UsageProblem

    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(made.data)
    except OSError as error:
        raise UsageProblem(
            f"{output} cannot be written: {error.strerror}", hint="Choose another place."
        ) from error


def _document(
    opened: Opened, made: Shared, style: str, output: Path | None, *, written: bool
) -> dict[str, Any]:
    before = made.preview
    return {
        "tour": str(opened.path),
        "to": style,
        "output": str(output) if output is not None else None,
        "written": written,
        "bytes": len(made.data),
        "stops": before.stops,
        "files": list(before.files),
        "lines": before.lines,
        "values": before.values,
        "holding_data": before.texts,
        "output_lines": before.output,
        "removed": [{"where": r.where, "kind": r.kind, "hint": r.hint} for r in before.removed],
        "notes": [*made.notes, *opened.notes],
    }
