"""Are the hand-written backward passes right? Compare them with what a tiny nudge of a parameter really does.

    python check_gradients.py

For a few entries of every parameter: the loss a little above, a little below, divided by the distance.
"""

import sys

import numpy as np

from loss import cross_entropy
from model import CharTransformer

NUDGE = 1e-4


def main():
    rng = np.random.default_rng(0)
    model = CharTransformer(vocab_size=11, block_size=6, n_layer=2, n_head=2, n_embd=8, rng=rng)
    for _, parameter in model.named_parameters():  # double precision: the differences are tiny
        parameter.value = parameter.value.astype(np.float64)
        parameter.grad = np.zeros_like(parameter.value)
    inputs, targets = rng.integers(0, 11, size=(2, 3, 6))  # two arrays of (B=3, T=6)

    def loss():
        return cross_entropy(model.forward(inputs), targets)[0]

    _, dlogits = cross_entropy(model.forward(inputs), targets)
    model.backward(dlogits)
    worst = 0.0
    for name, parameter in model.named_parameters():
        value, grad = parameter.value.reshape(-1), parameter.grad.reshape(-1)
        for index in rng.integers(0, value.size, size=3):
            measured = nudge(loss, value, index)
            worst = max(worst, abs(measured - grad[index]))
        print("%-34s %s" % (name, "ok" if worst < 1e-6 else "off by %.1e" % worst))
    return 0 if worst < 1e-6 else 1


def nudge(loss, value, index):
    """The slope of the loss along one entry of one parameter."""
    before = value[index]
    value[index] = before + NUDGE
    above = loss()
    value[index] = before - NUDGE
    below = loss()
    value[index] = before
    return (above - below) / (2 * NUDGE)


if __name__ == "__main__":
    sys.exit(main())
