"""A process that makes operations of files for another one and leaves them in the cache.

It reads a line of JSON for each file (`{"root", "file"}`) and answers with one: the modules that the file imports,
the CPU seconds it took, and whether the cache took the result. It ends when its input ends. Files are parsed, never
executed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from codetour.errors import CodetourError
from codetour.graph.deep_thread import run_deep
from codetour.graph.loading import is_kept, operations_of
from codetour.graph.lowering import Op
from codetour.source.reading import read_source

Wanted = tuple[str, int, list[str]]
"""module, level of a relative import, names taken from it"""


def imports_in(body: list[Op]) -> Iterator[Wanted]:
    """The imports that run when a module runs: those inside functions wait until they are called."""
    for op in body:
        kind = op[0]
        if kind == "import":
            for name, _alias in op[1]:
                yield name, 0, []
        elif kind == "from":
            yield op[1], op[2], [name for name, _alias in op[3]]
        for block in _blocks(op):
            yield from imports_in(block)


def _blocks(op: Op) -> list[list[Op]]:
    kind = op[0]
    if kind in ("if", "while"):
        return [op[2], op[3]]
    if kind == "for":
        return [op[3], op[4]]
    if kind == "with":
        return [op[2]]
    if kind == "try":
        return [op[1], *(handler[2] for handler in op[2]), op[3], op[4]]
    if kind == "match":
        return [case[2] for case in op[2]]
    return [op[1]["body"]] if kind == "class" else []


def answer(root: Path, file: str) -> dict[str, Any]:
    """Make the operations of one file; what the asking process needs to know of it."""
    began = time.process_time()
    imports: list[Wanted] = []
    kept = True
    try:
        text = read_source(root, file).text
        made, _ = operations_of(text)
        kept = is_kept(text)
        imports = list(imports_in(made)) if isinstance(made, list) else []
    except CodetourError:
        pass  # it cannot be read: the asking process will find out and say so
    return {"file": file, "imports": imports, "cpu": time.process_time() - began, "kept": kept}


def serve(questions: TextIO, answers: TextIO) -> None:
    """Answer until there are no more questions."""
    for line in questions:
        question = json.loads(line)
        answers.write(json.dumps(answer(Path(question["root"]), question["file"])) + "\n")
        answers.flush()


def main() -> None:
    """Serve standard input; the code may be nested deeply, so on a deep stack."""
    run_deep(lambda: serve(sys.stdin, sys.stdout), seconds=float("inf"), late=TimeoutError)
