"""Which entry point a user means: the best one, one of a role, or a file of their own choice.

A file that exists is always accepted, found by the locator or not, and gets a launch as good as a found one's.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from codetour.errors import NoEntryPoint
from codetour.locate.commands import Gatherer
from codetour.locate.corpus import Corpus
from codetour.locate.facts import MODULE
from codetour.locate.launch import make_launch
from codetour.locate.locator import LAUNCHES
from codetour.locate.loops import symbol_of, training_loop
from codetour.locate.reach import Reach
from codetour.model.entry import EntryPoint, EntryReport, Evidence
from codetour.model.source import Tree
from codetour.model.stage import Role
from codetour.progress import Silent


def choose(report: EntryReport, tree: Tree, wanted: str | None, *, own_arguments: bool = False) -> EntryPoint:
    """The entry point that `wanted` names: None (best train, else eval), train, eval, FILE or FILE:QUALNAME.

    `own_arguments`: the user gives the whole command line, and says it from where they stand.
    Raises `NoEntryPoint` with the candidates in its hint.
    """
    if wanted in (None, "train", "eval"):
        return _by_role(report, wanted)
    file, _, qualname = wanted.partition(":") if not _drive(wanted) else (wanted, "", "")
    found = _relative(tree, file)
    if found is None:
        raise NoEntryPoint(f"There is no file {file!r} in {tree.name}.", hint=_candidates(report))
    for role in ("train", "eval"):
        for entry in report.of(role)[:LAUNCHES]:
            if entry.file == found and (not qualname or qualname == entry.qualname):
                return _from_here(tree, entry, own_arguments=own_arguments)
    forced = _forced(tree, found, qualname or MODULE, report)
    return _from_here(tree, forced, own_arguments=own_arguments)


def _from_here(tree: Tree, entry: EntryPoint, *, own_arguments: bool) -> EntryPoint:
    """Run in the user's folder when that is one below the root: a script named from there is meant to run there.

    With arguments of their own this holds at the root too: `sub/train.py --data sub/x` was typed there.
    """
    root, here = os.path.realpath(tree.root), os.path.realpath(Path.cwd())
    launch = entry.launch
    inside = here.startswith(root + os.sep) or (own_arguments and here == root)
    if not inside or launch.module is not None:
        return entry
    cwd = Path(here).relative_to(root).as_posix()
    env = dict(launch.env)
    if "PYTHONPATH" in env:
        parts = [os.path.join(launch.cwd, p) for p in env["PYTHONPATH"].split(os.pathsep)]  # noqa: PTH118 - text, no file
        env["PYTHONPATH"] = os.pathsep.join(os.path.relpath(p, cwd) for p in parts)
    return replace(entry, launch=launch._replace(cwd=cwd, env=env))


def _by_role(report: EntryReport, wanted: str | None) -> EntryPoint:
    for role in ("train", "eval"):
        if wanted in (None, role) and report.of(role):
            return report.of(role)[0]
    what, why = ("training or evaluation", report.none_train) if wanted is None else (wanted, None)
    if wanted == "eval":
        what, why = "evaluation", report.none_eval
    elif wanted == "train":
        what, why = "training", report.none_train
    raise NoEntryPoint(
        f"No {what} entry point was found" + (f": {why}." if why else "."), hint=_candidates(report)
    )


def _candidates(report: EntryReport) -> str:
    if not report.entries:
        return "name one yourself: --entry FILE (a script or notebook of the repository)"
    roles: dict[str, list[str]] = {}
    for entry in report.entries:
        roles.setdefault(entry.file, []).append(entry.role)
    names = [f"{file} ({', '.join(dict.fromkeys(found))})" for file, found in roles.items()][:6]
    return "name one with --entry: " + ", ".join(names)


def _drive(wanted: str) -> bool:
    return len(wanted) > 2 and wanted[1] == ":" and wanted[2] in "\\/"


def _relative(tree: Tree, file: str) -> str | None:
    """`file` relative to the root: as given from the root, else from the current folder; None when not inside."""
    real_root = os.path.realpath(tree.root)
    for base in (tree.root, Path.cwd()):
        path = os.path.realpath(base / Path(file).expanduser())
        if path.startswith(real_root + os.sep) and Path(path).is_file():
            return Path(path).relative_to(real_root).as_posix()
    return None


def _forced(tree: Tree, file: str, qualname: str, report: EntryReport) -> EntryPoint:
    corpus = Corpus(tree, Silent())
    gatherer = Gatherer(corpus)
    commands = [c for c in gatherer.gather() if c.target == file]
    facts = corpus.facts(file)
    if qualname not in facts.scopes:
        near = ", ".join(sorted(s for s in facts.scopes if s != MODULE)[:8])
        raise NoEntryPoint(
            f"There is no {qualname!r} in {file}.",
            hint=f"{file} has: {near}" if near else _candidates(report),
        )
    reach = Reach(corpus)
    loop = training_loop(reach, reach.walk((file, qualname)))
    roles: list[Role] = [e.role for e in report.entries if e.file == file]
    role: Role = "train" if loop is not None else roles[0] if roles else "other"
    line = facts.scopes[qualname].line if qualname != MODULE else facts.guard or facts.work or 1
    return EntryPoint(
        role=role,
        file=file,
        qualname=qualname,
        line=line,
        score=1.0,
        evidence=(Evidence("chosen", file, line, "named by the user"),),
        launch=make_launch(corpus, reach, file, commands, role),
        loop=symbol_of(loop.key) if loop is not None else None,
    )
