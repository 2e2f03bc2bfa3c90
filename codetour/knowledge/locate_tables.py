"""Reads the locator's tables: which calls speak of training or evaluation, which words hint, which programs launch.

The tables are TOML beside this module; they are read once, on first use.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_table(name: str) -> dict[str, Any]:
    """The table `locate_<name>.toml`."""
    return tomllib.loads((Path(__file__).parent / f"locate_{name}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class MarkRule:
    """One rule of locate_marks.toml."""

    kind: str
    receiver: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    least: int
    most: int

    def fits(self, receiver: str, args: int) -> bool:
        """Does a call on `receiver` with `args` arguments match?"""
        if not self.least <= args <= self.most:
            return False
        if self.receiver is not None and not self.receiver.search(receiver):
            return False
        return self.unless is None or not self.unless.search(receiver)


@dataclass(frozen=True, slots=True)
class MarkRules:
    """The rules by the last part of a called name."""

    methods: dict[str, tuple[MarkRule, ...]]
    functions: dict[str, tuple[tuple[str, str, int], ...]]
    """last part -> (dotted tail that must match, kind, least number of arguments)"""


@cache
def mark_rules() -> MarkRules:
    """locate_marks.toml, indexed."""
    methods: dict[str, list[MarkRule]] = {}
    functions: dict[str, list[tuple[str, str, int]]] = {}
    for row in cast("list[dict[str, Any]]", read_table("marks")["mark"]):
        rule = MarkRule(
            row["kind"],
            _pattern(row.get("receiver")),
            _pattern(row.get("not")),
            row.get("args", 0),
            row.get("most", 99),
        )
        for method in row.get("methods", ()):
            methods.setdefault(method, []).append(rule)
        for dotted in row.get("functions", ()):
            functions.setdefault(dotted.rpartition(".")[2], []).append((dotted, row["kind"], rule.least))
    return MarkRules(
        {name: tuple(rules) for name, rules in methods.items()},
        {name: tuple(rules) for name, rules in functions.items()},
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """locate_words.toml."""

    train_exact: frozenset[str]
    train_words: frozenset[str]
    neutral: frozenset[str]
    eval_exact: frozenset[str]
    eval_strong: frozenset[str]
    eval_weak: frozenset[str]
    helpers: dict[str, float]
    folders: dict[str, float]
    eval_arguments: frozenset[str]
    mode_arguments: frozenset[str]
    train_switches: frozenset[str]
    eval_values: frozenset[str]
    train_values: frozenset[str]
    guess_methods: frozenset[str]
    """method names too common to guess the class from"""
    guess_libraries: frozenset[str]
    """receivers that are modules"""


@cache
def words() -> Words:
    """locate_words.toml as sets."""
    table = read_table("words")
    train, evaluation, arguments = table["train"], table["eval"], table["arguments"]
    return Words(
        train_exact=frozenset(train["exact"]),
        train_words=frozenset(train["words"]),
        neutral=frozenset(train["neutral"]),
        eval_exact=frozenset(evaluation["exact"]),
        eval_strong=frozenset(evaluation["strong"]),
        eval_weak=frozenset(evaluation["weak"]),
        helpers=table["helpers"],
        folders=table["folders"],
        eval_arguments=frozenset(arguments["eval"]),
        mode_arguments=frozenset(arguments["mode"]),
        train_switches=frozenset(arguments["train_switch"]),
        eval_values=frozenset(arguments["eval_values"]),
        train_values=frozenset(arguments["train_values"]),
        guess_methods=frozenset(table["guess"]["methods"]),
        guess_libraries=frozenset(table["guess"]["libraries"]),
    )


@dataclass(frozen=True, slots=True)
class Launchers:
    """locate_launchers.toml."""

    wrappers: frozenset[str]
    distributed: frozenset[str]
    modules: frozenset[str]
    tools: frozenset[str]
    shells: frozenset[str]
    pythons: re.Pattern[str]


@cache
def launchers() -> Launchers:
    """locate_launchers.toml as sets."""
    table = read_table("launchers")
    return Launchers(
        wrappers=frozenset(table["wrappers"]),
        distributed=frozenset(table["distributed"]),
        modules=frozenset(table["modules"]),
        tools=frozenset(table["tools"]),
        shells=frozenset(table["shells"]),
        pythons=re.compile(table["pythons"]),
    )
