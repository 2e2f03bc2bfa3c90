from __future__ import annotations

import subprocess
import sys
import textwrap
from itertools import pairwise

import pytest

from codetour.model.stage import STAGES
from tests.plan.conftest import ENTRIES, marked

PAIRS = (
    ("data", "forward"),
    ("model", "forward"),
    ("forward", "loss"),
    ("loss", "backward"),
    ("backward", "step"),
)


@pytest.mark.parametrize("sample", sorted(ENTRIES))
def test_every_marked_line_is_a_stop_of_its_stage(plan, sample):
    wanted, _ = marked(sample)
    stops = {
        (s.anchor.file, s.anchor.line, stage) for s in plan(sample).stops for stage in (s.stage, *s.also)
    }
    assert wanted - stops == set()


@pytest.mark.parametrize("sample", sorted(ENTRIES))
def test_what_a_default_run_does_not_reach_is_no_stop(plan, sample):
    _, never = marked(sample)
    assert {(s.anchor.file, s.anchor.line) for s in plan(sample).stops} & never == set()


@pytest.mark.parametrize("sample", sorted(ENTRIES))
def test_stops_stand_on_statements_with_words_and_a_path(plan, sample):
    tour = plan(sample)
    assert 6 <= len(tour.stops) <= 25
    assert tour.stops[0].stage == "start"
    assert len({s.id for s in tour.stops}) == len(tour.stops)
    for stop in tour.stops:
        assert stop.stage in STAGES
        assert stop.title
        assert stop.idea
        assert stop.why
        assert "`" not in stop.idea
        text = stop.anchor.text
        assert text
        assert not text.startswith(("def ", "class ", "@", "#", '"""'))
        if stop.anchor.symbol != "<module>":
            assert stop.path
            assert stop.path[0].symbol == "<module>"


@pytest.mark.parametrize("sample", ["torch_loop", "two_players"])
def test_stages_come_in_the_order_in_which_they_run(plan, sample):
    first: dict[str, int] = {}
    for i, stop in enumerate(plan(sample).stops):
        first.setdefault(stop.stage, i)
    for before, after in PAIRS:
        assert first[before] < first[after], (before, after)


def test_the_loss_is_seen_again_after_the_first_step(plan):
    tour = plan("two_players")
    again = [s for s in tour.stops if s.hit == 2]
    assert len(again) == 1
    assert again[0].stage == "loss"
    assert tour.stops.index(again[0]) > max(i for i, s in enumerate(tour.stops) if s.stage == "step")


def test_an_option_of_the_launch_takes_the_other_branch(plan):
    tour = plan("torch_loop", argv=["--other"])
    assert any("Unused()" in s.anchor.text for s in tour.stops)


def test_map_and_extensions_name_what_is_there(plan):
    tour = plan("torch_loop")
    assert "`Net`" in tour.description
    assert "python train.py" in tour.description
    kinds = {e.kind: e for e in tour.extensions}
    assert set(kinds) == {"data set", "layer", "loss", "metric", "optimizer"}
    assert kinds["optimizer"].symbol == "main"
    assert kinds["loss"].file == "model.py"
    assert tour.axes["B"] == "batch"


def test_a_library_call_names_the_stages_inside(plan):
    stop = next(s for s in plan("hooks").stops if "trainer.fit" in s.anchor.text)
    assert stop.stage == "step"
    assert "library" in stop.idea


def test_nothing_of_the_repository_is_executed(plan, tmp_path):
    plan("branches")
    assert not (tmp_path / "repo" / "executed").exists()


def test_the_plan_does_not_depend_on_hash_seeds(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from codetour.graph.build import build_graph\n"
        "from codetour.model.entry import EntryPoint\n"
        "from codetour.model.source import Tree\n"
        "from codetour.plan.planner import plan_tour\n"
        "from codetour.progress import Silent\n"
        "tree = Tree(Path(sys.argv[1]), 'x')\n"
        "print(plan_tour(tree, EntryPoint('train', 'train.py'), build_graph(tree, 'train.py', Silent()), Silent()))\n"
    )
    from tests.plan.conftest import SAMPLES

    outputs = set()
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "CODETOUR_HOME": str(tmp_path / seed)}
        run = [sys.executable, "-c", code, str(SAMPLES / "torch_loop")]
        outputs.add(subprocess.run(run, env=env, capture_output=True, text=True, check=True).stdout)
    assert len(outputs) == 1


