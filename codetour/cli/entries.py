"""`codetour entries REPO`: where training and evaluation start, why, and the command that starts each small."""

from __future__ import annotations

import os
import shlex
from typing import Any

import click

from codetour.cli import options
from codetour.cli.output import ConsoleProgress, emit_json
from codetour.cli.pipeline import find_report, find_tree
from codetour.model.entry import EntryPoint, EntryReport
from codetour.model.source import Tree
from codetour.model.stage import Role
from codetour.model.text import clean

_FOLDED = 8
"""rows of one role shown without --explain"""


@click.command("entries")
@options.repository
@options.json_output
@options.quiet
@click.option(
    "--explain", is_flag=True, help="Show all the evidence, every entry and every override with its reason."
)
def command(repo: str, *, as_json: bool, quiet: bool, explain: bool) -> None:
    """List the entry points of REPO with their evidence and launch.

    REPO is owner/name[@ref], a git URL, or a path. Nothing of the repository is executed. Tour one of them with
    `codetour run REPO --entry FILE`.
    """
    progress = ConsoleProgress(quiet=quiet or as_json)
    tree = find_tree(repo, progress)
    report = find_report(tree, progress)
    if as_json:
        emit_json(document(tree, report))
    else:
        click.echo(table(report, explain=explain))


def document(tree: Tree, report: EntryReport) -> dict[str, Any]:
    """The JSON document, schema codetour.entries/1."""
    return {
        "schema": "codetour.entries/1",
        "repo": tree.name,
        "commit": tree.commit,
        "entries": [_row(entry) for entry in report.entries],
        "none": {"train": report.none_train, "eval": report.none_eval},
        "notes": list(report.notes),
    }


def _row(entry: EntryPoint) -> dict[str, Any]:
    launch = entry.launch
    return {
        "role": entry.role,
        "file": entry.file,
        "symbol": entry.symbol,
        "line": entry.line,
        "score": entry.score,
        "title": entry.title,
        "loop": _cells(entry.loop),
        "evidence": [
            {"kind": e.kind, "file": e.file, "line": e.line, "text": e.text} for e in entry.evidence
        ],
        "launch": {
            "argv": list(launch.argv),
            "cwd": launch.cwd,
            "module": launch.module,
            "env": launch.env,
            "flags": list(launch.flags),
            "source": launch.source,
            "overrides": [{"arg": o.arg, "why": o.why} for o in launch.overrides],
        },
        "command": command_words(entry),
        "needs": [{"what": n.what, "why": n.why, "mend": n.mend} for n in launch.needs],
    }


def _cells(symbol: str | None) -> str | None:
    """A notebook has no module level but its cells."""
    return symbol.replace(".ipynb:<module>", ".ipynb:<cells>") if symbol else None


def command_words(entry: EntryPoint) -> list[str]:
    """The whole command as words, to be run in the launch's folder."""
    launch = entry.launch
    target = ["-m", launch.module] if launch.module else [os.path.relpath(entry.file, launch.cwd)]
    return ["python", *launch.flags, *target, *launch.argv]


def table(report: EntryReport, *, explain: bool) -> str:
    """The report for people."""
    lines: list[str] = []
    rows: tuple[tuple[Role, str | None], ...] = (
        ("train", report.none_train),
        ("eval", report.none_eval),
        ("other", None),
    )
    for role, none in rows:
        entries = report.of(role)
        if entries or none:
            lines.append(click.style(role, bold=True) + (f"  none: {none}" if not entries and none else ""))
        shown = entries if explain else entries[:_FOLDED]
        for entry in shown:
            lines.extend(_lines(entry, explain=explain))
        if len(entries) > len(shown):
            lines.append(f"  … {len(entries) - len(shown)} more (--explain shows all)")
    lines.extend(f"note: {clean(n, 200)}" for n in (report.notes if explain else report.notes[:3]))
    return "\n".join(lines)


def _lines(entry: EntryPoint, *, explain: bool) -> list[str]:
    launch = entry.launch
    name = entry.file if entry.qualname == "<module>" else entry.symbol
    loop = f"  loop {entry.loop}" if entry.loop and entry.loop != entry.symbol else ""
    out = [f"  {entry.score:4.0%}  {clean(name, 80)}{clean(loop, 100)}"]
    words = [f"{k}={shlex.quote(v)}" for k, v in launch.env.items()] + [
        shlex.quote(w) for w in command_words(entry)
    ]
    place = f"(in {launch.cwd}) " if launch.cwd != "." else ""
    out.append(f"        {place}{clean(' '.join(words), 400)}")
    if explain:
        out.extend(
            f"        {e.kind:<14} {clean(e.file, 60)}:{e.line}  {clean(e.text, 160)}" for e in entry.evidence
        )
        out.extend(f"        + {clean(o.arg, 60)}  {clean(o.why, 120)}" for o in launch.overrides)
    elif entry.evidence:
        why = list(dict.fromkeys(e.kind for e in entry.evidence))
        out.append(f"        because of {', '.join(why[:6])}")
    out.extend(
        f"        needs {clean(n.what, 80)}: {clean(n.why, 120)} {clean(n.mend, 160)}".rstrip()
        for n in launch.needs
    )
    return out
