"""Hostile and broken repositories: an answer, notes, and never a traceback."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
