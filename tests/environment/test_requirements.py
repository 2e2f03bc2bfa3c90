from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codetour.environment.create import plan_environment
from codetour.environment.requirements import read_requirements
from codetour.model.source import Tree


@pytest.mark.parametrize(
    ("file", "text", "specs"),
    [
        (
            "requirements.txt",
            "torch==2.0.1+cu118\nnumpy>=1.20,<2 # why\n\n# no\n",
            ("torch==2.0.1", "numpy>=1.20,<2"),
        ),
        (
            "pyproject.toml",
            '[project]\nname="x"\ndependencies = ["einops", "tqdm>=4"]\n',
            ("einops", "tqdm>=4"),
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.8"\ntorch = "^2"\n', ("torch",)),
        (
            "setup.py",
            "from setuptools import setup\nsetup(install_requires=['scipy', 'h5py'])\n",
            ("scipy", "h5py"),
        ),
        ("setup.cfg", "[options]\ninstall_requires =\n    tqdm\n    einops>=0.4\n", ("tqdm", "einops>=0.4")),
        (
            "environment.yml",
            "dependencies:\n- python=3.8\n- pytorch=1.9\n- pip:\n  - timm==0.4\n",
            ("torch==1.9", "timm==0.4"),
        ),
    ],
)
def test_reads_what_repositories_write(tmp_path: Path, file: str, text: str, specs: tuple[str, ...]) -> None:
    (tmp_path / file).write_text(text)
    assert read_requirements(Tree(tmp_path, "x")).specs == specs


def test_what_pip_would_run_or_fetch_is_left_out_and_told(tmp_path: Path) -> None:
    lines = [
        "-e .",
        "git+https://example.org/x.git",
        "--index-url http://evil",
        "x @ file:///etc",
        "a; b",
        "ok",
    ]
    (tmp_path / "requirements.txt").write_text("\n".join(lines))
    found = read_requirements(Tree(tmp_path, "x"))
    assert "ok" in found.specs
    assert not any(s.startswith("-") or "://" in s for s in found.specs)
    assert "--index-url http://evil" in found.left_out


def test_the_folder_of_the_entry_speaks_first(tmp_path: Path) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "requirements.txt").write_text("torch==1\nscipy\n")
    (tmp_path / "mnist" / "requirements.txt").write_text("torch==2\n")
    assert read_requirements(Tree(tmp_path, "x"), "mnist/main.py").specs == ("torch==2", "scipy")


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("requirements.txt", "requirements-dev.txt", "requirements_cpu.txt"), ("requirements.txt",)),
        (("requirements-dev.txt", "requirements_torch.txt"), ("requirements_torch.txt",)),
        (("requirements-gpu.txt", "requirements-cpu.txt"), ("requirements-cpu.txt",)),
        (("requirements/base.txt", "requirements-latest.txt"), ("requirements/base.txt",)),
        (("requirements-latest.txt", "requirements.test.txt"), ("requirements-latest.txt",)),
        (("requirements-dev.txt",), ()),
    ],
)
def test_one_file_of_several_speaks_for_a_run(
    tmp_path: Path, names: tuple[str, ...], chosen: tuple[str, ...]
) -> None:
    (tmp_path / "requirements").mkdir()
    for name in names:
        (tmp_path / name).write_text("ok\n")
    assert read_requirements(Tree(tmp_path, "x")).sources == chosen


def test_files_that_are_included_count_once_and_never_from_outside(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r more/core.txt\n-r ../outside.txt\n-r /etc/passwd\nlast\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "core.txt").write_text("first\n-r ../requirements.txt\n--requirement=other.txt\n")
    (tmp_path / "more" / "other.txt").write_text("second\n")
    (tmp_path.parent / "outside.txt").write_text("evil\n")
    found = read_requirements(Tree(tmp_path, "x"))
    assert found.specs == ("first", "second", "last")
    assert found.sources == ("requirements.txt", "more/core.txt", "more/other.txt")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=200),
    st.sampled_from(["requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "environment.yml"]),
)
def test_any_text_is_survived(tmp_path: Path, text: str, file: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8", errors="surrogatepass")
    assert not any(s.startswith("-") for s in read_requirements(Tree(tmp_path, "x")).specs)
    (tmp_path / file).unlink()


def test_the_commands_say_what_will_be_installed(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("torch\n")
    tree = Tree(tmp_path, "x")
    make, install = plan_environment(tree, read_requirements(tree), ["torch", "scikit-learn"]).commands
    assert make[1:3] == ("-m", "venv")
    assert install[-3:] == ("--", "torch", "scikit-learn")
