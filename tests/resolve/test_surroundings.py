"""Stops that are told by what stands round them: edited with it, moved with it, or one of several that are equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.resolve.conftest import MODEL, History

NETWORK = """class Generator:
    def build(self, z):
        h0 = relu(self.bn0(linear(z, self.width * 8)))
        h1 = deconv(h0, self.width * 4, name='h1')
        h1 = relu(self.bn1(h1))
        h2 = deconv(h1, self.width * 2, name='h2')
        h2 = relu(self.bn2(h2))
        h3 = deconv(h2, self.width * 1, name='h3')
        h3 = relu(self.bn3(h3))
        return tanh(h3)
"""


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_statement_that_is_edited_like_all_round_it(tmp_path: Path, number: int) -> None:
    history = History(tmp_path, None)
    history.write(net_py=NETWORK)
    find = history.stop(f"h{number} = deconv", "net.py")
    edited = NETWORK
    for n in (1, 2, 3):
        size = f"[self.batch, s{2**n}, s{2**n}, self.width * "
        edited = edited.replace(f"h{n} = deconv(h{n - 1}, self.width * ", f"h{n} = deconv(h{n - 1}, {size}")
        edited = edited.replace(f", name='h{n}')", f"], name='g_h{n}')").replace(
            f"bn{n}(h{n})", f"g_bn{n}(h{n})"
        )
    history.write(net_py=edited.replace("h0 = relu(self.bn0(", "h0 = relu(self.g_bn0("))
    assert history.shown(find()).startswith(f"h{number} = deconv(h{number - 1}, [self.batch")


LOADING = """def main(args):
    words = load_words(args.words)
    model = Model(len(words), args.width)
    model.load_state_dict(torch.load(args.checkpoint))
    model.eval()
    while True:
        line = input('> ')
        if not line:
            break
        print(translate(model, words, line))


if __name__ == '__main__':
    main(parse())
"""
SPLIT = """def prepared(args):
    words = load_words(args.words)
    model = Model(len(words), args.width, dropout=0.0)
    model.load_state_dict(torch.load(args.checkpoint, map_location=args.device))
    model.eval()
    return model, words


def answer(model, words):
    for line in sys.stdin:
        print(translate(model, words, line.strip()))


if __name__ == '__main__':
    answer(*prepared(parse()))
"""


def test_a_statement_that_is_edited_on_its_way_into_a_new_function(history: History) -> None:
    history.write(cli_py=LOADING)
    find = history.stop("model.load_state_dict", "cli.py")
    history.write(cli_py=SPLIT)
    assert history.shown(find()) == (
        "model.load_state_dict(torch.load(args.checkpoint, map_location=args.device))"
    )


BONUS = """class {name}Bonus(Wrapper):
    def __init__(self, env):
        super().__init__(env)
        self.counts = {{}}

    def {step}(self, action):
        obs, reward, done, info = self.env.step(action)
        key = (self.env.position, action)
        self.counts[key] = self.counts.get(key, 0) + 1
        reward += 1 / math.sqrt(self.counts[key])
        return obs, reward, done, info
"""


def bonuses(step: str) -> str:
    return "\n\n".join(
        BONUS.format(name=n, step=step, key=k) for n, k in (("Action", "action"), ("State", "0"))
    )


def test_of_methods_that_are_respelt_alike_each_stays_in_its_class(history: History) -> None:
    history.write(wrappers_py=bonuses("_step"))
    find = history.stop("reward += 1 / math.sqrt", "wrappers.py")
    history.write(wrappers_py="import math\n\n\n" + bonuses("step"))
    found = find()
    assert (
        found.line
        == bonuses("step").split("\n").index("        reward += 1 / math.sqrt(self.counts[key])") + 4
    )


LAUNCH = """def launch(args):
    environment = options(args.environment)
    return run(args.command, environment)


def options(pairs):
    if not pairs:
        return 0
    found = {}
    for pair in pairs:
        name, _, value = pair.partition('=')
        found[name] = value
    return found
