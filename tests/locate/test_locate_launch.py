"""Launches: folder, module, path and arguments, for found entries and for files that the user names."""

from __future__ import annotations

import pytest

from codetour.errors import NoEntryPoint
from codetour.locate.choice import choose
from codetour.locate.locator import find_entries
from codetour.progress import Silent

TRAINS = "import torch\nmodel, optimizer = 1, 2\nfor _ in range(3):\n    model().backward()\n    optimizer.step()\n"


def entry_of(tree, wanted=None):
    return choose(find_entries(tree, Silent()), tree, wanted)


def test_overrides_make_the_documented_run_small(sample) -> None:
    launch = entry_of(sample("readme_command")).launch
    assert launch.source == "README.md:7"
    assert set(launch.argv) == {"--epochs=1", "--device=cpu", "--num-workers=0"}
    assert all(override.why for override in launch.overrides)


def test_console_script_package_starts_as_a_file_or_module(sample) -> None:
    entry = entry_of(sample("console_script"))
    assert entry.launch.argv[0] == "fit"


def test_relative_imports_start_as_a_module(sample) -> None:
    launch = entry_of(sample("relative_imports")).launch
    assert (launch.module, launch.cwd) == ("net.train", ".")


def test_root_packages_are_put_on_the_path_only_where_needed(sample) -> None:
    assert entry_of(sample("examples_folder")).launch.env == {"PYTHONPATH": "."}
    assert "PYTHONPATH" not in entry_of(sample("engine_beside_main")).launch.env


def test_hydra_overrides_have_no_dashes(sample) -> None:
    argv = entry_of(sample("hydra_config")).launch.argv
    assert "trainer=cpu" in argv
    assert "trainer.max_epochs=1" in argv


def test_required_flag_gets_a_safe_value(sample) -> None:
    assert "--workdir=out-codetour" in entry_of(sample("jax_beside_main")).launch.argv


def test_shell_variables_become_arguments(sample) -> None:
    launch = entry_of(sample("shell_launcher")).launch
    assert launch.argv[:2] == ("--is_training", "1")
    assert launch.source == "scripts/a.sh:3"


def test_evaluation_of_a_training_script_asks_for_it(sample) -> None:
    assert "--eval" in entry_of(sample("engine_beside_main"), "eval").launch.argv
    assert "--is_training=0" in entry_of(sample("shell_launcher"), "eval").launch.argv


def test_mlflow_parameters_are_filled_in(sample) -> None:
    assert entry_of(sample("mlproject")).launch.argv == ("0.5",)


def test_documented_folder_is_where_it_runs(repository) -> None:
    tree = repository({"README.md": "```\ncd examples/x\npython go.py\n```\n", "examples/x/go.py": TRAINS})
    launch = entry_of(tree).launch
    assert launch.cwd == "examples/x"


def test_folder_follows_the_files_that_a_script_reads(repository) -> None:
    script = TRAINS + "text = open('input.txt').read()\n"
    tree = repository({"projects/x/x.py": script, "projects/x/readme.md": "x", "input.txt": "words"})
    assert entry_of(tree).launch.cwd == "."


def test_missing_data_and_its_maker_are_named(repository) -> None:
    tree = repository(
        {"train.py": TRAINS + "open('data/words.txt')\n", "prepare_data.py": "open('words.txt', 'w')\n"}
    )
    needs = entry_of(tree).launch.needs
    assert [(n.what, n.mend) for n in needs] == [("file data/words.txt", "python prepare_data.py")]


def test_a_required_argument_without_value_is_a_need(repository) -> None:
    parser = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--corpus', required=True)\n"
    needs = entry_of(repository({"train.py": parser + TRAINS})).launch.needs
    assert [n.what for n in needs] == ["argument --corpus"]


def test_a_file_the_locator_did_not_find_is_accepted(repository) -> None:
    tree = repository({"train.py": TRAINS, "other/quiet.py": "x = 1\n\n\ndef go():\n    pass\n"})
    assert entry_of(tree, "other/quiet.py").file == "other/quiet.py"
    assert entry_of(tree, "other/quiet.py:go").qualname == "go"


