"""Files and functions that come to run without their hooks, or with hooks from elsewhere: no stop is lost."""

from __future__ import annotations

import pytest

from tests.session.conftest import line_of, tour_of

pytestmark = pytest.mark.debugger

OTHERWISE = {
    "text": "code = compile(open(path).read(), path, 'exec')\nexec(code, {})\n",
    "tree": "import ast\nexec(compile(ast.parse(open(path).read()), path, mode='exec', dont_inherit=True), {})\n",
    "loader": """
import importlib.machinery, importlib.util
class Loader(importlib.machinery.SourceFileLoader):
    def source_to_code(self, data, path, *, _optimization=-1):
        return super().source_to_code(data.replace(b"1", b"2"), path)
spec = importlib.util.spec_from_loader("other", Loader("other", path))
spec.loader.exec_module(importlib.util.module_from_spec(spec))
""",
    "compiled": """
import os, py_compile
sys.path.insert(0, os.path.join(os.path.dirname(path), 'built'))
os.mkdir(sys.path[0])
py_compile.compile(path, cfile=os.path.join(sys.path[0], "other.pyc"), dfile=path, doraise=True)
import other
""",
    "twice": "import other\nexec(compile(open(path).read(), path, 'exec'), {})\n",
}


@pytest.mark.parametrize("how", list(OTHERWISE))
async def test_a_file_that_comes_to_run_without_hooks_is_traced(write, run_tour, python, how):
    root = write(
        train="import sys\npath = __file__.replace('train', 'other')\n" + OTHERWISE[how] + "end = True\n",
        other="""
        first = 1
        def inner():
            second = first
            return second
        inner()
        third = inner()
        """,
    )
    other = root / "other.py"
    tour = tour_of(
        "train.py",
        ("other.py", line_of(other, "second = first"), 3 if how == "twice" else 1),
        ("other.py", line_of(other, "third =")),
        ("train.py", line_of(root / "train.py", "end =")),
    )
    run = await run_tour(root, tour, python=python, to_end=True)
    assert {s.stop for s in run.reached} == {"s0", "s1", "s2"}, run.text
    assert next(s.hits for s in run.reached if s.stop == "s0") == (3 if how == "twice" else 1)
    assert run.end.code == 0


async def test_the_cache_of_compiled_files_never_sees_a_hook(write, run_tour, python):
    root = write(
        train="import other\nprint(other.f())\nend = True\n",
        other="def f():\n    here = 1\n    return here\n",
    )
    tour = tour_of("train.py", ("other.py", 2), ("train.py", 3))
    run = await run_tour(root, tour, python=python, to_end=True, env={"PYTHONDONTWRITEBYTECODE": ""})
    assert len(run.reached) == 2
    assert not list(root.glob("__pycache__/other*"))


SENDS = """
import os, pickle, subprocess, sys


def work(x):
    here = x * 2
    return here


def parts(code):
    kept = "co_code co_consts co_names co_varnames co_filename co_name co_firstlineno co_stacksize co_flags"
    kept += " co_argcount co_nlocals" + (" co_linetable co_exceptiontable" if sys.version_info > (3, 11) else "")
    return {name: getattr(code, name) for name in kept.split()}


def sent(code):
    child = [sys.executable, "-c", CHILD]
    subprocess.run(child, input=pickle.dumps(parts(code)), check=True)


CHILD = '''
import pickle, sys, types
code = (lambda: 0).__code__.replace(**pickle.load(sys.stdin.buffer))
print("there", types.FunctionType(code, {})(3), flush=True)
'''
sent(work.__code__)
end = True
"""


@pytest.mark.parametrize("hooked", [True, False])
async def test_a_function_that_another_process_gets_by_value_is_stopped_in_there(
    write, run_tour, python, hooked
):
    root = write(
        train=SENDS if hooked else SENDS + "numba = 0  # functions that it may read stay as they are\n"
    )
    line = line_of(root / "train.py", "here =")
    run = await run_tour(root, tour_of("train.py", ("train.py", line)), python=python, to_end=True)
    assert "there 6" in run.text
    (seen,) = run.reached
    assert seen.process
    assert {v.name: v.scalar for v in seen.frames[0].values}["x"] == 3


INHERITS = """
from __future__ import annotations
import builtins, types
text = "def f(x: missing): return x"
names = {}
exec(compile(text, "<text>", "exec"), names)
print("inherited", names["f"].__annotations__)
try:
    exec(compile(text, "<text>", "exec", 0, True), names)
except NameError as error:
    print("not", type(error).__name__)
print(compile.__name__, compile("1 + 1", "<text>", "eval").co_name, type(compile("1", "<t>", "eval", 0x400)).__name__)
try:
    compile("(", "<text>", "exec")
except SyntaxError as error:
    print(error.filename, error.lineno)
end = True
"""


async def test_compile_does_for_the_program_what_it_always_does(write, run_tour, python):
    root = write(train=INHERITS)
    line = line_of(root / "train.py", "end =")
    run = await run_tour(root, tour_of("train.py", ("train.py", line)), python=python, to_end=True)
    assert [s.stop for s in run.reached] == ["s0"]
    told = ["inherited {'x': 'missing'}", "not NameError", "compile <module> Expression", "<text> 1"]
    assert run.text.splitlines() == told