"""


def test_a_function_that_moves_to_a_file_that_was_there(history: History) -> None:
    history.write(launch_py=LAUNCH, tools_py="def run(command, environment):\n    pass\n")
    find = history.stop("return 0", "launch.py")
    at = LAUNCH.index("def options")
    history.write(
        launch_py="from tools import options, run\n\n\n" + LAUNCH[:at].rstrip() + "\n",
        tools_py="def run(command, environment):\n    pass\n\n\n" + LAUNCH[at:],
    )
    assert (find().file, history.shown(find())) == ("tools.py", "return 0")


def test_what_a_function_of_that_name_holds_elsewhere_is_not_the_stop(history: History) -> None:
    history.write(launch_py=LAUNCH, other_py=LAUNCH[LAUNCH.index("def options") :])
    find = history.stop("return 0", "launch.py")
    history.write(launch_py=LAUNCH[: LAUNCH.index("def options")].rstrip() + "\n")
    assert find().status == "lost"


def test_a_file_that_left_a_way_to_itself_is_no_original(history: History) -> None:
    history.write(train_py="from network.train import *\n", network__train_py=MODEL)
    history.write(train_py=MODEL, network__train_py=None)
    find = history.stop("return right / total")
    history.write(train_py="from network.train import Net, accuracy, train\n", network__train_py=MODEL)
    assert (find().file, history.shown(find())) == ("network/train.py", "return right / total")


def test_a_statement_that_is_commented_out_is_not_lost(history: History) -> None:
    find = history.stop("nn.utils.clip_grad_norm_")
    line = "            nn.utils.clip_grad_norm_(model.parameters(), 1.0)"
    history.write(
        train_py=MODEL.replace(line, "            # nn.utils.clip_grad_norm_(model.parameters(), 1.0)")
    )
    found = find()
    assert (found.status, found.line) == ("changed", MODEL.split("\n").index(line) + 1)
    assert "commented out" in found.reason


def test_of_two_equal_comments_none_is_the_stop(history: History) -> None:
    find = history.stop("nn.utils.clip_grad_norm_")
    line = "            nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"
    comment = line.replace("nn.", "# nn.")
    history.write(train_py=MODEL.replace(line, comment + comment))
    assert find().status == "lost"


AGENT = """class Agent:
    def __init__(self, inputs, actions, args):
        self.gamma = args.gamma
        self.critic = QNetwork(inputs, actions, args.hidden)
        self.critic_optim = Adam(self.critic.parameters(), lr=3e-4)
        self.value = ValueNetwork(inputs, args.hidden)
        self.value_optim = Adam(self.value.parameters(), lr=3e-4)
"""
AGENT_NOW = """class Agent:
    def __init__(self, inputs, actions, args):
        self.gamma = args.gamma
        self.alpha = args.alpha
        self.critic = QNetwork(inputs, actions, args.hidden).to(self.device)
        self.critic_optim = Adam(self.critic.parameters(), lr=args.lr)
        if args.policy == 'Gaussian':
            self.policy = GaussianPolicy(inputs, actions, args.hidden)
            self.policy_optim = Adam(self.policy.parameters(), lr=args.lr)
        else:
            self.value = ValueNetwork(inputs, args.hidden)
            self.policy = Policy(inputs, actions, args.hidden)
            self.policy_optim = Adam(self.policy.parameters(), lr=args.lr)
"""


def test_a_statement_like_it_in_a_like_place_is_not_taken(tmp_path: Path) -> None:
    history = History(tmp_path, None)
    history.write(agent_py=AGENT)
    find = history.stop("self.value_optim", "agent.py")
    history.write(agent_py=AGENT_NOW)
    assert find().status == "lost"


EXAMPLE = """import {name}
from data import load


def build(width):
    model = {name}.Sequential({name}.Dense(width), {name}.Dense(10))
    model.compile(optimizer='adam', loss='cross_entropy')
    return model


def main():
    train, test = load('digits')
    model = build(64)
    model.fit(train, epochs=3)
    print('accuracy', model.evaluate(test))


if __name__ == '__main__':
    main()
