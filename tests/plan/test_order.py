"""What is needed comes before what needs it, where the order of a run alone would confuse."""

from __future__ import annotations

from tests.plan.test_planner import PAIRS

JAX = {
    "train.py": (
        "import jax\nimport optax\nimport flax.linen as nn\n\n\n"
        "class Net(nn.Module):\n    def __call__(self, x):\n        y = nn.Dense(3)(x)\n        return y\n\n\n"
        "def load_data():\n    return [1, 2, 3]\n\n\n"
        "def train_step(params, x):\n"
        "    def loss_fn(p):\n        logits = model.apply(p, x)\n"
        "        loss = optax.softmax_cross_entropy(logits, x).mean()\n        return loss\n\n"
        "    grad_fn = jax.value_and_grad(loss_fn)\n    loss, grads = grad_fn(params)\n"
        "    updates, state = opt.update(grads, params)\n    return optax.apply_updates(params, updates)\n\n\n"
        "data = load_data()\nmodel = Net()\nopt = optax.adam(0.1)\nparams = model.init(0, data)\n"
        "for x in data:\n    params = train_step(params, x)\n"
    )
}
KERAS = {
    "train.py": (
        "from keras.layers import Dense, Input\nfrom keras.models import Model\nfrom data import load_data\n\n\n"
        "def build_model():\n    inputs = Input((4,))\n    x = Dense(8, activation='relu')(inputs)\n"
        "    outputs = Dense(1)(x)\n    model = Model(inputs, outputs)\n"
        "    model.compile(optimizer='adam', loss='mse')\n    return model\n\n\n"
        "model = build_model()\nx, y = load_data()\nmodel.fit(x, y, epochs=3)\nmodel.save_weights('w.h5')\n"
    ),
    "data.py": "import numpy as np\n\n\ndef load_data():\n    x = np.load('x.npy')\n    return x, x\n",
}


def _first(tour) -> dict[str, int]:
    first: dict[str, int] = {}
    for i, stop in enumerate(tour.stops):
        for stage in (stop.stage, *stop.also):
            first.setdefault(stage, i)
    return first


def _assert_sensible(tour) -> None:
    first = _first(tour)
    for before, after in PAIRS:
        if before in first and after in first:
            assert first[before] <= first[after], (before, after)


def test_a_gradient_stands_after_the_function_it_is_taken_of(plan):
    tour = plan(JAX, "train.py")
    _assert_sensible(tour)
    assert {"loss", "backward", "step"} <= set(_first(tour))


def test_layers_that_are_described_are_the_pass_and_the_data_comes_before(plan):
    tour = plan(KERAS, "train.py")
    _assert_sensible(tour)
    described = [s for s in tour.stops if s.stage == "forward"]
    assert [s.anchor.text for s in described] == ["x = Dense(8, activation='relu')(inputs)"]
    fit = next(s for s in tour.stops if "model.fit" in s.anchor.text)
    assert {fit.stage, *fit.also} == {"backward", "step"}


def test_a_trainers_call_stands_after_the_hooks_inside(plan):
    _assert_sensible(plan("hooks"))


def test_fitting_a_scaler_is_no_training(plan):
    files = {
        "train.py": (
            "from sklearn.linear_model import Ridge\nfrom sklearn.preprocessing import StandardScaler\n"
            "import pandas as pd\n\ndf = pd.read_csv('a.csv')\nscaler = StandardScaler()\nscaler.fit(df)\n"
            "model = Ridge()\nmodel.fit(df, df)\n"
        )
    }
    steps = [s.anchor.text for s in plan(files, "train.py").stops if s.stage == "step"]
    assert steps == ["model.fit(df, df)"]


def test_a_buffer_that_fills_does_not_rule_out_learning(plan):
    files = {
        "train.py": (
            "import torch\n\n\nclass Memory:\n    def __init__(self):\n        self.rows = []\n\n"
            "    def push(self, row):\n        self.rows.append(row)\n\n"
            "    def __len__(self):\n        return len(self.rows)\n\n\n"
            "net = torch.nn.Linear(2, 1)\noptimizer = torch.optim.Adam(net.parameters())\nmemory = Memory()\n"
            "for i in range(100):\n    memory.push(i)\n    if len(memory) > 32:\n"
            "        loss = net(torch.ones(1, 2)).pow(2).mean()\n        loss.backward()\n        optimizer.step()\n"
        )
    }
    assert {"loss", "backward", "step"} <= {s.stage for s in plan(files, "train.py").stops}


def test_constants_of_an_imported_settings_file_are_the_configuration(plan):
    files = {
        "config.py": "BATCH_SIZE = 8\nLR = 0.1\n",
        "train.py": (
            "import torch\nimport config\n\nnet = torch.nn.Linear(2, 1)\n"
            "optimizer = torch.optim.SGD(net.parameters(), lr=config.LR)\n"
            "for i in range(3):\n    loss = net(torch.ones(1, 2)).sum()\n    loss.backward()\n    optimizer.step()\n"
        ),
    }
    configured = [s.anchor.file for s in plan(files, "train.py").stops if s.stage == "config"]
    assert configured == ["config.py"]
