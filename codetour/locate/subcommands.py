"""Sub-commands of a program, found statically: which option belongs to which, and where in the file it is defined.

argparse's sub-parsers, click's and typer's groups, fire's tables.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from codetour.locate.syntax import dotted, is_main_guard

GUARD: Final = "<guard>"
"""the scope of what runs below `if __name__ == "__main__"`"""


def scoped(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every node with the function that it runs in; a function comes with its own name."""
    todo: list[tuple[ast.AST, str]] = [(tree, "<module>")]
    while todo:
        node, scope = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = node.name if scope in ("<module>", GUARD) else f"{scope}.{node.name}"
        elif scope == "<module>" and is_main_guard(node):
            scope = GUARD
        yield node, scope
        todo.extend((child, scope) for child in reversed(list(ast.iter_child_nodes(node))))


def subparsers(tree: ast.Module) -> dict[tuple[str, str], str]:
    """(scope, variable) of argparse's sub-parsers -> the sub-command, parameters that are given one included."""
    found: dict[tuple[str, str], str] = {}
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    calls: list[tuple[ast.Call, str]] = []
    for node, scope in scoped(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            call = node.value
            if (
                dotted(call.func).endswith(".add_parser")
                and call.args
                and isinstance(call.args[0], ast.Constant)
            ):
                found[scope, dotted(node.targets[0])] = str(call.args[0].value)
        elif isinstance(node, ast.Call):
            calls.append((node, scope))
    for call, scope in calls:
        target = functions.get(dotted(call.func))
        for at, argument in enumerate(call.args if target is not None else ()):
            command = found.get((scope, dotted(argument)))
            if target is not None and command and at < len(target.args.args):
                found[target.name, target.args.args[at].arg] = command
    return found


def has_commands(functions: Iterable[ast.FunctionDef]) -> bool:
    """Several functions hang on a group, so that the command line names one of them."""
    return sum(1 for f in functions if command_name(f)) > 1


def command_name(function: ast.FunctionDef) -> str:
    """The sub-command that `@cli.command("name")` makes of a function, "" for a command of its own."""
    for decorator in function.decorator_list:
        plain = dotted(decorator).replace("()", "")
        if plain.endswith(".command") and not plain.startswith("click."):
            given = decorator.args[0] if isinstance(decorator, ast.Call) and decorator.args else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                return given.value
            return function.name.replace("_", "-")
    return ""


def started(node: ast.Call, functions: dict[str, ast.FunctionDef]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(sub-command, function) of `Fire(main)` and `Fire({"train": train})`."""
    for argument in node.args[:1]:
        if isinstance(argument, ast.Dict):
            for key, value in zip(argument.keys, argument.values, strict=True):
                if isinstance(key, ast.Constant) and dotted(value) in functions:
                    yield str(key.value), functions[dotted(value)]
        elif dotted(argument) in functions:
            yield "", functions[dotted(argument)]
