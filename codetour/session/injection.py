"""From the files of `injected` to one expression that puts them into a program as a single module.

The files travel inside the expression: the program may sit in a sandbox or a container that does not see our folders.
Everything is reached through `__import__`, because scripts shadow `compile`, `open` and `exec` (nanoGPT has a global
`compile = False`). No name is left in the program's namespaces.
"""

from __future__ import annotations

import ast
import base64
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final

MODULE: Final = "_codetour_capture"
"""name of the helper in the program's `sys.modules`"""

FOLDER: Final = Path(__file__).with_name("injected")
FILES: Final = (
    *("reach", "plain_values", "standard", "torch_tensors", "torch_layers", "array_values", "torch_data"),
    *("frameworks", "jax_values", "hub_values", "kinds", "frames", "answers", "waiting"),
    *("stacks", "beside", "details", "words"),
)
"""in the order in which each needs only those before it"""
OURS: Final = ("__future__", "codetour.session.injected.")


@lru_cache(maxsize=1)
def joined() -> str:
    """The source of the helper: every file in turn, without what they import from each other."""
    return "from __future__ import annotations\n" + "\n".join(_part(name) for name in FILES)


def _part(name: str) -> str:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                lines[number - 1] = ""
    return "\n".join(lines)


@lru_cache(maxsize=1)
def install_expression() -> str:
    """An expression that puts the helper into a process, once per process, and answers `codetour 1 nodelay`."""
    packed = base64.b64encode(zlib.compress(joined().encode(), 9)).decode("ascii")
    module = f"__import__('sys').modules.setdefault({MODULE!r}, __import__('types').ModuleType({MODULE!r}))"
    source = f"__import__('zlib').decompress(__import__('base64').b64decode('{packed}'))"
    return f"(__import__('builtins').exec({source}, {module}.__dict__), {call('install')})[1]"


def call(function: str, *arguments: object) -> str:
    """An expression that calls a function of the helper with texts, numbers and tuples of them."""
    # ascii() of tuples of texts and numbers is a Python literal that survives any transport
    inside = ", ".join(ascii(a) for a in arguments)
    return f"__import__('sys').modules[{MODULE!r}].{function}({inside})"


def call_at(key: str, expression: str) -> str:
    """`expression`, a call of the helper, about another thread or task than the one in which it is evaluated."""
    return f"__import__('sys').modules[{MODULE!r}].at({key!a}, lambda: {expression})" if key else expression
