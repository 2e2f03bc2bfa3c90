"""The map on the first page: what is trained, on what, by which loss, launched how; in a few plain sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from codetour.model.entry import EntryPoint
from codetour.model.source import Sources
from codetour.model.text import clean
from codetour.plan.choose import Pick
from codetour.plan.facts import Facts
from codetour.plan.landmarks import assigned_names, calls_of
from codetour.plan.narrate import describe
from codetour.plan.program import dotted_text

_READMES: Final = ("README.md", "readme.md", "README.rst", "README.txt", "README", "Readme.md")
_MARKUP: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]{0,300}>|[*_`#>]+")
_GENERIC: Final = frozenset(
    (
        "DataLoader",
        "next",
        "load_dataset",
        "load_data",
        "step",
        "reset",
        "enumerate",
        "Dataset",
        "make",
        "memmap",
        "open",
        "read",
    )
)


def overview(entry: EntryPoint, picks: Sequence[Pick], facts: Facts, sources: Sources) -> str:
    """The description of the tour."""
    parts = [_trained(entry, picks), _data(picks), _loss(picks, facts), _launch(entry)]
    own = _readme(sources)
    if own:
        parts.append(f"In its own words: {own}")
    return clean(" ".join(p for p in parts if p), 1500)


def _names(picks: Sequence[Pick], stage: str, slots: frozenset[str]) -> list[str]:
    found: dict[str, None] = {}
    for pick in picks:
        c = pick.candidate
        if c.stage == stage and c.slot in slots:
            if c.subject:
                found[c.subject] = None
            elif calls := [
                dotted_text(call.func).rpartition(".")[2] for call in calls_of(c.moment.statement)
            ]:
                found[calls[0].replace("()", "").replace("[]", "")] = None
    return [n for n in found if n]


def _trained(entry: EntryPoint, picks: Sequence[Pick]) -> str:
    models = [n for n in _names(picks, "model", frozenset(("construct",))) if n not in _GENERIC]
    verb = {"train": "trains", "eval": "evaluates"}.get(entry.role, "works with")
    if not models:
        passes = [p.candidate.moment.frame.owner for p in picks if p.candidate.slot == "top"]
        models = [n for n in dict.fromkeys(passes) if n]
    if not models:
        return (
            f"`{entry.file}` {verb} a model." if entry.role != "other" else f"This is `{entry.file}` at work."
        )
    return f"`{entry.file}` {verb} {_listed(models)}."


def _data(picks: Sequence[Pick]) -> str:
    sources = _names(picks, "data", frozenset(("dataset", "environment")))
    named = [n for n in sources if n not in _GENERIC]
    if any(p.candidate.slot == "environment" for p in picks):
        return "It learns by acting in an environment" + (f" made by {_listed(named)}." if named else ".")
    return f"The data comes from {_listed(named)}." if named else ""


def _loss(picks: Sequence[Pick], facts: Facts) -> str:
    for pick in picks:
        if pick.candidate.stage == "loss":
            told = describe(pick.candidate, facts)
            if told:
                return told.replace("The measure in use is", "Its loss is")
            names = [n for n in assigned_names(pick.candidate.moment.statement) if "loss" in n.lower()]
            if names:
                return f"The number that it makes smaller is called `{names[0]}`."
    return ""


def _launch(entry: EntryPoint) -> str:
    what = f"-m {entry.launch.module}" if entry.launch.module else entry.file
    given = " ".join(entry.launch.argv[:12])
    return f"It is started with: python {what} {given}".rstrip() + "."


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{n}`" for n in names[:3]]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _readme(sources: Sources) -> str:
    """The first full sentence of the README."""
    text = next((s.text for name in _READMES if (s := sources.read(name))), "")
    fenced = False
    for raw in text[:20_000].split("\n")[:150]:
        line = raw.strip()
        fenced = fenced is not line.startswith(("```", "~~~"))
        # twice: the text of a link may be a picture
        bare = _MARKUP.sub(lambda m: m.group(1) or "", line)
        plain = clean(_MARKUP.sub(lambda m: m.group(1) or "", bare), 300).strip()
        if fenced or line.startswith(("#", "|", "![", "[![", "-", "*", "=", "..", "<")) or len(plain) < 40:
            continue
        sentence = re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0]
        return sentence if len(sentence) >= 30 else plain
    return ""
