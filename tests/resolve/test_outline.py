"""Equal lines of text files, told apart by the headings, keys, sections and functions they stand under."""

from __future__ import annotations

from pathlib import Path

import pytest

from codetour.resolve.outline import outline
from codetour.resolve.statements import Index
from tests.resolve.conftest import History

JOB = """  {name}:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v{version}
      - name: Install
        run: pip install .
      - name: Test
        run: pytest {name}
"""


def workflow(*names: str, version: int = 3) -> str:
    return "name: ci\non: push\njobs:\n" + "".join(JOB.format(name=n, version=version) for n in names)


CHAPTER = "## {name}\n\nInstall it:\n\n```sh\n# once\npip install .\n```\n\nThen run `{name}`.\n\n"
SECTION = "[tool.{name}]\nenabled = true\nlevel = 3\n\n"
FUNCTION = "{name}() {{\n  set -e\n  cd build\n  make {name}\n}}\n\n"
UNDERLINED = "{name}\n{line}\n\nInstall it::\n\n    pip install .\n\nThen run {name}.\n\n"


def blocks(block: str, *names: str) -> str:
    return "".join(block.format(name=n, line="-" * len(n)) for n in names)


CASES = {
    "ci.yml": (
        workflow("lint", "unit", "docs"),
        workflow("types", "unit", "lint", "docs", "wheel"),
        "run: pip",
    ),
    "README.md": (
        "# Tool\n\n" + blocks(CHAPTER, "lint", "unit", "docs"),
        "# Tool\n\n" + blocks(CHAPTER, "types", "unit", "lint", "docs", "wheel"),
        "pip install .",
    ),
    "pyproject.toml": (
        blocks(SECTION, "lint", "unit", "docs"),
        blocks(SECTION, "types", "unit", "lint", "docs", "wheel"),
        "level = 3",
    ),
    "make.sh": (
        blocks(FUNCTION, "lint", "unit", "docs"),
        blocks(FUNCTION, "types", "unit", "lint", "docs", "wheel"),
        "cd build",
    ),
    "guide.rst": (
        "Tool\n====\n\n" + blocks(UNDERLINED, "lint", "unit", "docs"),
        "Tool\n====\n\n" + blocks(UNDERLINED, "types", "unit", "lint", "docs", "wheel"),
        "pip install .",
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("nth", [0, 1, 2])
def test_of_equal_lines_the_one_under_the_same_heading(tmp_path: Path, name: str, nth: int) -> None:
    before, after, text = CASES[name]
    history = History(tmp_path, None)
    (history.root / name).write_text(before)
    block = ("lint", "unit", "docs")[nth]
    find = history.stop(text, name, nth=nth)
    (history.root / name).write_text(after)
    places = [n for n, line in enumerate(after.split("\n"), 1) if text in line]
    assert find().line == places[("types", "unit", "lint", "docs", "wheel").index(block)]


def test_a_new_version_of_what_a_step_uses_is_the_same_step() -> None:
    old, new = (
        outline(Index(workflow("lint", version=v).split("\n"), python=False), "ci.yml") for v in (3, 4)
    )
    assert old == new
    assert old[workflow("lint").split("\n").index("        run: pip install .")] == (
        "jobs/lint/steps/name install"
    )


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    lines = ["# Tool", "```", "# not one", "x", "```", "y"]
    assert outline(Index(lines, python=False), "README.md") == ("", "tool", "tool", "tool", "tool", "tool")


def test_other_files_have_no_outline() -> None:
    assert outline(Index(["a: 1", "b: 2"], python=False), "Makefile") == ()


def test_a_text_file_that_was_there_is_a_sibling(history: History) -> None:
    for name in ("nightly.yml", "merge.yml"):
        (history.root / name).write_text(workflow("lint", "unit"))
    history.write()
    find = history.stop("run: pytest unit", "merge.yml")
    (history.root / "merge.yml").rename(history.root / "run_merge_tests.yml")
    (history.root / "run_merge_tests.yml").write_text(workflow("lint", "unit", "docs"))
    history.write()
    assert find().file == "run_merge_tests.yml"
