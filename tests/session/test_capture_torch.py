"""What the values of machine-learning libraries show. Needs CODETOUR_TEST_PYTHON, an interpreter that has them."""

from __future__ import annotations

import os
import subprocess

import pytest

from codetour.model.change import changes
from codetour.model.value import Frame, Seen, Value
from codetour.session.capture import parse_stack
from tests.session.conftest import answers_in, run_looking

PYTHON = os.environ.get("CODETOUR_TEST_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="CODETOUR_TEST_PYTHON names no interpreter with torch")

START = """
import sys, types
sys.modules.setdefault("_codetour_capture", types.ModuleType("_codetour_capture"))
eval(sys.stdin.readline())
look = sys.modules["_codetour_capture"].stack
"""


def stacks(library: str, code: str) -> list[tuple[Frame, ...]]:
    """Run `code`, which prints answers of `look()`."""
    ready = subprocess.run(
        [PYTHON, "-c", f"import importlib.util as u; assert u.find_spec({library.partition('.')[0]!r})"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    if ready.returncode:
        pytest.skip(f"no {library} there")
    answers = answers_in(run_looking(START, code))
    return [parse_stack(line, lambda path: (path, True)) for line in answers]


def values(library: str, code: str) -> dict[str, Value]:
    (frames,) = stacks(library, code)
    assert not [v.name for v in frames[0].values if "unseen" in v.facts]
    return {v.name: v for v in frames[0].values}


def test_training_with_torch_shows_tensors_layers_and_what_a_step_moved() -> None:
    before, after = stacks(
        "torch",
        """
        import torch
        model = torch.nn.Linear(3, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(10, 3)), batch_size=4)
        x = torch.ones(4, 3)
        loss = model(x).pow(2).sum()
        print(look())
        loss.backward()
        optimizer.step()
        print(look())
        """,
    )
    shown = {v.name: v for v in before[0].values}
    assert (shown["x"].kind, shown["x"].shape, shown["x"].dtype, shown["x"].device) == (
        "tensor", (4, 3), "float32", "cpu",
    )  # fmt: skip
    assert shown["x"].stats["mean"] == 1
    assert isinstance(shown["loss"].scalar, float)
    assert (shown["model"].kind, shown["model"].size, shown["model"].facts["mode"]) == ("module", 8, "train")
    assert shown["optimizer"].facts["lr"] == "0.5"
    assert (shown["loader"].size, shown["loader"].facts["batch_size"]) == (3, "4")
    told = {c.name: c.text for c in changes(Seen("a", before), Seen("b", after))}
    assert told["model"].startswith("weights moved by ")


@pytest.mark.parametrize(
    ("library", "code", "kind", "shape"),
    [
        ("numpy", "import numpy\nx = numpy.ones((2, 3))\nprint(look())", "array", (2, 3)),
        ("pandas", "import pandas\nx = pandas.DataFrame({'a': [1, 2]})\nprint(look())", "frame", (2, 1)),
        (
            "pandas",
            ("import os, pandas\nclass Own(pandas.DataFrame):\n    shape = property(lambda self: os._exit(9))\n"
            "x = Own({'a': [1, 2]})\nprint(look())"),
            "object",
            None,
        ),
        ("scipy.sparse", "import scipy.sparse\nx = scipy.sparse.eye(3).tocsr()\nprint(look())", "array", (3, 3)),
        ("sklearn", "from sklearn.svm import SVC\nx = SVC()\nprint(look())", "estimator", None),
        ("jax", "import jax.numpy\nx = jax.numpy.ones((2, 3))\nprint(look())", "tensor", (2, 3)),
        ("PIL", "from PIL import Image\nx = Image.new('RGB', (4, 3))\nprint(look())", "image", (3, 4)),
        ("transformers", "from transformers import BertConfig\nx = BertConfig()\nprint(look())", "config", None),
        ("omegaconf", "import omegaconf\nx = omegaconf.OmegaConf.create({'lr': 1})\nprint(look())", "config", None),
        ("lightning", "import lightning\nx = lightning.LightningModule()\nprint(look())", "module", None),
    ],
)  # fmt: skip
def test_each_library_has_its_kind(library: str, code: str, kind: str, shape: tuple[int, ...] | None) -> None:
    found = values(library, code)["x"]
    assert (found.kind, found.shape) == (kind, shape)