def test_a_file_that_does_nothing_gives_a_short_tour_that_says_so(plan):
    tour = plan({"train.py": "x = 1\n"}, "train.py")
    assert [s.stage for s in tour.stops] == ["start"]
    assert tour.notes


def test_a_function_can_be_the_entry(plan):
    files = {
        "pkg/__init__.py": "",
        "pkg/cli.py": "import torch\n\n\ndef main():\n    lr = 0.1\n    print(lr)\n    return lr\n",
    }
    tour = plan(files, "pkg/cli.py:main")
    assert tour.stops
    assert {s.anchor.symbol for s in tour.stops} == {"main"}


def test_in_an_example_of_a_library_the_example_comes_first(plan):
    files = {
        "lib/__init__.py": "",
        "lib/work.py": (
            "import torch\n\n\nclass Dataset:\n    def __len__(self):\n        return 1\n\n"
            "    def __getitem__(self, index):\n        return index\n\n\n"
            "def evaluate(model):\n    total = 0\n    for x in range(3):\n        total += x\n    return total\n"
        ),
        "examples/train.py": (
            "import torch\nfrom lib.work import evaluate\n\n\n"
            "def validate(model):\n    model.eval()\n    return evaluate(model)\n\n\n"
            "model = torch.nn.Linear(2, 1)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
            "for step in range(3):\n    loss = model(torch.randn(4, 2)).pow(2).mean()\n    loss.backward()\n"
            "    optimizer.step()\n    validate(model)\n"
        ),
    }
    stops = plan(files, "examples/train.py").stops
    assert {s.anchor.file for s in stops if s.stage == "eval"} == {"examples/train.py"}


def test_code_nested_beyond_any_stack_is_passed_over(plan):
    text = "total = " + " + ".join(["1"] * 900) + "\nchain = a" + ".b" * 900 + "\njoblib.dump(total, 'm')\n"
    deep = "import joblib\ndef f0():\n    return 1\n" + "".join(
        f"def f{i}():\n    return f{i - 1}()\n" for i in range(1, 300)
    )
    tour = plan({"train.py": deep + text + "f299()\n"}, "train.py")
    assert any("joblib.dump" in s.anchor.text for s in tour.stops)


def test_broken_files_are_not_there(plan):
    files = {"train.py": "import old\nlr = 0.1\nprint(lr)\n", "old.py": "print 'python 2'\n"}
    assert plan(files, "train.py").stops


def test_a_statement_on_the_line_of_its_condition_runs_only_where_that_holds(plan):
    text = """
    import argparse, torch
    class Agent:
        def __init__(self):
            self.net = torch.nn.Linear(2, 2)
            self.optimizer = torch.optim.Adam(self.net.parameters())
        def train(self, x):
            loss = self.net(x).pow(2).mean()
            loss.backward()
            self.optimizer.step()
        def save(self, name):
            torch.save(self.net.state_dict(), name)
    parser = argparse.ArgumentParser()
    parser.add_argument("--save_model", action="store_true")
    args = parser.parse_args()
    agent = Agent()
    for t in range(10):
        agent.train(torch.randn(2, 2))
        if args.save_model: agent.save("model.pt")
    """
    files = {"main.py": textwrap.dedent(text)}
    assert "checkpoint" not in {s.stage for s in plan(files, "main.py").stops}
    assert "checkpoint" in {s.stage for s in plan(files, "main.py", ["--save_model"]).stops}


TRAINING = """
import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=1000)
args = parser.parse_args()
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters())
LOOP
    x = torch.randn(2, 2)
    loss = model(x).pow(2).mean()
    loss.backward()
    optimizer.step()
    if (step + 1) % 100 == 0:
        torch.save(model.state_dict(), "model.pt")
"""
LOOPS = {
    "for": "for step in range(args.steps):",
    "while": "step = -1\nwhile True:\n    step += 1\n    if args.steps >= 0 and step >= args.steps:\n        break",
    "while_bound": "step = -1\nwhile step < args.steps:\n    step += 1",
}


