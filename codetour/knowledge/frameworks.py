"""The table of framework models (`frameworks.toml`) and what users add to it in their configuration folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from codetour.knowledge.tables import parse_toml


@dataclass(frozen=True, slots=True)
class Model:
    """Part of a framework as a small program that is never run, only read."""

    module: str
    """dotted name of the module that the program stands for"""
    code: str
    about: str = ""
    example: str = ""
    """a script that uses it, for the test"""
    expect: tuple[str, ...] = ()
    """edges of that script: `caller -> callee`"""
    files: tuple[tuple[str, str], ...] = ()
    """further files of the example"""


@dataclass(frozen=True, slots=True)
class FrameworkTable:
    """All models, other names of modules, and which outside classes descend from which."""

    models: tuple[Model, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """(name, what it is): `pytorch_lightning` is `lightning.pytorch`; prefixes of dotted names"""
    subclasses: tuple[tuple[str, str], ...] = ()
    """(class or pattern, base): `torch.nn.*` is `torch.nn.Module`; the first that fits counts"""
    results: tuple[tuple[str, str], ...] = ()
    """(function or pattern, type of what it gives); "" where that tells nothing"""
    methods: tuple[tuple[str, str], ...] = ()
    """(method, type): what an object is on which this method is called"""
    never_calls: tuple[tuple[str, str], ...] = ()
    """(function or pattern, what it does): functions that only look at the functions they are given"""


def read_table(own: Path | None = None) -> FrameworkTable:
    """The table of the package, the file `own` before it when that exists."""
    text = resources.files("codetour.knowledge").joinpath("frameworks.toml").read_text("utf-8")
    table = parse_table(text)
    if own is None or not own.is_file():
        return table
    extra = parse_table(own.read_text("utf-8"))
    return FrameworkTable(
        extra.models + table.models,
        extra.aliases + table.aliases,
        extra.subclasses + table.subclasses,
        extra.results + table.results,
        extra.methods + table.methods,
        extra.never_calls + table.never_calls,
    )


def parse_table(text: str) -> FrameworkTable:
    """A table from TOML; raises ValueError saying what is wrong."""
    data: dict[str, Any] = parse_toml(text)
    models: list[Model] = []
    for row in data.get("model", []):
        if not (row.get("module") and row.get("code")):
            raise ValueError("a [[model]] needs `module` and `code`")
        models.append(
            Model(
                str(row["module"]),
                str(row["code"]),
                str(row.get("about", "")),
                str(row.get("example", "")),
                tuple(str(x) for x in row.get("expect", [])),
                tuple((str(k), str(v)) for k, v in row.get("files", {}).items()),
            )
        )
    pairs = {name: tuple((str(k), str(v)) for k, v in data.get(name, {}).items()) for name in _TABLES}
    return FrameworkTable(tuple(models), **pairs)


_TABLES = ("aliases", "subclasses", "results", "methods", "never_calls")
