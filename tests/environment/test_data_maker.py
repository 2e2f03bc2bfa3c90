from __future__ import annotations

from pathlib import Path

import pytest

from codetour.environment.data_maker import maker_of

PREPARE = "import numpy as np\nids.tofile(os.path.join(here, 'train.bin'))\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "train.py": "np.memmap('data/tiny/train.bin')\n",
        "data/tiny/prepare.py": PREPARE,
        "data/large/prepare.py": PREPARE,
        "scripts/download_labels.sh": "curl -o labels.csv http://example.org\n",
        "model.py": "x = 1\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_the_script_beside_the_file_makes_it(root: Path) -> None:
    assert maker_of(root, "data/tiny/train.bin") == "python data/tiny/prepare.py"
    assert maker_of(root, str(root / "data/large/train.bin")) == "python data/large/prepare.py"


def test_the_working_directory_counts(root: Path) -> None:
    assert maker_of(root, "train.bin", root / "data" / "large") == "python data/large/prepare.py"


def test_a_script_elsewhere_that_names_and_writes_the_file(root: Path) -> None:
    assert maker_of(root, "input/labels.csv") == "bash scripts/download_labels.sh"


@pytest.mark.parametrize("missing", ["config.yml", "/etc/passwd", "../train.bin", "", "\0"])
def test_nothing_is_made_up(root: Path, missing: str) -> None:
    assert maker_of(root, missing) is None
