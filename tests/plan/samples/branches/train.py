"""What a default run does not reach must not become a stop."""

import os
from pathlib import Path

import numpy as np

Path("executed").write_text("the repository ran")

distributed = int(os.environ.get("RANK", -1)) != -1
mode = "plain"
MODELS = {}


class Plain:
    def __init__(self):
        self.weight = np.zeros(3)  # stop: model

    def forward(self, x):
        return x @ self.weight  # stop: forward

    def parameters(self):
        return [self.weight]


class Fancy(Plain):
    def forward(self, x):
        return np.tanh(x @ self.weight)  # never


MODELS = {"plain": Plain, "fancy": Fancy}


def get_batch(split):
    x = np.random.randn(8, 3)  # stop: data
    return x, x.sum(1)


model = MODELS[mode]()  # stop: model
learning_rate = 0.1  # stop: config
if distributed:
    model = Fancy()  # never
for step in range(20):
    x, y = get_batch("train")  # stop: data
    error = model.forward(x) - y
    loss = (error**2).mean()  # stop: loss
    gradient = x.T @ error / len(x)
    model.weight -= learning_rate * gradient  # stop: step
    if step % 10 == 0:
        print("step", step, "loss", loss)  # stop: logging
    if mode == "fancy":
        loss = loss * 2  # never