@pytest.mark.parametrize("loop", sorted(LOOPS))
def test_a_pass_that_a_short_run_never_comes_to_is_no_stop(plan, loop):
    files = {"main.py": TRAINING.replace("LOOP", LOOPS[loop])}
    assert "checkpoint" in {s.stage for s in plan(files, "main.py", []).stops}
    assert "checkpoint" in {s.stage for s in plan(files, "main.py", ["--steps", "150"]).stops}
    assert "checkpoint" not in {s.stage for s in plan(files, "main.py", ["--steps", "60"]).stops}


def test_an_attribute_of_the_model_decides_which_loss_is_taken(plan):
    text = """
    import torch
    class Net(torch.nn.Module):
        def __init__(self, n_classes):
            super().__init__()
            self.n_classes = n_classes
            self.layer = torch.nn.Linear(4, n_classes)
        def forward(self, x):
            return self.layer(x)
    model = Net(3)
    optimizer = torch.optim.Adam(model.parameters())
    for step in range(10):
        out = model(torch.randn(8, 4))
        if model.n_classes == 1:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(out, torch.rand(8, 1))
        else:
            loss = torch.nn.functional.cross_entropy(out, torch.randint(3, (8,)))
        loss.backward()
        optimizer.step()
    """
    stops = plan({"main.py": textwrap.dedent(text)}, "main.py").stops
    losses = [s.anchor.text for s in stops if s.stage == "loss"]
    assert losses
    assert all("cross_entropy(out, torch.randint" in text for text in losses)


STEP_ELSEWHERE = """
import torch
from torch import nn

def train_step(model, optimizer, x, y):
    logits = model(x)
    loss = nn.functional.cross_entropy(logits, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

def main():
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(100):
        x, y = torch.randn(8, 4), torch.zeros(8, dtype=torch.long)
        train_step(model, optimizer, x, y){more}
    torch.save(model.state_dict(), "model.pt")

main()
"""


def test_the_loss_is_seen_again_where_the_loop_is_in_a_caller(plan):
    stops = plan({"train.py": STEP_ELSEWHERE.replace("{more}", "")}, "train.py").stops
    again = next(s for s in stops if s.hit == 2)
    assert (again.stage, again.anchor.symbol) == ("loss", "train_step")
    order = [s.stage for s in stops]
    assert order.index("step") < stops.index(again) < order.index("checkpoint")


def test_a_loss_met_on_two_ways_is_seen_once(plan):
    """Its second visit may be another call in the same round: nothing was learned in between."""
    twice = STEP_ELSEWHERE.replace("{more}", "\n        train_step(model, optimizer, x, y)")
    assert all(s.hit == 1 for s in plan({"train.py": twice}, "train.py").stops)


def test_a_short_program_also_shows_what_its_fit_is_handed(plan):
    text = """
import pickle
import sys
from sklearn.ensemble import RandomForestClassifier

def train(matrix, seed):
    labels = matrix[:, 1].toarray()
    inputs = matrix[:, 2:]
    forest = RandomForestClassifier(random_state=seed)
    forest.fit(inputs, labels)
    return forest

def main():
    seed = 3
    with open(sys.argv[1], "rb") as file:
        matrix = pickle.load(file)
    forest = train(matrix, seed)
    with open(sys.argv[2], "wb") as file:
        pickle.dump(forest, file)

if __name__ == "__main__":
    main()
"""
    stops = plan({"train.py": text}, "train.py").stops
    lines = {s.anchor.line: s for s in stops}
    assert {7, 8} <= set(lines), [(s.stage, s.anchor.line) for s in stops]
    assert lines[8].stage == "data"
    assert "line 10" in lines[8].why
    assert 14 not in lines, "a constant is no preparation"


