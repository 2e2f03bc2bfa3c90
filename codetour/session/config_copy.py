"""Configuration files with some values changed, for one run: a copy beside it, never the repository's own file.

An override such as `config.json: trainer.epochs=1` means: the run is given a copy of config.json in which it says so.
Layout and comments of YAML, TOML and Python stay; JSON is written anew.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from codetour.locate.python_settings import literals
from codetour.model.entry import Override

if TYPE_CHECKING:
    from yaml.nodes import Node

_CHANGE: Final = re.compile(
    r"(?P<file>\S[^:]*\.(?:ya?ml|json|toml|py)): (?P<key>[\w.-]+)=(?P<value>.*)", re.DOTALL
)
_LARGEST: Final = 1_000_000


def is_change(override: Override) -> bool:
    """Is this one about a configuration file?"""
    return _CHANGE.fullmatch(override.arg) is not None


def with_copies(
    argv: Sequence[str], overrides: Iterable[Override], cwd: Path, scratch: Path
) -> tuple[str, ...]:
    """`argv` with changed copies in `scratch` in place of the files that `overrides` change.

    A file that is not there, is too large or cannot be understood stays what it is: the run then is merely longer.
    """
    wanted: dict[str, dict[str, str]] = {}
    for override in overrides:
        if found := _CHANGE.fullmatch(override.arg):
            wanted.setdefault(found["file"], {})[found["key"]] = found["value"]
    words = list(argv)
    for number, (file, changes) in enumerate(wanted.items()):
        copy = _write(cwd / file, changes, scratch / f"config{number or ''}")
        if copy is not None:
            words = [_exchanged(word, file, str(copy)) for word in words]
    return tuple(words)


def _exchanged(word: str, file: str, copy: str) -> str:
    name, equals, value = word.partition("=")
    if word == file:
        return copy
    return f"{name}={copy}" if equals and value == file else word


def _write(source: Path, changes: dict[str, str], folder: Path) -> Path | None:
    try:
        if source.stat().st_size > _LARGEST:
            return None
        text = changed(source.read_text("utf-8"), source.suffix, changes)
        folder.mkdir(exist_ok=True)
        copy = folder / source.name
        copy.write_text(text, "utf-8")
    except (OSError, ValueError, LookupError, RecursionError):
        return None
    return copy


def changed(text: str, ending: str, changes: dict[str, str]) -> str:
    """`text` with the values of dotted keys changed; a key that is not there changes nothing.

    Raises ValueError when the text cannot be understood.
    """
    if ending == ".json":
        document: Any = json.loads(text)
        for key, value in changes.items():
            _set(document, key.split("."), _literal(value))
        return json.dumps(document, indent=2)
    if ending == ".toml":
        return _toml(text, changes)
    if ending == ".py":
        return _python(text, changes)
    return _yaml(text, changes)


def _literal(value: str) -> Any:
    """A number or truth value as JSON has it; anything else is a text."""
    try:
        return json.loads({"True": "true", "False": "false"}.get(value, value))
    except ValueError:
        return value


def _set(document: Any, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        document = cast("dict[str, Any]", document).get(key) if isinstance(document, dict) else None
    if isinstance(document, dict) and keys[-1] in document:
        document[keys[-1]] = value


def _yaml(text: str, changes: dict[str, str]) -> str:
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    places = [(node, value) for key, value in changes.items() if (node := _node(root, key.split(".")))]
    for node, value in sorted(places, key=lambda p: -p[0].start_mark.index):
        text = text[: node.start_mark.index] + _scalar(value) + text[node.end_mark.index :]
    return text


def _python(text: str, changes: dict[str, str]) -> str:
    """Literals are exchanged where they stand; all else of the file stays."""
    try:
        places = [(node, changes[key]) for key, node in literals(ast.parse(text)) if key in changes]
    except (SyntaxError, RecursionError) as error:
        raise ValueError(str(error)) from error
    # the parser counts lines by these ends alone
    lines = [line.encode("utf-8") for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)]
    for node, value in sorted(places, key=lambda p: (-p[0].lineno, -p[0].col_offset)):
        plain = value in ("True", "False") or isinstance(_literal(value), int | float)
        at, end = node.lineno - 1, node.end_col_offset or node.col_offset
        if node.end_lineno == node.lineno:
            new = (value if plain else repr(value)).encode("utf-8")
            lines[at] = lines[at][: node.col_offset] + new + lines[at][end:]
    return b"".join(lines).decode("utf-8")


def _scalar(value: str) -> str:
    return value.lower() if value in ("True", "False") else value


def _node(node: Node | None, keys: list[str]) -> Node | None:
    """The scalar at the end of `keys`."""
    import yaml

    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        pairs = cast("list[tuple[Node, Node]]", node.value)
        node = next((v for k, v in pairs if k.value == key), None)
    return node if isinstance(node, yaml.ScalarNode) else None


def _toml(text: str, changes: dict[str, str]) -> str:
    """Line by line: a table's header says where its keys belong."""
    section, out = "", list[str]()
    for line in text.split("\n"):
        header = re.match(r"\s*\[([\w.-]+)\]", line)
        pair = re.match(r"(\s*([\w.-]+)\s*=\s*)([^#]*?)(\s*(?:#.*)?)$", line)
        if header:
            section = header[1] + "."
        value = changes.get(section + pair[2]) if pair else None
        if pair and value is not None:
            plain = _literal(value)
            out.append(pair[1] + (json.dumps(plain)) + pair[4])
        else:
            out.append(line)
    return "\n".join(out)
