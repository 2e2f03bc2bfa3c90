"""What values of each library show in a narrow line. Needs CODETOUR_TEST_PYTHON; skips what it lacks."""

from __future__ import annotations

import functools
import os
import subprocess

import pytest

from codetour.model.value import Value
from codetour.model.value_text import details
from codetour.session.capture import parse_stack
from tests.session.conftest import answers_in, run_looking

PYTHON = os.environ.get("CODETOUR_TEST_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="CODETOUR_TEST_PYTHON names no interpreter with libraries")

START = """
import os, sys, types, warnings
warnings.simplefilter("ignore")
os.environ.update(HF_HUB_OFFLINE="1", TF_CPP_MIN_LOG_LEVEL="3")
def touched(*given):
    print("TOUCHED", flush=True)
    raise SystemExit(9)
sys.modules.setdefault("_codetour_capture", types.ModuleType("_codetour_capture"))
eval(sys.stdin.readline())
look = sys.modules["_codetour_capture"].stack
"""


@functools.cache
def there(library: str) -> bool:
    done = subprocess.run([PYTHON, "-c", f"import {library}"], capture_output=True, timeout=120, check=False)
    return done.returncode == 0


def seen(library: str, code: str) -> dict[str, Value]:
    """The values of the first frame that `code` had looked at."""
    if not there(library):
        pytest.skip(f"no {library} there")
    printed = run_looking(START, code)
    assert "TOUCHED" not in printed
    answer = answers_in(printed)[0]
    frames = parse_stack(answer, lambda path: (path, True))
    assert not [v.name for v in frames[0].values if "unseen" in v.facts]
    return {v.name: v for v in frames[0].values}


def told(library: str, code: str, lines: dict[str, str]) -> dict[str, Value]:
    values = seen(library, code)
    assert {name: details(values[name], named=False) for name in lines} == lines
    return values


def test_tensors_by_type_and_layout() -> None:
    values = told(
        "torch",
        """
        import torch
        half = torch.ones(2, 3).bfloat16()
        mask = torch.tensor([True, False, True, True])
        odd = torch.tensor([1.0, float("nan"), float("inf")])
        waves = torch.tensor([3 + 4j, 0j]).conj()
        few = torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.qint8)
        coo = torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
        nested = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(4, 3)])
        meta = torch.ones(100, 200, device="meta")
        wide = torch.ones(1, 1).expand(10_000, 10_000)
        lazy = torch.nn.LazyLinear(3).weight
        nothing = torch.empty(0, 5)
        with torch.inference_mode():
            quiet = torch.arange(4)
        print(look())
        """,
        {
            "half": "bf16  2×3  all 1",
            "mask": "bool  4  true 75%",
            "odd": "f32  3  NaN 1 · Inf 1 · else 1",
            "waves": "c64  2  0…5 · mean 2.5 · zero 50%",
            "few": "qint8  2  scale 0.5 · zero_point 0",
            "coo": "f32  2×3  layout sparse_coo · stored 2",
            "nested": "Tensor  nested 2 · parts 2×3, 4×3",
            "meta": "f32  100×200  meta",
            "wide": "f32  10000×10000  all 1",
            "lazy": "UninitializedParameter  grad leaf · lazy no shape before the first batch",
            "nothing": "f32  0×5",
            "quiet": "i64  4  0…3",
        },
    )
    assert "first" in values["half"].facts


def test_traced_tensors_of_torch_func_have_no_numbers() -> None:
    values = seen(
        "torch",
        """
        import torch
        def f(x):
            print(look())
            return (x * 2).sum()
        torch.func.vmap(torch.func.grad(f))(torch.ones(5, 3))
        """,
    )
    assert (values["x"].shape, values["x"].stats) == ((3,), {})


def test_subclasses_of_tensors_run_no_code() -> None:
    values = seen(
        "torch",
        """
        import torch
        class Loud(torch.Tensor):
            __torch_function__ = classmethod(touched)
            __repr__ = __len__ = __getitem__ = touched
            shape = property(touched)
        class Wrapper(torch.Tensor):
            @staticmethod
            def __new__(cls, inner):
                return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)
            def __init__(self, inner): self.inner = inner
            __torch_dispatch__ = classmethod(touched)
        loud = torch.Tensor._make_subclass(Loud, torch.ones(2, 3))
        wrapper = Wrapper(torch.ones(4))
        print(look())
        """,
    )
    assert values["loud"].shape == (2, 3)
    assert values["wrapper"].shape == (4,)


def test_layers_optimizers_and_loaders() -> None:
    told(
        "torch",
        """
        import torch
        from torch import nn
        conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        words = nn.Embedding(100, 4).eval()
        still = nn.ReLU()
        optimizer = torch.optim.AdamW([{"params": conv.parameters()}, {"params": words.parameters(), "lr": 0.1}],
                                      lr=0.5)
        samples = torch.utils.data.TensorDataset(torch.ones(10, 3))
        loader = torch.utils.data.DataLoader(samples, batch_sampler=torch.utils.data.BatchSampler(range(10), 4, False))
        single = torch.utils.data.DataLoader(samples, batch_size=None)
        parts = [torch.ones(2, 3), torch.ones(5, 3)]
        batch = {"ids": torch.zeros(2, 4).long(), "labels": torch.zeros(2).long()}
        print(look())
        """,
        {
            "conv": "Conv2d  216 parameters  mode train · from 3 to 8 · kernel_size (3, 3)",
            "words": "Embedding  400 parameters  mode eval · from 100 to 4",
            "still": "ReLU  mode train",
            "optimizer": "AdamW  lr 0.5, 0.1 · state empty: no step yet · groups 2",
            "loader": "DataLoader  3 batches  batch_size 4 · order in order · samples 10",
            "single": "DataLoader  batch_size none: single samples · order in order · samples 10",
            "parts": "list  2 items  [f32 2×3, 5×3]",
            "batch": "dict  2 keys  {ids i64 2×4, labels i64 2}",
        },
    )


def test_arrays_of_numpy() -> None:
    told(
        "numpy",
        """
        import numpy as np, tempfile
        record = np.zeros(3, dtype=[("x", "f4"), ("y", "i8")])
        things = np.array([1, "a", None], dtype=object)
        disk = np.memmap(tempfile.mktemp(), dtype="f4", mode="w+", shape=(10, 2))
        masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0])
        days = np.array(["2024-01-01", "2024-02-01"], dtype="datetime64[D]")
        huge = np.broadcast_to(np.float32(1), (10**6, 10**6))
        chance = np.random.default_rng(0)
        class Own(np.ndarray):
            __getitem__ = __repr__ = __len__ = __array_ufunc__ = touched
            shape = property(touched)
        own = np.ones(4).view(Own)
        print(look())
        """,
        {
            "record": "record  3  fields x float32, y int64",
            "things": "object  3",
            "disk": "f32  10×2  memory a file on disk",
            "masked": "f64  3  1…3 · mean 2  masked 1 of 3",
            "days": "datetime64[D]  2  between 2024-01-01 and 2024-02-01",
            "huge": "f32  1000000×1000000  all 1",
            "chance": "Generator  method PCG64",
            "own": "f64  4  all 1",
        },
    )


def test_tables_of_pandas() -> None:
    told(
        "pandas",
        """
        import pandas as pd, numpy as np
        names = pd.Series(["a", "b", None], dtype="category")  # of text the type depends on the version
        table = pd.DataFrame({"age": [1, 2, 3], "name": names})
        column = table["age"]
        loss = pd.Series([1.0, np.nan, 3.0])
        groups = table.groupby("age")
        kinds = pd.Series(["a", "b"], dtype="category")
        day = pd.Timestamp("2024-01-01")
        print(look())
        """,
        {
            "table": "DataFrame  3×2  missing name 1 · columns age int64, name category",
            "column": "i64  3  1…3  name age",
            "loss": "f64  3  NaN 1 · 1…3 · mean 2",
            "groups": "DataFrameGroupBy  by age",
            "kinds": "category  2",
            "day": "'2024-01-01 00:00:00'",
        },
    )


def test_a_lazy_frame_of_polars_is_never_collected() -> None:
    told(
        "polars",
        """
        import polars as pl
        table = pl.DataFrame({"age": [1, 2, None], "name": ["a", "b", "c"]})
        column = table["age"]
        query = table.lazy().map_batches(touched)
        absent = pl.scan_csv("/nonexistent.csv")
        print(look())
        """,
        {
            "table": "DataFrame  3×2  missing age 1 · columns age Int64, name String",
            "column": "Int64  3  1…2  name age · missing 1",
            "query": "LazyFrame  lazy a query that has not run",
            "absent": "LazyFrame  lazy a query that has not run",
        },
    )


def test_a_picture_in_a_file_is_not_decoded() -> None:
    values = seen(
        "PIL",
        """
        import io
        from PIL import Image, ImageFile
        held = io.BytesIO()
        Image.new("RGB", (64, 48)).save(held, "PNG")
        ImageFile.ImageFile.load = touched
        lazy = Image.open(held)
        print(look())
        """,
    )
    assert details(values["lazy"]) == "PngImageFile  48×64  mode RGB · decoded not yet"


def test_estimators_of_scikit_learn() -> None:
    told(
        "sklearn",
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC
        X, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], [0, 1, 1]
        fresh = make_pipeline(StandardScaler(), LogisticRegression())
        ready = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
        machine = SVC(C=3.0).fit(X, y)
        print(look())
        """,
        {
            "fresh": "Pipeline  fitted no · steps StandardScaler → LogisticRegression",
            "ready": "Pipeline  fitted yes · steps StandardScaler → LogisticRegression",
            "machine": "SVC  fitted yes · features 2 · kernel rbf",
        },
    )


def test_tensors_and_data_of_tensorflow() -> None:
    told(
        "tensorflow",
        """
        import tensorflow as tf
        eager = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        weight = tf.Variable(tf.ones((2, 2)))
        word = tf.constant("hi")
        half = tf.cast(eager, tf.bfloat16)
        ragged = tf.ragged.constant([[1, 2], [3]])
        sparse = tf.sparse.from_dense(tf.eye(3))
        data = tf.data.Dataset.from_tensor_slices(tf.zeros((10, 4))).map(lambda x: x * 2).batch(4)
        large = tf.ones((5000, 1000))
        print(look())
        """,
        {
            "eager": "f32  2×2  1…4 · mean 2.5",
            "weight": "f32  2×2  all 1",
            "word": "string  scalar  'hi'",
            "half": "bf16  2×2  1…4 · mean 2.5",
            "ragged": "i32  2×?  ragged rows of unequal length · stored 3",
            "sparse": "f32  3×3  layout sparse · stored 3",
            "data": "_BatchDataset  3 items  element float32 ?×4",
            "large": "f32  5000×1000  all 1",
        },
    )


def test_a_symbolic_tensor_says_why_it_has_no_numbers() -> None:
    told(
        "tensorflow",
        """
        import tensorflow as tf
        @tf.function
        def f(x):
            print(look())
            return x * 2
        f.get_concrete_function(tf.TensorSpec((None, 3)))
        """,
        {"x": "f32  ?×3  traced no values while it is compiled"},
    )


def test_models_and_settings_of_keras() -> None:
    values = told(
        "keras",
        """
        import keras, numpy as np
        layer = keras.layers.Dense(8, activation="relu", name="h")
        model = keras.Sequential([keras.Input((28,)), layer, keras.layers.Dense(2, name="o")], name="net")
        model.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.5, 100), momentum=0.9), "mse")
        course = model.fit(np.zeros((8, 28)), np.zeros((8, 2)), epochs=2, verbose=0)
        optimizer = model.optimizer
        fresh = keras.layers.Dense(4, name="later")
        stop = keras.callbacks.EarlyStopping(patience=3)
        print(look())
        """,
        {
            "layer": "Dense  232 parameters  units 8 · activation relu · name h",
            "model": "Sequential  250 parameters  name net · layers 3",
            "fresh": "Dense  units 4 · built not yet · name later",
        },
    )
    assert values["course"].facts["last loss"] == "0"
    assert values["optimizer"].facts["schedule"] == "CosineDecay"
    assert values["optimizer"].facts["momentum"] == "0.9"
    assert values["stop"].facts["patience"] == "3"


def test_arrays_and_states_of_jax_and_flax() -> None:
    told(
        "flax",
        """
        import jax, jax.numpy as jnp, optax, flax.linen as nn
        from flax.training.train_state import TrainState
        numbers = jnp.arange(6.0).reshape(2, 3)
        half = numbers.astype(jnp.bfloat16)
        key = jax.random.key(0)
        layer = nn.Dense(4)
        params = layer.init(jax.random.PRNGKey(0), numbers)
        state = TrainState.create(apply_fn=layer.apply, params=params["params"], tx=optax.adam(0.1))
        print(look())
        """,
        {
            "numbers": "f32  2×3  0…5 · mean 2.5",
            "half": "bf16  2×3  0…5 · mean 2.5",
            "key": "PRNGKeyArray  keys 1",
            "params": "dict  1 key  {params {kernel, bias}}",
            "state": "TrainState  step 0 · parameters 16 · optimizer state 33",
        },
    )


@pytest.mark.parametrize("how", ["jax.jit", "jax.grad", "jax.vmap"])
def test_a_tracer_of_jax_says_why_it_has_no_numbers(how: str) -> None:
    values = seen(
        "jax",
        f"""
        import jax, jax.numpy as jnp
        def f(x):
            print(look())
            return (x * 2).sum()
        {how}(f)(jnp.ones((3, 4)))
        """,
    )
    assert values["x"].facts == {"traced": "no values while it is compiled"}


def test_what_hugging_face_hands_around() -> None:
    values = told(
        "datasets",
        """
        import datasets, torch, transformers
        rows = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]})
        parts = datasets.DatasetDict(train=rows, test=rows)
        stream = rows.to_iterable_dataset()
        batch = transformers.BatchEncoding({"input_ids": torch.zeros(2, 8).long()})
        print(look())
        """,
        {
            "rows": "Dataset  2 items  columns text string, label int64",
            "parts": "DatasetDict  2 keys  {train Dataset 2, test Dataset 2}",
            "batch": "BatchEncoding  1 key  {input_ids i64 2×8}",
        },
    )
    assert values["stream"].facts["length"] == "not known before it is read"


@pytest.mark.parametrize(
    ("library", "code", "line"),
    [
        ("omegaconf", "import omegaconf; x = omegaconf.OmegaConf.create([1, 2])", "ListConfig  2 items  [1, 2]"),
        ("ml_collections", "import ml_collections; x = ml_collections.ConfigDict({'lr': 1})", "ConfigDict  lr=1"),
        ("absl", "from absl.flags import *; x = FlagValues(); DEFINE_float('lr', 0.5, '', flag_values=x); x(['p'])",
         "FlagValues  lr=0.5"),
        ("tqdm", "import tqdm; x = tqdm.tqdm(range(9), desc='epoch', file=open('/dev/null', 'w')); x.update(4)",
         "tqdm  done 4 of 9 · text epoch"),
        ("gymnasium", "import gymnasium; x = gymnasium.make('CartPole-v1')",
         "TimeLimit  of CartPoleEnv · wrappers 3 · id CartPole-v1"),
        ("xarray", "import numpy, xarray; x = xarray.DataArray(numpy.zeros((2, 3)), dims=('time', 'place'))",
         "f64  2×3  all 0  axes time, place"),
        ("torch_geometric", "import torch; from torch_geometric.data import Data; x = Data(x=torch.ones(4, 3))",
         "Data  1 key  {x f32 4×3}"),
        ("h5py", "import h5py, tempfile; x = h5py.File(tempfile.mktemp(), 'w').create_dataset('a', (10, 3))",
         "f32  10×3  memory a file on disk"),
        ("equinox", "import equinox, jax; x = equinox.nn.Linear(2, 3, key=jax.random.PRNGKey(0))",
         "Linear  9 parameters  in_features 2 · out_features 3"),
        ("sys", "import collections; x = collections.deque([1, 2], maxlen=10)", "deque  2 items  [1, 2]  most 10"),
        ("sys", "x = ValueError('bad shape', 3)", "ValueError  message bad shape"),
        ("sys", "import threading; x = threading.Lock(); x.acquire()", "lock  state held"),
        ("sys", "import queue; x = queue.Queue(5); x.put(1)", "Queue  1 item  [1]  most 5"),
        ("sys", "import re; x = re.compile('a+b')", "'a+b'"),
        ("sys", "import functools; x = functools.partial(print, 1)", "'partial print'"),
    ],
)  # fmt: skip
def test_one_line_of_many_libraries(library: str, code: str, line: str) -> None:
    assert details(seen(library, code + "\nprint(look())")["x"]) == line


def test_the_environment_is_counted_and_never_told() -> None:
    value = seen("sys", "x = os.environ\nos.environ['MY_TOKEN'] = 'hidden-word'\nprint(look())")["x"]
    assert value.size
    assert value.items == ()
    assert "hidden-word" not in str(value)
