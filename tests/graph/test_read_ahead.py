"""Files read ahead by other processes: the same graph, nothing left running, nothing of the repository executed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codetour.errors import Interrupted
from codetour.graph import read_ahead
from codetour.graph.build import build_graph
from codetour.graph.fact_worker import answer, imports_in
from codetour.graph.loading import AHEAD_AFTER
from codetour.graph.lowering import lower
from codetour.graph.modules import ModuleFinder
from codetour.graph.syntax import parse
from codetour.model.source import Tree
from codetour.progress import Silent

COUNT = AHEAD_AFTER * 2 + 10


@pytest.fixture
def wide(tmp_path: Path) -> Tree:
    """A tree of many files, each imported by the one before it and by the package."""
    root = tmp_path / "wide"
    (root / "pack").mkdir(parents=True)
    (root / "pack" / "__init__.py").write_text(
        "".join(f"from . import m{i}\n" for i in range(COUNT)), "utf-8"
    )
    for i in range(COUNT):
        onward = f"from .m{i + 1} import f as g\n" if i + 1 < COUNT else "def g(): pass\n"
        (root / "pack" / f"m{i}.py").write_text(f"{onward}\n\ndef f():\n    g()\n", "utf-8")
    (root / "main.py").write_text("import pack\npack.m0.f()\n", "utf-8")
    return Tree(root.resolve(), "wide")


class Heard(Silent):
    """Remembers what was told; stops the work at the first file that a worker has done, when asked to."""

    def __init__(self, *, stop: bool = False) -> None:
        super().__init__()
        self.files: list[str] = []
        self._stop = stop

    def advance(self, done: int, total: int | None = None, detail: str = "") -> None:
        self.files.append(detail)
        if self._stop:
            self.cancel()


def children() -> set[int]:
    task = Path(f"/proc/{os.getpid()}/task")
    if not task.is_dir():
        pytest.skip("needs /proc")
    return {int(c) for t in task.iterdir() for c in (t / "children").read_text().split()}


def test_imports_of_a_module_are_those_that_run_with_it() -> None:
    text = (
        "import a.b, c\nfrom .d import e as x\ntry:\n    import f\nexcept ImportError:\n    from .. import g\n"
        "class K:\n    from h import *\nif c:\n    import i\ndef late():\n    import j\n"
    )
    assert list(imports_in(lower(parse(text)))) == [
        ("a.b", 0, []), ("c", 0, []), ("d", 1, ["e"]), ("f", 0, []), ("", 2, ["g"]), ("h", 0, ["*"]), ("i", 0, []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "level", "names", "files"),
    [
        ("p.q", 0, [], ["p/__init__.py", "p/q.py"]),
        ("p", 0, ["q", "other"], ["p/__init__.py", "p/q.py"]),
        ("q", 1, [], ["p/__init__.py", "p/q.py"]),
        ("", 1, ["q"], ["p/__init__.py", "p/q.py"]),
        ("torch.nn", 0, ["Module"], []),
        ("", 5, ["x"], []),
    ],
)
def test_an_import_names_each_file_on_its_way(
    module: str, level: int, names: list[str], files: list[str]
) -> None:
    finder = ModuleFinder(["main.py", "p/__init__.py", "p/q.py", "p/r.py"], "main.py")
    assert list(read_ahead.files_of(finder, "p/r.py", module, level, names)) == files


def test_workers_make_the_same_graph(wide: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone = build_graph(wide, "main.py", Silent(), workers=0)
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "other"))
    heard = Heard()
    assert build_graph(wide, "main.py", heard, workers=2) == alone
    assert len({f for f in heard.files if f.startswith("pack/m")}) > COUNT // 3
    assert not children()


def test_stopping_leaves_no_process(wide: Tree) -> None:
    with pytest.raises(Interrupted):
        build_graph(wide, "main.py", Heard(stop=True), workers=2)
    assert not children()


def test_without_a_cache_to_write_the_machine_does_it_alone(
    wide: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone = build_graph(wide, "main.py", Silent(), workers=0)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "cache").mkdir()
    (tmp_path / "other" / "cache" / "graph").write_text("a file where a folder should be", "utf-8")
    monkeypatch.setenv("CODETOUR_HOME", str(tmp_path / "other"))
    assert build_graph(wide, "main.py", Silent(), workers=2) == alone


def test_workers_that_cannot_start_are_no_failure(wide: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert build_graph(wide, "main.py", Silent(), workers=2).edges


def test_workers_that_die_are_no_failure(wide: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "_START", "import sys\nsys.exit(3)\n")
    assert build_graph(wide, "main.py", Silent(), workers=2).edges


def test_modules_of_the_repository_are_never_imported(wide: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = wide.root / "executed"
    for name in ("json", "ast", "codetour", "re", "sitecustomize"):
        (wide.root / f"{name}.py").write_text(f"open({str(marker)!r}, 'w')\n", "utf-8")
    monkeypatch.chdir(wide.root)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    heard = Heard()
    assert build_graph(wide, "main.py", heard, workers=2).edges
    assert any(f.startswith("pack/m") for f in heard.files)
    assert not marker.exists()


def test_a_script_without_a_guard_may_use_it(wide: Tree, own_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "use.py"
    script.write_text(
        "from pathlib import Path\nfrom codetour.graph.build import build_graph\n"
        "from codetour.model.source import Tree\nfrom codetour.progress import Silent\n"
        f"print(len(build_graph(Tree(Path({str(wide.root)!r}), 'x'), 'main.py', Silent(), workers=2).edges))\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True,
        env={**os.environ, "CODETOUR_HOME": str(own_home / "of script")},
    )  # fmt: skip
    assert int(done.stdout) >= COUNT


def test_a_file_that_cannot_be_read_does_not_stop_a_worker(tmp_path: Path) -> None:
    assert answer(tmp_path, "nothing.py") == {
        "file": "nothing.py", "imports": [], "cpu": pytest.approx(0, abs=5), "kept": True,
    }  # fmt: skip
