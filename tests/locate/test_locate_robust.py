"""Hostile and broken repositories: an answer, notes, and never a traceback."""

from __future__ import annotations

import os
import sys
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codetour.locate.config_files import flat, parse
from codetour.locate.documents import markdown_blocks, rst_blocks
from codetour.locate.facts import read_facts
from codetour.locate.launchers import see_through
from codetour.locate.locator import find_entries
from codetour.locate.options import read_options
from codetour.locate.recipes import recipes
from codetour.locate.shell import parse_shell
from codetour.progress import Silent


def test_empty_repository_says_why_there_is_nothing(repository) -> None:
    report = find_entries(repository({}), Silent())
    assert report.entries == ()
    assert report.none_train


def test_broken_files_are_noted_and_the_rest_is_found(repository) -> None:
    tree = repository(
        {
            "train.py": b"\xef\xbb\xbffor _ in range(2):\n    loss.backward()\n    optimizer.step()\n",
            "bad.ipynb": "{",
            "{{cookie}}.py": "import {{ x }}\n",
            "deep.py": "x = " + "(" * 3000 + ")" * 3000,
            "dvc.yaml": "stages: [oops",
            "MLproject": "- 1",
            "pyproject.toml": "[[[",
            "binary.py": b"\0\1\2",
        }
    )
    (tree.root / "loop").symlink_to(tree.root)
    report = find_entries(tree, Silent())
    assert report.of("train")[0].file == "train.py"
    assert report.notes


def test_second_answer_is_the_first_one(repository) -> None:
    tree = repository({"train.py": "for _ in range(2):\n    loss.backward()\n    optimizer.step()\n"})
    first = find_entries(tree, Silent())
    assert find_entries(tree, Silent()) == first
    (tree.root / "train.py").write_text("x = 1\n")
    assert find_entries(tree, Silent()) != first


ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHELL = st.text(alphabet=st.sampled_from(list("python -m.py$&|;<>\\\n'\"`{}()=#cd /ab")), max_size=200)


@ANY
@given(SHELL)
def test_any_shell_text_gives_commands_or_nothing(text: str) -> None:
    for command in parse_shell(text):
        assert command.words
        see_through(command.words)


@ANY
@given(st.text(max_size=300))
def test_any_document_gives_blocks_or_nothing(text: str) -> None:
    for block in [*markdown_blocks(text), *rst_blocks(text)]:
        assert block.line >= 1
    for kind in ("makefile", "dvc", "mlproject", "ci", "docker", "vscode", "tox", "nox", "shell", "just"):
        assert all(recipe.line >= 1 for recipe in recipes(kind, text))


@ANY
@given(st.text(max_size=300))
def test_any_source_gives_facts_or_an_error(text: str) -> None:
    assert "<module>" in read_facts("x.py", text).scopes
    read_options("add_argument\n" + text)


PARSER = "import argparse\np = argparse.ArgumentParser()\n"
LOOP = "for _ in range(2):\n    loss.backward()\n    optimizer.step()\n"


def test_twenty_thousand_files_are_bounded_and_the_entry_is_found(repository) -> None:
    tree = repository({"train.py": LOOP})
    for folder in range(20):
        place = tree.root / f"data{folder}"
        place.mkdir()
        for number in range(1000):
            ending = "py" if number % 10 == 0 else "txt"
            (place / f"part{number}.{ending}").write_text("x = load(1)\n")
    report = find_entries(tree, Silent())
    assert report.of("train")[0].file == "train.py"
    assert any("not looked into" in note for note in report.notes)


def test_a_huge_notebook_is_left_out_with_a_note(repository) -> None:
    tree = repository({"train.py": LOOP})
    with (tree.root / "huge.ipynb").open("w") as file:
        file.write('{"cells": [{"cell_type": "code", "source": "')
        file.writelines("x = 1\\n" * 10_000 for _ in range(720))
        file.write('"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    assert (tree.root / "huge.ipynb").stat().st_size > 50_000_000
    tracemalloc.start()
    report = find_entries(tree, Silent())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.of("train")[0].file == "train.py"
    assert any("huge.ipynb" in note for note in report.notes)
    assert peak < 300_000_000


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system refuses such names")
def test_names_that_are_no_text_are_left_out_with_a_note(repository) -> None:
    tree = repository({"train.py": LOOP})
    (tree.root / os.fsdecode(b"tr\xffain.py")).write_text(LOOP)
    report = find_entries(tree, Silent())
    assert [e.file for e in report.of("train")] == ["train.py"]
    assert any("not valid text" in note for note in report.notes)


def test_a_loop_of_links_ends(repository) -> None:
    tree = repository({"a/train.py": LOOP})
    (tree.root / "a" / "b").symlink_to(tree.root)
    (tree.root / "a" / "self.py").symlink_to(tree.root / "a" / "self.py")
    (tree.root / "out.py").symlink_to("/etc/hostname")
    report = find_entries(tree, Silent())
    assert [e.file for e in report.of("train")] == ["a/train.py"]
    assert any("links" in note for note in report.notes)


def test_encodings_of_all_kinds_are_read(repository) -> None:
    latin = "# -*- coding: latin-1 -*-\n# caf\xe9\n" + LOOP
    plain = LOOP.encode()
    files = {
        "latin.py": latin.encode("latin-1"),
        "bom.py": b"\xef\xbb\xbf" + plain,
        "wrong.py": b"# \xff\n" + plain,
    }
    tree = repository(files)
    assert {e.file for e in find_entries(tree, Silent()).of("train")} == {"latin.py", "bom.py", "wrong.py"}


@pytest.mark.parametrize(
    "files",
    [
        {"train.py": PARSER + "p.add_argument(*NAMES)\np.add_argument(1, type=2, default=-1)\n" + LOOP},
        {"train.py": "import importlib as i\ni.import_module(*x)\ni.import_module('a.%s' % x % y)\n" + LOOP},
        {"train.py": "import hydra\n@hydra.main('../../..', 'x')\ndef main(c):\n    pass\n" + LOOP},
        {"train.py": PARSER + "p.add_argument('--config', default='a.yaml')\n" + LOOP, "a.yaml": "a: &a\n  b: *a\n"},
        {"train.py": PARSER + "p.add_argument('--config', required=True)\n" + LOOP, "conf/a.json": "[" * 2000},
        {"train.py": "from train import *\nimport train\n" + LOOP},
    ],
)  # fmt: skip
def test_odd_arguments_and_configurations_give_an_answer(repository, files) -> None:
    assert find_entries(repository(files), Silent()).of("train")[0].file == "train.py"


CONFIG = st.text(alphabet=st.sampled_from(list("ab: -{}[]\"'\n=#&*!1.0")), max_size=200)


@ANY
@given(CONFIG)
def test_any_configuration_text_gives_values_or_nothing(text: str) -> None:
    for file in ("a.yaml", "a.json", "a.toml"):
        for key, value in flat(parse(file, text)):
            assert key
            assert isinstance(value, bool | int | float | str)
