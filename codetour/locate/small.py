"""The overrides that make a run small, chosen from the small-run table for options that the entry really has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from codetour.knowledge.locate_tables import read_table
from codetour.locate.options import Option


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of locate_small.toml."""

    to: Any
    at_most: int
    least: float
    why: str
    by_timesteps: int = 0
    """`at_most` where the run is counted in steps of an environment"""


@cache
def small_rules() -> dict[str, Rule]:
    """Option name -> what to set it to."""
    return _rows("small")


@cache
def given_rules() -> dict[str, Rule]:
    """Required option name -> a value that is safe."""
    return _rows("given")


@cache
def config_rules() -> dict[str, Rule]:
    """Keys of configuration files that are no options' names, or mean something else there."""
    return _rows("config")


def in_config(option: Option) -> tuple[str, str] | None:
    """(value, why) for a key of a configuration file, None to leave it."""
    rule = config_rules().get(option.name.rpartition(".")[2])
    change = _set(option, rule, None) if rule is not None else shrink(option)
    return (change[0], change[1]) if change is not None and change[0] is not None else None


def _rows(table: str) -> dict[str, Rule]:
    out: dict[str, Rule] = {}
    for row in cast("list[dict[str, Any]]", read_table("small")[table]):
        rule = Rule(
            row["to"],
            row.get("at_most", 0),
            row.get("from", float("-inf")),
            row["why"],
            row.get("by_timesteps", 0),
        )
        for name in row["names"]:
            out.setdefault(name, rule)
    return out


def shrink(
    option: Option, current: str | None = None, *, timesteps: bool = False
) -> tuple[str | None, str] | None:
    """(value, why) to set `option` to, None to leave it; `current` is what the documented command gives it.

    `timesteps`: the run is counted in steps of an environment.
    The value of a switch is "" to give it and None to leave it out.
    """
    if option.name.endswith("@cpu"):
        return "cpu", "the repository has a configuration for the CPU"
    rule = small_rules().get(option.name.rpartition(".")[2])
    if rule is None:
        return None
    if timesteps and rule.by_timesteps:
        rule = replace(rule, at_most=rule.by_timesteps)
    if rule.to == "drop":
        return (None, rule.why) if current is not None else None
    if rule.to == "min":
        return _least(option, rule, current)
    if rule.to in ("on", "off"):
        return _switched(option, rule, given=current is not None)
    return _set(option, rule, current)


def _least(option: Option, rule: Rule, current: str | None) -> tuple[str, str] | None:
    if option.type not in ("int", "float") or option.positional:
        return None
    value: Any = option.default
    if current is not None:
        try:
            value = float(current)
        except ValueError:
            value = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        # below zero: some other place decides
        if value < rule.least or 0 <= value <= rule.at_most:
            return None
    elif value is not None and not isinstance(value, str):
        return None
    return str(rule.at_most), rule.why


def _switched(option: Option, rule: Rule, *, given: bool) -> tuple[str | None, str] | None:
    on = rule.to == "on"
    if option.flag == "on":
        if on:
            return "", rule.why
        return (None, rule.why) if given else None
    if option.flag == "off":
        # `--cuda` with `store_false` switches off, and so does `--no-cuda` with another `dest`
        return None if option.default is False else ("", rule.why)
    if option.type != "bool" or (bool(option.default) == on and not given):
        return None
    return ("True" if on else "False"), rule.why


def _set(option: Option, rule: Rule, current: str | None) -> tuple[str, str] | None:
    value = str(rule.to)
    numeric = isinstance(rule.to, int)
    if (
        option.flag
        or option.positional
        or (numeric and option.type not in ("int", "float"))
        or (not numeric and option.type != "str")
    ):
        return None
    if (
        numeric
        and isinstance(option.default, int | float)
        and option.default < rule.least
        and current is None
    ):
        return None
    if option.choices and value not in option.choices:
        return None
    return None if str(current if current is not None else option.default) == value else (value, rule.why)


def spell(option: Option, value: str) -> tuple[str, ...]:
    """`option` set to `value` as its parser wants it."""
    if option.style == "hydra":
        return (f"{option.spelled}={value}",)
    if option.positional:
        return (value,)
    if option.flag in ("on", "off"):
        return (option.spelled,)
    if option.flag == "both":
        off = (
            option.others[0]
            if option.style == "click" and option.others
            else option.spelled.replace("--", "--no-", 1)
        )
        return (option.spelled if value == "True" else off,)
    if (
        option.type == "bool"
        and value == "False"
        and option.style == "argparse"
        and option.converter == "bool"
    ):
        # argparse's `type=bool` takes every text but the empty one for true
        return (f"{option.spelled}=",)
    if option.style == "absl":
        value = value.lower() if option.type == "bool" else value
    if option.spelled.startswith("--"):
        return (f"{option.spelled}={value}",)
    return (option.spelled, value)
