"""The framework models (`frameworks_*.toml`): what libraries call, said as small Python programs; and a user's own.

A model is never executed. The call graph's abstract machine reads it as it reads a repository's files, and the
calls that it makes are shown as calls of the line that called the library. So a model says only which functions
of the user run, in which order, with which kinds of arguments; numbers, shapes and errors do not matter.

    [[model]]
    module = "torch.utils.data"       the module the program stands for; several models of one module add up
    about = "..."                     one line for readers of the file
    code = '''...'''                  classes and functions. The docstring of a function is the reason shown with
                                      each call that it makes; {callee} stands for the name of what is called
    example = '''...'''               a script that uses it ...
    expect = ["main -> main.f"]       ... and edges that must come of it (the script is `main`)
    files = { "conf/a.yaml" = "..." } further files of the example

    [aliases]     "other.name" = "name"              where one module or class is known by several names
    [subclasses]  "torch.nn.*" = "torch.nn.Module"   classes of which only the base matters; the first that fits
    [results]     "torch.*" = "torch.Tensor"         what functions give; the first that fits, "" for nothing known
    [never_calls] "inspect.*" = "looks"              functions that only look at the functions they are given
    [methods]     "backward" = "torch.Tensor"        methods so telling that they name the type of an unknown object

A file `frameworks.toml` of this form in the user's configuration folder comes before these.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final, cast

from codetour.knowledge.tables import parse_toml

FAMILIES: Final = ("torch", "lightning", "huggingface", "keras", "jax", "tables", "rl", "python")
"""the package's files, in the order in which they are asked"""


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


def texts() -> tuple[str, ...]:
    """The package's files as text."""
    folder = resources.files("codetour.knowledge")
    return tuple(folder.joinpath(f"frameworks_{family}.toml").read_text("utf-8") for family in FAMILIES)


def read_table(own: Path | None = None) -> FrameworkTable:
    """The package's table, the file `own` before it when that exists.

    Raises ValueError saying what is wrong with `own`, OSError when it cannot be read.
    """
    parts = [parse_table(text) for text in texts()]
    if own is not None and own.is_file():
        extra = parse_table(own.read_text("utf-8"))
        for model in extra.models:
            _check_code(model)
        parts.insert(0, extra)
    models = tuple(model for part in parts for model in part.models)
    rows = {name: tuple(row for part in parts for row in getattr(part, name)) for name in _TABLES}
    return FrameworkTable(models, **rows)


def parse_table(text: str) -> FrameworkTable:
    """A table from TOML; raises ValueError saying what is wrong."""
    data: dict[str, Any] = parse_toml(text)
    unknown = sorted(set(data) - {"model", *_TABLES})
    if unknown:
        raise ValueError(f"there is no table [{unknown[0]}]; there are [[model]], {_NAMES}")
    rows: Any = data.get("model", [])
    if not isinstance(rows, list):
        raise ValueError("models are written [[model]], with two brackets")  # noqa: TRY004 - one kind of error
    models = tuple(_model(row) for row in cast("list[dict[str, Any]]", rows))
    pairs = {name: _pairs(name, data.get(name, {})) for name in _TABLES}
    return FrameworkTable(models, **pairs)


def _model(row: dict[str, Any]) -> Model:
    if not (row.get("module") and row.get("code")):
        raise ValueError("a [[model]] needs `module` and `code`")
    return Model(
        str(row["module"]),
        str(row["code"]),
        str(row.get("about", "")),
        str(row.get("example", "")),
        tuple(str(x) for x in row.get("expect", [])),
        tuple((str(k), str(v)) for k, v in row.get("files", {}).items()),
    )


def _pairs(name: str, table: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, dict):
        raise ValueError(f'[{name}] holds lines of the form "name" = "name"')  # noqa: TRY004 - one kind of error
    return tuple((k, str(v)) for k, v in cast("dict[str, Any]", table).items())


def _check_code(model: Model) -> None:
    try:
        ast.parse(model.code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"the code of the model of {model.module} does not parse: {error}") from error


_TABLES = ("aliases", "subclasses", "results", "methods", "never_calls")
_NAMES = ", ".join(f"[{name}]" for name in _TABLES)