"""


def test_a_new_sibling_does_not_draw_files_that_move_to_folders(history: History) -> None:
    names = ("chain", "torch", "flow", "grad")
    stay = {f"tool_{n}_py": f"def tool(x):\n    return x + {n}\n" for n in range(5)}
    history.write(**stay, **{f"{name}_simple_py": EXAMPLE.format(name=name) for name in names})
    find = history.stop("model = build(64)", "torch_simple.py")
    history.write(
        catalyst_simple_py=EXAMPLE.format(name="catalyst"),
        **{f"{name}_simple_py": None for name in names},
        **{f"{name}__{name}_simple_py": "import os\n" + EXAMPLE.format(name=name) for name in names},
    )
    assert find().file == "torch/torch_simple.py"


def test_a_file_that_is_numbered_anew_and_half_rewritten(history: History) -> None:
    lesson = "".join(f"value_{n} = prepare(data, step={n})\n" for n in range(24))
    history.write(
        lesson_5_py=lesson, lesson_6_py="".join(f"other_{n} = plot(grid, {n})\n" for n in range(24))
    )
    find = history.stop("value_2 = prepare", "lesson_5.py")
    kept = lesson[: lesson.index("value_6")].replace("step=2", "step=2, seed=0")
    rest = "".join(f"result_{n} = measure(model, fold={n})\n" for n in range(60))
    history.write(lesson_5_py=None, lesson_4_py=kept + rest)
    assert (find().file, history.shown(find())) == ("lesson_4.py", "value_2 = prepare(data, step=2, seed=0)")


def test_a_part_of_a_file_goes_where_its_name_goes(history: History) -> None:
    utils = "".join(
        f"def part_{n}(x):\n    y = scale(x, {n})\n    return shift(y, {n})\n\n\n" for n in range(20)
    )
    history.write(utils_py=utils)
    find = history.stop("y = scale(x, 3)", "utils.py")
    kept = utils[: utils.index("def part_5")].replace("scale(x, 3)", "scale(x, 3, axis=0)")
    more = "".join(f"def new_{n}(x):\n    return other(x, {n})\n\n\n" for n in range(9))
    history.write(utils_py=None, utils_audio_py=kept + more)
    assert (find().file, history.shown(find())) == ("utils_audio.py", "y = scale(x, 3, axis=0)")


LONG = "".join(f"    step_{n} = work(step_{n - 1}, {n})\n" for n in range(1, 60))
DRAWING = """    figure, axes = plt.subplots(1, 2)
    axes[0].set_title('Input')
    axes[0].imshow(step_1)
    axes[1].set_title('Mask')
    axes[1].imshow(step_2)
    plt.show()
"""


def test_a_few_lines_that_move_together_to_another_file(history: History) -> None:
    history.write(predict_py=f"def main(step_0):\n{LONG}{DRAWING}    return step_9\n")
    find = history.stop("axes[1].set_title", "predict.py")
    history.write(
        predict_py="from show import both\n\n\ndef predict(step_0):\n    return model(step_0)\n",
        show_py=f"import matplotlib.pyplot as plt\n\n\ndef both(step_1, step_2):\n{DRAWING}",
    )
    assert (find().file, history.shown(find())) == ("show.py", "axes[1].set_title('Mask')")


SCALED = """def train(model, loader, optimizer, epochs=10, scaler=None):
    for epoch in range(epochs):
        for x, y in loader:
            with torch.autocast('cuda'):
                logits = model(x)
                loss = nn.functional.cross_entropy(logits, y, reduction='mean')
            optimizer.zero_grad(set_to_none=True)
            scaler.scale(loss).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
        print('epoch', epoch, 'loss', loss.item())
    return model
"""


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("loss.backward()", "scaler.scale(loss).backward()"),
        ("optimizer.step()", "scaler.step(optimizer)"),
    ],
)
def test_mixed_precision_comes_to_a_loop_that_git_knows(
    tmp_path: Path, git: Callable[..., str], before: str, after: str, committed: bool
) -> None:
    history = History(tmp_path, git)
    history.write(train_py=MODEL)
    find = history.stop(before)
    scaled = MODEL[: MODEL.index("def train(")] + SCALED
    if committed:
        history.write(train_py=scaled)
    else:
        (tmp_path / "train.py").write_text(scaled, "utf-8")
    assert find().status == "changed"
    assert history.shown(find()) == after
