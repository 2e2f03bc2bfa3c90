"""What arguments an entry understands, found statically: argparse, click, typer, fire, tyro, Hugging Face's parser,
absl and TensorFlow flags, and scripts that let `--name=value` overwrite their globals.

Each option keeps how it is spelled, so that an override can be written the way its parser wants it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast

from codetour.locate.subcommands import command_name, has_commands, scoped, started, subparsers
from codetour.locate.syntax import dotted

_MISSING: Final = object()
_PARSERS: Final = re.compile(
    r"add_arg|DEFINE_|click\.|typer|Fire\(|tyro|HfArgumentParser|simple_parsing|configurator|globals\(\)\["
)
"""without one of these, parsing the file is not worth its time"""


@dataclass(frozen=True, slots=True)
class Option:
    """One option or positional argument."""

    name: str
    """without dashes, - as _: what tables are keyed by"""
    spelled: str
    """as written on a command line (`--batch-size`), or the bare name of a positional argument"""
    style: str
    """argparse, click, typer, fire, tyro, hf, absl, globals, dotted, hydra"""
    type: str = "str"
    """int, float, bool, str"""
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False
    flag: str = ""
    """"on" for a switch that turns something on, "off" for one that turns it off, "" when it takes a value"""
    positional: bool = False
    line: int = 0
    help: str = ""
    converter: str = ""
    """argparse's `type`, as written"""
    others: tuple[str, ...] = field(default=())
    """other spellings"""
    scope: str = "<module>"
    """the function that defines it, GUARD below the main guard"""
    command: str = ""
    """the sub-command that it belongs to, "" for all"""


