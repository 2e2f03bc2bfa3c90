"""The observations behind an entry point, as sentences with a place, strongest first."""

from __future__ import annotations

from typing import Final

from codetour.locate.candidates import Candidate
from codetour.locate.corpus import Corpus
from codetour.locate.facts import MODULE
from codetour.locate.loops import symbol_of
from codetour.locate.names import eval_hint, helper_weight, stem, train_hint
from codetour.locate.ranking import command_role
from codetour.model.entry import Evidence
from codetour.model.stage import Role
from codetour.model.text import clean

_MOST_COMMANDS: Final = 6


def evidence_of(candidate: Candidate, role: Role) -> tuple[Evidence, ...]:
    """What speaks for `candidate` in `role`."""
    out: list[Evidence] = []
    if candidate.loop is not None and role == "train":
        file, qualname = candidate.loop.key
        how = "leads, by a guess, to" if candidate.loop.weak else "leads to"
        what = "a library's training loop" if candidate.loop.strength == 0.9 else "a training loop"
        out.append(
            Evidence("loop", file, candidate.loop.line, f"{how} {what} in {symbol_of((file, qualname))}")
        )
    if candidate.imports_loop and role == "train":
        out.append(Evidence("imports", candidate.file, 1, "imports a file that holds a training loop"))
    if role == "eval":
        if candidate.eval_key is not None:
            file, qualname = candidate.eval_key
            out.append(Evidence("eval", file, 1, f"leads to {file}:{qualname}"))
        if candidate.eval_flags:
            out.append(Evidence("arguments", candidate.file, 1, "has " + ", ".join(candidate.eval_flags[:4])))
    out.extend(_commands(candidate, role))
    if candidate.guard:
        out.append(Evidence("guard", candidate.file, candidate.guard, "runs when started as a script"))
    elif candidate.work and candidate.qualname == MODULE:
        out.append(Evidence("script", candidate.file, candidate.work, "works at module level"))
    hint = {"train": train_hint, "eval": eval_hint}.get(role)
    if hint is not None and hint(candidate.file) >= 0.4:
        out.append(
            Evidence("name", candidate.file, 1, f"the name {clean(stem(candidate.file), 80)!r} hints at it")
        )
    if helper_weight(candidate.file) >= 0.5:
        out.append(Evidence("against", candidate.file, 1, "the name is one of a helper"))
    return tuple(out)


def _commands(candidate: Candidate, role: Role) -> list[Evidence]:
    """The documented command lines, those that fit the role first, each text once."""
    rows = sorted(
        candidate.commands, key=lambda c: (command_role(c) not in (role, "any"), c.kind == "mention", c.order)
    )
    seen: set[str] = set()
    out: list[Evidence] = []
    for command in rows:
        if command.text not in seen and len(out) < _MOST_COMMANDS:
            seen.add(command.text)
            kind = "console-script" if command.function else command.kind
            out.append(Evidence(kind, command.source, command.line, command.text))
    return out


def title_of(corpus: Corpus, file: str) -> str:
    """A few words: the first line of the docstring, else "" ."""
    doc = corpus.facts(file).doc.strip().split("\n")[0].strip()
    return clean(doc, 80)
