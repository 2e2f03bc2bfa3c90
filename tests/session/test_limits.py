"""`--max-batches` from inside: what ends early, what does not, and that nothing of it stays behind."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import codetour.session
from tests.session.conftest import tour_of

INSIDE = Path(codetour.session.__file__).with_name("inside")
PYTHON = os.environ.get("CODETOUR_TEST_PYTHON", sys.executable)
START = f"""
import importlib.util, json, runpy, sys
def load(name):
    if "_codetour_" + name in sys.modules:
        return sys.modules["_codetour_" + name]
    spec = importlib.util.spec_from_file_location("_codetour_" + name, {str(INSIDE)!r} + "/" + name + ".py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
patches, folder, script = json.loads(sys.argv[1])
load("compiling").install()
load("patches").apply(patches, [folder], load)
sys.path.insert(0, folder)
runpy.run_path(script, run_name="__main__")
"""


LIBRARIES = "torch lightning transformers keras tensorflow jax"
FIND = f"import importlib.util as u; print(*(n for n in {LIBRARIES!r}.split() if u.find_spec(n)))"
THERE = subprocess.run([PYTHON, "-c", FIND], capture_output=True, text=True, check=True).stdout.split()


def has(module: str) -> bool:
    """The interpreter for tests with libraries has `module`."""
    return module in THERE


@pytest.fixture
def limited(tmp_path: Path):
    """Run files with each pass cut to `batches`; what the first one printed, as words."""

    def run(
        files: dict[str, str], *, batches: int = 3, python: str = sys.executable, **env: str
    ) -> list[str]:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        plan = json.dumps([{"max_batches": batches}, str(tmp_path), str(tmp_path / next(iter(files)))])
        done = subprocess.run(
            [python, "-c", START, plan],
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "TF_CPP_MIN_LOG_LEVEL": "3", **env},
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.split()

    return run


LOSS = "class Loss:\n    def backward(self):\n        pass\n"


def counting(header: str, *, inner: str = "Loss().backward()") -> str:
    """A program with two epochs of the loop `header`; prints how often its body ran."""
    return (
        f"{LOSS}data, size, times = list(range(40)), 4, 0\nfor epoch in range(2):\n    {header}\n"
        f"        times += 1\n        {inner}\nprint(times)\n"
    )


@pytest.mark.parametrize(
    "header",
    [
        "for i in range(0, 40, size):",
        "for i in range(len(data)):",
        "for i in range(len(data) // size):",
        "for n, i in enumerate(range(0, 40, size)):",
    ],
)
def test_ranges_over_the_batches_of_an_epoch_are_cut(limited, header: str) -> None:
    assert limited({"train.py": counting(header)}) == ["6"]


@pytest.mark.parametrize(
    ("header", "times"),
    [("for i in range(7):", "14"), ("for i in data:", "80"), ("for i in range(size, 8):", "8")],
)
def test_other_loops_run_as_they_are(limited, header: str, times: str) -> None:
    assert limited({"train.py": counting(header)}) == [times]


def test_a_loop_that_takes_no_gradient_is_no_epoch(limited) -> None:
    assert limited({"train.py": counting("for i in range(len(data)):", inner="pass")}) == ["80"]


def test_the_epochs_themselves_are_not_cut(limited) -> None:
    text = f"{LOSS}times = 0\nfor epoch in range(len('abcdef')):\n    times += 1\n    Loss().backward()\nprint(times)\n"
    assert limited({"train.py": text}) == ["6"]


def test_imported_files_are_cut_and_the_cache_of_compiled_files_never_sees_it(limited, tmp_path) -> None:
    engine = (
        f"{LOSS}def epoch(data):\n    times = 0\n    for i in range(len(data)):\n"
        "        Loss().backward()\n        times += 1\n    return times\n"
    )
    main = "import engine\nprint(engine.epoch(list(range(9))), engine.epoch.__code__.co_firstlineno)\n"
    assert limited({"train.py": main, "engine.py": engine}) == ["3", "4"]
    plain = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert plain.stdout.split() == ["9", "4"]
    assert limited({"train.py": main, "engine.py": engine}) == ["3", "4"]


@pytest.mark.debugger
@pytest.mark.parametrize("kind", ["script", "module", "notebook"])
async def test_the_first_file_of_a_run_is_cut_too(tmp_path, run_tour, kind) -> None:
    text = counting("for i in range(len(data)):")
    name = "train.ipynb" if kind == "notebook" else "train.py"
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / name).write_text(json.dumps(notebook) if kind == "notebook" else text)
    launch = {"module": "train"} if kind == "module" else {}
    tour = tour_of(name, (name, text.split("\n").index("print(times)") + 1), **launch)
    run = await run_tour(tmp_path, tour, max_batches=3, to_end=True)
    assert run.text.split() == ["6"]


def test_a_file_that_cannot_be_parsed_fails_with_the_interpreter_s_own_words(limited) -> None:
    text = "try:\n    import broken\nexcept SyntaxError as error:\n    print(type(error).__name__, error.lineno)\n"
    assert limited({"train.py": text, "broken.py": "range backward step\n  oops(\n"}) == ["SyntaxError", "1"]


torch = pytest.mark.skipif(not has("torch"), reason="no PyTorch in CODETOUR_TEST_PYTHON")
LOADER = """
import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset
class Endless(IterableDataset):
    def __iter__(self):
        while True:
            yield torch.zeros(1)
finite = DataLoader(TensorDataset(torch.zeros(40)), batch_size=4)
endless = DataLoader(Endless(), batch_size=4)
own = iter(endless)
print(len(finite), sum(1 for _ in finite), sum(1 for _ in endless))
print(sum(1 for _ in iter(finite)))
print(len([next(own) for _ in range(9)]))
"""


@pytest.mark.torch
@torch
def test_data_loaders_end_unless_batches_are_drawn_from_an_endless_one(limited) -> None:
    assert limited({"train.py": LOADER}, python=PYTHON) == ["3", "3", "3", "3", "9"]


LIGHTNING = """
import logging, sys, warnings
warnings.simplefilter("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
import torch
from lightning.pytorch import LightningModule, Trainer
seen = {"train": 0, "val": 0}
class Net(LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
    def training_step(self, batch, _):
        seen["train"] += 1
        return self.layer(batch).mean()
    def validation_step(self, batch, _):
        seen["val"] += 1
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)
class Rows:
    def __iter__(self):
        return iter([torch.zeros(2, 1)] * 50)
    def __len__(self):
        return 50
rows = Rows()
quiet = dict(logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False)
trainer = Trainer(max_epochs=2, accelerator="cpu", num_sanity_val_steps=0, val_check_interval=25, **quiet)
trainer.fit(Net(), rows, rows)
print("steps", seen["train"], seen["val"])
"""


@pytest.mark.torch
@pytest.mark.skipif(not has("lightning"), reason="no Lightning in CODETOUR_TEST_PYTHON")
def test_lightning_ends_each_pass_even_without_a_data_loader(limited) -> None:
    assert limited({"train.py": LIGHTNING}, python=PYTHON)[-3:] == ["steps", "6", "6"]


HUGGING_FACE = """
import warnings
warnings.simplefilter("ignore")
import torch
from transformers import Trainer, TrainingArguments
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
    def forward(self, x, labels=None):
        return {"loss": self.layer(x).mean(), "logits": self.layer(x)}
rows = [{"x": torch.zeros(1), "labels": torch.zeros(1)}] * 400
for steps in (-1, 90):
    args = TrainingArguments(
        "out", num_train_epochs=2, max_steps=steps, use_cpu=True, report_to="none", save_strategy="no",
        per_device_train_batch_size=4, disable_tqdm=True, eval_strategy="steps", eval_steps=50,
    )
    trainer = Trainer(Net(), args, train_dataset=rows, eval_dataset=rows)
    evaluated = []
    trainer.evaluate = lambda *a, **k: evaluated.append(1) or {}
    trainer.train()
    print("run", trainer.state.global_step, bool(evaluated))
"""


@pytest.mark.torch
@pytest.mark.skipif(not has("transformers"), reason="no Transformers in CODETOUR_TEST_PYTHON")
def test_hugging_face_s_trainer_ends_and_evaluates_early(limited) -> None:
    words = limited({"train.py": HUGGING_FACE}, python=PYTHON)
    runs = [words[i + 1 : i + 3] for i, word in enumerate(words) if word == "run"]
    assert runs == [["6", "True"], ["3", "True"]]


KERAS = """
import numpy, keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="sgd")
class Count(keras.callbacks.Callback):
    train = test = predict = 0
    def on_train_batch_end(self, *_, logs=None):
        Count.train += 1
    def on_test_batch_end(self, *_, logs=None):
        Count.test += 1
    def on_predict_batch_end(self, *_, logs=None):
        Count.predict += 1
x, y = numpy.zeros((400, 1)), numpy.zeros((400, 1))
model.fit(x, y, batch_size=4, epochs=2, validation_data=(x, y), verbose=0, callbacks=[Count()])
model.fit(x[:8], y[:8], batch_size=4, epochs=1, verbose=0, callbacks=[Count()])
model.predict(x, verbose=0, callbacks=[Count()])
print("ran", Count.train, Count.test, Count.predict)
"""


@pytest.mark.torch
@pytest.mark.skipif(not has("keras"), reason="no Keras in CODETOUR_TEST_PYTHON")
@pytest.mark.parametrize("backend", ["torch", "tensorflow", "jax"])
def test_keras_takes_fewer_steps_and_no_more_than_there_are(limited, backend: str) -> None:
    if not has(backend):
        pytest.skip(f"no {backend} in CODETOUR_TEST_PYTHON")
    words = limited({"train.py": KERAS}, python=PYTHON, KERAS_BACKEND=backend)
    assert words[-4:] == ["ran", "8", "6", "3"]


def test_the_files_inside_are_for_python_three_eight() -> None:
    import ast

    for name in ("library_limits.py", "short_ranges.py", "patches.py", "compiling.py"):
        ast.parse((INSIDE / name).read_text(), feature_version=(3, 8))
    assert importlib.util.find_spec("codetour.session.inside") is not None