def read_options(text: str) -> tuple[Option, ...]:
    """The options that the Python text defines; none when it cannot be parsed."""
    if not _PARSERS.search(text):
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return tuple(_all(tree, text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _all(tree: ast.Module, text: str) -> Iterator[Option]:
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    classes = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    parsers = subparsers(tree)
    several = has_commands(functions.values())
    flags_required: set[str] = set()
    absl: list[Option] = []
    for node, scope in scoped(tree):
        if isinstance(node, ast.FunctionDef):
            command = command_name(node) if several else ""
            yield from (_replace(o, scope=scope, command=command) for o in _decorated(node))
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        if last in ("add_argument", "add_arg") and node.args:
            option = _argparse(node)
            if option:
                command = parsers.get((scope, name.rpartition(".")[0]), "")
                yield _replace(option, scope=scope, command=command)
        elif last.startswith("DEFINE_") and node.args:
            absl.extend(_replace(o, scope=scope) for o in _absl(node, last))
        elif last in ("mark_flag_as_required", "mark_flags_as_required"):
            flags_required |= {str(c.value) for c in ast.walk(node) if isinstance(c, ast.Constant)}
        elif last == "Fire" or name == "typer.run":
            for command, target in started(node, functions):
                style = "fire" if last == "Fire" else "typer"
                yield from (_replace(o, command=command) for o in _parameters(target, style))
        elif name in ("tyro.cli", "simple_parsing.parse") or last == "HfArgumentParser":
            style = "hf" if last == "HfArgumentParser" else "tyro"
            for argument in ast.walk(node):
                if isinstance(argument, ast.Name) and argument.id in classes:
                    yield from (_replace(o, scope=scope) for o in _dataclass(classes[argument.id], style))
    for option in absl:
        yield _replace(option, required=option.required or option.name in flags_required)
    if "configurator" in text or "globals()[" in text:
        yield from _globals(tree)


def _replace(option: Option, **changes: Any) -> Option:
    from dataclasses import replace

    return replace(option, **changes)


def _value(node: ast.AST | None) -> Any:
    """A literal's value; `_MISSING` for what only running would tell."""
    if node is None:
        return None
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _MISSING


def _texts(listed: Any) -> tuple[str, ...]:
    """The items of a literal list as texts."""
    return tuple(str(c) for c in cast("list[Any]", listed)) if isinstance(listed, list | tuple) else ()


def _plain(value: Any) -> Any:
    odd: bool = isinstance(value, bytes | complex | set)
    return None if odd or value is _MISSING else value


def _type_of(default: Any, named: str) -> str:
    for kind in ("int", "float", "bool"):
        if kind in named.lower():
            return kind
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int):
        return "int"
    return "float" if isinstance(default, float) else "str"


def _argparse(node: ast.Call) -> Option | None:
    names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if not names:
        return None
    keywords = {k.arg: k.value for k in node.keywords if k.arg}
    action = _value(keywords.get("action")) or dotted(keywords["action"]) if "action" in keywords else ""
    default = _value(keywords.get("default"))
    longest = max(names, key=lambda n: (n.startswith("--"), len(n)))
    positional = not longest.startswith("-")
    flag = {"store_true": "on", "store_false": "off", "store_const": "on", "count": "on"}.get(str(action), "")
    if "BooleanOptionalAction" in str(action):
        flag = "both"
    optional = _value(keywords.get("nargs")) in ("?", "*")
    listed = _value(keywords.get("choices"))
    kind = "bool" if flag else _type_of(default, dotted(keywords["type"]) if "type" in keywords else "")
    return Option(
        name=longest.lstrip("-").replace("-", "_").lower(),
        spelled=longest,
        style="argparse",
        type=kind,
        default=_plain(default),
        choices=_texts(listed),
        required=bool(_plain(_value(keywords.get("required"))))
        or (positional and not optional and "default" not in keywords),
        flag=flag,
        positional=positional,
        line=node.lineno,
        help=str(_plain(_value(keywords.get("help"))) or "")[:200],
        converter=dotted(keywords["type"]) if "type" in keywords else "",
        others=tuple(n for n in names if n != longest),
    )


def _absl(node: ast.Call, last: str) -> Iterator[Option]:
    name = _plain(_value(node.args[0]))
    default = (
        _value(node.args[1])
        if len(node.args) > 1
        else _value(next((k.value for k in node.keywords if k.arg == "default"), None))
    )
    if not isinstance(name, str):
        return
    kind = {
        "DEFINE_integer": "int",
        "DEFINE_float": "float",
        "DEFINE_bool": "bool",
        "DEFINE_boolean": "bool",
    }.get(last, "str")
    listed = _plain(_value(node.args[2])) if last == "DEFINE_enum" and len(node.args) > 2 else ()
    choices = _texts(listed)
    needed = any(k.arg == "required" and _plain(_value(k.value)) for k in node.keywords)
    yield Option(
        name.lower(), "--" + name, "absl", kind, _plain(default), choices, required=needed, line=node.lineno,
        converter="config_file" if last == "DEFINE_config_file" else "",
    )  # fmt: skip


def _decorated(node: ast.FunctionDef) -> Iterator[Option]:
    """Click's and typer's decorators."""
    command = False
    for decorator in node.decorator_list:
        name = dotted(decorator)
        plain = name.replace("()", "")
        if isinstance(decorator, ast.Call) and plain.endswith(("click.option", "click.argument")):
            yield from _click(decorator, positional=plain.endswith("argument"))
            command = False
            continue
        command = command or plain.endswith((".command", ".callback"))
    if (
        command
        and "click" not in "".join(dotted(d) for d in node.decorator_list)
        and any("typer" in ast.unparse(d) for d in (*node.args.defaults, *_annotations(node)))
    ):
        yield from _parameters(node, "typer")


def _annotations(node: ast.FunctionDef) -> list[ast.expr]:
    """The types that parameters are declared with: `Annotated[int, typer.Option(...)]`."""
    return [a.annotation for a in (*node.args.args, *node.args.kwonlyargs) if a.annotation is not None]


def _click(node: ast.Call, *, positional: bool) -> Iterator[Option]:
    names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if not names:
        return
    keywords = {k.arg: k.value for k in node.keywords if k.arg}
    longest = max(names, key=lambda n: (n.startswith("--"), len(n)))
    spelled, _, off = longest.partition("/")
    default = _plain(_value(keywords.get("default")))
    flag = "both" if off else ("on" if _value(keywords.get("is_flag")) is True else "")
    needed = _value(keywords.get("required"))
    kind = "bool" if flag else _type_of(default, dotted(keywords["type"]) if "type" in keywords else "")
    yield Option(
        spelled.lstrip("-").replace("-", "_").lower(), spelled, "click", kind, default, (),
        required=needed is True or (positional and "default" not in keywords and needed is not False),
        flag=flag, positional=positional, line=node.lineno, others=(off,) if off else (),
    )  # fmt: skip


def _parameters(node: ast.FunctionDef, style: str) -> Iterator[Option]:
    """A function's parameters as options: fire and typer."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    missing = len(arguments) - len(node.args.defaults)
    defaults: list[ast.expr | None] = [None] * missing + list(node.args.defaults)
    pairs = [
        *zip(arguments, defaults, strict=True),
        *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        value = _value(default)
        if isinstance(default, ast.Call) and default.args:
            value = _value(default.args[0])
        named = ast.unparse(argument.annotation) if argument.annotation else ""
        # of `Annotated[int, typer.Option(help="...")]` only the type says what it is
        kind = _type_of(_plain(value), re.sub(r"^[\w.]*Annotated\[([^\[,]+).*", r"\1", named))
        spelled = argument.arg.replace("_", "-") if style == "typer" else argument.arg
        needed = default is None or value is ...
        stated = named if "typer." in named else ast.unparse(default) if default is not None else ""
        positional = style == "typer" and (
            "Argument(" in stated or (default is None and "Option(" not in stated)
        )
        yield Option(
            argument.arg.lower(), spelled if positional else f"--{spelled}", style, kind,
            None if value is ... else _plain(value), required=needed,
            flag="both" if style == "typer" and kind == "bool" else "",
            positional=positional, line=argument.lineno,
        )  # fmt: skip


def _dataclass(node: ast.ClassDef, style: str) -> Iterator[Option]:
    """A dataclass's fields as options: tyro spells them with dashes, Hugging Face with underscores."""
    for row in node.body:
        if not isinstance(row, ast.AnnAssign) or not isinstance(row.target, ast.Name):
            continue
        default: Any = _value(row.value)
        given = row.value is not None
        if isinstance(row.value, ast.Call):
            keywords = {k.arg: k.value for k in row.value.keywords}
            default = _value(keywords.get("default"))
            given = "default" in keywords or "default_factory" in keywords
        named = ast.unparse(row.annotation)
        name = row.target.id
        kind = _type_of(_plain(default), named)
        spelled = "--" + (name.replace("_", "-") if style == "tyro" else name)
        choices = tuple(
            c.value
            for c in ast.walk(row.annotation)
            if "Literal" in named and isinstance(c, ast.Constant) and isinstance(c.value, str)
        )
        yield Option(
            name.lower(), spelled, style, kind, _plain(default), choices, required=not given,
            flag="both" if style == "tyro" and kind == "bool" else "", line=row.lineno,
        )  # fmt: skip
    if style == "hf" and any("TrainingArguments" in dotted(base) for base in node.bases):
        yield from hugging_face_options()


def hugging_face_options() -> Iterator[Option]:
    """Fields of `transformers.TrainingArguments` that matter for a small run."""
    for name, kind, default, required in (
        ("output_dir", "str", None, True), ("num_train_epochs", "float", 3.0, False), ("max_steps", "int", -1, False),
        ("per_device_train_batch_size", "int", 8, False), ("per_device_eval_batch_size", "int", 8, False),
        ("dataloader_num_workers", "int", 0, False), ("report_to", "str", "all", False),
        ("use_cpu", "bool", False, False),
        ("fp16", "bool", False, False), ("bf16", "bool", False, False),
        ("tf32", "bool", False, False),
        ("fsdp", "str", "", False),
        ("fsdp_transformer_layer_cls_to_wrap", "str", "", False),
        ("deepspeed", "str", "", False),
    ):  # fmt: skip
        yield Option(name, f"--{name}", "hf", kind, default, required=required)


def _globals(tree: ast.Module) -> Iterator[Option]:
    """Module-level constants that `--name=value` overwrites."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = _value(node.value)
            if node.targets[0].id == "dtype" and value is _MISSING:
                value = "float32"
            if isinstance(value, bool | int | float | str):
                name = node.targets[0].id
                yield Option(
                    name.lower(), f"--{name}", "globals", _type_of(value, ""), value, line=node.lineno
                )
