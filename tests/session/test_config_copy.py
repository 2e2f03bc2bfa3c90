"""Changed copies of configuration files: values, layout, and where the copy stands in the arguments."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from codetour.model.entry import Override
from codetour.session.config_copy import changed, is_change, with_copies

YAML = """\
# the run
trainer:
  epochs: 100   # many
  device: "cuda"
  amp: true
data: {batch_size: 64, name: x}
"""


def test_yaml_keeps_its_comments_and_changes_what_is_asked() -> None:
    text = changed(
        YAML,
        ".yaml",
        {"trainer.epochs": "1", "trainer.device": "cpu", "trainer.amp": "False", "data.batch_size": "8"},
    )
    assert "# many" in text
    assert yaml.safe_load(text) == {
        "trainer": {"epochs": 1, "device": "cpu", "amp": False},
        "data": {"batch_size": 8, "name": "x"},
    }


def test_json_and_toml_are_changed() -> None:
    text = changed('{"trainer": {"epochs": 100}, "n_gpu": 1}', ".json", {"trainer.epochs": "1", "n_gpu": "0"})
    assert json.loads(text) == {"trainer": {"epochs": 1}, "n_gpu": 0}
    text = changed("seed = 1\n[training]\nn_epochs = 99 # many\n", ".toml", {"training.n_epochs": "1"})
    assert text == "seed = 1\n[training]\nn_epochs = 1 # many\n"


def test_python_keeps_all_but_the_literals_that_are_changed() -> None:
    source = (
        "ü = 1; epochs = 9  # many\ndata = dict(batch_size=64, name='x')\nclass A:\n    lr: float = 0.1\n"
    )
    text = changed(source, ".py", {"epochs": "1", "data.batch_size": "8", "data.name": "it's", "A.lr": "1"})
    assert text == (
        'ü = 1; epochs = 1  # many\ndata = dict(batch_size=8, name="it\'s")\nclass A:\n    lr: float = 1\n'
    )


@pytest.mark.parametrize("ending", [".json", ".yaml", ".toml", ".py"])
def test_a_key_that_is_not_there_changes_nothing(ending: str) -> None:
    text = {".json": '{\n  "a": 1\n}', ".yaml": "a: 1\n", ".toml": "a = 1\n", ".py": "a = 1\n"}[ending]
    assert changed(text, ending, {"b": "2", "a.b": "3"}) == text


def test_the_copy_takes_the_file_s_place_in_the_arguments(tmp_path: Path) -> None:
    source = tmp_path / "tree" / "conf" / "a.yaml"
    source.parent.mkdir(parents=True)
    source.write_text("epochs: 9\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    overrides = [Override("conf/a.yaml: epochs=1", "short"), Override("--lr=1", "other")]
    argv = ("-c", "conf/a.yaml", "--cfg=conf/a.yaml", "--out=b")
    given_words = with_copies(argv, overrides, tmp_path / "tree", scratch)
    copy = Path(given_words[1])
    assert given_words == ("-c", str(copy), f"--cfg={copy}", "--out=b")
    assert (copy.name, copy.read_text(), source.read_text()) == ("a.yaml", "epochs: 1\n", "epochs: 9\n")
    assert scratch in copy.parents


@pytest.mark.parametrize("text", ["{", "\t- [", ""])
def test_a_file_that_cannot_be_understood_stays_what_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    argv = ("a.json", "b.json")
    overrides = [Override("a.json: x=1", ""), Override("b.json: x=1", "")]
    assert with_copies(argv, overrides, tmp_path, tmp_path) == argv


def test_only_overrides_of_files_are_changes() -> None:
    assert is_change(Override("config.json: a.b=1", ""))
    assert not any(
        is_change(Override(a, "")) for a in ("--epochs=1", "WANDB_MODE=x", "config.json", "a: b=1")
    )


@given(st.text(max_size=200), st.sampled_from([".yaml", ".json", ".toml", ".py"]))
def test_any_text_is_changed_or_refused_by_value_error(text: str, ending: str) -> None:
    with contextlib.suppress(ValueError):
        changed(text, ending, {"a": "1", "a.b": "2"})
