"""Arguments that live in configuration: Hydra's YAML trees, and config objects that take `--section.name=value`."""

from __future__ import annotations

import ast
import contextlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from codetour.locate.corpus import Corpus
from codetour.locate.options import Option
from codetour.locate.syntax import dotted

_MOST_KEYS = 400


def hydra_options(corpus: Corpus, file: str, files: list[str]) -> Iterator[Option]:
    """Keys of the configuration that `@hydra.main` names, groups of the defaults list included.

    `files` are the file and what it imports: a configuration may be a dataclass in one of them.
    """
    text = corpus.text(file) or ""
    if "hydra.main" not in text:
        return
    path, name = _hydra_main(text)
    if path is None:
        return
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    root = f"{folder}/{name.removesuffix('.yaml')}.yaml"
    document = _yaml(corpus, root)
    if not document:
        yield from stored_options(corpus, files, name)
    groups: set[str] = set()
    for row in cast("list[Any]", document.get("defaults") or []):
        if isinstance(row, dict):
            for group, chosen in cast("dict[Any, Any]", row).items():
                key = str(group).removeprefix("override ").removeprefix("optional ").strip("/ ")
                groups.add(key)
                if isinstance(chosen, str):
                    below = _yaml(corpus, f"{folder}/{key}/{chosen.removesuffix('.yaml')}.yaml")
                    yield from _group(corpus, folder, key, below)
    document.pop("defaults", None)
    yield from _flat(document, "")
    for group in sorted(groups):
        if f"{folder}/{group}/cpu.yaml" in corpus.names:
            yield Option(f"{group}@cpu", group, "hydra", "str", "", choices=("cpu",))


def stored_options(corpus: Corpus, files: list[str], name: str) -> Iterator[Option]:
    """Fields of the dataclass that Hydra's store holds under `name`, nested ones with a dot."""
    classes: dict[str, ast.ClassDef] = {}
    stored = ""
    for file in files[:12]:
        text = corpus.text(file) or ""
        if "dataclass" not in text and "ConfigStore" not in text:
            continue
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef):
                    classes.setdefault(node.name, node)
                elif isinstance(node, ast.Call) and dotted(node.func).endswith(".store"):
                    given = {k.arg: k.value for k in node.keywords}
                    named = given.get("name")
                    if isinstance(named, ast.Constant) and named.value == name and "node" in given:
                        stored = dotted(given["node"]).replace("()", "").rpartition(".")[2]
    if stored in classes:
        yield from _stored(classes, classes[stored], "", 0)


def _stored(classes: dict[str, ast.ClassDef], cls: ast.ClassDef, prefix: str, depth: int) -> Iterator[Option]:
    for base in cls.bases:
        parent = classes.get(dotted(base).rpartition(".")[2])
        if parent is not None and depth < 6:
            yield from _stored(classes, parent, prefix, depth + 1)
    for row in cls.body:
        if not isinstance(row, ast.AnnAssign) or not isinstance(row.target, ast.Name):
            continue
        name, inner = f"{prefix}{row.target.id}", classes.get(dotted(row.annotation).rpartition(".")[2])
        if inner is not None and depth < 6:
            yield from _stored(classes, inner, name + ".", depth + 1)
        elif isinstance(row.value, ast.Constant):
            value: Any = row.value.value
            kind = type(value).__name__ if isinstance(value, bool | int | float) else "str"
            plain = value if isinstance(value, bool | int | float | str) else None
            yield Option(name.lower(), name, "hydra", kind, plain, required=value == "???", line=row.lineno)


def _group(corpus: Corpus, folder: str, key: str, document: dict[str, Any]) -> Iterator[Option]:
    """One group's keys, with those of the file that it extends in its own folder."""
    for row in cast("list[Any]", document.pop("defaults", None) or []):
        if isinstance(row, str) and row != "_self_":
            document = {**_yaml(corpus, f"{folder}/{key}/{row.removesuffix('.yaml')}.yaml"), **document}
    document.pop("defaults", None)
    yield from _flat(document, key.replace("/", ".") + ".")
    if str(document.get("_target_", "")).endswith(".Trainer"):
        for name in ("limit_train_batches", "limit_val_batches", "limit_test_batches"):
            if name not in document:
                yield Option(f"{key}.{name}", f"+{key}.{name}", "hydra", "int", None)


def _hydra_main(text: str) -> tuple[str | None, str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None, ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).endswith("hydra.main"):
            values = {k.arg: k.value.value for k in node.keywords if isinstance(k.value, ast.Constant)}
            path, name = str(values.get("config_path") or "."), str(values.get("config_name") or "config")
            if path.endswith((".yaml", ".yml")):  # Hydra before 1.0
                path, name = posixpath.split(path)
            return path or ".", name
    return None, ""


