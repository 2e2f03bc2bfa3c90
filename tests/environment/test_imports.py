from __future__ import annotations

from pathlib import Path

from codetour.environment.imports import needed
from codetour.model.source import Tree

SOURCE = """
import torch.nn as nn, numpy
from PIL import Image
from . import sibling
from model import GPT
from src_package.x import y
try:
    import apex
except ImportError:
    apex = None
try:
    import strict
finally:
    import last
if __name__ == "__main__":
    import guarded
if False:
    import maybe
def f():
    import lazy
class C:
    import inside
"""


def test_only_what_is_certain_and_foreign(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("")
    (tmp_path / "src" / "src_package").mkdir(parents=True)
    (tmp_path / "train.py").write_text(SOURCE)
    names = needed(Tree(tmp_path, "x"), ["train.py", "missing.py"])
    assert names == ("PIL", "guarded", "inside", "last", "numpy", "strict", "torch")


def test_a_broken_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import torch\n")
    (tmp_path / "b.py").write_text("print 'old'\n")
    assert needed(Tree(tmp_path, "x"), ["a.py", "b.py"]) == ("torch",)
