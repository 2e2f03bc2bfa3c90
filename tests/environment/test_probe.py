"""Real interpreters of several versions, environments made on the spot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codetour.environment.probe import ask
from codetour.errors import EnvironmentProblem

VERSIONS = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"


def other(version: str) -> Path:
    found = sorted(VERSIONS.glob(f"{version}.*/bin/python"))
    if not found:
        pytest.skip(f"no Python {version} under {VERSIONS}")
    return found[0]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with one package, one folder named by a .pth, one editable install, one .pth with code."""
    folder = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "present").mkdir()
    (packages / "present" / "__init__.py").write_text("raise SystemExit('imported')")
    more = folder / "more"
    more.mkdir()
    (more / "by_path.py").write_text("")
    (packages / "more.pth").write_text(f"# a comment\n{more}\n")
    (packages / "code.pth").write_text(f"import os; os.mkdir({str(folder / 'ran')!r})\n")
    (packages / "__editable___x_finder.py").write_text(
        "MAPPING: dict[str, str] = {'editable': '/somewhere'}\n"
    )
    return folder


def test_tells_which_modules_are_missing_without_importing_any(environment: Path) -> None:
    names = ["present", "by_path", "editable", "absent", "json", "sys"]
    found = ask(environment / "bin" / "python", names)
    assert found.missing == ("absent",)
    assert found.version == sys.version_info[:3]
    assert found.path == environment / "bin" / "python"
    assert not (environment / "ran").exists()


def test_looks_in_extra_folders(tmp_path: Path) -> None:
    (tmp_path / "shim.py").write_text("")
    assert ask(Path(sys.executable), ["shim"]).missing == ("shim",)
    assert ask(Path(sys.executable), ["shim"], extra=[str(tmp_path)]).missing == ()


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13"])
def test_every_supported_version_answers(version: str) -> None:
    found = ask(other(version), ["zlib", "asyncio", "nothing_like_this"])
    assert found.text.startswith(version + ".")
    assert found.missing == ("nothing_like_this",)


@pytest.mark.parametrize(
    ("version", "words"), [("2.7", "Python 2"), ("3.6", "3.8 or later"), ("3.7", "3.8 or later")]
)
def test_an_old_one_is_refused_with_its_version(version: str, words: str) -> None:
    with pytest.raises(EnvironmentProblem, match=words):
        ask(other(version))


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_what_is_no_interpreter_is_said(tmp_path: Path) -> None:
    cases = {
        tmp_path / "nowhere": "no interpreter at",
        tmp_path: "cannot be started",
        script(tmp_path / "liar", "#!/bin/sh\necho '\x1b[31mhello'\n"): "no working",
        script(tmp_path / "junk", "\x00\x01"): "cannot be started",
    }
    for path, words in cases.items():
        with pytest.raises(EnvironmentProblem, match=words) as caught:
            ask(path)
        assert caught.value.hint
        assert "\x1b" not in caught.value.message


def test_one_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"did not answer in 0\.3 seconds"):
        ask(script(tmp_path / "slow", "#!/bin/sh\nexec sleep 60\n"), limit=0.3)
