"""Command lines out of files that machines read: make, just, DVC, MLflow, CI workflows, Docker, tox, VS Code.

Each yields (line, shell text, name): name is the target, stage or step the text belongs to.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, cast

_LARGEST_YAML: Final = 200_000
_RULE: Final = re.compile(r"^([\w./%-]+(?:\s+[\w./%-]+)*)\s*:(?!=)")
_MAKE_VARIABLE: Final = re.compile(r"^(?:export\s+)?(\w+)\s*[:?]?=\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A piece of shell text with its place and name."""

    kind: str
    """makefile, just, dvc, mlproject, ci, docker, tox, vscode, shell"""
    line: int
    text: str
    name: str = ""
    cwd: str = ""
    """folder it runs in, relative to the file's own"""
    variables: dict[str, str] = field(default_factory=dict[str, str])


def recipe_kind(file: str) -> str:
    """The kind of recipe file, "" when it is none."""
    path = PurePosixPath(file)
    name = path.name.lower()
    if name in ("makefile", "gnumakefile") or name.endswith((".mk", ".mak")):
        return "makefile"
    if name in ("justfile", ".justfile"):
        return "just"
    if name == "dvc.yaml" or (name.endswith(".dvc") and name == "dvcfile"):
        return "dvc"
    if name == "mlproject":
        return "mlproject"
    if name.endswith((".sh", ".bash", ".slurm", ".sbatch", ".sub", ".pbs", ".bat", ".cmd", ".ps1", ".zsh")):
        return "shell"
    if name.startswith("dockerfile") or name.endswith(".dockerfile"):
        return "docker"
    if name in ("tox.ini", "taskfile.yml", "taskfile.yaml", "procfile"):
        return "tox"
    if name == "noxfile.py":
        return "nox"
    if (
        ".github/workflows/" in file
        or name in (".travis.yml", ".gitlab-ci.yml", "azure-pipelines.yml", "appveyor.yml")
        or ".circleci/" in file
    ):
        return "ci" if name.endswith((".yml", ".yaml")) else ""
    return "vscode" if file.endswith(".vscode/launch.json") else ""


def recipes(kind: str, text: str) -> Iterator[Recipe]:
    """The shell text of a recipe file of `kind`."""
    if kind in ("makefile", "just"):
        yield from _make(kind, text)
    elif kind == "shell":
        yield Recipe(kind, 1, text)
    elif kind == "docker":
        yield from _docker(text)
    elif kind == "vscode":
        yield from _vscode(text)
    elif kind == "nox":
        yield from _nox(text)
    elif kind == "tox":
        yield Recipe(
            "tox", 1, re.sub(r"^\s*(?:commands\s*=|-?\s*cmds?:|\w+:)\s*(?=\S)", "", text, flags=re.MULTILINE)
        )
    elif len(text) <= _LARGEST_YAML:
        yield from _yaml(kind, text)


def _make(kind: str, text: str) -> Iterator[Recipe]:
    variables: dict[str, str] = {}
    target, body, start = "", list[str](), 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.startswith(("\t", "    ")) and target:
            start = start or number
            body.append(line.strip().lstrip("@-").replace("$$", "$"))
            continue
        if body:
            yield Recipe(kind, start, "\n".join(body), target, variables=dict(variables))
            body, start = [], 0
        assigned, rule = _MAKE_VARIABLE.match(line), _RULE.match(line)
        if assigned:
            variables[assigned[1]] = assigned[2].strip()
        elif rule or (kind == "just" and line[:1].isalpha() and ":" in line):
            target = rule[1] if rule else line.split(":")[0].split()[0]
        elif line.strip() and not line.startswith("#"):
            target = target if line[:1].isspace() else ""


def _nox(text: str) -> Iterator[Recipe]:
    """`session.run("python", "train.py")` with its words written out, by the session's function."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "run"
            ):
                words = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                if words:
                    yield Recipe("tox", node.lineno, shlex.join(words), function.name)


def _docker(text: str) -> Iterator[Recipe]:
    for number, line in enumerate(text.replace("\\\n", "  ").split("\n"), 1):
        found = re.match(r"\s*(CMD|ENTRYPOINT|RUN)\s+(.*)", line, re.IGNORECASE)
        if not found:
            continue
        command = found[2]
        if command.startswith("["):
            try:
                command = " ".join(str(part) for part in json.loads(command))
            except ValueError:
                continue
        yield Recipe("docker", number, command, found[1].upper())


def _vscode(text: str) -> Iterator[Recipe]:
    try:
        loaded: Any = json.loads(re.sub(r"^\s*//.*$|,(?=\s*[}\]])", "", text, flags=re.MULTILINE))
        rows = cast("list[dict[str, Any]]", loaded["configurations"])
        for row in rows:
            program = str(row.get("program", "")).replace("${workspaceFolder}/", "")
            words = [str(a) for a in row.get("args", ()) if "${" not in str(a)]
            if program.endswith(".py"):
                at = text[: max(text.find(program), 0)].count("\n") + 1
                yield Recipe("vscode", at, " ".join(["python", program, *words]), str(row.get("name", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _yaml(kind: str, text: str) -> Iterator[Recipe]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded: Any = yaml.load(text, Loader=loader)  # noqa: S506 - the safe loader, in C where it is built
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    if not isinstance(loaded, dict):
        return
    document = cast("dict[str, Any]", loaded)
    if kind == "dvc":
        yield from _dvc(document, text)
    elif kind == "mlproject":
        yield from _mlproject(document, text)
    else:
        for command, name in _run_keys(document, "", 0):
            yield Recipe("ci", _line_of(text, command), command, name)


def _dvc(document: dict[str, Any], text: str) -> Iterator[Recipe]:
    stages: Any = document.get("stages")
    for name, stage in _items(stages):
        command: Any = stage.get("cmd", "")
        joined = (
            "\n".join(map(str, cast("list[Any]", command))) if isinstance(command, list) else str(command)
        )
        yield Recipe("dvc", _line_of(text, joined), joined, name, str(stage.get("wdir", "")))


def _mlproject(document: dict[str, Any], text: str) -> Iterator[Recipe]:
    for name, entry in _items(document.get("entry_points")):
        values = {key: str(row.get("default", "")) for key, row in _items(entry.get("parameters"))}
        command = str(entry.get("command", ""))
        filled = command
        for key, value in values.items():
            filled = filled.replace("{" + key + "}", value) if value else filled
        yield Recipe("mlproject", _line_of(text, command), filled, name)


def _items(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        for key, row in cast("dict[Any, Any]", value).items():
            yield str(key), cast("dict[str, Any]", row) if isinstance(row, dict) else {}


def _run_keys(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every `run:` or `script:` of a CI document."""
    if depth > 8:
        return
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _run_keys(item, name, depth + 1)
    elif isinstance(value, dict):
        row = cast("dict[Any, Any]", value)
        for key, item in row.items():
            if key in ("run", "script", "command", "bash"):
                for part in cast("list[Any]", item) if isinstance(item, list) else [item]:
                    if isinstance(part, str):
                        yield part, str(row.get("name", name))
            yield from _run_keys(item, str(key), depth + 1)


def _line_of(text: str, command: str) -> int:
    first = command.strip().split("\n")[0][:60]
    at = text.find(first) if first else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