def test_a_file_may_be_named_from_the_current_folder(repository, monkeypatch) -> None:
    tree = repository({"train.py": TRAINS, "other/quiet.py": "x = 1\n"})
    monkeypatch.chdir(tree.root / "other")
    assert entry_of(tree, "quiet.py").file == "other/quiet.py"


def test_what_is_not_there_is_refused_with_the_candidates(repository) -> None:
    tree = repository({"train.py": TRAINS})
    with pytest.raises(NoEntryPoint) as caught:
        entry_of(tree, "nope.py")
    assert "train.py" in caught.value.hint
    with pytest.raises(NoEntryPoint):
        entry_of(tree, "train.py:nothing")
    with pytest.raises(NoEntryPoint):
        entry_of(tree, "../outside.py")


def test_a_file_named_from_a_folder_runs_there(repository, monkeypatch) -> None:
    tree = repository({"lib/__init__.py": "", "train.py": TRAINS, "other/quiet.py": "import lib\n"})
    monkeypatch.chdir(tree.root / "other")
    launch = entry_of(tree, "quiet.py").launch
    assert (launch.cwd, launch.env) == ("other", {"PYTHONPATH": ".."})


def test_arguments_of_ones_own_are_meant_from_the_root_too(repository, monkeypatch) -> None:
    tree = repository({"part/README.md": "    python train.py\n", "part/train.py": TRAINS})
    report = find_entries(tree, Silent())
    monkeypatch.chdir(tree.root)
    assert choose(report, tree, "part/train.py").launch.cwd == "part"
    assert choose(report, tree, "part/train.py", own_arguments=True).launch.cwd == "."


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("'--cuda', action='store_false'", ("--cuda",)),
        ("'--no-cuda', dest='cuda', action='store_false'", ("--no-cuda",)),
        ("'--no-cuda', action='store_true'", ("--no-cuda",)),
        ("'--cuda', action='store_true'", ()),
        ("'--cuda', action='store_false', default=False", ()),
    ],
)
def test_a_switch_that_turns_the_gpu_off_is_given(repository, option, given) -> None:
    tree = repository(
        {
            "train.py": f"import argparse\nimport torch\n\np = argparse.ArgumentParser()\np.add_argument({option})\n"
            "args = p.parse_args()\nmodel = torch.nn.Linear(2, 2)\nopt = torch.optim.SGD(model.parameters())\n"
            "for _ in range(3):\n    loss = model(torch.ones(2)).sum()\n    loss.backward()\n    opt.step()\n"
        }
    )
    launch = find_entries(tree, Silent()).entries[0].launch
    assert launch.argv == given


def test_settings_of_a_python_configuration_are_made_small(repository) -> None:
    tree = repository(
        {
            "main.py": "from absl import app, flags\nfrom ml_collections import config_flags\n"
            "config_flags.DEFINE_config_file('config', None, 'Where the settings are.')\n\n"
            "def main(argv):\n    import train\n    train.train(flags.FLAGS.config)\n\n"
            "if __name__ == '__main__':\n    app.run(main)\n",
            "train.py": "import jax\nimport optax\n\ndef train(config):\n    tx = optax.sgd(config.optim.rate)\n"
            "    for epoch in range(config.num_epochs):\n        loss, grads = jax.value_and_grad(step)(params)\n"
            "        updates, state = tx.update(grads, state)\n"
            "        params = optax.apply_updates(params, updates)\n\ndef step(params):\n    return 0.0\n",
            "configs/default.py": "import ml_collections\n\ndef get_config():\n    c = ml_collections.ConfigDict()\n"
            "    c.batch_size = 256\n    c.optim = ml_collections.ConfigDict()\n    c.optim.rate = 0.1\n"
            "    c.num_epochs = 90\n    return c\n",
            "README.md": "```\npython main.py --config=configs/default.py\n```\n",
        }
    )
    launch = find_entries(tree, Silent()).entries[0].launch
    assert launch.argv == ("--config=configs/default.py", "--config.batch_size=8", "--config.num_epochs=1")
    assert all(o.why for o in launch.overrides)


def test_a_named_file_is_only_called_what_is_known_of_it(repository) -> None:
    tree = repository({"train.py": TRAINS, "odd.py": "print(1)\n"})
    assert entry_of(tree, "train.py").role == "train"
    assert entry_of(tree, "odd.py").role == "other"
