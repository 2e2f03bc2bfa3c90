"""The options of a program and what they are worth in a default launch: argparse, dataclasses, flags, click.

Found by shape in every file that the run may reach; values of the launch's own arguments win.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from codetour.plan.constants import Known, evaluate
from codetour.plan.program import Module, dotted_text

HOLDERS: Final = re.compile(
    r"(?i)^_?(\w*(args?|opts?|options?|cfg|conf|config|configs|hparams?|hps|hp|params|flags|settings|namespace)|C|parsed)$"
)
"""names under which options travel"""
_CONFIG_CLASS: Final = re.compile(
    r"(?i)(args|arguments|config|cfg|options|hparams|hyperparameters|params|settings)$"
)

_SECTION: Final = re.compile(r"(?i)_?(args|opts?|cfg|conf|config|params|hparams|settings)$")

_RESULTS: Final = re.compile(
    r"(?i)^(out|output|save|log|ckpt|checkpoint|work|result|exp|model)s?_?(dir|path|folder|file|to)?$"
)


class Options:
    """name -> value of each option, as far as a literal tells."""

    def __init__(self) -> None:
        self._first: dict[str, Known | None] = {}
        self._all: dict[str, list[Known | None]] = {}
        self._given: dict[str, Known] = {}
        self._nested: dict[str, Known] = {}
        self._aliases: dict[str, str] = {}
        """`t` -> `train`, for an option that is written short"""
        self.places: dict[str, tuple[str, int, str]] = {}
        """name -> (file, line, help) of its definition"""

    def get(self, name: str) -> Known | None:
        """What the option is worth, or None: not an option, or not known."""
        key = name.replace("-", "_")
        if key in self._given:
            return self._given[key]
        if key in self._first:
            return _unless_given(key, self._first[key])
        found = self._all.get(key)
        if not found or any(f is None or f != found[0] for f in found):
            return None
        return _unless_given(key, found[0])

    def set(self, name: str, value: Known | None) -> None:
        """The program itself changed an option (`args.cuda = not args.no_cuda and ...`)."""
        key = name.replace("-", "_")
        self._given.pop(key, None)
        self._first[key] = value
        for dotted in [d for d in self._nested if d.rpartition(".")[2] == key]:
            del self._nested[dotted]

    def lookup(self, dotted: str) -> Known | None:
        """`args.epochs` when its last holder looks like options; `self.config.wandb.enabled` when files tell."""
        holder, _, name = dotted.rpartition(".")
        last = holder.rpartition(".")[2].removesuffix("[]")
        if self._nested and (found := self._configured(dotted.split("."))):
            return found
        return self.get(name) if last and HOLDERS.match(last) else None

    def _configured(self, parts: list[str]) -> Known | None:
        """The value of a nested configuration that `cfg.model.depth`, or `model_cfg.depth`, means."""
        for i, part in enumerate(parts[:-1]):
            if not HOLDERS.match(part):
                continue
            path = ".".join(parts[i + 1 :])
            section = _SECTION.sub("", part)
            found = self._nested.get(path) or self._nested.get(f"{section}.{path}")
            if found is not None:
                return found
        return None

    def configure(self, nested: Mapping[str, Known]) -> None:
        """Take the values of configuration files, by their dotted names."""
        self._nested.update(nested)

    def read(self, modules: Iterable[Module], entry: str) -> None:
        """Collect the options of `modules`; those of the entry's file win over others of the same name."""
        for module in modules:
            self._aliases.update(_aliases(module))
            for name, value, line, text in _options(module):
                key = name.replace("-", "_")
                self._all.setdefault(key, []).append(value)
                self.places.setdefault(key, (module.file, line, text))
                if module.file == entry and key not in self._first:
                    self._first[key] = value

    def launch(self, argv: Sequence[str]) -> None:
        """Take the launch's own arguments."""
        for i, arg in enumerate(argv[:200]):
            name, equals, value = arg.partition("=")
            key = name.lstrip("-+").replace("-", "_").rpartition(".")[2]
            long = arg.startswith("--")
            if not long and arg.startswith("-"):
                key = self._aliases.get(key, "")
            if not key:
                continue
            if equals:
                self._given[key] = Known(_literal(value))
            elif arg.startswith("-"):
                follows = argv[i + 1] if i + 1 < len(argv) else "--"
                if follows.startswith("--" if long else "-"):
                    off = key.startswith("no_") and key not in self._all
                    self._given[key[3:] if off else key] = Known(not off)
                else:
                    self._given[key] = Known(_literal(follows))


def _unless_given(key: str, value: Known | None) -> Known | None:
    """Folders for results are empty by default, and given by whoever wants results."""
    return None if value and not value.value and _RESULTS.search(key) else value


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return {"true": True, "false": False, "none": None, "null": None}.get(text.lower(), text)


def _nothing(_name: str) -> Known | None:
    return None


def _options(module: Module) -> Iterable[tuple[str, Known | None, int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            last = dotted_text(node.func).rpartition(".")[2]
            if last in {"add_argument", "add_arg", "option"}:
                yield from _argument(node)
            elif last.startswith("DEFINE_") and len(node.args) > 1 and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), evaluate(node.args[1], _nothing), node.lineno, ""
    for facts in module.classes.values():
        decorated = any("dataclass" in dotted_text(d) for d in facts.node.decorator_list)
        if decorated or _CONFIG_CLASS.search(facts.name):
            for item in facts.node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.value:
                    yield item.target.id, _field(item.value), item.lineno, ""
                elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                    yield item.targets[0].id, evaluate(item.value, _nothing), item.lineno, ""


def _aliases(module: Module) -> Iterable[tuple[str, str]]:
    """Short names of options and what their values are called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted_text(node.func).endswith("add_argument"):
            names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            for name, _value, _line, _text in _argument(node):
                yield from ((n.lstrip("-"), name.replace("-", "_")) for n in names if not n.startswith("--"))


def _field(value: ast.expr) -> Known | None:
    if isinstance(value, ast.Call) and dotted_text(value.func).rpartition(".")[2].lower() == "field":
        return next((evaluate(k.value, _nothing) for k in value.keywords if k.arg == "default"), None)
    return evaluate(value, _nothing)


def _argument(node: ast.Call) -> Iterable[tuple[str, Known | None, int, str]]:
    names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    keywords = {k.arg: k.value for k in node.keywords if k.arg}
    long = [n for n in names if n.startswith("--")] or names
    if not long:
        return
    name = long[0].partition("/")[0].lstrip("-")
    dest = keywords.get("dest")
    if isinstance(dest, ast.Constant) and isinstance(dest.value, str):
        name = dest.value
    text = keywords.get("help")
    yield name, _default(long[0], keywords), node.lineno, _text(text)


def _default(name: str, keywords: dict[str, ast.expr]) -> Known | None:
    if "default" in keywords:
        value = evaluate(keywords["default"], _nothing)
        if (
            value
            and isinstance(value.value, str)
            and value.value.lower() in {"true", "false"}
            and "type" in keywords
        ):
            return Known(value.value.lower() == "true")
        return value
    action = keywords.get("action")
    if isinstance(action, ast.Constant) and action.value in {"store_true", "store_false"}:
        return Known(action.value == "store_false")
    if isinstance(action, ast.Constant) and action.value == "store_const":
        return Known(None)
    required = keywords.get("required")
    if not name.startswith("-") or (isinstance(required, ast.Constant) and required.value):
        return None
    return Known(None)


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
