"""The words of a documented command line as options with their values, and what becomes of them.

parse_given(("--lr", "1e-3", "train"), options) -> Given("--lr", ["1e-3"]), Given("", ["train"])
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codetour.locate.options import Option
from codetour.locate.small import spell
from codetour.model.entry import Need, Override


@dataclass(slots=True)
class Arguments:
    """Arguments with what was changed and what is missing."""

    argv: list[str] = field(default_factory=list[str])
    overrides: list[Override] = field(default_factory=list[Override])
    needs: list[Need] = field(default_factory=list[Need])
    configured: list[Override] = field(default_factory=list[Override])
    """changes to configuration files that the arguments name"""


@dataclass(slots=True)
class Given:
    """One option or positional of a documented command line."""

    word: str
    values: list[str]
    joined: bool = False

    def words(self) -> list[str]:
        if not self.word:
            return self.values
        return [f"{self.word}={self.values[0]}"] if self.joined else [self.word, *self.values]


def parse_given(argv: tuple[str, ...], options: dict[str, Option]) -> list[Given]:
    out: list[Given] = []
    for word in argv[:200]:
        name, equals, value = word.partition("=")
        number = re.fullmatch(r"-[\d.]+(?:e-?\d+)?", word)
        if word.startswith("-") and not number and len(word) > 1:
            out.append(Given(name, [value], joined=True) if equals else Given(word, []))
        elif equals and options and any(o.style == "hydra" for o in options.values()):
            out.append(Given(name, [value], joined=True))
        elif out and out[-1].word and not out[-1].joined and takes(options, out[-1]):
            out[-1].values.append(word)
        else:
            out.append(Given("", [word]))
    return out


def takes(options: dict[str, Option], item: Given) -> bool:
    option = find_option(options, item.word)
    return option is None or not option.flag


def distinct(options: dict[str, Option]) -> list[Option]:
    # by identity: defaults may be lists
    return list({id(option): option for option in options.values()}.values())


def find_option(options: dict[str, Option], word: str) -> Option | None:
    found = (
        options.get(word)
        or options.get("-" + word)
        or options.get(word.replace("_", "-"))
        or options.get("+" + word)
    )
    if found is None and word.startswith("--") and len(word) > 3:
        # argparse takes the beginning of a name for the whole
        fit = {id(o): o for w, o in options.items() if w.startswith(word) and o.style == "argparse"}
        found = next(iter(fit.values())) if len(fit) == 1 else None
    return found


def as_given(option: Option, value: str) -> Given:
    words = spell(option, value)
    if option.positional:
        return Given("", [value])
    return Given(option.spelled, [value], joined=len(words) == 1)