def test_a_composed_configuration_decides_what_runs(plan):
    files = {
        "config/config.yaml": "defaults:\n- loss: contrast\ntracking:\n  enabled: true\nout: ${name}\nname: ???\n",
        "config/loss/contrast.yaml": "name: contrast\nmargin: 0.5\n",
        "config/loss/plain.yaml": "name: plain\n",
        "train.py": """
import hydra
import torch
from torch import nn

class Trainer:
    def __init__(self, config):
        self.config = config
        self.model = nn.Linear(4, 2)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def train(self):
        for x, y in batches():
            loss_config = self.config.loss
            if loss_config.name == "contrast":
                loss = contrast_loss(self.model(x), y)
            else:
                loss = plain_loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            if self.config.tracking.enabled:
                print("loss", loss.item())

def batches():
    return [(torch.randn(8, 4), torch.zeros(8, dtype=torch.long))] * 9

def contrast_loss(a, b):
    return nn.functional.cosine_embedding_loss(a, a, b)

def plain_loss(a, b):
    return nn.functional.cross_entropy(a, b)

@hydra.main(config_path="config", config_name="config", version_base=None)
def main(config):
    Trainer(config).train()

if __name__ == "__main__":
    main()
""",
    }
    default = {s.anchor.line for s in plan(files, "train.py").stops}
    assert {16, 22} <= default
    assert 18 not in default
    chosen = {s.anchor.line for s in plan(files, "train.py", ["loss=plain", "tracking.enabled=false"]).stops}
    assert 18 in chosen
    assert not {16, 22} & chosen


def test_a_pass_that_only_hands_on_is_seen_where_it_works(plan):
    text = """
import torch
from torch import nn

class Base(nn.Module):
    def _forward_once(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

class Model(Base):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 2)])

    def forward(self, x):
        return self._forward_once(x)

    def generate(self, x):
        for _ in range(9):
            x = self.forward(x)
        return x

class Shift(nn.Module):
    def forward(self, x):
        return self.turn(x) + 1

model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    x, y = torch.randn(8, 4), torch.zeros(8, dtype=torch.long)
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
model.generate(x)
"""
    stops = plan({"train.py": text}, "train.py").stops
    forward = {s.anchor.symbol for s in stops if s.stage == "forward"}
    assert "Base._forward_once" in forward
    assert not {"Model.generate", "Model.forward"} & forward


def test_an_augmentation_is_not_the_model(plan):
    files = {
        "augment.py": "from torch import nn\n\nclass Shift(nn.Module):\n    def forward(self, x):\n        y = x + 1\n"
        "        return y\n",
        "train.py": """
import torch
from torch import nn
from augment import Shift

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)

    def forward(self, x):
        h = self.layer(x)
        return h

net, shift = Net(), Shift()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(10):
    x, y = shift(torch.randn(8, 4)), torch.zeros(8, dtype=torch.long)
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
""",
    }
    forward = [s.anchor for s in plan(files, "train.py").stops if s.stage == "forward"]
    assert [a.symbol for a in forward if a.file == "augment.py"] == []
    assert "Net.forward" in {a.symbol for a in forward}


def test_a_loop_by_hand_has_its_stages(plan):
    text = """
import numpy as np

def train():
    x = np.random.randn(100, 3)
    y = x @ np.array([1.0, 2.0, 3.0])
    w = np.zeros(3)
    for epoch in range(20):
        pred = x @ w
        error = pred - y
        loss = (error ** 2).mean()
        grad = 2 * x.T @ error / len(x)
        w -= 0.1 * grad
        print(epoch, loss)
    return w

if __name__ == "__main__":
    train()
"""
    stages = {s.anchor.line: s.stage for s in plan({"train.py": text}, "train.py").stops if s.hit == 1}
    assert {10: "loss", 11: "loss", 12: "backward", 13: "step"}.items() <= stages.items()


def test_an_idea_is_not_told_twice_in_a_row(plan):
    text = """
import torch
from torch import nn

def get_batch(n):
    x = torch.randn(n, 4)
    return x, torch.zeros(n, dtype=torch.long)

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    x, y = get_batch(8)
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
"""
    for stops in (
        plan({"train.py": text}, "train.py").stops,
        plan("torch_loop").stops,
        plan("two_players").stops,
    ):
        assert all(a.idea != b.idea for a, b in pairwise(stops))
    inside = next(s for s in plan({"train.py": text}, "train.py").stops if s.anchor.symbol == "get_batch")
    assert "from the inside" in inside.idea
