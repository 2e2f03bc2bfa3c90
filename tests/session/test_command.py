"""What is started for an entry point: the file, its module, or the function that the file only defines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codetour.model.entry import Launch
from codetour.model.source import Tree
from codetour.model.tour import Tour, TourEntry
from codetour.session.command import make_command
from codetour.session.options import LaunchOptions

DEFINES = "def train():\n    print('trained')\n"


@pytest.mark.parametrize(
    ("text", "as_module"),
    [
        (DEFINES, False),
        (DEFINES + "if __name__ == '__main__':\n    train()\n", True),
        (DEFINES + "train()\n", True),
        (DEFINES + "import sys\nsys.exit(train())\n", True),
    ],
)
@pytest.mark.parametrize("module", ["pack", None])
def test_a_function_that_its_file_only_defines_is_called_once(tmp_path, text, as_module, module):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "__main__.py").write_text(text)
    tour = Tour("t", (), entry=TourEntry("train", "pack/__main__.py", "train"), launch=Launch(module=module))
    options = LaunchOptions(Path(sys.executable))
    made = make_command(
        Tree(tmp_path, "t"), tour, options, python=Path(sys.executable), scratch=tmp_path / "scratch"
    )
    assert ("-m" in made.target) == (as_module and module is not None)
    done = subprocess.run(
        [sys.executable, *made.target], cwd=made.cwd, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
