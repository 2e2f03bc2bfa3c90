import argparse
from enum import Enum

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Phase(Enum):
    TRAIN = 0
    TEST = 1


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.line = nn.Linear(width, width)  # stop: model

    def forward(self, x):
        return self.line(x)  # stop: forward


def run_epoch(split, phase):
    rows = data if split == "train" else data[:10]
    losses = []
    for step in range(len(rows) // 10):
        xb = torch.tensor(rows[step * 10 : step * 10 + 10])  # stop: data
        logits = model(xb)
        loss = F.binary_cross_entropy_with_logits(logits, xb)  # stop: loss
        losses.append(loss.item())
        if split == "train":
            opt.zero_grad()
            loss.backward()  # stop: backward
            opt.step()  # stop: step
        if phase == Phase.TEST:
            hits = ((logits > 0) == (xb > 0)).float().mean()  # stop: metrics
            accuracy = hits.item()
    print(f"{split} loss {np.mean(losses)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data.npz")
    args = parser.parse_args()  # stop: config
    mnist = np.load(args.data)  # stop: data
    data = mnist["rows"]
    model = Net(data.shape[1])  # stop: model
    opt = torch.optim.Adam(model.parameters())
    for epoch in range(3):
        run_epoch("test", Phase.TEST)
        run_epoch("train", Phase.TRAIN)
