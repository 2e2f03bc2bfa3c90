"""Train the character model on the keeper's log.

    python train.py                # 400 steps, a few seconds
    python train.py --steps 50     # any setting of config.json can be given like this
"""

import math
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small arrays: threads would only wait
import numpy as np

from checkpoint import build_model, save_checkpoint
from config import load_config
from data import TextData
from loss import cross_entropy
from metrics import evaluate
from optimizer import Adam, learning_rate_at


def train_step(model, optimizer, inputs, targets, learning_rate):
    """One lesson: guess, see how wrong it was, find out which parameter is to blame, change each a little."""
    logits = model.forward(inputs)  # (B, T, V)
    loss, dlogits = cross_entropy(logits, targets)
    optimizer.zero_grad()
    model.backward(dlogits)
    optimizer.step(learning_rate)
    return loss


def report(step, values, config):
    """One line for whoever watches, and one row in a table so that the run can be plotted later."""
    print(
        "step %4d: val loss %.3f, accuracy %.1f %%, perplexity %.1f"
        % (step, values["loss"], 100 * values["accuracy"], values["perplexity"])
    )
    path = os.path.join(config.out_dir, "log.csv")
    new = not os.path.exists(path)
    with open(path, "a", encoding="utf-8") as file:
        if new:
            file.write("step,loss,accuracy,perplexity\n")
        file.write("%d,%.4f,%.4f,%.2f\n" % (step, values["loss"], values["accuracy"], values["perplexity"]))


def main(argv=None):
    config = load_config(argv)
    os.makedirs(config.out_dir, exist_ok=True)
    rng = np.random.default_rng(config.seed)

    data = TextData(config.text, config.val_fraction)
    vocab_size = len(data.vocabulary)
    model = build_model(vocab_size, config, rng)
    optimizer = Adam(parameter for _, parameter in model.named_parameters())
    print("%d characters, so guessing blindly costs ln(V) = %.2f" % (vocab_size, math.log(vocab_size)))
    print("%d parameters" % model.count_parameters())

    best = math.inf
    for step in range(1, config.steps + 1):
        inputs, targets = data.get_batch("train", config.batch_size, config.block_size, rng)
        loss = train_step(model, optimizer, inputs, targets, learning_rate_at(step, config))
        if step == 1 or step % config.log_every == 0:
            print("step %4d: train loss %.3f" % (step, loss))
        if step % config.eval_every == 0 or step == config.steps:
            values = evaluate(model, data, "val", config)
            report(step, values, config)
            if values["loss"] < best:  # the model is kept when it is the best so far on text it has not seen
                best = values["loss"]
                path = os.path.join(config.out_dir, "model.npz")
                save_checkpoint(path, model, data, config, step)

    start = data.vocabulary.encode("\n")
    print("--- the model writes:" + data.vocabulary.decode(model.generate(start, 200, rng)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
