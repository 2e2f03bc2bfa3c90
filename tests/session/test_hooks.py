"""Hooks in front of statements: where they go, and that nobody else notices."""

from __future__ import annotations

import ast
import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from codetour.session.inside import hooks
from tests.session.conftest import interpreter

SOURCE = '''"""doc"""
from __future__ import annotations
import os
def single(): return 1
class Kept:
    "class doc"
    number: int = 3
    def method(self):
        """method doc"""
        rows = [i for i in range(3)]
        if rows: one = 1
        elif os:
            one = 2
        for row in rows:
            one += row
        try:
            one += 1
        except ValueError:
            one = 2
        else:
            one += 2
        finally:
            one += 3
        return one
value = Kept().method() + single()
'''


def hooked(source: str, lines):
    """The names of a module with hooks on `lines`, and the passes at them."""
    passed = []
    tree = ast.parse(source)
    placed = hooks.insert(tree, lines, source.encode())
    code = compile(ast.fix_missing_locations(tree), "file.py", "exec", dont_inherit=True)
    made = {}

    def hook_of(line):
        hook = hooks.Hook("file.py", line, lambda h, frame: passed.append((h.line, frame.f_code.co_name)))
        hook.breakpoint = True
        made[line] = hook
        return hook

    names = {"__name__": "file"}
    exec(hooks.with_hooks(code, hook_of), names)
    return names, passed, placed, made


def test_each_statement_is_passed_where_it_begins_in_its_own_scope() -> None:
    names, passed, placed, _ = hooked(SOURCE, range(1, 40))
    assert names["value"] == 11
    assert passed == [
        *((line, "<module>") for line in (3, 4, 5)),
        *((line, "Kept") for line in (7, 8)),
        (25, "<module>"),
        *((line, "method") for line in (10, 11, 14, 15, 15, 15, 16, 17, 21, 23, 24)),
        (4, "single"),
    ]
    assert [line for line, loop in placed.items() if loop] == [14]


def test_docstrings_annotations_and_future_imports_stay_what_they_are() -> None:
    names, _, placed, _ = hooked(SOURCE, range(1, 40))
    kept = names["Kept"]
    assert (names["__doc__"], kept.__doc__, kept.method.__doc__) == ("doc", "class doc", "method doc")
    assert kept.__annotations__ == {"number": "int"}
    assert not {1, 2, 6, 9} & set(placed)


def test_the_program_s_names_do_not_change() -> None:
    names, *_ = hooked(SOURCE, range(1, 40))
    plain = {"__name__": "file"}
    exec(compile(SOURCE, "file.py", "exec", dont_inherit=True), plain)
    assert list(names) == list(plain)
    for kept in ("co_names", "co_varnames", "co_freevars", "co_firstlineno", "co_flags"):
        assert getattr(names["Kept"].method.__code__, kept) == getattr(plain["Kept"].method.__code__, kept)


def test_functions_stay_whole_where_their_bytecode_is_read() -> None:
    text = "import numba\ndef fast(x): return x + 1\ndef other():\n    return 2\nlast = fast(1) + other()\n"
    placed = hooks.insert(ast.parse(text), range(1, 9), text.encode())
    assert sorted(placed) == [1, 5]


def test_a_hook_is_pickled_as_the_place_that_it_is(monkeypatch) -> None:
    _, _, _, made = hooked("x = 1\n", [1])
    hook = made[1]
    monkeypatch.delitem(sys.modules, "_codetour_hooks", raising=False)
    assert pickle.loads(pickle.dumps(hook)) == 0  # ~0 does nothing
    monkeypatch.setitem(sys.modules, "_codetour_hooks", hooks)
    assert pickle.loads(pickle.dumps(hook)) == 0
    monkeypatch.setattr(
        hooks, "places", [lambda path, line, loop: (path, line, loop) == ("file.py", 1, False) and hook]
    )
    assert pickle.loads(pickle.dumps(hook)) is hook
    assert copy.deepcopy(hook) is hook


EVENTS = """
import ast, json, sys
sys.path.insert(0, sys.argv[1])
import hooks
text = open(sys.argv[2]).read()
def events(code):
    found = []
    def trace(frame, event, arg):
        if frame.f_code.co_filename != "file.py":
            return None
        if event != "call":
            found.append([event, frame.f_code.co_name, frame.f_lineno])
        return trace
    sys.settrace(trace)
    try:
        exec(code, {"__name__": "file"})
    finally:
        sys.settrace(None)
    return found
tree = ast.parse(text)
lines = {n.lineno for n in ast.walk(tree) if isinstance(n, ast.stmt)}
plain = events(compile(text, "file.py", "exec", dont_inherit=True))
hooks.insert(tree, lines, text.encode())
code = compile(ast.fix_missing_locations(tree), "file.py", "exec", dont_inherit=True)
with_hooks = events(hooks.with_hooks(code, lambda line: hooks.Hook("file.py", line, None)))
print(json.dumps([plain, with_hooks]))
"""


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.11"])
def test_a_trace_function_sees_the_same_lines_as_without_hooks(tmp_path, version) -> None:
    python = interpreter(version)
    (tmp_path / "file.py").write_text(SOURCE + MORE)
    folder = str(Path(hooks.__file__).parent)
    done = subprocess.run(
        [python, "-W", "error", "-c", EVENTS, folder, str(tmp_path / "file.py")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    plain, with_hooks = json.loads(done.stdout)
    assert len(plain) > 60
    assert with_hooks == plain


MORE = """
import contextlib, asyncio

def generate(n):
    while n:
        yield n
        n -= 1

def deep(n):
    if n == 0:
        raise KeyError(n)
    return deep(n - 1)

async def wait():
    async with Context() as held:
        await asyncio.sleep(0)
    return [x async for x in rows()]

async def rows():
    for i in range(2):
        yield i

class Context:
    async def __aenter__(self):
        return self
    async def __aexit__(self, *_):
        return False

with contextlib.suppress(KeyError):
    deep(2)
total = sum(generate(3))
listed = asyncio.run(wait())
square = lambda x: x * x
done = [square(y) for y in listed if y]
while total < 99:
    total += 1
    if total > 12:
        break
else:
    total = 0
"""
