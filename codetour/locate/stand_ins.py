"""Points a launch at the data that the repository holds where the data it asks for is missing, and names what is not.

Nothing silent: each change is an override with its reason, each absence a need with the command that mends it.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

from codetour.locate.corpus import Corpus
from codetour.locate.data import (
    DATA_FILE,
    DATA_OPTION,
    MODEL_OPTION,
    exists,
    file_like,
    folder_with,
    is_hub_name,
    lacking,
    local_model,
    maker,
    names_read,
)
from codetour.locate.given import Arguments, Given, as_given, distinct, find_option
from codetour.locate.options import Option
from codetour.locate.small import spell
from codetour.model.entry import Need, Override

_WRITTEN: Final = re.compile(r"out|save|log|result|ckpt|checkpoint|dest|target", re.IGNORECASE)


def point_at_data(
    corpus: Corpus,
    near: list[str],
    *,
    kept: list[Given],
    options: dict[str, Option],
    cwd: str,
    out: Arguments,
) -> None:
    """Point options at the data that the repository holds where theirs is missing; name what is missing otherwise."""
    names = names_read(corpus, near)
    fetches = any(
        "from_pretrained(" in (corpus.text(f) or "") or "transformers" in (corpus.text(f) or "") for f in near
    )
    hints = " ".join(v for item in kept for v in item.values)
    for option in distinct(options):
        if not isinstance(option.default, str | None) or option.type != "str" or option.flag:
            continue
        item = next((i for i in kept if i.word and find_option(options, i.word) is option), None)
        value = item.values[0] if item is not None and item.values else option.default
        found = (
            _pointed(corpus, option, value, names, cwd=cwd, hints=hints, fetches=fetches, out=out)
            if value
            else None
        )
        if found is not None:
            if item is not None:
                kept.remove(item)
            kept.append(as_given(option, found[0]))
            out.configured.append(Override(" ".join(spell(option, found[0])), found[1]))
    said = {posixpath.normpath(n.what.partition(" ")[2]) for n in out.needs}
    for item in kept:
        for value in item.values:
            if (
                _reads(item, value)
                and not exists(corpus, cwd, value)
                and posixpath.normpath(value) not in said
            ):
                out.needs.append(_absent(corpus, cwd, value, item.word or "argument", hints))


def _pointed(
    corpus: Corpus,
    option: Option,
    value: str,
    names: dict[str, str],
    *,
    cwd: str,
    hints: str,
    fetches: bool,
    out: Arguments,
) -> tuple[str, str] | None:
    """(value, why) to point `option` at instead of `value`; None leaves it, with a need where data is missing."""
    name = option.name.rpartition(".")[2]
    if fetches and MODEL_OPTION.search(name) and is_hub_name(value) and not exists(corpus, cwd, value):
        return _model(corpus, option, value, cwd, out)
    if (
        not DATA_OPTION.search(name)
        or _WRITTEN.search(name)
        or "://" in value
        or value.startswith(("~", "$"))
    ):
        return None
    if DATA_FILE.search(value):
        return _file(corpus, option, value, cwd=cwd, hints=hints, out=out)
    if ("/" in value and not value.startswith("/")) or exists(corpus, cwd, value):
        return _folder(corpus, option, value, names, cwd=cwd, hints=hints, out=out)
    return None


def _model(corpus: Corpus, option: Option, value: str, cwd: str, out: Arguments) -> tuple[str, str] | None:
    found = local_model(corpus, cwd)
    if found is not None:
        return found, f"a model of the repository's own in place of {value}, which would have to be fetched"
    why = f"{option.spelled} names it; it comes from the Hugging Face hub, which the run does not ask"
    out.needs.append(Need(f"model {value}", why, f"huggingface-cli download {value}"))
    return None


def _file(
    corpus: Corpus, option: Option, value: str, *, cwd: str, hints: str, out: Arguments
) -> tuple[str, str] | None:
    if exists(corpus, cwd, value):
        return None
    found = file_like(corpus, cwd, value)
    if found is not None:
        return found, f"{value} is not there; this file of the repository is alike"
    out.needs.append(_absent(corpus, cwd, value, option.spelled, hints))
    return None


def _folder(
    corpus: Corpus, option: Option, value: str, names: dict[str, str], *, cwd: str, hints: str, out: Arguments
) -> tuple[str, str] | None:
    absent = lacking(corpus, cwd, value, names)
    nowhere = bool(names) and all(n not in corpus.by_name for n in names)
    if absent and not nowhere:
        found = folder_with(corpus, cwd, value, names)
        if found is not None:
            return (
                found,
                f"{posixpath.join(value, absent[0])} is not there; this folder has {', '.join(names)}",
            )
    there = exists(corpus, cwd, value)
    if absent and (nowhere or there):
        out.needs.append(_absent(corpus, cwd, posixpath.join(value, absent[0]), option.spelled, hints))
    elif not there and not absent and not is_hub_name(value):
        out.needs.append(_absent(corpus, cwd, value, option.spelled, hints))
    return None


def _absent(corpus: Corpus, cwd: str, value: str, word: str, hints: str) -> Need:
    what = "file" if DATA_FILE.search(value) else "data"
    made = maker(corpus, posixpath.normpath(posixpath.join(cwd, value)), hints) if what == "file" else ""
    mend = made or f"codetour run … -- {word} PATH"
    return Need(f"{what} {value.removeprefix('./')}", f"{word} points there", mend)


def _reads(item: Given, value: str) -> bool:
    return bool(DATA_FILE.search(value)) and not _WRITTEN.search(item.word)