def number_of(value: Any) -> Any:
    """`1e6` without a point is a text to YAML and a number to whoever uses it."""
    scientific = isinstance(value, str) and re.fullmatch(r"\d+(\.\d*)?[eE][+-]?\d+", value)
    return float(value) if scientific else value


def _yaml(corpus: Corpus, file: str) -> dict[str, Any]:
    import yaml

    text = corpus.text(file) if file in corpus.names else None
    try:
        loaded: Any = yaml.load(text or "", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe loader
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}


def _flat(document: dict[str, Any], prefix: str, depth: int = 0) -> Iterator[Option]:
    for key, written in list(document.items())[:_MOST_KEYS]:
        name, value = f"{prefix}{key}", number_of(written)
        if isinstance(value, dict) and depth < 5:
            yield from _flat(cast("dict[str, Any]", value), name + ".", depth + 1)
        elif isinstance(value, bool | int | float | str) or value is None:
            kind = (
                "bool"
                if isinstance(value, bool)
                else type(value).__name__
                if isinstance(value, int | float)
                else "str"
            )
            # below the top level the program mostly fills it in itself
            yield Option(name.lower(), name, "hydra", kind, value, required=value == "???" and not prefix)


def dotted_options(corpus: Corpus, files: list[str]) -> Iterator[Option]:
    """`C.trainer = Trainer.get_default_config()` beside a `merge_from_args`: options `--trainer.max_iters`."""
    if "merge_from_args" not in (corpus.text(files[0]) or ""):
        return
    trees: dict[str, ast.Module] = {}
    for file in files[:12]:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            trees[file] = ast.parse(corpus.text(file) or "")
    defaults = {
        node.name: method
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and "default" in method.name
    }
    for node in ast.walk(trees[files[0]]) if files[0] in trees else ():
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.targets[0], ast.Attribute)
        ):
            owner = dotted(node.value.func).split(".")[0]
            if owner in defaults:
                yield from _fields(defaults[owner], f"{node.targets[0].attr}.")


def python_config_options(corpus: Corpus, file: str, cwd: str, given: Mapping[str, str]) -> Iterator[Option]:
    """`config_flags.DEFINE_config_file("config")`: options `--config.batch_size` of the Python file that it names.

    `given` are the documented command's options and values.
    """
    text = corpus.text(file) or ""
    if "DEFINE_config_file" not in text:
        return
    for flag, default in _config_flags(text):
        path = given.get(f"--{flag}", default).partition(":")[0]
        places = (posixpath.normpath(posixpath.join(f, path)) for f in (cwd, posixpath.dirname(file)))
        source = next((corpus.text(p) for p in places if path and p in corpus.names), None)
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            for node in ast.parse(source or "").body:
                if isinstance(node, ast.FunctionDef) and node.name == "get_config":
                    yield from _settings(node, flag)


def _config_flags(text: str) -> list[tuple[str, str]]:
    """Names of the flags that hold a configuration file, and their defaults."""
    found: list[tuple[str, str]] = []
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and dotted(node.func).endswith("DEFINE_config_file"):
                words = [a.value for a in node.args if isinstance(a, ast.Constant)]
                default = next((k.value for k in node.keywords if k.arg == "default"), None)
                words += [default.value] if isinstance(default, ast.Constant) else []
                texts = [str(w or "") for w in words[:2]]
                found += [(texts[0], texts[1] if len(texts) > 1 else "")] if texts else []
    return found


def _settings(function: ast.FunctionDef, flag: str) -> Iterator[Option]:
    """`config.optimizer.lr = 0.1` in `get_config`, whatever the object is called there."""
    for row in ast.walk(function):
        if not isinstance(row, ast.Assign) or not isinstance(row.value, ast.Constant):
            continue
        name = dotted(row.targets[0]).partition(".")[2]
        value: Any = row.value.value
        if name and isinstance(value, bool | int | float | str):
            yield Option(
                f"{flag}.{name}".lower(),
                f"--{flag}.{name}",
                "dotted",
                type(value).__name__,
                value,
                line=row.lineno,
            )


def _fields(method: ast.FunctionDef, prefix: str) -> Iterator[Option]:
    for row in ast.walk(method):
        if (
            isinstance(row, ast.Assign)
            and isinstance(row.targets[0], ast.Attribute)
            and isinstance(row.value, ast.Constant)
        ):
            value: Any = row.value.value
            kind = (
                "bool"
                if isinstance(value, bool)
                else "float"
                if isinstance(value, float)
                else "str"
                if isinstance(value, str)
                else "int"
            )
            name = prefix + row.targets[0].attr
            yield Option(name.lower(), f"--{name}", "dotted", kind, value, line=row.lineno)
